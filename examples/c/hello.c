/*
 * The loop in one file: refines a picture from a brief, offline and without a key, says what happens on the
 * way, and saves the best picture.
 *
 *     cc hello.c -o hello $(pkg-config --cflags --libs pentimento)
 *     ./hello "two green bottles on a white table" bottles.png
 */
#include <pentimento.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Prints what failed and why, and releases the error. It is NULL if memory ran out. */
static int failed(const char* what, ptm_status status, ptm_error* error) {
  const ptm_str why = ptm_error_message(error);
  fprintf(stderr, "%s: %s%s%.*s\n", what, ptm_status_name(status), why.size > 0 ? ": " : "", (int)why.size,
          why.size > 0 ? why.data : "");
  ptm_error_release(error);
  return EXIT_FAILURE;
}

/*
 * The request is JSON: {"brief": TEXT, ...}. Text must be escaped in it; with a JSON library at hand you
 * would not do this yourself. The result is to be freed, and is NULL if there is no memory.
 */
static char* request_for(const char* brief) {
  static const char begin[] = "{\"brief\": \"";
  static const char end[] =
      "\", \"generator\": \"sketch\", \"critic\": \"measure\", \"until\": \"satisfied || rounds(6)\", \"seed\": 7}";
  /* A character becomes six at the most: \u001f. */
  char* request = malloc(sizeof begin + 6 * strlen(brief) + sizeof end);
  if (request == NULL) return NULL;
  strcpy(request, begin);
  char* at = request + strlen(request);
  for (; *brief != '\0'; ++brief) {
    const unsigned char c = (unsigned char)*brief;
    if (c < 0x20) {
      at += sprintf(at, "\\u%04x", (unsigned)c);
    } else {
      if (c == '"' || c == '\\') *at++ = '\\';
      *at++ = *brief;
    }
  }
  strcpy(at, end);
  return request;
}

/*
 * An event is a JSON object on one line that begins with its number, its time and its type. The first "type"
 * in it is therefore that of the event, and that is all that this program wants to know; for more, take a
 * JSON library.
 */
static void print_type(ptm_str event) {
  static const char key[] = "\"type\":\"";
  const char* type = strstr(event.data, key); /* there is a NUL behind what ptm_text_view shows */
  if (type == NULL) return;
  type += strlen(key);
  printf("%.*s\n", (int)strcspn(type, "\""), type);
}

/* Writes the bytes of a picture as they are. */
static int save(const ptm_image* image, const char* path) {
  ptm_image_info info = {.struct_size = sizeof info};
  ptm_error* error = NULL;
  const ptm_status status = ptm_image_get(image, &info, &error);
  if (status != PTM_OK) return failed("the picture", status, error);

  FILE* file = fopen(path, "wb");
  if (file == NULL) return perror(path), EXIT_FAILURE;
  const size_t written = fwrite(info.data, 1, info.size, file);
  if (fclose(file) != 0 || written != info.size) return perror(path), EXIT_FAILURE;
  printf("%s: %s, %u x %u pixels\n", path, info.media_type, (unsigned)info.width, (unsigned)info.height);
  return EXIT_SUCCESS;
}

/* Reads the events of a run to their end. */
static int watch(ptm_run* run) {
  for (;;) {
    ptm_text* event = NULL;
    ptm_error* error = NULL;
    const ptm_status status = ptm_run_next(run, PTM_FOREVER, &event, &error);
    if (status == PTM_END) return EXIT_SUCCESS; /* after the last event */
    if (status != PTM_OK) return failed("the next event", status, error);
    print_type(ptm_text_view(event));
    ptm_text_release(event);
  }
}

/* A run from its beginning to its end. Every way out releases what was got before. */
static int refine(ptm_engine* engine, const char* brief, const char* path) {
  ptm_run* run = NULL;
  ptm_image* best = NULL;
  ptm_error* error = NULL;

  char* request = request_for(brief);
  if (request == NULL) return failed("the request", PTM_E_NOMEM, NULL);
  /* The run begins, and goes on by itself. The request is not needed any more when the function returns. */
  ptm_status status = ptm_refine(engine, ptm_str_of(request, strlen(request)), NULL, &run, &error);
  free(request);
  if (status != PTM_OK) return failed("the run", status, error);

  int result = watch(run);
  if (result == EXIT_SUCCESS) {
    /* The best image, or the error if there is none. */
    status = ptm_run_best(run, &best, &error);
    result = status == PTM_OK ? save(best, path) : failed("the best picture", status, error);
  }
  ptm_image_release(best); /* NULL is a no-op */
  ptm_run_destroy(run);
  return result;
}

int main(int argc, char** argv) {
  const char* brief = argc > 1 ? argv[1] : "three red mugs on a plain white table, bright";
  const char* path = argc > 2 ? argv[2] : "mugs.png";

  /* One engine is enough for a program. Without options it has one thread and the settings of the
   * environment. */
  ptm_engine* engine = NULL;
  ptm_error* error = NULL;
  const ptm_status status = ptm_engine_create(NULL, &engine, &error);
  if (status != PTM_OK) return failed("the engine", status, error);

  const int result = refine(engine, brief, path);
  ptm_engine_destroy(engine);
  return result;
}
