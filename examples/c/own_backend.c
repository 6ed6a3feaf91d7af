/*
 * A generator, a critic and a reviser of one's own, and a sink that records the run.
 *
 * The generator makes images of one colour, and wide ones unless the prompt asks for a square. It shows how a
 * call is finished later, from another thread: `start` only puts it into a queue, and a thread of this program
 * takes it out. The critic wants squares, and the reviser asks for one, so that round 1 passes. They show the
 * other way: a call that takes no time is finished within `start`. The sink writes each event to own_backend.jsonl
 * before the run goes on.
 *
 *     cc own_backend.c -o own_backend -pthread $(pkg-config --cflags --libs pentimento)
 *     ./own_backend
 */
#include <pentimento.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Prints what failed and why, and releases the error. It is NULL if memory ran out. */
static void failed(const char* what, ptm_status status, ptm_error* error) {
  const ptm_str why = ptm_error_message(error);
  fprintf(stderr, "%s: %s%s%.*s\n", what, ptm_status_name(status), why.size > 0 ? ": " : "", (int)why.size,
          why.size > 0 ? why.data : "");
  ptm_error_release(error);
}

/* Calls -------------------------------------------------------------------------------------------------- */

/*
 * Finishes a call that cannot have a result. The run waits for each call until it is finished, so every path
 * must finish it. PTM_E_HANDLE means that it is finished already, by a cancel, or that the engine is destroyed.
 */
static void give_up(ptm_call* call, ptm_str failure) {
  ptm_error* error = NULL;
  const ptm_status status = ptm_call_fail(call, failure, &error);
  if (status != PTM_OK && status != PTM_E_HANDLE) {
    failed("a call", status, error);
  } else {
    ptm_error_release(error);
  }
}

/* Finishes a call with its result or, if that is rejected, with an error. */
static void finish(ptm_call* call, ptm_str result, const ptm_image* image) {
  ptm_error* error = NULL;
  const ptm_status status = ptm_call_finish(call, result, &image, image == NULL ? 0 : 1, &error);
  if (status == PTM_OK) return;
  if (status == PTM_E_HANDLE) {
    ptm_error_release(error); /* cancelled, or the engine is destroyed */
    return;
  }
  failed("a result", status, error);
  give_up(call, PTM_STR("{\"code\": \"unusable_reply\", \"message\": \"the result was rejected\"}"));
}

/* The generator ------------------------------------------------------------------------------------------ */

enum { room = 64 };

/* A thread that paints, and the calls that wait for it. */
struct painter {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  ptm_call* waiting[room]; /* the first is the next */
  size_t count;
  bool leaving;
  pthread_t thread;
};

static void start_painting(void* user, ptm_call* call) {
  struct painter* painter = user;
  pthread_mutex_lock(&painter->lock);
  const bool taken = painter->count < room;
  if (taken) painter->waiting[painter->count++] = call;
  pthread_cond_signal(&painter->changed);
  pthread_mutex_unlock(&painter->lock);
  if (!taken) give_up(call, PTM_STR("{\"code\": \"backend_failed\", \"message\": \"too many calls at once\"}"));
}

/* The result is no longer wanted. The call is finished here and now. It may still be in the queue or be painted
 * at this moment: any use of its handle is then answered with PTM_E_HANDLE. */
static void cancel_painting(void* user, ptm_call* call) {
  (void)user;
  give_up(call, PTM_STR("{\"code\": \"cancelled\", \"message\": \"no longer wanted\"}"));
}

/* The bytes of an image. */
struct bytes {
  unsigned char* data;
  size_t size;
};

static void put(struct bytes* out, const void* data, size_t size) {
  memcpy(out->data + out->size, data, size);
  out->size += size;
}

/* An image of one colour, written as a GIF without an image library. NULL if memory ran out. */
static ptm_image* flat_image(unsigned width, unsigned height, const unsigned char colour[3]) {
  const size_t pixels = (size_t)width * height;
  struct bytes gif = {malloc(64 + 2 * pixels), 0};
  if (gif.data == NULL) return NULL;
  const unsigned char side[4] = {width & 0xFF, width >> 8 & 0xFF, height & 0xFF, height >> 8 & 0xFF};
  put(&gif, "GIF89a", 6);
  put(&gif, side, 4);
  put(&gif, "\x80\0\0", 3); /* a table of two colours */
  put(&gif, colour, 3);
  put(&gif, "\0\0\0\x2C\0\0\0\0", 8);
  put(&gif, side, 4);
  put(&gif, "\0\x07", 2); /* codes begin with eight bits */
  /* The pixels as codes that are never combined: clear codes (128) keep every code at eight bits. A byte
   * before every 255 codes says how many follow. */
  size_t block = 0;
  for (size_t pixel = 0, code = 0; pixel <= pixels; ++code) {
    if (code % 255 == 0) block = gif.size++;
    const bool clear = code % 127 == 0;
    gif.data[gif.size++] = clear ? 128 : pixel == pixels ? 129 : 0; /* 129 is the end */
    gif.data[block] = (unsigned char)(gif.size - block - 1);
    if (!clear) ++pixel;
  }
  put(&gif, "\0\x3B", 2);

  ptm_image* image = NULL;
  ptm_error* error = NULL;
  const ptm_status status = ptm_image_create(gif.data, gif.size, &image, &error); /* takes a copy */
  if (status != PTM_OK) failed("the image", status, error);
  free(gif.data);
  return image;
}

static void paint(ptm_call* call) {
  static const unsigned char green[3] = {30, 120, 90};
  ptm_text* request = NULL;
  ptm_error* error = NULL;
  const ptm_status status = ptm_call_request(call, &request, &error);
  if (status == PTM_E_HANDLE) {
    ptm_error_release(error); /* cancelled while it was in the queue */
    return;
  }
  if (status != PTM_OK) {
    failed("the request", status, error);
    give_up(call, PTM_STR("{\"code\": \"backend_failed\", \"message\": \"the request cannot be read\"}"));
    return;
  }
  /* {"kind": "generate", "request": {"prompt": ...}}. Searching the text is enough here; for anything else, use
   * a JSON library. */
  const bool square = strstr(ptm_text_view(request).data, "a square image") != NULL;
  ptm_text_release(request);

  ptm_image* image = flat_image(square ? 128 : 256, 128, green);
  if (image == NULL) {
    give_up(call, PTM_STR("{\"code\": \"backend_failed\", \"message\": \"out of memory\"}"));
    return;
  }
  finish(call, PTM_STR("{\"charge\": {\"billing\": \"paid\", \"micros\": 0}}"), image);
  ptm_image_release(image);
}

static void* paint_all(void* user) {
  struct painter* painter = user;
  pthread_mutex_lock(&painter->lock);
  while (!painter->leaving) {
    if (painter->count == 0) {
      pthread_cond_wait(&painter->changed, &painter->lock);
      continue;
    }
    ptm_call* call = painter->waiting[0];
    memmove(painter->waiting, painter->waiting + 1, --painter->count * sizeof *painter->waiting);
    pthread_mutex_unlock(&painter->lock);
    paint(call); /* not under the lock: this may take long */
    pthread_mutex_lock(&painter->lock);
  }
  pthread_mutex_unlock(&painter->lock);
  return NULL;
}

static bool painter_begin(struct painter* painter) {
  memset(painter, 0, sizeof *painter);
  pthread_mutex_init(&painter->lock, NULL);
  pthread_cond_init(&painter->changed, NULL);
  if (pthread_create(&painter->thread, NULL, paint_all, painter) == 0) return true;
  fputs("no thread can be started\n", stderr);
  return false;
}

static void painter_end(struct painter* painter) {
  pthread_mutex_lock(&painter->lock);
  painter->leaving = true;
  pthread_cond_signal(&painter->changed);
  pthread_mutex_unlock(&painter->lock);
  pthread_join(painter->thread, NULL);
  pthread_cond_destroy(&painter->changed);
  pthread_mutex_destroy(&painter->lock);
}

/* The critic --------------------------------------------------------------------------------------------- */

/*
 * Returns the image to judge, or NULL. Its record is in the request as {"image": {..., "sha256": ...}}, within
 * the candidate. Quotation marks within text are escaped, so this finds no other.
 */
static ptm_image* image_of(ptm_call* call, const char* request) {
  static const char key[] = "\"sha256\":\"";
  const char* record = strstr(request, "\"image\":{");
  const char* hash = record == NULL ? NULL : strstr(record, key);
  if (hash == NULL) return NULL;
  hash += strlen(key);

  ptm_image* image = NULL;
  ptm_error* error = NULL;
  const ptm_status status = ptm_call_image(call, ptm_str_of(hash, strcspn(hash, "\"")), &image, &error);
  if (status != PTM_OK) failed("the image to judge", status, error);
  return image;
}

static void judge(ptm_call* call, const char* request) {
  ptm_image* image = image_of(call, request);
  ptm_image_info info = {.struct_size = sizeof info};
  /* An error is not a verdict: an image that cannot be read is not a bad one. */
  if (image == NULL || ptm_image_get(image, &info, NULL) != PTM_OK) {
    ptm_image_release(image);
    give_up(call, PTM_STR("{\"code\": \"backend_failed\", \"message\": \"the image cannot be read\"}"));
    return;
  }
  char critique[256];
  snprintf(critique, sizeof critique,
           "{\"findings\": [{\"requirement\": \"square\", \"verdict\": \"%s\", \"observed\": \"%ux%u\", "
           "\"wanted\": \"two equal sides\"}]}",
           info.width == info.height ? "pass" : "fail", (unsigned)info.width, (unsigned)info.height);
  ptm_image_release(image);
  finish(call, ptm_str_of(critique, strlen(critique)), NULL);
}

static void start_judging(void* user, ptm_call* call) {
  (void)user;
  ptm_text* request = NULL;
  ptm_error* error = NULL;
  const ptm_status status = ptm_call_request(call, &request, &error);
  if (status != PTM_OK) {
    failed("the request", status, error);
    give_up(call, PTM_STR("{\"code\": \"backend_failed\", \"message\": \"the request cannot be read\"}"));
    return;
  }
  const char* text = ptm_text_view(request).data;
  if (strstr(text, "\"kind\":\"plan\"") != NULL) {
    /* What it can judge: asked once, before the first image. */
    finish(call,
           PTM_STR("{\"requirements\": [{\"id\": \"square\", \"text\": \"a square image\", "
                   "\"importance\": \"must\"}]}"),
           NULL);
  } else {
    judge(call, text);
  }
  ptm_text_release(request);
}

/* The reviser and the sink ------------------------------------------------------------------------------- */

/* Asked after each round: {"kind": "revise", "request": {"transcript": ..., "capabilities": ...}}. */
static void start_revising(void* user, ptm_call* call) {
  (void)user;
  finish(call,
         PTM_STR("{\"action\": \"reprompt\", \"request\": {\"prompt\": \"a green field, a square image\"}, "
                 "\"parent\": \"0a\", \"why\": \"it was not square\"}"),
         NULL);
}

/* Stores an event. The run goes on when its call is finished. */
static void start_storing(void* user, ptm_call* call) {
  FILE* file = user;
  ptm_text* event = NULL;
  const ptm_status status = ptm_call_request(call, &event, NULL);
  const bool stored = status == PTM_OK && fprintf(file, "%s\n", ptm_text_view(event).data) > 0 && fflush(file) == 0;
  ptm_text_release(event);
  if (stored) {
    finish(call, PTM_STR("{}"), NULL);
  } else {
    give_up(call, PTM_STR("{\"code\": \"io_failed\", \"message\": \"the event cannot be stored\"}"));
  }
}

/* The run ------------------------------------------------------------------------------------------------ */

static bool add_backends(ptm_engine* engine, struct painter* painter) {
  ptm_error* error = NULL;
  const ptm_backend generator = {.struct_size = sizeof generator,
                                 .abi_version = PTM_ABI_VERSION,
                                 .user = painter,
                                 .start = start_painting,
                                 .cancel = cancel_painting};
  ptm_status status = ptm_engine_add_generator(engine, PTM_STR("{\"name\": \"wide\"}"), &generator, &error);
  if (status != PTM_OK) return failed("the generator", status, error), false;

  /* These need no `cancel`: their calls are finished within `start`. */
  const ptm_backend critic = {.struct_size = sizeof critic, .abi_version = PTM_ABI_VERSION, .start = start_judging};
  status = ptm_engine_add_critic(engine, PTM_STR("{\"name\": \"square\", \"plans\": true}"), &critic, &error);
  if (status != PTM_OK) return failed("the critic", status, error), false;

  const ptm_backend reviser = {.struct_size = sizeof reviser, .abi_version = PTM_ABI_VERSION, .start = start_revising};
  status = ptm_engine_add_reviser(engine, PTM_STR("{\"name\": \"terse\"}"), &reviser, &error);
  if (status != PTM_OK) return failed("the reviser", status, error), false;
  return true;
}

/* Prints each event as it happens, on an engine thread: it should return soon. */
static void print_event(void* user, ptm_run* run, ptm_str event) {
  (void)user;
  (void)run;
  printf("%.*s\n", (int)event.size, event.data);
}

static bool refine(ptm_engine* engine, FILE* record) {
  const ptm_backend sink = {
      .struct_size = sizeof sink, .abi_version = PTM_ABI_VERSION, .user = record, .start = start_storing};
  const ptm_run_options options = {
      .struct_size = sizeof options, .events = PTM_EVENTS_THREAD, .on_event = print_event, .sink = &sink};
  ptm_run* run = NULL;
  ptm_text* outcome = NULL;
  ptm_error* error = NULL;
  ptm_status status = ptm_refine(
      engine,
      PTM_STR(
          "{\"brief\": \"a green field\", \"generator\": \"wide\", \"critic\": \"square\", \"reviser\": \"terse\"}"),
      &options, &run, &error);
  if (status == PTM_OK) status = ptm_run_wait(run, PTM_FOREVER, &error);
  if (status == PTM_OK) status = ptm_run_outcome(run, &outcome, &error);
  if (status != PTM_OK) failed("the run", status, error);

  /* {"reason": {"kind": "satisfied", ...}, ...} */
  const bool satisfied = status == PTM_OK && strstr(ptm_text_view(outcome).data, "\"kind\":\"satisfied\"") != NULL;
  if (status == PTM_OK) puts(satisfied ? "a square image" : "no square image");
  ptm_text_release(outcome);
  ptm_run_destroy(run);
  return satisfied;
}

int main(void) {
  FILE* record = fopen("own_backend.jsonl", "w");
  if (record == NULL) return perror("own_backend.jsonl"), EXIT_FAILURE;
  struct painter painter;
  if (!painter_begin(&painter)) return fclose(record), EXIT_FAILURE;

  ptm_engine* engine = NULL;
  ptm_error* error = NULL;
  const ptm_status status = ptm_engine_create(NULL, &engine, &error);
  bool good = false;
  if (status != PTM_OK) {
    failed("the engine", status, error);
  } else {
    good = add_backends(engine, &painter) && refine(engine, record);
  }

  /* The engine first: once it is destroyed, no callback is called any more that uses the painter or the file. */
  ptm_engine_destroy(engine);
  painter_end(&painter);
  fclose(record);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
