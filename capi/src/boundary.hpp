#pragma once

#include "handles.hpp"
#include <pentimento.h>
#include <pentimento/error.hpp>

#include <cstddef>
#include <cstring>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// What stands between C and C++: what comes in is checked, and no exception goes out.

namespace pentimento::capi {

/// Why a function refuses; thrown inside, and never across the boundary.
struct Refused {
  ptm_status status;
  std::string message;
};

[[noreturn]] inline void refuse(ptm_status status, std::string message) { throw Refused{status, std::move(message)}; }

/// Whether this process is a child of one that had made an engine.
bool is_forked() noexcept;

/// Whether this thread belongs to an engine, so that a callback is running on it.
bool on_engine_thread() noexcept;
/// Whether a callback is running on this thread: one of an engine, or one that polls.
bool in_callback() noexcept;
/// Says that this thread polls, as long as it lives.
class Polling {
 public:
  Polling() noexcept;
  Polling(const Polling&) = delete;
  Polling& operator=(const Polling&) = delete;
  ~Polling();
};
/// Says that an engine is made: its threads will not be in a child of this process.
void mark_engine() noexcept;
/// Says that this thread belongs to an engine.
void mark_engine_thread() noexcept;

/// The exception that is being handled, as status and error.
ptm_status report(ptm_error** error) noexcept;

/// Runs the body of a function of the interface, which returns nothing or a status, and turns what it throws into a status
/// and an error.
template <class Body>
ptm_status guarded(ptm_error** error, Body&& body) noexcept {
  if (is_forked()) return PTM_E_FORKED;
  if (error != nullptr) *error = nullptr;
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Body&>>) {
      body();
      return PTM_OK;
    } else {
      return body();
    }
  } catch (...) {
    return report(error);
  }
}

/// An out parameter, set to nothing. Refuses NULL.
template <class T>
T& out(T* given, const char* name) {
  if (given == nullptr) refuse(PTM_E_INVALID_ARGUMENT, std::string{name} + " is NULL; it says where the result goes");
  return *given = T{};
}

/// The object of a handle. Refuses a dead or foreign one.
template <class Handle>
std::shared_ptr<Object<Handle>> get(const Handle* handle, const char* name) {
  std::shared_ptr<Object<Handle>> object = find(handle);
  if (object == nullptr)
    refuse(PTM_E_HANDLE, std::string{name} + (handle == nullptr ? " is NULL" : " is no live handle of its kind"));
  return object;
}

/// The text of a view. Refuses NULL with a size, and what is longer than any limit.
std::string_view text_of(ptm_str view, const char* name);

/// The images behind some handles. Refuses NULL with a count, dead handles, and more than any limit.
std::vector<Image> images_of(const ptm_image* const* images, std::size_t count);

/// The size that a caller says its struct has. Refuses one that cannot be.
template <class T>
std::size_t size_of_struct(const T* given, const char* name) {
  static_assert(std::is_trivially_copyable_v<T> && offsetof(T, struct_size) == 0);
  constexpr std::size_t most_unknown = 4096;
  if (given == nullptr) refuse(PTM_E_INVALID_ARGUMENT, std::string{name} + " is NULL");
  const std::size_t size = given->struct_size;
  if (size < sizeof(T) || size > sizeof(T) + most_unknown)
    refuse(PTM_E_VERSION, std::string{name} + "->struct_size is " + std::to_string(size) + "; set it to sizeof(*" +
                              name + "), which is " + std::to_string(sizeof(T)) + " here");
  return size;
}

/// A struct of a caller, as far as this library knows it. Refuses a size below that of the first version, which all have
/// as yet, and what goes beyond this library's knowledge if it is not zero.
template <class T>
T struct_of(const T* given, const char* name) {
  const std::size_t size = size_of_struct(given, name);
  T known{};
  std::memcpy(&known, given, sizeof(T));
  const auto* const bytes = reinterpret_cast<const unsigned char*>(given);
  for (std::size_t i = sizeof(T); i < size; ++i) {
    if (bytes[i] != 0)
      refuse(PTM_E_VERSION, std::string{name} + " says something that this library does not know; it has version " +
                                std::to_string(PTM_ABI_VERSION) + " of the interface");
  }
  return known;
}

/// The value of a result; throws its error.
template <class T>
T value_of(Result<T> result) {
  if (!result) throw Failure{result.error()};
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace pentimento::capi
