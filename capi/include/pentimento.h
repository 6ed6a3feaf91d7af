/*
 * Pentimento for every language that can call C: turns a brief into a picture that meets it.
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
 * This file is the manual; read it from top to bottom. It is C11 and C++17, and needs nothing but the standard
 * headers.
 *
 * CONVENTIONS
 *
 * Handles (ptm_engine *, ptm_run *, ptm_image *, ptm_text *, ptm_error *, ptm_call *) are opaque values and never
 * addresses: what they are is looked up at each call. One that is null, was released, belongs to another kind or was
 * never given out is answered with PTM_E_HANDLE, by construction. Do not read through one. Handles of runs, engines and
 * calls may be compared for equality: each has one.
 *
 * Status. A function that can fail returns a ptm_status: PTM_OK, something to wait for (PTM_TIMEOUT, PTM_END), or an
 * error. It takes a `ptm_error **error`, which may be NULL; otherwise *error becomes NULL on success, and on failure
 * an error of yours to release. There is none after PTM_E_NOMEM and PTM_E_FORKED, which need no words. Nothing is
 * kept between calls. After a failure nothing was changed, and the other out parameters are NULL or 0.
 *
 * Text goes in as a sized view of UTF-8 (ptm_str), which need not end with a NUL byte, and is copied where it is
 * kept. PTM_STR makes one of a literal. Data NULL is right only with size 0. Text comes out as a ptm_text of yours to
 * release, or as a view, which says how long it lives. Images come out without a copy.
 *
 * JSON is that of the library: snake_case names, strict reading (an unknown member is an error that names the nearest
 * known, text that does not parse is an error with path and place), money in micro-dollars, pictures as records
 * {"media_type", "width", "height", "bytes", "sha256"} whose bytes travel apart, as ptm_image.
 *
 * Structs begin with `size_t struct_size`: set it to sizeof the struct, and the rest to zero, before you set what you
 * want. So a program that was built against an older header goes on working: what it did not know is as if it were
 * not set. A struct of the caller that is larger than the library knows is taken if what is beyond is zero, else
 * answered with PTM_E_VERSION.
 *
 * THREADS AND CALLBACKS
 *
 * Every function may be called from any thread, at the same time as any other, also on the same handle. What is
 * waited for is ended by destroying it from another thread. Callbacks are called on threads of the engine ("engine
 * thread"), except those of a run in PTM_EVENTS_POLLED, which are called within ptm_run_poll. None is called while a
 * lock is held. They should return soon: an engine has few threads (ptm_engine_options::threads), and one that blocks
 * holds up the runs on it, and nothing else. They must not leave by longjmp or pthread_exit, and their threads must not be
 * cancelled; an exception that leaves one of C++ ends the run (or fails the call) with `backend_failed` or
 * `observer_failed`. Out of ptm_run_poll it is PTM_E_OBSERVER_FAILED, and the run is cancelled.
 *
 * What may be called from within a callback: everything, with these particulars.
 *
 *     function                               on an engine thread
 *     ptm_run_wait, ptm_run_next,            PTM_E_BUSY if it would have to wait: that could keep what is waited for from
 *     ptm_run_poll                           happening. With timeout 0 they work. Of one run there is one poll at a
 *                                            time: another is PTM_E_BUSY, on any thread.
 *     ptm_run_destroy                        works; a callback of it that is running or about to is the last
 *     ptm_engine_destroy                     works; the engine's threads end after the callback has returned
 *
 * After fork(), in the child of a process that had made an engine, every function with a status returns PTM_E_FORKED and
 * writes nothing, those without give nothing, and release and destroy do nothing, because the threads of the engine are
 * not there: call exec, or make engines only after the fork. Versions and names of statuses are to be had there as well.
 *
 * MEMORY. When there is none, a function returns PTM_E_NOMEM and has done nothing; the library goes on working. In a
 * run it is an error of the run as any other, which may have to wait until there is memory again. (What "sketch" and
 * "measure" stand on, GLib, ends the process instead; so does Asio, below the runs, where there is none for long.)
 *
 * LIMITS. A text of JSON has at most 8 MiB and 32 levels, recorded events 256 MiB, a picture 32 MiB, and a list of images
 * 10,000. What is beyond is answered with PTM_E_TOO_LARGE.
 *
 * THE JSON, in which "x?" may be left out and "a | b" is one of the two
 *
 *     requirement  {"id", "text", "importance": "must" | "should", "weight"?, "depends_on"?, "owner"?}
 *     finding      {"requirement": ID, "verdict": "pass" | "fail" | "unknown", "observed"?, "wanted"?, "where"?, "reason"?,
 *                  "local"?}
 *     critique     {"findings": [...], "suggested_prompt"?, "remark"?, "charge"?}
 *     request      what is asked of a generator: {"prompt", "negative_prompt"?, "size"?: {"width", "height"}, "seed"?,
 *                  "init_image"?: PICTURE, "strength"?, "mask"?: PICTURE, "options"?: {NAME: TEXT}}
 *     generation   {"images": [PICTURE], "seed"?, "revised_prompt"?, "request_id"?, "charge"?}
 *     revision     {"action": "reprompt" | "reseed" | "edit" | "backtrack" | "restart" | "stop", "request", "parent"?,
 *                  "targets"?, "author"?, "why"?, "downgraded_from"?, "charge"?}
 *     candidate    {"id", "request", "image", "parent"?, "seed"?, "critique"?, "decision"?, "error"?, ...}
 *     decision     {"reason", "accepted", "against"?, "gained"?, "lost"?}
 *     charge       {"billing": "unpaid" | "paid" | "estimated" | "maybe_billed", "micros": 0 or more}; left out, a call
 *                  counts with its estimate
 *     error        {"code", "message", "provider_message"?, "request_id"?, "charge"?}; the codes are those of
 *                  ptm_status up to PTM_E_NOT_FOUND in lower case: "refused", "backend_failed", "rate_limited"
 *     reason       {"kind", "clause", "detail"?}; kind is "satisfied", "score", "plateau", "repeats", "rounds", "images",
 *                  "money", "time", "reviser", "cancelled", "failed" or "custom"
 *     score        {"percent", "fraction", "passed", "items", "musts_passed", "musts", "satisfied"}
 *
 * Rounds count from 0; the id of an image has its round and its draft, "0a". An event is {"sequence", "time", "type",
 * "text"} and the members of its type. "text" is one line for people, without control characters; its wording may change.
 *
 *     run_started          "brief", "settings"        comparison_started   "challenger", "incumbent", "swapped"
 *     plan_started                                    comparison_finished  "challenger", "swapped", "comparison"
 *     plan_finished        "checklist", "charge"?     candidate_decided    "id", "decision"
 *     round_started        "round", "revision"        round_finished       "round"
 *     image_given          "id", "request", "image"   revision_started
 *     generation_started   "id", "request"            revision_finished    "revision"
 *     generation_finished  "id", "generation"         call_failed          "call", "error"
 *     critique_started     "id"                       stop_requested       "reason", "error"?
 *     critique_finished    "id", "critique"           run_stopped          "reason", "error"?
 *
 * and where a call begins that may cost, "estimate_micros". A transcript has "brief", "settings", "checklist", "rounds":
 * [{"index", "revision", "drafts", "candidates", ...}], "incumbent" (the id of the best), "images_requested", "ledger" and
 * more; the round that is being made is the last of its rounds.
 *
 * A stop policy is made of
 *
 *     satisfied     every must passes              score(90)     the score has reached so many per cent
 *     rounds(6)     so many rounds are done        images(8)     so many pictures were asked for
 *     plateau(2)    so many rounds in a row        repeats(3)    the same prompt, or the same item in vain, so many times
 *                   brought nothing better         usd(0.50)     the next call could bring the cost above so much
 *     seconds(30)   the time is up; also           never         only the rest ends the run: a cancel, an error, the
 *                   minutes(5), hours(1)                         reviser
 *
 * by || (either), && (both), ! (not) and parentheses.
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

/* The version of this interface. It rises when something is added; what is there stays as it is for as long as the
 * library's name (its soname) stays. */
#define PTM_ABI_VERSION 1

/* The PTM_ABI_VERSION of the library that is loaded. */
PTM_API int32_t ptm_abi_version(void);
/* The version of the library that is loaded, "0.1.0": NUL-terminated, for ever. */
PTM_API const char* ptm_version(void);

/* Status and errors ------------------------------------------------------------------------------------------------ */

typedef int32_t ptm_status;
enum {
  PTM_OK = 0,

  /* What the library reports: the codes of an error in the JSON of events and outcomes, under the same numbers. */
  PTM_E_INVALID_ARGUMENT = 1, /* something that cannot be: a null pointer, an empty prompt, an unknown name */
  PTM_E_UNSUPPORTED = 2,      /* the backend cannot do this at all */
  PTM_E_UNREADABLE_IMAGE = 3, /* the bytes are no PNG, JPEG, WebP or GIF, or are damaged */
  PTM_E_TOO_LARGE = 4,        /* a stated limit was passed */
  PTM_E_CANCELLED = 5,
  PTM_E_DEADLINE_EXCEEDED = 6,
  PTM_E_REFUSED = 7, /* the provider declined (moderation) */
  PTM_E_BACKEND_FAILED = 8,
  PTM_E_UNUSABLE_REPLY = 9,
  PTM_E_IO_FAILED = 10,
  PTM_E_OBSERVER_FAILED = 11, /* a callback for events failed */
  PTM_E_PARSE_FAILED = 12,    /* text or JSON that does not follow its grammar; the message has path and place */
  PTM_E_CONNECT_FAILED = 13,
  PTM_E_OUTCOME_UNKNOWN = 14, /* a request was sent, and no reply came */
  PTM_E_UNAUTHORIZED = 15,
  PTM_E_PAYMENT_REQUIRED = 16,
  PTM_E_RATE_LIMITED = 17,
  PTM_E_NOT_FOUND = 18,

  /* What this interface reports. */
  PTM_E_HANDLE = 101,   /* the handle is null, was released, is of another kind, or was never given out */
  PTM_E_STATE = 102,    /* not now: the outcome of a run that goes on, an answer to a question that was not asked */
  PTM_E_BUSY = 103,     /* not here: it would wait within a callback, or is polled already */
  PTM_E_NOMEM = 104,    /* there is no memory; nothing was done */
  PTM_E_FORKED = 105,   /* this process is a child of the one that loaded the library; see above */
  PTM_E_VERSION = 106,  /* a struct_size or abi_version that this library does not know */
  PTM_E_INTERNAL = 107, /* a fault of the library; please report it */

  /* Neither success nor error. */
  PTM_TIMEOUT = 201, /* the time was up before there was anything */
  PTM_END = 202      /* the run has ended, and all its events were given out */
};

/* "PTM_E_HANDLE": NUL-terminated, for ever; "PTM_E_INTERNAL" for what is no status. */
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

/* Why something failed. Errors do not change. */
typedef struct ptm_error ptm_error;
/* The code; PTM_E_HANDLE for what is no error. */
PTM_API ptm_status ptm_error_status(const ptm_error* error);
/* One sentence for a person: what was wrong, and what would be accepted. Valid until the error is released; empty for
 * what is no error. */
PTM_API ptm_str ptm_error_message(const ptm_error* error);
/* The whole error as JSON; one that only this interface reports has its name as the code: "handle", "state". Valid as long
 * as the message. */
PTM_API ptm_str ptm_error_json(const ptm_error* error);
/* NULL is let pass, as in every release and destroy. */
PTM_API void ptm_error_release(ptm_error* error);

/* Text that comes out. */
typedef struct ptm_text ptm_text;
/* Valid until the text is released; there is a NUL behind it, which is not counted. Empty for what is no text. */
PTM_API ptm_str ptm_text_view(const ptm_text* text);
PTM_API void ptm_text_release(ptm_text* text);

/* Images ----------------------------------------------------------------------------------------------------------- */

/* An encoded picture; its bytes are never changed or encoded anew. Cheap to hold: handles of one picture share its
 * bytes. */
typedef struct ptm_image ptm_image;

typedef struct ptm_image_info {
  size_t struct_size; /* yours to set before each ptm_image_get, which fills the rest */
  const uint8_t*
      data; /* the encoded bytes, valid until this handle is released; NULL for a picture of which only the record is known */
  size_t size;
  const char* media_type; /* "image/png", "image/jpeg", "image/webp" or "image/gif"; NUL-terminated, for ever */
  uint32_t width;         /* pixels */
  uint32_t height;
} ptm_image_info;

/* Takes a copy of the bytes of a PNG, JPEG, WebP or GIF. Only the header is read. At most 32 MiB. */
PTM_API ptm_status ptm_image_create(const uint8_t* data, size_t size, ptm_image** image, ptm_error** error);
PTM_API ptm_status ptm_image_get(const ptm_image* image, ptm_image_info* info, ptm_error** error);
/* The picture's record, as it stands in the JSON of briefs, events and outcomes. */
PTM_API ptm_status ptm_image_record(const ptm_image* image, ptm_text** json, ptm_error** error);
PTM_API void ptm_image_release(ptm_image* image);

/* Engine ----------------------------------------------------------------------------------------------------------- */

/* Threads, backends and connections. One is enough for a program; runs of one engine go on beside each other. */
typedef struct ptm_engine ptm_engine;

typedef struct ptm_engine_options {
  size_t struct_size;
  int32_t threads; /* 1 to 64; 0 for 1 */
  /* JSON, or empty: {"ca_file": PATH of the authorities to trust, "proxy": true to use that of the environment,
   * "prices": PATH of a price table that goes before the built-in one, "key_file": PATH, "dotenv": PATH; both "" for
   * none}. Keys themselves are no settings. */
  ptm_str settings;
} ptm_engine_options;

/* `options` may be NULL. */
PTM_API ptm_status ptm_engine_create(const ptm_engine_options* options, ptm_engine** engine, ptm_error** error);
/* What can be chosen: {"generators": [{"name", "what", "key", "base_url"}], "critics": [...], "revisers": [...]}. */
PTM_API ptm_status ptm_engine_backends(ptm_engine* engine, ptm_text** json, ptm_error** error);
/* Cancels its runs, and returns once its threads have ended and all `destroy` of its callbacks were called. Its runs
 * and calls are dead then, also those that have ended; texts, images and errors live on. Within a callback it returns
 * at once, and calls may still be finished until the callback has returned; the threads end after that, and are not
 * waited for when the program ends. */
PTM_API void ptm_engine_destroy(ptm_engine* engine);

/* Runs ------------------------------------------------------------------------------------------------------------- */

typedef struct ptm_run ptm_run;

/* How the events of a run are given out. */
typedef int32_t ptm_events;
enum {
  PTM_EVENTS_PULL = 0,   /* by ptm_run_next, one at a time */
  PTM_EVENTS_POLLED = 1, /* by on_event and on_end, within ptm_run_poll */
  PTM_EVENTS_THREAD = 2  /* by on_event and on_end, on an engine thread, as they happen */
};

/* What a stop policy of the caller says. */
enum { PTM_GO_ON = 0, PTM_STOP = 1 };

typedef struct ptm_run_options {
  size_t struct_size;
  ptm_events events;
  void* user; /* for the callbacks below */
  /* Gets each event as JSON, in order; the view is valid within the call. Needed in the modes with callbacks. */
  void (*on_event)(void* user, ptm_run* run, ptm_str event);
  /* After the last event: the outcome can be had. May be NULL. */
  void (*on_end)(void* user, ptm_run* run);
  /* A stop policy besides that of the request: the run ends when either holds. Asked where a policy is (after every
   * round, before every call that costs), on an engine thread, one call at a time. Gets the transcript as JSON;
   * returns PTM_GO_ON or PTM_STOP, anything else ends the run as failed. It is a function of the transcript alone: it is
   * also asked about what would be if a picture were accepted. Why it stops or fails may be written into `why`:
   * UTF-8 with a NUL at its end, `capacity` bytes at the most. May be NULL. */
  int32_t (*stop)(void* user, ptm_str transcript, char* why, size_t capacity);
  /* Called once, when none of these is called any more, on an engine thread or within the function that lets go; not
   * if ptm_refine fails. May be NULL. */
  void (*destroy)(void* user);
  /* The bytes of the pictures whose records stand in the brief. */
  const ptm_image* const* images;
  size_t image_count;
} ptm_run_options;

/* Begins a run and returns at once. `request` is a JSON object:
 *   "brief"           text, or an object: {"goal", "requirements": [{"id", "text", "importance"}], "avoid",
 *                     "size": {"width", "height"}, "aspect_ratio", "reference_images", "init_image"}; pictures in it are
 *                     records, their bytes in options->images
 *   "generator"       a backend: "NAME", "NAME:MODEL" or {"name", settings...}; "sketch" unless told
 *   "critic"          likewise; "measure" unless told
 *   "reviser"         likewise; "checklist" unless told. {"name": "ask", "proposer": REVISER} asks you, see
 *                     ptm_run_answer
 *   "until"           a stop policy; "satisfied || rounds(6) || plateau(3)" unless told
 *   "drafts"          pictures in a round, 1 to 64; 1 unless told
 *   "seed"            from which all seeds of the run follow; 0 unless told, so that two runs are alike
 *   "max_edit_depth"  how many edits may be made of an edited picture before it is made anew; 3 unless told
 *   "on_satisfied"    "cancel" (unless told) or "keep" the other drafts
 *   "on_error"        "go_on" (unless told) or "stop" when a call fails
 *   "on_refusal"      "stop" (unless told) or "rephrase" what a provider refused
 * What is wrong with it is found before anything is begun: PTM_E_PARSE_FAILED for what does not follow the grammar,
 * PTM_E_INVALID_ARGUMENT for a backend or setting that there is not (with the nearest known), PTM_E_UNAUTHORIZED for a
 * key that is missing. `options` may be NULL. */
PTM_API ptm_status ptm_refine(ptm_engine* engine, ptm_str request, const ptm_run_options* options, ptm_run** run,
                              ptm_error** error);

/* Waits for ever, as a timeout. */
#define PTM_FOREVER (-1)

/* The next event as JSON, in PTM_EVENTS_PULL. Waits for at most `timeout_ms`: PTM_TIMEOUT if there was none, PTM_END
 * after the last. */
PTM_API ptm_status ptm_run_next(ptm_run* run, int32_t timeout_ms, ptm_text** event, ptm_error** error);
/* Calls on_event and on_end for all that has happened, here and now, in PTM_EVENTS_POLLED; how many calls that were.
 * Waits for the first of them for at most `timeout_ms`. PTM_END once on_end was called. */
PTM_API ptm_status ptm_run_poll(ptm_run* run, int32_t timeout_ms, size_t* called, ptm_error** error);
/* Waits for the end of the run. PTM_OK says that it has ended, however it did: ptm_run_outcome says how. */
PTM_API ptm_status ptm_run_wait(ptm_run* run, int32_t timeout_ms, ptm_error** error);
/* Cancels the run, which ends soon with what there is. That of an ended run is let pass. */
PTM_API ptm_status ptm_run_cancel(ptm_run* run, ptm_error** error);

/* The reviser "ask" asks for your edit of a proposal by an event beside those of the run: {"type":
 * "revision_proposed", "text", "question": NUMBER, "revision": {...}}. The run waits until its deadline. `answer` is empty to
 * accept the proposal, a JSON string with the prompt to use in its place, or an object whose members take the place
 * of those of the revision: {"action": "stop"}, {"request": {"prompt": "...", "seed": 7}}. PTM_E_STATE if the
 * question was not asked, or has its answer. */
PTM_API ptm_status ptm_run_answer(ptm_run* run, int64_t question, ptm_str answer, ptm_error** error);

/* How the run ended: {"reason", "error"?, "best"?: ID, "score"?, "transcript"}. PTM_E_STATE while it goes on. */
PTM_API ptm_status ptm_run_outcome(ptm_run* run, ptm_text** json, ptm_error** error);
/* The run so far, as JSON. */
PTM_API ptm_status ptm_run_transcript(ptm_run* run, ptm_text** json, ptm_error** error);
/* The best accepted picture; where none could be judged, the first that was made. PTM_E_STATE while the run goes on; the
 * run's error, or PTM_E_NOT_FOUND, if it ended without a picture. */
PTM_API ptm_status ptm_run_best(ptm_run* run, ptm_image** image, ptm_error** error);
/* A picture of the run's events by the SHA-256 in its record, in 64 hexadecimal digits. PTM_E_NOT_FOUND. */
PTM_API ptm_status ptm_run_image(ptm_run* run, ptm_str sha256, ptm_image** image, ptm_error** error);
/* Cancels the run if it goes on, and lets go of it. Does not wait: a callback of it may be running, and is the last;
 * `destroy` comes after it. */
PTM_API void ptm_run_destroy(ptm_run* run);

/* Backends of the caller ------------------------------------------------------------------------------------------- */

/* A call that the library makes of a backend of yours. It is yours until you finish it: exactly once, by
 * ptm_call_finish or ptm_call_fail, from any thread, within `start` or later. That frees it. */
typedef struct ptm_call ptm_call;

typedef struct ptm_backend {
  size_t struct_size;
  uint32_t abi_version; /* PTM_ABI_VERSION */
  void* user;
  /* Begins a call and returns soon, on an engine thread. Several calls may be under way. */
  void (*start)(void* user, ptm_call* call);
  /* The result is not wanted any more: finish soon, with whatever. Called at most once, on an engine thread, of a call
   * that is open. But another thread may finish the call at that moment: then it is dead and answered with PTM_E_HANDLE,
   * and this may still be running, or about to. So look up what belongs to the call by its handle. The run does not
   * wait for you. May be NULL. */
  void (*cancel)(void* user, ptm_call* call);
  /* Called once, when neither is called any more: once another has taken its place or the engine is gone, and no run
   * uses it. Calls of it that are still open are dead then. On an engine thread, or within the function that lets go.
   * Not if adding fails. May be NULL. */
  void (*destroy)(void* user);
} ptm_backend;

/* Adds a generator under the name in `capabilities`, in place of one of that name:
 *   {"name", "image_to_image", "mask", "seed", "negative_prompt", "min_side", "max_side", "max_prompt_bytes",
 *    "estimate_micros": the most that a call may cost, in micro-dollars}
 * All but the name may be left out; a name has 1 to 100 letters, digits, '-', '_' and '.'. */
PTM_API ptm_status ptm_engine_add_generator(ptm_engine* engine, ptm_str capabilities, const ptm_backend* backend,
                                            ptm_error** error);
/* Adds a critic:
 *   {"name", "plans": whether it is asked for requirements, "compares": whether it is asked to compare,
 *    "estimates_micros": {"plan", "critique", "compare"}} */
PTM_API ptm_status ptm_engine_add_critic(ptm_engine* engine, ptm_str description, const ptm_backend* backend,
                                         ptm_error** error);

/* What is asked: {"kind", "request"}. The request of
 *   "generate"  is a request
 *   "plan"      is the brief
 *   "critique"  {"brief", "checklist": [requirements], "candidate"}
 *   "compare"   {"brief", "checklist", "first": candidate, "second": candidate} */
PTM_API ptm_status ptm_call_request(ptm_call* call, ptm_text** json, ptm_error** error);
/* A picture of the request by the SHA-256 in its record. PTM_E_NOT_FOUND. */
PTM_API ptm_status ptm_call_image(ptm_call* call, ptm_str sha256, ptm_image** image, ptm_error** error);
/* Finishes the call with its result:
 *   generate  {"seed"?, "revised_prompt"?, "request_id"?, "charge"?}, and the pictures in `images`
 *   plan      {"requirements": [...], "charge"?}
 *   critique  a critique
 *   compare   {"preference": "first" | "second" | "neither", "remark"?, "charge"?}
 * On any status but PTM_OK the call is still yours to finish. What follows the grammar and does not fit the call, a finding
 * on what is not in the checklist perhaps, is taken, and fails the call as "unusable_reply". */
PTM_API ptm_status ptm_call_finish(ptm_call* call, ptm_str result, const ptm_image* const* images, size_t image_count,
                                   ptm_error** error);
/* Finishes the call with an error. An error is no verdict. */
PTM_API ptm_status ptm_call_fail(ptm_call* call, ptm_str failure, ptm_error** error);

/* Records and policies --------------------------------------------------------------------------------------------- */

/* The transcript that recorded events make, one on each line, without those of "revision_proposed". */
PTM_API ptm_status ptm_fold(ptm_str events, ptm_text** transcript, ptm_error** error);
/* A stop policy in its normal form, if it follows the grammar. */
PTM_API ptm_status ptm_parse_policy(ptm_str policy, ptm_text** normal, ptm_error** error);

#ifdef __cplusplus
}
#endif

#endif /* PENTIMENTO_H */
