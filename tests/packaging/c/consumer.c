/* The C library, as a program in C11 uses it: an engine is made, says what it has, and goes. */
#include <pentimento.h>

#include <stdio.h>

int main(void) {
  ptm_engine* engine = NULL;
  ptm_text* backends = NULL;
  ptm_error* error = NULL;

  if (ptm_abi_version() < PTM_ABI_VERSION) return 2;
  if (ptm_engine_create(NULL, &engine, &error) != PTM_OK || ptm_engine_backends(engine, &backends, &error) != PTM_OK) {
    fprintf(stderr, "%.*s\n", (int)ptm_error_message(error).size, ptm_error_message(error).data);
    return 1;
  }
  printf("libpentimento %s tells its backends in %zu bytes\n", ptm_version(), ptm_text_view(backends).size);

  ptm_text_release(backends);
  ptm_engine_destroy(engine);
  return 0;
}
