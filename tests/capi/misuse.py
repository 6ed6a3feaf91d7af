"""Writes C++ that calls every function of pentimento.h with every invalid value: usage: misuse.py HEADER OUTPUT

For each parameter of each function: every value from `BAD` for its type, with valid values for the other parameters. Each
call is checked against the status that the header promises for the value or, if that depends on the function, for anything
but PTM_E_INTERNAL.
misuse_test.cpp includes the output and defines the names in it. A type that is not known here is an error, so that no new
function remains untested.
"""

import re
import sys

HANDLES = ["ptm_error", "ptm_text", "ptm_image", "ptm_engine", "ptm_run", "ptm_call"]

GOOD = {handle + "*": f"good.{handle[4:]}()" for handle in HANDLES}
GOOD |= {"const " + handle + "*": f"good.{handle[4:]}()" for handle in HANDLES}
GOOD |= {
    "ptm_str": 'PTM_STR("{}")',
    "ptm_status": "0",
    "int32_t": "0",
    "int64_t": "1",
    "size_t": "0",
    "size_t*": "good.size()",
    "const uint8_t*": "good.bytes()",
    "ptm_image_info*": "good.info()",
    "const ptm_engine_options*": "nullptr",
    "const ptm_run_options*": "nullptr",
    "const ptm_backend*": "good.backend()",
    "const ptm_image* const*": "nullptr",
    "ptm_error**": "good.error_out()",
}
GOOD |= {handle + "**": f"good.{handle[4:]}_out()" for handle in HANDLES if handle != "ptm_error"}

# Parameters that may be NULL, as the header says.
OPTIONAL = ["const ptm_engine_options*", "const ptm_run_options*"]

STRUCTS = {"ptm_image_info*": "ptm_image_info", "const ptm_engine_options*": "ptm_engine_options",
           "const ptm_run_options*": "ptm_run_options", "const ptm_backend*": "ptm_backend"}

BAD = {
    "ptm_str": ["ptm_str{nullptr, 0}", "ptm_str{nullptr, 7}", 'ptm_str{"{", 1}', 'ptm_str{"{}", SIZE_MAX}',
                'ptm_str{"\\xFF\\xFE", 2}', 'ptm_str{"a\\0b", 3}', 'PTM_STR("null")', 'PTM_STR("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")'],
    "ptm_status": ["-1", "99", "INT32_MAX", "INT32_MIN"],
    "int32_t": ["-2", "INT32_MIN"],
    "int64_t": ["0", "-1", "INT64_MAX", "INT64_MIN"],
    "size_t": ["1", "SIZE_MAX"],
    "size_t*": ["nullptr"],
    "const uint8_t*": ["nullptr"],
    "const ptm_image* const*": ["bad_images()"],
    "ptm_error**": ["nullptr"],
}


PROMISED = {"ptm_str{nullptr, 7}": "PTM_E_INVALID_ARGUMENT", 'ptm_str{"{}", SIZE_MAX}': "PTM_E_TOO_LARGE"}


def functions(header):
    with open(header, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.DOTALL)
    for result, name, parameters in re.findall(r"PTM_API\s+([\w\s*]+?)\s*\b(ptm_\w+)\(([^)]*)\);", text):
        types = []
        for parameter in parameters.split(","):
            parameter = " ".join(parameter.split())
            if parameter != "void":
                types.append(re.sub(r"\s*\w+$", "", parameter).replace(" *", "*"))
        yield result.strip(), name, types


def bad_values(kind):
    """Yields each value with the status that the header promises for it, or None."""
    handle = kind.removeprefix("const ").rstrip("*")
    if handle in HANDLES and kind.endswith("*") and not kind.endswith("**"):
        yield from ((f"bad_handle<{handle}>({i})", "PTM_E_HANDLE") for i in range(7))
        yield f"good.dead_{handle[4:]}()", "PTM_E_HANDLE"
        for other in HANDLES:
            if other != handle:
                yield f"reinterpret_cast<{handle}*>(good.{other[4:]}())", "PTM_E_HANDLE"
    elif kind.endswith("**") and kind != "ptm_error**":
        yield "nullptr", "PTM_E_INVALID_ARGUMENT"
    elif kind in STRUCTS:
        yield "nullptr", None if kind in OPTIONAL else "PTM_E_INVALID_ARGUMENT"
        for size in ("0", "7", "9", "16", "5000", "SIZE_MAX"):
            yield f"bad_struct<{STRUCTS[kind]}>({size})", "PTM_E_VERSION"
        # The excess must be zero in a struct that is read, and is set to zero in one that is written.
        beyond = "PTM_E_VERSION" if kind.startswith("const") else "PTM_OK"
        yield f"bad_struct<{STRUCTS[kind]}>(sizeof({STRUCTS[kind]}) + 8)", beyond
    else:
        for value in BAD[kind]:
            yield value, PROMISED.get(value)


def main():
    header, output = sys.argv[1:]
    calls = []
    names = set()
    for result, name, types in functions(header):
        names.add(name)
        unknown = [kind for kind in types if kind not in GOOD]
        if unknown:
            sys.exit(f"misuse.py does not know {unknown} of {name}")
        for at, kind in enumerate(types):
            for value, promised in bad_values(kind):
                arguments = [value if i == at else GOOD[other] for i, other in enumerate(types)]
                call = f"{name}({', '.join(arguments)})"
                where = f'"{name}, parameter {at + 1}"'
                if result == "ptm_status" and promised:
                    calls.append(f"CHECK_MESSAGE({call} == {promised}, {where});")
                elif result == "ptm_status":
                    calls.append(f"CHECK_MESSAGE({call} != PTM_E_INTERNAL, {where});")
                elif result == "ptm_str":
                    calls.append(f"CHECK_MESSAGE({call}.size == 0, {where});")
                else:
                    calls.append(f"(void){call};" if result != "void" else f"{call};")
                calls.append("good.tidy();")
    with open(header, encoding="utf-8") as file:
        if len(names) != len(re.findall(r"^PTM_API", file.read(), re.MULTILINE)):
            sys.exit("misuse.py did not understand every declaration of the header")
    # In pieces, because a single function takes long to compile.
    with open(output, "w", encoding="utf-8") as file:
        pieces = [calls[i:i + 100] for i in range(0, len(calls), 100)]
        for i, piece in enumerate(pieces):
            file.write(f"void misuse_{i}(Good& good) {{\n" + "".join(f"  {call}\n" for call in piece) + "}\n")
        file.write("void misuse(Good& good) {\n" + "".join(f"  misuse_{i}(good);\n" for i in range(len(pieces))) + "}\n")
        file.write(f"constexpr int misuses = {len(calls) // 2};\n")


main()
