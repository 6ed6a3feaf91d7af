// Runs.

#include "boundary.hpp"
#include "caller_backend.hpp"
#include "engine.hpp"
#include "refine_request.hpp"
#include "run.hpp"
#include <pentimento/json.hpp>
#include <pentimento/store/run_folder.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace pentimento::capi;

namespace {

Run::Deadline deadline_of(int32_t timeout_ms) {
  if (timeout_ms < PTM_FOREVER)
    reject(PTM_E_INVALID_ARGUMENT, "timeout_ms is " + std::to_string(timeout_ms) + "; 0 or more, or PTM_FOREVER");
  if (timeout_ms == PTM_FOREVER) return std::nullopt;
  return std::chrono::steady_clock::now() + std::chrono::milliseconds{timeout_ms};
}

ptm_run_options run_options_of(const ptm_run_options* given) {
  ptm_run_options options{};
  if (given == nullptr) return options;
  options = struct_of(given, "options");
  if (options.events < PTM_EVENTS_PULL || options.events > PTM_EVENTS_THREAD)
    reject(PTM_E_INVALID_ARGUMENT, "options->events is " + std::to_string(options.events) +
                                       "; PTM_EVENTS_PULL, PTM_EVENTS_POLLED or PTM_EVENTS_THREAD");
  if (options.events != PTM_EVENTS_PULL && options.on_event == nullptr)
    reject(PTM_E_INVALID_ARGUMENT, "options->on_event is NULL, and the events are to go there");
  return options;
}

std::filesystem::path path_of(ptm_str folder, const char* name) {
  const std::string_view text = text_of(folder, name);
  if (text.find('\0') != std::string_view::npos)
    reject(PTM_E_INVALID_ARGUMENT, std::string{name} + " has a NUL character; a path has none");
  return text;
}

/// Makes a run of these options, without what they refer to, and has it begin. Returns its handle.
template <class Begin>
ptm_run* make_run(const std::shared_ptr<Engine>& home, ptm_run_options options, const Begin& begin) {
  options.images = nullptr;
  options.image_count = 0;
  options.folder = {};
  std::unique_ptr<CallerBackend> sink;
  if (options.sink != nullptr) sink = std::make_unique<CallerBackend>(backend_of(options.sink, "options->sink"));
  options.sink = nullptr;
  const auto made = std::make_shared<Run>(options, std::move(sink), home);
  made->handle = new_handle<ptm_run>(made);
  try {
    begin(made);
  } catch (...) {
    take(made->handle);
    throw;
  }
  return made->handle;
}

void refine(ptm_engine* engine, ptm_str request, const ptm_run_options* given, ptm_run** run) {
  ptm_run*& result = out(run, "run");
  const auto home = get(engine, "engine");
  const ptm_run_options options = run_options_of(given);
  const std::filesystem::path folder = path_of(options.folder, "options->folder");
  RefineRequest wanted =
      read_refine_request(text_of(request, "request"), images_of(options.images, options.image_count));
  result =
      make_run(home, options, [&](const std::shared_ptr<Run>& made) { home->begin(made, std::move(wanted), folder); });
}

void resume(ptm_engine* engine, ptm_str request, const ptm_run_options* given, ptm_run** run) {
  ptm_run*& result = out(run, "run");
  const auto home = get(engine, "engine");
  const std::string_view text = text_of(request, "request");
  const ptm_run_options options = run_options_of(given);
  const std::filesystem::path folder = path_of(options.folder, "options->folder");
  if (folder.empty())
    reject(PTM_E_INVALID_ARGUMENT, "options->folder is empty; it must name the folder of the run to resume");
  if (options.image_count > 0)
    reject(PTM_E_INVALID_ARGUMENT, "options->images has images; those of a resumed run are in its folder");
  ResumeRequest wanted = read_resume_request(text);
  result =
      make_run(home, options, [&](const std::shared_ptr<Run>& made) { home->resume(made, std::move(wanted), folder); });
}

void read_run(ptm_str folder, ptm_run** run) {
  ptm_run*& result = out(run, "run");
  const auto made = std::make_shared<Run>(value_of(RunFolder::read(path_of(folder, "folder"))));
  result = made->handle = new_handle<ptm_run>(made);
}

}  // namespace

extern "C" {

ptm_status ptm_refine(ptm_engine* engine, ptm_str request, const ptm_run_options* options, ptm_run** run,
                      ptm_error** error) {
  return guarded(error, [&] { refine(engine, request, options, run); });
}

ptm_status ptm_resume(ptm_engine* engine, ptm_str request, const ptm_run_options* options, ptm_run** run,
                      ptm_error** error) {
  return guarded(error, [&] { resume(engine, request, options, run); });
}

ptm_status ptm_read_run(ptm_str folder, ptm_run** run, ptm_error** error) {
  return guarded(error, [&] { read_run(folder, run); });
}

ptm_status ptm_run_next(ptm_run* run, int32_t timeout_ms, ptm_text** event, ptm_error** error) {
  return guarded(error, [&] {
    ptm_text*& result = out(event, "event");
    ptm_status status = PTM_OK;
    result = get(run, "run")->next(deadline_of(timeout_ms), !on_engine_thread(), status);
    return status;
  });
}

ptm_status ptm_run_poll(ptm_run* run, int32_t timeout_ms, size_t* called, ptm_error** error) {
  return guarded(error, [&] {
    std::size_t ignored = 0;
    std::size_t& count = called == nullptr ? ignored : *called;
    count = 0;
    return get(run, "run")->poll(deadline_of(timeout_ms), !on_engine_thread(), count);
  });
}

ptm_status ptm_run_wait(ptm_run* run, int32_t timeout_ms, ptm_error** error) {
  return guarded(error, [&] { return get(run, "run")->wait(deadline_of(timeout_ms), !on_engine_thread()); });
}

ptm_status ptm_run_cancel(ptm_run* run, ptm_error** error) {
  return guarded(error, [&] { get(run, "run")->cancel(); });
}

ptm_status ptm_run_answer(ptm_run* run, int64_t question, ptm_str answer, ptm_error** error) {
  return guarded(error, [&] { get(run, "run")->answer(question, text_of(answer, "answer")); });
}

ptm_status ptm_run_outcome(ptm_run* run, ptm_text** json, ptm_error** error) {
  return guarded(error, [&] {
    ptm_text*& result = out(json, "json");
    result = new_text(get(run, "run")->outcome());
  });
}

ptm_status ptm_run_transcript(ptm_run* run, ptm_text** json, ptm_error** error) {
  return guarded(error, [&] {
    ptm_text*& result = out(json, "json");
    result = new_text(to_text(get(run, "run")->transcript()));
  });
}

ptm_status ptm_run_best(ptm_run* run, ptm_image** image, ptm_error** error) {
  return guarded(error, [&] {
    ptm_image*& result = out(image, "image");
    result = new_handle<ptm_image>(std::make_shared<Image>(get(run, "run")->best()));
  });
}

ptm_status ptm_run_image(ptm_run* run, ptm_str sha256, ptm_image** image, ptm_error** error) {
  return guarded(error, [&] {
    ptm_image*& result = out(image, "image");
    const auto found = get(run, "run")->find_image(text_of(sha256, "sha256"));
    if (!found) reject(PTM_E_NOT_FOUND, "no image of the run has this SHA-256");
    result = new_handle<ptm_image>(std::make_shared<Image>(*found));
  });
}

void ptm_run_destroy(ptm_run* run) {
  if (is_forked()) return;
  if (const auto object = take(run)) object->detach();
}

}  // extern "C"
