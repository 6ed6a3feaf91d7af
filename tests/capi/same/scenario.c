/* The run that every language makes, in C: prints its transcript. */

#include <pentimento.h>

#include <stdio.h>

int main(void) {
  ptm_engine* engine = NULL;
  ptm_run* run = NULL;
  ptm_text* transcript = NULL;
  ptm_error* error = NULL;
  if (ptm_engine_create(NULL, &engine, &error) == PTM_OK &&
      ptm_refine(engine,
                 PTM_STR("{\"brief\": {\"goal\": \"three red mugs on a plain white table, bright\", \"avoid\": [\"text\"], "
                         "\"size\": {\"width\": 320, \"height\": 240}}, \"until\": \"satisfied || rounds(4)\", \"seed\": 8}"),
                 NULL, &run, &error) == PTM_OK &&
      ptm_run_wait(run, PTM_FOREVER, &error) == PTM_OK && ptm_run_transcript(run, &transcript, &error) == PTM_OK) {
    puts(ptm_text_view(transcript).data);
  } else if (error != NULL) {
    fprintf(stderr, "%s\n", ptm_error_message(error).data);
  }
  const int has_run = transcript != NULL;
  ptm_text_release(transcript);
  ptm_error_release(error);
  ptm_run_destroy(run);
  ptm_engine_destroy(engine);
  return has_run ? 0 : 1;
}
