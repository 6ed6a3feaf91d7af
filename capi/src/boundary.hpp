#pragma once

#include "handles.hpp"
#include <pentimento.h>
#include <pentimento/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <exception>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// The boundary between C and C++: arguments are validated here, and no exception leaves.

namespace pentimento::capi {

/// Why a function rejects its arguments. Thrown inside the library only.
struct Rejected {
  ptm_status status;
  std::string message;
};

[[noreturn]] inline void reject(ptm_status status, std::string message) { throw Rejected{status, std::move(message)}; }

/// True if this process is a fork of one that had created an engine.
bool is_forked() noexcept;

/// True if this thread belongs to an engine, so that a callback is running on it.
bool on_engine_thread() noexcept;
/// True if a callback is running on this thread: on an engine thread, or within `ptm_run_poll`.
bool in_callback() noexcept;
/// Marks this thread as polling while it exists.
class Polling {
 public:
  Polling() noexcept;
  Polling(const Polling&) = delete;
  Polling& operator=(const Polling&) = delete;
  ~Polling();
};
/// Records that this process has created an engine, whose threads a fork would not have.
void mark_engine() noexcept;
/// Marks this thread as belonging to an engine.
void mark_engine_thread() noexcept;

/// Turns the current exception into a status and an error.
ptm_status report(ptm_error** error) noexcept;

/// Runs the body of a C function, which returns nothing or a status, and turns exceptions into a status and an error.
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

/// Resets an out parameter. Rejects NULL.
template <class T>
T& out(T* given, const char* name) {
  if (given == nullptr)
    reject(PTM_E_INVALID_ARGUMENT, std::string{name} + " is NULL; it must point to where the result goes");
  return *given = T{};
}

/// Returns the object of a handle. Rejects a handle that is not live or of another kind.
template <class Handle>
std::shared_ptr<Object<Handle>> get(const Handle* handle, const char* name) {
  std::shared_ptr<Object<Handle>> object = find(handle);
  if (object == nullptr)
    reject(PTM_E_HANDLE, std::string{name} + (handle == nullptr ? " is NULL" : " is not a live handle of its kind"));
  return object;
}

/// Returns the text of a view. Rejects NULL with a size, and more bytes than any limit.
std::string_view text_of(ptm_str view, const char* name);

/// Returns the images of handles. Rejects NULL with a count, handles that are not live, and more than any limit.
std::vector<Image> images_of(const ptm_image* const* images, std::size_t count);

/// The sizes that a struct has had, in rising order.
template <class T>
inline constexpr std::array sizes = {sizeof(T)};
template <>
inline constexpr std::array sizes<ptm_run_options> = {offsetof(ptm_run_options, sink),
                                                      offsetof(ptm_run_options, folder), sizeof(ptm_run_options)};

/// Returns the struct_size of a caller's struct. Rejects one that is out of range.
template <class T>
std::size_t size_of_struct(const T* given, const char* name) {
  static_assert(std::is_trivially_copyable_v<T> && offsetof(T, struct_size) == 0);
  constexpr std::size_t most_unknown = 4096;
  if (given == nullptr) reject(PTM_E_INVALID_ARGUMENT, std::string{name} + " is NULL");
  const std::size_t size = given->struct_size;
  if (size < sizes<T>.front() || size > sizeof(T) + most_unknown)
    reject(PTM_E_VERSION, std::string{name} + "->struct_size is " + std::to_string(size) + "; set it to sizeof(*" +
                              name + "), which is " + std::to_string(sizeof(T)) + " here");
  return size;
}

/// Copies the members that this library knows from a caller's struct; those that the caller does not know are zero. Rejects a
/// struct_size below that of the first version, and members that this library does not know unless they are zero.
template <class T>
T struct_of(const T* given, const char* name) {
  const std::size_t size = size_of_struct(given, name);
  T known{};
  std::memcpy(&known, given, *std::prev(std::ranges::upper_bound(sizes<T>, size)));  // never half a member
  const auto* const bytes = reinterpret_cast<const unsigned char*>(given);
  for (std::size_t i = sizeof(T); i < size; ++i) {
    if (bytes[i] != 0)
      reject(PTM_E_VERSION, std::string{name} + " sets members that this library does not know; it has version " +
                                std::to_string(PTM_ABI_VERSION) + " of the interface");
  }
  return known;
}

/// Returns the value of a result or throws its error as `Failure`.
template <class T>
T value_of(Result<T> result) {
  if (!result) throw Failure{result.error()};
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace pentimento::capi
