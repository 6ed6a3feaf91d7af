"""Which layer each header and folder is in, from the bottom up. An include may only point down, or stay where it is.

A name is a path below include/pentimento/ or below src/; a trailing slash means everything in the folder. A file of src/ that is
not named here is in the layer of the header of its name. Headers in detail/ are in the layer of what they include.
"""

LAYERS = [
    (
        "vocabulary",
        """brief call candidate candidate_id capabilities charge checklist comparison content_hash critique
        critique_request decision error event finding generation generation_request hash image image_file ledger
        media_type money outcome pixel_size plan price requirement result revision round run_settings score
        stop_reason time transcript version""",
    ),
    ("roles", "critic event_sink generator reviser"),
    (
        "loop",
        """acceptance after_refusal ask async choose_action failed_items first_revision fit_revision loop_machine offload
        parse_stop_policy refinement_loop run stop_policies stop_policy suggested_prompt""",
    ),
    ("record", "content_hash json json/"),
    ("http", "http/"),
    ("backends", "compose/ offline/ providers/ store/"),
    ("registry", "registry registry/ emulator/"),
    ("umbrella", "core offline pentimento"),
]

# What pentimento::core holds: these reach for nothing that would have to be linked.
CORE = {"vocabulary", "roles", "loop", "compose/", "core"}

# Folders of one layer that know nothing of each other.
STRANGERS = {"compose/", "offline/", "providers/", "store/"}

# What no public header may include, because of what it costs whoever includes it.
FORBIDDEN = ["boost/asio.hpp", "boost/asio/ssl", "boost/beast", "openssl/", "sqlite3", "vips/"]

# What no header of pentimento::core may include besides.
FORBIDDEN_IN_CORE = ["boost/json"]
