/*
 * A generator and a critic of one's own, in the loop.
 *
 * The generator makes pictures of one colour, and wide ones unless it is told that a square matters. It shows
 * how a call is finished later, from another thread: `start` only puts it into a queue, and a thread of this
 * program takes it out. The critic wants squares. It shows the other way: a call that takes no time is
 * finished within `start`. The reviser, which is the library's, puts what fails into the next prompt, so that
 * round 1 passes.
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
 * Ends a call that cannot have its result. A call is ours until it is finished, and the run waits for it, so
 * that every way out must finish it. PTM_E_HANDLE means that it is finished already, by a cancel, or that the
 * engine is gone.
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

/* Finishes a call with its result, or, if that is refused, without it. */
static void finish(ptm_call* call, ptm_str result, const ptm_image* image) {
  ptm_error* error = NULL;
  const ptm_status status = ptm_call_finish(call, result, &image, image == NULL ? 0 : 1, &error);
  if (status == PTM_OK) return;
  if (status == PTM_E_HANDLE) {
    ptm_error_release(error); /* cancelled, or the engine is gone */
    return;
  }
  failed("a result", status, error);
  give_up(call, PTM_STR("{\"code\": \"unusable_reply\", \"message\": \"the result was refused\"}"));
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
  if (!taken)
    give_up(call, PTM_STR("{\"code\": \"backend_failed\", \"message\": \"too many calls at once\"}"));
}

/* The result is not wanted any more. The call is finished here and now; it may still stand in the queue,
 * or be painted at this moment, and what is asked of it from now on is answered with PTM_E_HANDLE. Handles
 * are made for that. */
static void cancel_painting(void* user, ptm_call* call) {
  (void)user;
  give_up(call, PTM_STR("{\"code\": \"cancelled\", \"message\": \"not painted any more\"}"));
}

/* Appends bytes to a picture. */
struct bytes {
  unsigned char* data;
  size_t size;
};

static void put(struct bytes* out, const void* data, size_t size) {
  memcpy(out->data + out->size, data, size);
  out->size += size;
}

/* An image of one colour, written as a GIF without an image library. NULL if memory ran out. */
static ptm_image* flat_picture(unsigned width, unsigned height, const unsigned char colour[3]) {
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
  /* The pixels as codes that are never combined: a clear code (128) in time keeps every code at eight
   * bits. A byte before every 255 codes says how many follow. */
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
  if (status != PTM_OK) failed("the picture", status, error);
  free(gif.data);
  return image;
}

static void paint(ptm_call* call) {
  static const unsigned char green[3] = {30, 120, 90};
  ptm_text* request = NULL;
  ptm_error* error = NULL;
  const ptm_status status = ptm_call_request(call, &request, &error);
  if (status == PTM_E_HANDLE) {
    ptm_error_release(error); /* cancelled while it stood in the queue */
    return;
  }
  if (status != PTM_OK) {
    failed("the request", status, error);
    give_up(call, PTM_STR("{\"code\": \"backend_failed\", \"message\": \"the request cannot be read\"}"));
    return;
  }
  /* {"kind": "generate", "request": {"prompt": ...}}. To look for words, the text will do; for more, take
   * a JSON library. */
  const bool square = strstr(ptm_text_view(request).data, "Important: a square picture") != NULL;
  ptm_text_release(request);

  ptm_image* image = flat_picture(square ? 128 : 256, 128, green);
  if (image == NULL) {
    give_up(call,
            PTM_STR("{\"code\": \"backend_failed\", \"message\": \"there is no memory for a picture\"}"));
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
    paint(call); /* not under the lock: this may take its time */
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
 * The picture to judge: its record stands in the request as {"image": {..., "sha256": ...}}, within the
 * candidate. Text that stands in a string has its quotation marks escaped, so that this finds no other. NULL
 * if it cannot be had.
 */
static ptm_image* picture_of(ptm_call* call, const char* request) {
  static const char key[] = "\"sha256\":\"";
  const char* record = strstr(request, "\"image\":{");
  const char* hash = record == NULL ? NULL : strstr(record, key);
  if (hash == NULL) return NULL;
  hash += strlen(key);

  ptm_image* image = NULL;
  ptm_error* error = NULL;
  const ptm_status status = ptm_call_image(call, ptm_str_of(hash, strcspn(hash, "\"")), &image, &error);
  if (status != PTM_OK) failed("the picture to judge", status, error);
  return image;
}

static void judge(ptm_call* call, const char* request) {
  ptm_image* image = picture_of(call, request);
  ptm_image_info info = {.struct_size = sizeof info};
  /* What broke is an error and no verdict: a picture that cannot be seen is not a bad one. */
  if (image == NULL || ptm_image_get(image, &info, NULL) != PTM_OK) {
    ptm_image_release(image);
    give_up(call, PTM_STR("{\"code\": \"backend_failed\", \"message\": \"the picture cannot be seen\"}"));
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
    /* What it can judge: asked once, before the first picture. */
    finish(call,
           PTM_STR("{\"requirements\": [{\"id\": \"square\", \"text\": \"a square picture\", "
                   "\"importance\": \"must\"}]}"),
           NULL);
  } else {
    judge(call, text);
  }
  ptm_text_release(request);
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

  /* It needs no `cancel`: it is finished before one could come. */
  const ptm_backend critic = {
      .struct_size = sizeof critic, .abi_version = PTM_ABI_VERSION, .start = start_judging};
  status = ptm_engine_add_critic(engine, PTM_STR("{\"name\": \"square\", \"plans\": true}"), &critic, &error);
  if (status != PTM_OK) return failed("the critic", status, error), false;
  return true;
}

/* Prints each event as it happens: on the engine's thread, in which one should not stay long. */
static void print_event(void* user, ptm_run* run, ptm_str event) {
  (void)user;
  (void)run;
  printf("%.*s\n", (int)event.size, event.data);
}

static bool refine(ptm_engine* engine) {
  const ptm_run_options options = {
      .struct_size = sizeof options, .events = PTM_EVENTS_THREAD, .on_event = print_event};
  ptm_run* run = NULL;
  ptm_text* outcome = NULL;
  ptm_error* error = NULL;
  ptm_status status = ptm_refine(
      engine, PTM_STR("{\"brief\": \"a green field\", \"generator\": \"wide\", \"critic\": \"square\"}"),
      &options, &run, &error);
  if (status == PTM_OK) status = ptm_run_wait(run, PTM_FOREVER, &error);
  if (status == PTM_OK) status = ptm_run_outcome(run, &outcome, &error);
  if (status != PTM_OK) failed("the run", status, error);

  /* {"reason": {"kind": "satisfied", ...}, ...} */
  const bool satisfied =
      status == PTM_OK && strstr(ptm_text_view(outcome).data, "\"kind\":\"satisfied\"") != NULL;
  if (status == PTM_OK) puts(satisfied ? "a square picture" : "no square picture");
  ptm_text_release(outcome);
  ptm_run_destroy(run);
  return satisfied;
}

int main(void) {
  struct painter painter;
  if (!painter_begin(&painter)) return EXIT_FAILURE;

  ptm_engine* engine = NULL;
  ptm_error* error = NULL;
  const ptm_status status = ptm_engine_create(NULL, &engine, &error);
  bool good = false;
  if (status != PTM_OK) {
    failed("the engine", status, error);
  } else {
    good = add_backends(engine, &painter) && refine(engine);
  }

  /* The engine goes first: when it is gone, no callback is called any more, and the painter is nobody's
   * but ours. */
  ptm_engine_destroy(engine);
  painter_end(&painter);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
