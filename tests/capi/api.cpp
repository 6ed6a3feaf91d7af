#include "api.hpp"

#include <chrono>
#include <stdexcept>

namespace pentimento::test {
namespace {

/// Every `"id":"..."` within the checklist of a request.
std::vector<std::string> requirements_in(const std::string& json) {
  std::vector<std::string> ids;
  std::size_t at = json.find("\"checklist\"");
  if (at == std::string::npos) return ids;
  const std::size_t end = json.find(']', at);
  while ((at = json.find("\"id\":\"", at)) < end) {
    at += 6;
    ids.push_back(json.substr(at, json.find('"', at) - at));
  }
  return ids;
}

}  // namespace

std::vector<std::uint8_t> png(std::uint32_t width, std::uint32_t height, std::uint32_t tag) {
  std::vector<std::uint8_t> bytes{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  const auto big32 = [&](std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  };
  const auto name = [&](const char* text) { bytes.insert(bytes.end(), text, text + 4); };
  big32(13);
  name("IHDR");
  big32(width);
  big32(height);
  bytes.insert(bytes.end(), {8, 2, 0, 0, 0});
  big32(tag);
  big32(0);
  name("IEND");
  big32(0xAE426082);
  return bytes;
}

Picture picture(std::uint32_t tag) {
  const std::vector<std::uint8_t> bytes = png(64, 64, tag);
  Picture image;
  ptm_image_create(bytes.data(), bytes.size(), &image, nullptr);
  return image;
}

ptm_backend Backend::functions() {
  ptm_backend backend{};
  backend.struct_size = sizeof backend;
  backend.abi_version = PTM_ABI_VERSION;
  backend.user = this;
  backend.start = &Backend::start;
  backend.cancel = &Backend::cancel;
  backend.destroy = &Backend::destroy;
  return backend;
}

ptm_status Backend::add_generator(ptm_engine* engine, std::string_view terms) {
  const ptm_backend backend = functions();
  return ptm_engine_add_generator(engine, view(terms), &backend, nullptr);
}

ptm_status Backend::add_critic(ptm_engine* engine, std::string_view terms) {
  const ptm_backend backend = functions();
  return ptm_engine_add_critic(engine, view(terms), &backend, nullptr);
}

ptm_status Backend::add_reviser(ptm_engine* engine, std::string_view description) {
  const ptm_backend backend = functions();
  return ptm_engine_add_reviser(engine, view(description), &backend, nullptr);
}

ptm_status Backend::answer(ptm_call* call, const std::string& verdict) {
  Text text;
  if (const ptm_status status = ptm_call_request(call, &text, nullptr); status != PTM_OK) return status;
  const std::string json = string(text);
  if (json.starts_with(R"({"kind":"generate")")) {
    static std::atomic<std::uint32_t> tag{0};
    const Picture image = picture(++tag);
    const ptm_image* const images[] = {image.get()};
    return ptm_call_finish(call, PTM_STR("{}"), images, 1, nullptr);
  }
  if (json.starts_with(R"({"kind":"revise")"))
    return ptm_call_finish(call, PTM_STR(R"({"action": "reprompt", "request": {"prompt": "revised"}})"), nullptr, 0,
                           nullptr);
  if (json.starts_with(R"({"sequence":)")) return ptm_call_finish(call, PTM_STR("{}"), nullptr, 0, nullptr);  // a sink
  if (json.starts_with(R"({"kind":"compare")"))
    return ptm_call_finish(call, PTM_STR(R"({"preference": "neither"})"), nullptr, 0, nullptr);
  std::string findings;
  for (const std::string& id : requirements_in(json))
    findings += (findings.empty() ? "" : ",") + (R"({"requirement":")" + id + R"(","verdict":")" + verdict + "\"}");
  return ptm_call_finish(call, view("{\"findings\":[" + findings + "]}"), nullptr, 0, nullptr);
}

void Backend::start(void* user, ptm_call* call) {
  Backend& self = *static_cast<Backend*>(user);
  if (self.on_start != nullptr) self.on_start(self, call);
  if (self.how_ == Finish::never) {
    const std::lock_guard lock{self.mutex_};
    self.open_.push_back(call);
  }
  {
    const std::lock_guard lock{self.mutex_};
    ++self.started;
  }
  self.changed_.notify_all();
  if (self.how_ == Finish::throws) throw std::runtime_error{"the backend fell over"};
  if (self.how_ != Finish::at_once) return;
  // Again if memory ran out: the call is then still open.
  if (answer(call, self.verdict) != PTM_OK) answer(call, self.verdict);
}

void Backend::cancel(void* user, ptm_call*) {
  Backend& self = *static_cast<Backend*>(user);
  {
    const std::lock_guard lock{self.mutex_};
    ++self.cancelled;
  }
  self.changed_.notify_all();
}

void Backend::destroy(void* user) { ++static_cast<Backend*>(user)->destroyed; }

bool Backend::wait_for(const std::atomic<int>& number, int count) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, std::chrono::seconds{30}, [&] { return number >= count; });
}
bool Backend::wait_started(int count) { return wait_for(started, count); }
bool Backend::wait_cancelled(int count) { return wait_for(cancelled, count); }

std::string request(std::string_view more) {
  return R"({"brief": {"goal": "a mug", "requirements": [{"id": "r", "text": "it is red", "importance": "must"}]}, )"
         R"("generator": "mine", "critic": "judge")" +
         std::string{more} + "}";
}

}  // namespace pentimento::test
