// Engines, and the backends of the caller.

#include "boundary.hpp"
#include "caller_backend.hpp"
#include "caller_call.hpp"
#include "engine.hpp"
#include "engine_settings.hpp"
#include "images.hpp"
#include <pentimento/json.hpp>

#include <cstddef>
#include <string>

using namespace pentimento;
using namespace pentimento::capi;

namespace {

void create_engine(const ptm_engine_options* given, ptm_engine** engine) {
  ptm_engine*& result = out(engine, "engine");
  ptm_engine_options options{};
  if (given != nullptr) options = struct_of(given, "options");
  constexpr int most_threads = 64;
  if (options.threads < 0 || options.threads > most_threads)
    reject(PTM_E_INVALID_ARGUMENT, "threads is " + std::to_string(options.threads) + "; 1 to 64, or 0 for 1");
  const auto made = Engine::create(options.threads == 0 ? 1 : options.threads,
                                   registry_with(text_of(options.settings, "options->settings")));
  try {
    result = new_handle<ptm_engine>(made);
  } catch (...) {
    made->close();
    throw;
  }
}

}  // namespace

extern "C" {

ptm_status ptm_engine_create(const ptm_engine_options* options, ptm_engine** engine, ptm_error** error) {
  return guarded(error, [&] { create_engine(options, engine); });
}

ptm_status ptm_engine_backends(ptm_engine* engine, ptm_text** json, ptm_error** error) {
  return guarded(error, [&] {
    ptm_text*& result = out(json, "json");
    result = new_text(get(engine, "engine")->backends());
  });
}

void ptm_engine_destroy(ptm_engine* engine) {
  if (is_forked()) return;
  if (const auto object = take(engine)) object->close();
}

ptm_status ptm_engine_add_generator(ptm_engine* engine, ptm_str capabilities, const ptm_backend* backend,
                                    ptm_error** error) {
  return guarded(error, [&] {
    get(engine, "engine")->add_generator(text_of(capabilities, "capabilities"), backend_of(backend, "backend"));
  });
}

ptm_status ptm_engine_add_critic(ptm_engine* engine, ptm_str description, const ptm_backend* backend,
                                 ptm_error** error) {
  return guarded(error, [&] {
    get(engine, "engine")->add_critic(text_of(description, "description"), backend_of(backend, "backend"));
  });
}

ptm_status ptm_engine_add_reviser(ptm_engine* engine, ptm_str description, const ptm_backend* backend,
                                  ptm_error** error) {
  return guarded(error, [&] {
    get(engine, "engine")->add_reviser(text_of(description, "description"), backend_of(backend, "backend"));
  });
}

ptm_status ptm_call_request(ptm_call* call, ptm_text** json, ptm_error** error) {
  return guarded(error, [&] {
    ptm_text*& result = out(json, "json");
    result = new_text(get(call, "call")->request());
  });
}

ptm_status ptm_call_image(ptm_call* call, ptm_str sha256, ptm_image** image, ptm_error** error) {
  return guarded(error, [&] {
    ptm_image*& result = out(image, "image");
    const auto found = find_image_of(get(call, "call")->images(), text_of(sha256, "sha256"));
    if (!found) reject(PTM_E_NOT_FOUND, "no image of the request has this SHA-256");
    result = new_handle<ptm_image>(std::make_shared<Image>(*found));
  });
}

ptm_status ptm_call_finish(ptm_call* call, ptm_str result, const ptm_image* const* images, size_t image_count,
                           ptm_error** error) {
  return guarded(error, [&] { get(call, "call")->finish(text_of(result, "result"), images_of(images, image_count)); });
}

ptm_status ptm_call_fail(ptm_call* call, ptm_str failure, ptm_error** error) {
  return guarded(error, [&] { get(call, "call")->fail(value_of(from_text<Error>(text_of(failure, "failure")))); });
}

}  // extern "C"
