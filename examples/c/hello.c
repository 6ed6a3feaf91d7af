/*
 * The loop in one file: refines an image from a brief, offline and without a key, prints its events, and saves
 * the best image and the report.
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
 * Returns the request, which is JSON: {"brief": TEXT, ...}. Text in it must be escaped; a JSON library would do
 * that for you. The caller frees the result, which is NULL if memory ran out.
 */
static char* request_for(const char* brief) {
  static const char begin[] = "{\"brief\": \"";
  static const char end[] =
      "\", \"generator\": \"sketch\", \"critic\": \"measure\", \"until\": \"satisfied || rounds(6)\", \"seed\": 7}";
  /* A character becomes at most six: \u001f. */
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
 * Prints the type of an event: a JSON object on one line that begins with its number, its time and its type,
 * so that the first "type" is that of the event. For anything else, use a JSON library.
 */
static void print_type(ptm_str event) {
  static const char key[] = "\"type\":\"";
  const char* type = strstr(event.data, key); /* a NUL follows the view of a text */
  if (type == NULL) return;
  type += strlen(key);
  printf("%.*s\n", (int)strcspn(type, "\""), type);
}

/* Writes the bytes of an image as they are. */
static int save(const ptm_image* image, const char* path) {
  ptm_image_info info = {.struct_size = sizeof info};
  ptm_error* error = NULL;
  const ptm_status status = ptm_image_get(image, &info, &error);
  if (status != PTM_OK) return failed("the image", status, error);

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

/* Writes the report of a run: one HTML page. */
static int save_report(ptm_run* run, const char* path) {
  ptm_text* html = NULL;
  ptm_error* error = NULL;
  const ptm_status status = ptm_run_report_html(run, &html, &error);
  if (status != PTM_OK) return failed("the report", status, error);

  const ptm_str page = ptm_text_view(html);
  FILE* file = fopen(path, "wb");
  const size_t written = file == NULL ? 0 : fwrite(page.data, 1, page.size, file);
  const int good = file != NULL && fclose(file) == 0 && written == page.size;
  if (!good) perror(path);
  ptm_text_release(html);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A run from its beginning to its end. Everything is released on every path. */
static int refine(ptm_engine* engine, const char* brief, const char* path) {
  ptm_run* run = NULL;
  ptm_image* best = NULL;
  ptm_error* error = NULL;

  char* request = request_for(brief);
  if (request == NULL) return failed("the request", PTM_E_NOMEM, NULL);
  /* The run begins and goes on by itself. The request is no longer needed when the function has returned. */
  ptm_status status = ptm_refine(engine, ptm_str_of(request, strlen(request)), NULL, &run, &error);
  free(request);
  if (status != PTM_OK) return failed("the run", status, error);

  int result = watch(run);
  if (result == EXIT_SUCCESS) {
    /* The best image, or the error if there is none. */
    status = ptm_run_best(run, &best, &error);
    result = status == PTM_OK ? save(best, path) : failed("the best image", status, error);
  }
  if (result == EXIT_SUCCESS) result = save_report(run, "report.html");
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
