// Versions, statuses, errors, text and images.

#include "boundary.hpp"
#include <pentimento/content_hash.hpp>
#include <pentimento/image_file.hpp>
#include <pentimento/json.hpp>
#include <pentimento/loop/replay.hpp>
#include <pentimento/stop/parse.hpp>
#include <pentimento/transcript.hpp>
#include <pentimento/version.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

using namespace pentimento;
using namespace pentimento::capi;

namespace {

ptm_str view_of(const std::string& text) { return {text.c_str(), text.size()}; }

}  // namespace

extern "C" {

int32_t ptm_abi_version(void) { return PTM_ABI_VERSION; }
const char* ptm_version(void) { return version().data(); }

const char* ptm_status_name(ptm_status status) {
  switch (status) {
    case PTM_OK: return "PTM_OK";
    case PTM_E_INVALID_ARGUMENT: return "PTM_E_INVALID_ARGUMENT";
    case PTM_E_UNSUPPORTED: return "PTM_E_UNSUPPORTED";
    case PTM_E_UNREADABLE_IMAGE: return "PTM_E_UNREADABLE_IMAGE";
    case PTM_E_TOO_LARGE: return "PTM_E_TOO_LARGE";
    case PTM_E_CANCELLED: return "PTM_E_CANCELLED";
    case PTM_E_DEADLINE_EXCEEDED: return "PTM_E_DEADLINE_EXCEEDED";
    case PTM_E_REFUSED: return "PTM_E_REFUSED";
    case PTM_E_BACKEND_FAILED: return "PTM_E_BACKEND_FAILED";
    case PTM_E_UNUSABLE_REPLY: return "PTM_E_UNUSABLE_REPLY";
    case PTM_E_IO_FAILED: return "PTM_E_IO_FAILED";
    case PTM_E_OBSERVER_FAILED: return "PTM_E_OBSERVER_FAILED";
    case PTM_E_PARSE_FAILED: return "PTM_E_PARSE_FAILED";
    case PTM_E_CONNECT_FAILED: return "PTM_E_CONNECT_FAILED";
    case PTM_E_OUTCOME_UNKNOWN: return "PTM_E_OUTCOME_UNKNOWN";
    case PTM_E_UNAUTHORIZED: return "PTM_E_UNAUTHORIZED";
    case PTM_E_PAYMENT_REQUIRED: return "PTM_E_PAYMENT_REQUIRED";
    case PTM_E_RATE_LIMITED: return "PTM_E_RATE_LIMITED";
    case PTM_E_NOT_FOUND: return "PTM_E_NOT_FOUND";
    case PTM_E_HANDLE: return "PTM_E_HANDLE";
    case PTM_E_STATE: return "PTM_E_STATE";
    case PTM_E_BUSY: return "PTM_E_BUSY";
    case PTM_E_NOMEM: return "PTM_E_NOMEM";
    case PTM_E_FORKED: return "PTM_E_FORKED";
    case PTM_E_VERSION: return "PTM_E_VERSION";
    case PTM_TIMEOUT: return "PTM_TIMEOUT";
    case PTM_END: return "PTM_END";
    default: return "PTM_E_INTERNAL";
  }
}

ptm_status ptm_error_status(const ptm_error* error) {
  if (is_forked()) return PTM_E_FORKED;
  const auto object = find(error);
  return object == nullptr ? PTM_E_HANDLE : object->status;
}

ptm_str ptm_error_message(const ptm_error* error) {
  const auto object = is_forked() ? nullptr : find(error);
  return object == nullptr ? ptm_str{nullptr, 0} : view_of(object->message);
}

ptm_str ptm_error_json(const ptm_error* error) {
  const auto object = is_forked() ? nullptr : find(error);
  return object == nullptr ? ptm_str{nullptr, 0} : view_of(object->json);
}

void ptm_error_release(ptm_error* error) {
  if (!is_forked()) take(error);
}

ptm_str ptm_text_view(const ptm_text* text) {
  const auto object = is_forked() ? nullptr : find(text);
  return object == nullptr ? ptm_str{nullptr, 0} : view_of(object->text);
}

void ptm_text_release(ptm_text* text) {
  if (!is_forked()) take(text);
}

ptm_status ptm_image_create(const uint8_t* data, size_t size, ptm_image** image, ptm_error** error) {
  return guarded(error, [&] {
    ptm_image*& result = out(image, "image");
    if (data == nullptr) reject(PTM_E_INVALID_ARGUMENT, "data is NULL");
    if (size > max_image_bytes)
      reject(PTM_E_TOO_LARGE, "the image has " + std::to_string(size) + " bytes; at most " +
                                  std::to_string(max_image_bytes) + " are accepted");
    const auto* const first = reinterpret_cast<const std::byte*>(data);
    result = new_handle<ptm_image>(
        std::make_shared<Image>(value_of(Image::from_bytes(std::vector<std::byte>(first, first + size)))));
  });
}

ptm_status ptm_image_get(const ptm_image* image, ptm_image_info* info, ptm_error** error) {
  return guarded(error, [&] {
    const auto object = get(image, "image");
    const std::size_t size = size_of_struct(info, "info");
    ptm_image_info known{};
    known.struct_size = size;
    known.data = object->has_bytes() ? reinterpret_cast<const uint8_t*>(object->bytes().data()) : nullptr;
    known.size = object->bytes().size();
    known.media_type = to_string(object->media_type()).data();
    known.width = object->size().width();
    known.height = object->size().height();
    std::memcpy(info, &known, sizeof known);
    // Members that this library does not know are 0.
    if (size > sizeof known) std::memset(reinterpret_cast<char*>(info) + sizeof known, 0, size - sizeof known);
  });
}

ptm_status ptm_image_record(const ptm_image* image, ptm_text** json, ptm_error** error) {
  return guarded(error, [&] {
    ptm_text*& result = out(json, "json");
    result = new_text(to_text(*get(image, "image")));
  });
}

void ptm_image_release(ptm_image* image) {
  if (!is_forked()) take(image);
}

ptm_status ptm_fold(ptm_str events, ptm_text** transcript, ptm_error** error) {
  return guarded(error, [&] {
    ptm_text*& result = out(transcript, "transcript");
    result = new_text(to_text(value_of(fold(value_of(parse_events(text_of(events, "events")))))));
  });
}

ptm_status ptm_replay(ptm_str events, ptm_str until, ptm_text** json, ptm_error** error) {
  return guarded(error, [&] {
    ptm_text*& result = out(json, "json");
    const std::string_view policy = text_of(until, "until");
    const std::vector<Event> recorded = value_of(parse_events(text_of(events, "events")));
    const Replay run =
        value_of(policy.empty() ? replay(recorded) : replay(recorded, value_of(parse_stop_policy(policy))));
    result = new_text(to_text(boost::json::value{{"transcript", to_json(run.transcript())},
                                                 {"ended", run.has_ended()},
                                                 {"saved_micros", run.saved().micros()}}));
  });
}

ptm_status ptm_parse_policy(ptm_str policy, ptm_text** normal, ptm_error** error) {
  return guarded(error, [&] {
    ptm_text*& result = out(normal, "normal");
    result = new_text(describe(value_of(parse_stop_policy(text_of(policy, "policy")))));
  });
}

}  // extern "C"
