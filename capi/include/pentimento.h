/*
 * Pentimento for every language that can call C: turns a brief into an image that meets it.
 *
 *     ptm_engine *engine = NULL;
 *     ptm_run *run = NULL;
 *     ptm_image *best = NULL;
 *     ptm_error *error = NULL;
 *     if (ptm_engine_create(NULL, &engine, &error) == PTM_OK &&
 *         ptm_refine(engine, PTM_STR("{\"brief\": \"three red mugs, bright\"}"), NULL, &run, &error) == PTM_OK &&
 *         ptm_run_wait(run, PTM_FOREVER, &error) == PTM_OK &&
 *         ptm_run_best(run, &best, &error) == PTM_OK) {
 *       ... ptm_image_get(best, &info, NULL) ...
 *     }
 *     ptm_image_release(best); ptm_run_destroy(run); ptm_engine_destroy(engine); ptm_error_release(error);
 *
 * This file is the manual: read it from top to bottom. It is valid C11 and C++17 and includes standard headers only.
 *
 * CONVENTIONS
 *
 * Handles (ptm_engine *, ptm_run *, ptm_image *, ptm_text *, ptm_error *, ptm_call *) are opaque values, never
 * addresses. Every call looks its handles up, so a handle that is NULL, released, of another kind or invented is
 * answered with PTM_E_HANDLE. Do not dereference a handle. Handles of engines, runs and calls can be compared for
 * equality: each object has exactly one.
 *
 * Status. A function that can fail returns a ptm_status: PTM_OK, a wait result (PTM_TIMEOUT, PTM_END), or an error.
 * Each of them can return PTM_E_INVALID_ARGUMENT (for NULL where a value is needed), PTM_E_HANDLE, PTM_E_NOMEM and
 * PTM_E_FORKED, and PTM_E_VERSION if it takes a struct; other errors stand with the function. It takes an out parameter
 * `error`, which may be NULL. On success *error is set to NULL; on failure it is set to an error that you release.
 * PTM_E_NOMEM and PTM_E_FORKED come without an error object. There is no global error state. A function that fails has
 * changed nothing, and its other out parameters are NULL or 0.
 *
 * Text goes in as a sized view of UTF-8 (ptm_str) without a required NUL, and is copied if it is kept. PTM_STR makes a
 * view of a literal. `data` may be NULL only if `size` is 0. Text comes out as a ptm_text that you release, or as a
 * view whose lifetime is stated. Images come out without a copy.
 *
 * JSON is the library's: snake_case names and strict reading. An unknown member is an error that names the nearest
 * known one; text that does not parse is an error with its path and position. Money is in micro-dollars. An image is a
 * record {"media_type", "width", "height", "bytes", "sha256"}; its bytes travel separately, as a ptm_image.
 *
 * Structs begin with `size_t struct_size`. Zero the struct, set struct_size to its sizeof, then set the members you
 * want. This keeps programs working that were built against an older header: members they do not know keep their
 * default. A struct that is larger than the library knows is accepted if the excess is zero; otherwise the answer is
 * PTM_E_VERSION.
 *
 * THREADS AND CALLBACKS
 *
 * Every function is thread-safe, also on the same handle. To end a wait, destroy what is waited for from another
 * thread. Callbacks run on threads of the engine ("engine threads"), except those of a run in PTM_EVENTS_POLLED, which
 * run within ptm_run_poll. No callback is called while a lock is held. Callbacks should return soon: an engine has few
 * threads (ptm_engine_options::threads), and a callback that blocks one delays the runs on it. They must not leave by
 * longjmp or pthread_exit, and their threads must not be cancelled. A C++ exception that leaves a callback ends the run
 * (or fails the call) with `backend_failed` or `observer_failed`; within ptm_run_poll it is returned as
 * PTM_E_OBSERVER_FAILED and the run is cancelled.
 *
 * Every function may be called from within a callback, with these special cases:
 *
 *     function                               on an engine thread
 *     ptm_run_wait, ptm_run_next,            PTM_E_BUSY if it would have to block, because that could prevent what it
 *     ptm_run_poll                           waits for. A timeout of 0 works. A run has at most one poll at a time;
 *                                            another one is PTM_E_BUSY on any thread.
 *     ptm_run_contact_sheet,                 works, and delays the runs on that thread while it decodes the images
 *     ptm_contact_sheet
 *     ptm_resume, ptm_read_run               works, and delays the runs on that thread while it reads the folder
 *     ptm_run_destroy                        works; a callback of the run that is running, or about to, is the last
 *     ptm_engine_destroy                     works; the engine's threads end after the callback has returned
 *
 * After fork(), in the child of a process that had created an engine, every function with a status returns PTM_E_FORKED
 * and writes nothing, functions without one return nothing, and release and destroy are no-ops: the engine's threads do
 * not exist there. Call exec, or create engines only after the fork. Versions and status names stay available.
 *
 * MEMORY. When memory runs out, a function returns PTM_E_NOMEM and has done nothing. Beyond that nothing is promised:
 * the libraries below (Asio, and GLib below "sketch" and "measure") may end the process.
 *
 * LIMITS. JSON text: 8 MiB and 32 levels. Recorded events: 256 MiB. An image: 64 MiB. A list of images: 10,000.
 * Anything beyond is answered with PTM_E_TOO_LARGE.
 *
 * THE JSON. "x?" is optional; "a | b" is one of the two.
 *
 *     requirement  {"id", "text", "importance": "must" | "should", "weight"?, "depends_on"?, "owner"?}
 *     finding      {"requirement": ID, "verdict": "pass" | "fail" | "unknown", "observed"?, "wanted"?, "where"?,
 *                  "reason"?, "local"?}
 *     critique     {"findings": [...], "suggested_prompt"?, "remark"?, "judged"?: the IMAGE that was judged, if it is
 *                  not the candidate's, "charge"?}
 *     request      what a generator is asked for: {"prompt", "negative_prompt"?, "size"?: {"width", "height"}, "seed"?,
 *                  "init_image"?: IMAGE, "strength"?, "mask"?: IMAGE, "options"?: {NAME: TEXT}}
 *     generation   {"images": [IMAGE], "seed"?, "revised_prompt"?, "request_id"?, "charge"?}
 *     revision     {"action": "reprompt" | "reseed" | "edit" | "backtrack" | "restart" | "stop", "request", "parent"?:
 *                  the ID of the candidate that it continues from, "targets"?: [ID of a requirement], "author"?,
 *                  "why"?, "downgraded_from"?, "charge"?}
 *     candidate    {"id", "request", "image", "parent"?, "seed"?, "critique"?, "decision"?, "error"?, ...}
 *     decision     {"reason", "accepted", "against"?, "gained"?, "lost"?}
 *     charge       {"billing": "unpaid" | "paid" | "estimated" | "maybe_billed", "micros": 0 or more}; without one, a
 *                  call is charged its estimate
 *     error        {"code", "message", "provider_message"?, "request_id"?, "charge"?}; the codes are those of
 *                  ptm_status up to PTM_E_NOT_FOUND in lower case: "refused", "backend_failed", "rate_limited"
 *     reason       {"kind", "clause", "detail"?}; kind is "satisfied", "score", "plateau", "repeats", "rounds",
 *                  "images", "money", "time", "reviser", "cancelled", "failed" or "custom"
 *     score        {"percent", "fraction", "passed", "items", "musts_passed", "musts", "satisfied"}
 *
 * Rounds count from 0. The id of an image is its round and draft: "0a". An event is {"sequence", "time", "type",
 * "text"} and the members of its type. "text" is one line for people, without control characters; its wording may
 * change.
 *
 *     run_started          "brief", "settings"        comparison_started   "challenger", "incumbent", "swapped"
 *     plan_started                                    comparison_finished  "challenger", "swapped", "comparison"
 *     plan_finished        "checklist", "unjudged"?,  candidate_decided    "id", "decision"
 *                          "charge"?
 *     round_started        "round", "revision"        round_finished       "round"
 *     image_given          "id", "request", "image"   revision_started
 *     generation_started   "id", "request"            revision_finished    "revision"
 *     generation_finished  "id", "generation"         call_failed          "call", "error"
 *     critique_started     "id"                       stop_requested       "reason", "error"?
 *     critique_finished    "id", "critique"           run_stopped          "reason", "error"?
 *
 * An event that announces a call which may cost money also has "estimate_micros". A transcript has "brief", "settings",
 * "checklist", "unjudged" (the parts of the brief that nobody judges, texts), "rounds": [{"index", "revision",
 * "drafts", "candidates", ...}], "incumbent" (the id of the best image), "images_requested", "ledger" and more. A round
 * in progress is the last of its rounds. A candidate may have a "warning", a text: its image is not of the brief's
 * size.
 *
 * A stop policy combines these conditions
 *
 *     satisfied     every must passes; without a   score(90)     the score is at least this many per cent
 *                   must, every should
 *     rounds(6)     this many rounds are done      images(8)     this many images were requested
 *     plateau(2)    this many rounds in a row      repeats(3)    the same prompt or failing item, this many times
 *                   brought nothing better         usd(0.50)     the next call could raise the cost above this
 *     seconds(30)   this much time has passed;     never         only a cancel, an error, the reviser or the rest of
 *                   also minutes(5), hours(1)                    the policy ends the run
 *
 * with || (or), && (and), ! (not) and parentheses. If no critic can judge anything of the brief, a run whose policy has
 * satisfied, score or plateau ends before its first image, with PTM_E_INVALID_ARGUMENT; any other goes on unjudged.
 */
#ifndef PENTIMENTO_H
#define PENTIMENTO_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#error "pentimento needs a POSIX system"
#endif
#if defined(PTM_BUILDING)
#define PTM_API __attribute__((visibility("default")))
#else
#define PTM_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Version ---------------------------------------------------------------------------------------------------------- */

/* The version of this interface. It rises when something is added. Nothing that exists changes as long as the soname of
 * the library stays the same. */
#define PTM_ABI_VERSION 3

/* Returns the PTM_ABI_VERSION of the loaded library. */
PTM_API int32_t ptm_abi_version(void);
/* Returns the version of the loaded library, "0.1.0": NUL-terminated and static. */
PTM_API const char* ptm_version(void);

/* Status and errors ------------------------------------------------------------------------------------------------ */

typedef int32_t ptm_status;
enum {
  PTM_OK = 0,

  /* Errors of the library: the codes that errors have in the JSON of events and outcomes. */
  PTM_E_INVALID_ARGUMENT = 1, /* an invalid value: a null pointer, an empty prompt, an unknown name */
  PTM_E_UNSUPPORTED = 2,      /* the backend cannot do this */
  PTM_E_UNREADABLE_IMAGE = 3, /* not a PNG, JPEG, WebP or GIF, or damaged */
  PTM_E_TOO_LARGE = 4,        /* a stated limit was exceeded */
  PTM_E_CANCELLED = 5,
  PTM_E_DEADLINE_EXCEEDED = 6,
  PTM_E_REFUSED = 7, /* the provider refused the prompt or image (moderation) */
  PTM_E_BACKEND_FAILED = 8,
  PTM_E_UNUSABLE_REPLY = 9,
  PTM_E_IO_FAILED = 10,
  PTM_E_OBSERVER_FAILED = 11, /* a callback for events or a sink failed */
  PTM_E_PARSE_FAILED = 12,    /* invalid text or JSON; the message has its path and position */
  PTM_E_CONNECT_FAILED = 13,
  PTM_E_OUTCOME_UNKNOWN = 14, /* a request was sent and no reply arrived */
  PTM_E_UNAUTHORIZED = 15,
  PTM_E_PAYMENT_REQUIRED = 16,
  PTM_E_RATE_LIMITED = 17,
  PTM_E_NOT_FOUND = 18,

  /* Errors of this interface. */
  PTM_E_HANDLE = 101,   /* the handle is NULL, was released, is of another kind or was never given out */
  PTM_E_STATE = 102,    /* not now: the outcome of an unfinished run, an answer to a question that was not asked */
  PTM_E_BUSY = 103,     /* not here: it would block within a callback, or is already being polled */
  PTM_E_NOMEM = 104,    /* out of memory; nothing was done */
  PTM_E_FORKED = 105,   /* this process is a fork of one that had created an engine; see above */
  PTM_E_VERSION = 106,  /* an unknown struct_size or abi_version */
  PTM_E_INTERNAL = 107, /* a bug of the library; please report it */

  /* Wait results, neither success nor error. */
  PTM_TIMEOUT = 201, /* nothing happened within the timeout */
  PTM_END = 202      /* the run has ended and all its events were delivered */
};

/* Returns the name of a status, "PTM_E_HANDLE": NUL-terminated and static. "PTM_E_INTERNAL" for an unknown value. */
PTM_API const char* ptm_status_name(ptm_status status);

/* A view of UTF-8 text. */
typedef struct ptm_str {
  const char* data;
  size_t size;
} ptm_str;

/* A view of a literal. */
#define PTM_STR(literal) ptm_str_of("" literal, sizeof(literal) - 1)
static inline ptm_str ptm_str_of(const char* data, size_t size) {
  ptm_str view;
  view.data = data;
  view.size = size;
  return view;
}

/* Why something failed. Immutable. */
typedef struct ptm_error ptm_error;
/* Returns the code; PTM_E_HANDLE if `error` is not a live error. */
PTM_API ptm_status ptm_error_status(const ptm_error* error);
/* Returns one sentence for a person: what is wrong and what would be accepted. Valid until the error is released. Empty
 * if `error` is not a live error. */
PTM_API ptm_str ptm_error_message(const ptm_error* error);
/* Returns the whole error as JSON. The code of an error of this interface is its name: "handle", "state". Valid as long
 * as the message. */
PTM_API ptm_str ptm_error_json(const ptm_error* error);
/* NULL is a no-op, as for every release and destroy function. */
PTM_API void ptm_error_release(ptm_error* error);

/* Text returned by the library. */
typedef struct ptm_text ptm_text;
/* Returns a view that is valid until the text is released, followed by a NUL that is not counted. Empty if `text` is
 * not a live text. */
PTM_API ptm_str ptm_text_view(const ptm_text* text);
PTM_API void ptm_text_release(ptm_text* text);

/* Images ----------------------------------------------------------------------------------------------------------- */

/* An encoded image. Its bytes are kept as received and never re-encoded. Handles of the same image share its bytes. */
typedef struct ptm_image ptm_image;

typedef struct ptm_image_info {
  size_t struct_size;  /* set it before each ptm_image_get, which fills in the rest */
  const uint8_t* data; /* the encoded bytes, valid until this handle is released; NULL if only the record is known */
  size_t size;
  const char* media_type; /* "image/png", "image/jpeg", "image/webp" or "image/gif": NUL-terminated and static */
  uint32_t width;         /* pixels */
  uint32_t height;
} ptm_image_info;

/* Copies the bytes of a PNG, JPEG, WebP or GIF of at most 64 MiB. Reads its header only, so bytes that are damaged
 * further on are accepted. PTM_E_UNREADABLE_IMAGE if they are no such image or its header is damaged, PTM_E_TOO_LARGE
 * for more bytes. */
PTM_API ptm_status ptm_image_create(const uint8_t* data, size_t size, ptm_image** image, ptm_error** error);
/* Fills in `info`, whose struct_size must be set; its `data` is valid until the image is released. */
PTM_API ptm_status ptm_image_get(const ptm_image* image, ptm_image_info* info, ptm_error** error);
/* Returns the image's record, as it appears in the JSON of briefs, events and outcomes. Computes the SHA-256 of the
 * bytes the first time. */
PTM_API ptm_status ptm_image_record(const ptm_image* image, ptm_text** json, ptm_error** error);
PTM_API void ptm_image_release(ptm_image* image);

/* Engine ----------------------------------------------------------------------------------------------------------- */

/* Threads, backends and connections. One engine per program is enough: its runs work concurrently. */
typedef struct ptm_engine ptm_engine;

typedef struct ptm_engine_options {
  size_t struct_size;
  int32_t threads; /* 1 to 64; 0 for 1 */
  /* Empty, or JSON: {"ca_file": PATH of the certificate authorities to trust, "proxy": true to use the proxy of the
   * environment, "prices": PATH of a price table that overrides the built-in one, "key_file": PATH, "dotenv": PATH}. An
   * empty key_file or dotenv disables that source. Keys themselves cannot be given here. */
  ptm_str settings;
} ptm_engine_options;

/* Creates an engine and starts its threads. `options` may be NULL. PTM_E_INVALID_ARGUMENT for a number of threads out
 * of range, a proxy or certificates that cannot be used; PTM_E_PARSE_FAILED for settings that do not follow the
 * grammar, or a price table that does not; PTM_E_IO_FAILED for a file that cannot be read; PTM_E_NOMEM also if threads
 * run out, PTM_E_INTERNAL if file descriptors do. */
PTM_API ptm_status ptm_engine_create(const ptm_engine_options* options, ptm_engine** engine, ptm_error** error);
/* Returns the available backends: {"generators": [{"name", "what", "key", "base_url"}], "critics": [...], "revisers":
 * [...]}. */
PTM_API ptm_status ptm_engine_backends(ptm_engine* engine, ptm_text** json, ptm_error** error);
/* Cancels the engine's runs and returns when its threads have ended and every `destroy` callback was called. Handles of
 * its runs and calls are then dead, also of runs that had ended; texts, images and errors stay valid. Within a callback
 * it returns at once: calls may still be finished until the callback has returned, the threads end after that, and
 * nobody waits for them when the program exits. */
PTM_API void ptm_engine_destroy(ptm_engine* engine);

/* Runs ------------------------------------------------------------------------------------------------------------- */

typedef struct ptm_run ptm_run;

/* How the events of a run are delivered. */
typedef int32_t ptm_events;
enum {
  PTM_EVENTS_PULL = 0,   /* by ptm_run_next, one at a time (the default) */
  PTM_EVENTS_POLLED = 1, /* by on_event and on_end, within ptm_run_poll */
  PTM_EVENTS_THREAD = 2  /* by on_event and on_end, on an engine thread, as they happen */
};

/* The answers of a caller's stop policy. */
enum { PTM_GO_ON = 0, PTM_STOP = 1 };

typedef struct ptm_run_options {
  size_t struct_size;
  ptm_events events;
  void* user; /* for the callbacks below */
  /* Receives each event as JSON, in order. The view is valid during the call. Required in the modes with callbacks. */
  void (*on_event)(void* user, ptm_run* run, ptm_str event);
  /* Called after the last event, when the outcome is available. May be NULL. */
  void (*on_end)(void* user, ptm_run* run);
  /* A stop policy in addition to that of the request: the run ends when either holds. Called after every round and
   * before every call that costs money, on an engine thread, one call at a time. Receives the transcript as JSON and
   * returns PTM_GO_ON or PTM_STOP; any other value ends the run as failed. It must depend on the transcript alone: it
   * may be called several times for the same one. Before a call, "reserved_micros" in its "ledger" includes the
   * worst-case cost of that call. It may write why it stops or fails into `why`: UTF-8 with a terminating NUL, at most
   * `capacity` bytes. May be NULL. */
  int32_t (*stop)(void* user, ptm_str transcript, char* why, size_t capacity);
  /* Called once, after the last callback, on an engine thread or within the function that releases the run. Not called
   * if ptm_refine fails. May be NULL. */
  void (*destroy)(void* user);
  /* The images whose records are in the brief. */
  const ptm_image* const* images;
  size_t image_count;
  /* A sink that the run waits for at every event, in every mode, before on_event, ptm_run_next and ptm_run_poll have
   * it. Each event is a call, one at a time: ptm_call_request returns the event as JSON on one line, as ptm_fold reads
   * it, and ptm_call_image its images. Finish it with the result {} once the event is stored: what the event announces
   * happens after that, so no paid call is made before its event is stored. A sink that fails ends the run as `failed`,
   * with `observer_failed`, and gets no further events. After the run was cancelled, or its time ran out, the sink has
   * 50 ms for each event; then its call is cancelled, and it has failed. It gets every event, also after
   * ptm_run_destroy, but none of type "revision_proposed". Its `destroy` is called after its last call, before that of
   * these options, and not if ptm_refine fails. The struct is copied. May be NULL. Since version 2. */
  const struct ptm_backend* sink;
  /* The folder that the run is recorded in; empty for none. See "Recorded runs". Since version 3. */
  ptm_str folder;
} ptm_run_options;

/* Begins a run and returns at once. `request` is a JSON object:
 *   "brief"           text, or an object: {"goal", "requirements": [{"id", "text", "importance"}], "avoid",
 *                     "size": {"width", "height"}, "aspect_ratio", "reference_images", "init_image"}; images in it are
 *                     records, their bytes in options->images
 *   "generator"       a backend: "NAME", "NAME:MODEL" or {"name", settings...}; default "sketch"
 *   "critic"          likewise; default "measure"
 *   "reviser"         likewise; default "checklist". {"name": "ask", "proposer": REVISER} asks you, see
 *                     ptm_run_answer; ptm_engine_add_reviser adds one of yours
 *   "until"           a stop policy; default "satisfied || rounds(6) || plateau(3)"
 *   "drafts"          images per round, 1 to 64; default 1
 *   "seed"            the seed that all seeds of the run derive from; default 0, so two runs are alike
 *   "critique_retries"  how often any call but a generation is retried after a transient error, 0 to 10; default 2
 *   "keep_init_image" "always" (default) if every draft starts from the init image or from an image made from it, or
 *                     "optional"
 *   "max_edit_depth"  how many edits of edits there may be before an image is made anew; default 3
 *   "on_satisfied"    "cancel" (default) or "keep" the other drafts when one passes every must
 *   "on_error"        "go_on" (default) or "stop" when a call fails
 *   "on_refusal"      "stop" (default) or "rephrase" when a provider refuses the prompt
 * An invalid request is rejected before anything begins: PTM_E_PARSE_FAILED for text that does not follow the grammar,
 * PTM_E_INVALID_ARGUMENT for an unknown backend or setting (the message names the nearest known one),
 * PTM_E_UNAUTHORIZED for a missing key. For options->folder: PTM_E_INVALID_ARGUMENT if it holds a run already or cannot
 * hold one, PTM_E_IO_FAILED if it cannot be written. `options` may be NULL. */
PTM_API ptm_status ptm_refine(ptm_engine* engine, ptm_str request, const ptm_run_options* options, ptm_run** run,
                              ptm_error** error);

/* A timeout without limit. */
#define PTM_FOREVER (-1)

/* Returns the next event as JSON, in PTM_EVENTS_PULL. Blocks for at most `timeout_ms`: PTM_TIMEOUT if no event arrived,
 * PTM_END after the last one. PTM_E_STATE if the events of the run go to callbacks. */
PTM_API ptm_status ptm_run_next(ptm_run* run, int32_t timeout_ms, ptm_text** event, ptm_error** error);
/* Calls on_event and on_end for everything that has happened, on this thread, in PTM_EVENTS_POLLED, and returns the
 * number of calls. Blocks for at most `timeout_ms` until there is a first one: PTM_TIMEOUT if there was none. PTM_END
 * once on_end was called. PTM_E_STATE in another mode, PTM_E_BUSY if the run is being polled already. */
PTM_API ptm_status ptm_run_poll(ptm_run* run, int32_t timeout_ms, size_t* called, ptm_error** error);
/* Blocks for at most `timeout_ms` until the run has ended: PTM_TIMEOUT if it has not, and it goes on. PTM_OK says only
 * that it has: ptm_run_outcome says how. */
PTM_API ptm_status ptm_run_wait(ptm_run* run, int32_t timeout_ms, ptm_error** error);
/* Cancels the run, which then ends within 100 ms with what it has. A no-op for a run that has ended. */
PTM_API ptm_status ptm_run_cancel(ptm_run* run, ptm_error** error);

/* Answers a question of the reviser "ask", which proposes a revision by an event beside those of the run: {"type":
 * "revision_proposed", "text", "question": NUMBER, "revision": {...}}. The run waits for the answer until its deadline.
 * `answer` is empty to accept the proposal, or a JSON string with a prompt to use instead, or an object whose members
 * override those of the revision: {"action": "stop"}, {"request": {"prompt": "...", "seed": 7}}. Null removes a member:
 * {"action": "reprompt", "request": {"init_image": null}} lets an init image go that the run keeps. PTM_E_STATE if the
 * question was not asked or has been answered; PTM_E_PARSE_FAILED for an answer that makes no revision, and the
 * question stays open. */
PTM_API ptm_status ptm_run_answer(ptm_run* run, int64_t question, ptm_str answer, ptm_error** error);

/* Returns how the run ended: {"reason", "error"?, "best"?: ID, "score"?, "fully_judged", "unjudged"?, "transcript"}.
 * "unjudged" are the texts of what nobody judged in the best image; "fully_judged" is true if there is nothing of the
 * kind. PTM_E_STATE before the end of the run. */
PTM_API ptm_status ptm_run_outcome(ptm_run* run, ptm_text** json, ptm_error** error);
/* Returns the run so far as JSON. */
PTM_API ptm_status ptm_run_transcript(ptm_run* run, ptm_text** json, ptm_error** error);
/* Returns the best accepted image; if none could be judged, the first one that was made. PTM_E_STATE before the end of
 * the run. If the run ended without an image: the error of the run, or PTM_E_NOT_FOUND. */
PTM_API ptm_status ptm_run_best(ptm_run* run, ptm_image** image, ptm_error** error);
/* Returns an image of the run's events by the SHA-256 in its record: 64 hexadecimal digits. PTM_E_NOT_FOUND if none has
 * it. */
PTM_API ptm_status ptm_run_image(ptm_run* run, ptm_str sha256, ptm_image** image, ptm_error** error);
/* Returns the report of the run so far: one page of HTML (UTF-8) that needs no other file and loads nothing. Its images
 * are embedded, so it has about 4/3 of their size. Since version 2. */
PTM_API ptm_status ptm_run_report_html(ptm_run* run, ptm_text** html, ptm_error** error);
/* Returns the run so far at a glance, as one PNG: a row for each round with its images, their scores and which were
 * kept. Blocks while it decodes the images. PTM_E_INVALID_ARGUMENT for a run without rounds, PTM_E_BACKEND_FAILED if
 * libvips fails, PTM_E_UNSUPPORTED in a build without the offline backends. Since version 2. */
PTM_API ptm_status ptm_run_contact_sheet(ptm_run* run, ptm_image** sheet, ptm_error** error);
/* Cancels the run if it has not ended, and releases it. Does not block: a callback of the run that is running is the
 * last one, and `destroy` follows it. Only the sink still gets the events that are left. */
PTM_API void ptm_run_destroy(ptm_run* run);

/* Recorded runs ---------------------------------------------------------------------------------------------------- */

/* A run with options->folder is recorded there, in "run.sqlite" and "images". The folder is created if it does not
 * exist. The run waits until each event is recorded, before the sink and everybody else have it; so the record survives
 * the end of the program, however it ends, and what costs money survives a power failure. A failure to record ends the
 * run as `failed`, with `observer_failed`. One process at a time can write to a run: its lease ends with the run. */

/* Goes on with an interrupted run from its record in options->folder, and returns at once when it has read that. No
 * call that has ended is made again. The limits on money, rounds and time continue from where they were; the time
 * between does not count. Brief and settings are those of the record. `request` is a JSON object:
 *   "generator", "critic", "reviser"  as for ptm_refine; they must be those that the run was begun with
 *   "until"            default the stop policy of the record; any other than that is an error. A stop policy of yours
 *                      must be given again, in options->stop
 *   "unknown_outcome"  what becomes of calls that were in progress and may have been billed:
 *                      "reject" (default)  the run is not resumed
 *                      "abandon"           they count as failed, and their worst-case cost as maybe_billed
 *                      "repeat"            they are made and paid again; the worst-case cost of the first time counts
 *                                          as maybe_billed
 * The events that are delivered are the new ones; outcome, transcript, images and views are those of the whole run. Of
 * a run that has stopped the outcome is the recorded one. options->images must be empty: the images are in the folder.
 *
 * PTM_E_INVALID_ARGUMENT if options->folder is empty, holds no run, or one that has a stop policy of the caller and
 * options->stop is NULL; PTM_E_IO_FAILED if another process holds the run (the message says which) or the system
 * reports an error; PTM_E_PARSE_FAILED for a damaged record, PTM_E_UNREADABLE_IMAGE for a missing or damaged image,
 * PTM_E_UNSUPPORTED for a record of a newer version; as ptm_refine for the request. The run ends at once, without any
 * event or call, with the error `outcome_unknown` if a call may have been billed and "unknown_outcome" is "reject", and
 * with `invalid_argument` if the record has another policy or other backends. Blocks while it reads the record and all
 * images. A run that a process of another machine holds is observed for as long as its lease lasts, 30 s. Since version
 * 3. */
PTM_API ptm_status ptm_resume(ptm_engine* engine, ptm_str request, const ptm_run_options* options, ptm_run** run,
                              ptm_error** error);

/* Reads a recorded run with its images, also while it goes on. Changes nothing, and needs no engine. The run that it
 * returns does not go on: ptm_run_next returns its recorded events, which ptm_fold, ptm_report_html and
 * ptm_contact_sheet read, then PTM_END; its images, transcript and views are available, and if it has stopped its
 * outcome, otherwise PTM_E_STATE. Errors as those of ptm_resume for the folder. Blocks as ptm_resume. Release it by
 * ptm_run_destroy. Since version 3. */
PTM_API ptm_status ptm_read_run(ptm_str folder, ptm_run** run, ptm_error** error);

/* Backends of the caller ------------------------------------------------------------------------------------------- */

/* A call that the library makes to a backend or sink of yours. Finish it exactly once, by ptm_call_finish or
 * ptm_call_fail, from any thread, within `start` or later. That releases it. */
typedef struct ptm_call ptm_call;

typedef struct ptm_backend {
  size_t struct_size;
  uint32_t abi_version; /* PTM_ABI_VERSION */
  void* user;
  /* Begins a call and returns soon. Called on an engine thread; several calls may be in progress. */
  void (*start)(void* user, ptm_call* call);
  /* Says that the result is no longer wanted: finish the call soon, with anything. Called at most once per open call,
   * on an engine thread. Another thread may finish the call at the same moment; the handle is then dead (PTM_E_HANDLE)
   * while this callback still runs or is about to. So look up your own data of the call by its handle. The run does not
   * wait for you. May be NULL. */
  void (*cancel)(void* user, ptm_call* call);
  /* Called once, after the last `start` and `cancel`: when the backend was replaced or the engine destroyed, and no run
   * uses it. Its open calls are then dead. Called on an engine thread, or within ptm_engine_destroy or the function
   * that adds its replacement; that of a sink on an engine thread, or within ptm_engine_destroy or the function that
   * releases the run. Not called if adding the backend fails. May be NULL. */
  void (*destroy)(void* user);
} ptm_backend;

/* Adds a generator under the name in `capabilities`, replacing any of that name:
 *   {"name", "image_to_image"?, "mask"?, "seed"?, "negative_prompt"?, "min_side"?, "max_side"?,
 *    "max_prompt_characters"?,
 *    "images_per_call"?: the most images of one call, default 1; images beyond it are dropped,
 *    "init_image_types"?: such as ["image/png", "image/jpeg"], default all; "min_init_image_side"?,
 *    "max_init_image_side"?, "max_init_image_bytes"?,
 *    "estimate_micros"?: the worst-case cost of a call, in micro-dollars}
 * A name has 1 to 100 letters, digits, '-', '_' and '.'. PTM_E_PARSE_FAILED for a description that does not follow the
 * grammar. Runs that have begun keep the backend that they began with. */
PTM_API ptm_status ptm_engine_add_generator(ptm_engine* engine, ptm_str capabilities, const ptm_backend* backend,
                                            ptm_error** error);
/* Adds a critic, replacing any of that name:
 *   {"name", "plans"?: true if it plans requirements; otherwise it judges those of the brief, "compares"?: true if it
 *    compares images,
 *    "estimates_micros"?: {"plan", "critique", "compare"}}
 * Errors as for a generator. */
PTM_API ptm_status ptm_engine_add_critic(ptm_engine* engine, ptm_str description, const ptm_backend* backend,
                                         ptm_error** error);
/* Adds a reviser, replacing any of that name. It is asked once after every round that does not end the run: what to
 * request in the next one. The run fits its answer to the generator: see "downgraded_from". A call that fails is
 * retried after a transient error, see "critique_retries"; otherwise the run ends as `failed`.
 *   {"name": any but "ask", "estimate_micros"?: the worst-case cost of a call}
 * Errors as for a generator. Since version 2. */
PTM_API ptm_status ptm_engine_add_reviser(ptm_engine* engine, ptm_str description, const ptm_backend* backend,
                                          ptm_error** error);

/* Returns what is asked: {"kind", "request"}. The request of
 *   "generate"  is a request
 *   "plan"      is the brief
 *   "critique"  {"brief", "checklist": [requirements], "unjudged"?, "candidate"}
 *   "compare"   {"brief", "checklist", "unjudged"?, "first": candidate, "second": candidate}
 *   "revise"    {"transcript", "capabilities": what the generator can do, as it is added}
 * For a call of a sink it returns the event alone. */
PTM_API ptm_status ptm_call_request(ptm_call* call, ptm_text** json, ptm_error** error);
/* Returns an image of the request by the SHA-256 in its record. PTM_E_NOT_FOUND if none has it. */
PTM_API ptm_status ptm_call_image(ptm_call* call, ptm_str sha256, ptm_image** image, ptm_error** error);
/* Finishes the call with its result:
 *   generate  {"seed"?, "revised_prompt"?, "request_id"?, "charge"?}, and the images in `images`
 *   plan      {"requirements": [...], "unjudged"?: [texts], "charge"?}
 *   critique  a critique, and in `images` that of its "judged"
 *   compare   {"preference": "first" | "second" | "neither", "remark"?, "charge"?}
 *   revise    a revision; one with the action "stop" needs no request. An init image or mask is an image of the
 *             transcript or one of `images`
 *   a sink's  {}
 * On any status but PTM_OK the call remains open: PTM_E_PARSE_FAILED for a result that does not follow the grammar,
 * PTM_E_INVALID_ARGUMENT for one whose images are missing or not wanted, PTM_E_TOO_LARGE. A valid result that does not
 * fit the call, for example a finding on an item that is not in the checklist, is accepted and fails the call as
 * "unusable_reply". */
PTM_API ptm_status ptm_call_finish(ptm_call* call, ptm_str result, const ptm_image* const* images, size_t image_count,
                                   ptm_error** error);
/* Finishes the call with an error as JSON, which is never turned into a verdict. PTM_E_PARSE_FAILED for text that is no
 * error, for example one with an unknown code; the call then remains open. */
PTM_API ptm_status ptm_call_fail(ptm_call* call, ptm_str failure, ptm_error** error);

/* Records and policies --------------------------------------------------------------------------------------------- */

/* Returns the transcript that recorded events fold to. One event per line, without those of type "revision_proposed".
 * PTM_E_PARSE_FAILED with the number of the line that does not follow the grammar; PTM_E_INVALID_ARGUMENT for events
 * that are not those of one run, in order; PTM_E_TOO_LARGE. */
PTM_API ptm_status ptm_fold(ptm_str events, ptm_text** transcript, ptm_error** error);
/* The report and the contact sheet of recorded events, as ptm_run_report_html and ptm_run_contact_sheet make them.
 * `images` are the images whose records are in the events; one that is missing is shown without its pixels. Errors as
 * for ptm_fold. Since version 2. */
PTM_API ptm_status ptm_report_html(ptm_str events, const ptm_image* const* images, size_t image_count, ptm_text** html,
                                   ptm_error** error);
PTM_API ptm_status ptm_contact_sheet(ptm_str events, const ptm_image* const* images, size_t image_count,
                                     ptm_image** sheet, ptm_error** error);
/* Replays recorded events under another stop policy, offline: what would it have saved? An empty `until` is the policy
 * of the record, which gives the same transcript. Returns {"transcript", "ended", "saved_micros"}. "ended" is false if
 * the run would have gone on after the end of the record; "saved_micros" is then 0. Errors as for ptm_fold and
 * ptm_parse_policy; PTM_E_UNSUPPORTED if `until` is empty and the run had a stop policy of its caller. Since version
 * 3. */
PTM_API ptm_status ptm_replay(ptm_str events, ptm_str until, ptm_text** json, ptm_error** error);
/* Returns the normal form of a stop policy. PTM_E_PARSE_FAILED if it does not follow the grammar. */
PTM_API ptm_status ptm_parse_policy(ptm_str policy, ptm_text** normal, ptm_error** error);

#ifdef __cplusplus
}
#endif

#endif /* PENTIMENTO_H */
