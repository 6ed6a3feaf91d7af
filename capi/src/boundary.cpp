#include "boundary.hpp"

#include <pentimento/json.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <pthread.h>

#include <atomic>
#include <new>
#include <system_error>

namespace pentimento::capi {
namespace {

std::atomic<bool> forked{false};
std::atomic<bool> has_engines{false};
thread_local bool belongs_to_engine = false;
thread_local int polls = 0;

void before_fork() { HandleTable::instance().lock(); }
void in_parent() { HandleTable::instance().unlock(); }
void in_child() {
  forked = has_engines.load();
  HandleTable::instance().unlock();
}

// At load, before the library has threads.
[[maybe_unused]] const int registered = ::pthread_atfork(before_fork, in_parent, in_child);

ptm_status hand_out(ptm_error** error, ptm_status status, std::string message, std::string json) {
  if (error != nullptr) {
    auto object = std::make_shared<ErrorObject>(ErrorObject{status, std::move(message), std::move(json)});
    *error = new_handle<ptm_error>(std::move(object));
  }
  return status;
}

/// The JSON of an error of this interface: its code is the status in lower case, "state" for PTM_E_STATE.
std::string json_of(ptm_status status, std::string_view message) {
  std::string code = std::string{ptm_status_name(status)}.substr(6);
  for (char& c : code) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return to_text(boost::json::value(boost::json::object{{"code", code}, {"message", message}}));
}

}  // namespace

static_assert(static_cast<int>(errc::invalid_argument) == PTM_E_INVALID_ARGUMENT);
static_assert(static_cast<int>(errc::cancelled) == PTM_E_CANCELLED);
static_assert(static_cast<int>(errc::parse_failed) == PTM_E_PARSE_FAILED);
static_assert(static_cast<int>(errc::not_found) == PTM_E_NOT_FOUND);
static_assert(to_string(static_cast<errc>(PTM_E_NOT_FOUND + 1)) == "unknown", "pentimento.h lacks a code");

bool is_forked() noexcept { return forked.load(std::memory_order_relaxed); }
bool on_engine_thread() noexcept { return belongs_to_engine; }
bool in_callback() noexcept { return belongs_to_engine || polls > 0; }
Polling::Polling() noexcept { ++polls; }
Polling::~Polling() { --polls; }
void mark_engine() noexcept { has_engines = true; }
void mark_engine_thread() noexcept { belongs_to_engine = true; }

ptm_status report(ptm_error** error_out) noexcept {
  try {
    try {
      throw;
    } catch (const Rejected& rejected) {
      return hand_out(error_out, rejected.status, rejected.message, json_of(rejected.status, rejected.message));
    } catch (const Failure& failure) {
      return hand_out(error_out, static_cast<ptm_status>(failure.error().code()), failure.error().message(),
                      to_text(failure.error()));
    } catch (const std::bad_alloc&) {
      return PTM_E_NOMEM;
    } catch (const std::system_error& error) {
      if (error.code() == std::errc::resource_unavailable_try_again) return PTM_E_NOMEM;  // no more threads
      return hand_out(error_out, PTM_E_INTERNAL, error.what(), json_of(PTM_E_INTERNAL, error.what()));
    } catch (const std::exception& other) {
      return hand_out(error_out, PTM_E_INTERNAL, other.what(), json_of(PTM_E_INTERNAL, other.what()));
    } catch (...) {
      return hand_out(error_out, PTM_E_INTERNAL, "an exception of an unknown type",
                      json_of(PTM_E_INTERNAL, "an exception of an unknown type"));
    }
  } catch (...) {
    return PTM_E_NOMEM;  // only an allocation can fail in reporting
  }
}

std::string_view text_of(ptm_str view, const char* name) {
  constexpr std::size_t longest = std::size_t{1} << 30;
  if (view.data == nullptr && view.size != 0)
    reject(PTM_E_INVALID_ARGUMENT, std::string{name} + " has NULL data and a size other than 0");
  if (view.size > longest)
    reject(PTM_E_TOO_LARGE,
           std::string{name} + " has a size of " + std::to_string(view.size) + " bytes, more than any limit");
  return view.size == 0 ? std::string_view{} : std::string_view{view.data, view.size};
}

std::vector<Image> images_of(const ptm_image* const* images, std::size_t count) {
  constexpr std::size_t most = 10'000;
  if (count > most)
    reject(PTM_E_TOO_LARGE,
           std::to_string(count) + " images were given; at most " + std::to_string(most) + " are accepted");
  if (images == nullptr && count > 0) reject(PTM_E_INVALID_ARGUMENT, "images is NULL and image_count is not 0");
  std::vector<Image> result;
  result.reserve(count);
  for (std::size_t i = 0; i < count; ++i) result.push_back(*get(images[i], "an image"));
  return result;
}

}  // namespace pentimento::capi
