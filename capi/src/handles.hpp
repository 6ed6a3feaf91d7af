#pragma once

#include "handle_table.hpp"
#include <pentimento.h>
#include <pentimento/image.hpp>

#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

// The types of the handles and the objects behind them.

namespace pentimento::capi {

static_assert(sizeof(void*) == sizeof(std::uint64_t), "a handle takes 64 bits");

class CallerCall;
class Engine;
class Run;

/// Why a function failed.
struct ErrorObject {
  ptm_status status;
  std::string message;
  std::string json;
};

/// Text owned by a caller.
struct TextObject {
  std::string text;
};

/// The object behind a type of handle.
template <class Handle>
struct Behind;
template <>
struct Behind<ptm_error> {
  using Object = const ErrorObject;
  static constexpr Kind kind = Kind::error;
};
template <>
struct Behind<ptm_text> {
  using Object = const TextObject;
  static constexpr Kind kind = Kind::text;
};
template <>
struct Behind<ptm_image> {
  using Object = const Image;
  static constexpr Kind kind = Kind::image;
};
template <>
struct Behind<ptm_engine> {
  using Object = Engine;
  static constexpr Kind kind = Kind::engine;
};
template <>
struct Behind<ptm_run> {
  using Object = Run;
  static constexpr Kind kind = Kind::run;
};
template <>
struct Behind<ptm_call> {
  using Object = CallerCall;
  static constexpr Kind kind = Kind::call;
};

template <class Handle>
using Object = typename Behind<Handle>::Object;

/// Creates a handle for an object. Throws `std::bad_alloc`.
template <class Handle>
Handle* new_handle(std::shared_ptr<Object<Handle>> object) {
  auto erased = std::const_pointer_cast<std::remove_const_t<Object<Handle>>>(std::move(object));
  return std::bit_cast<Handle*>(HandleTable::instance().add(Behind<Handle>::kind, std::move(erased)));
}

/// Returns the object of a handle, or null.
template <class Handle>
std::shared_ptr<Object<Handle>> find(const Handle* handle) noexcept {
  return std::static_pointer_cast<Object<Handle>>(
      HandleTable::instance().find(Behind<Handle>::kind, std::bit_cast<std::uint64_t>(handle)));
}

/// Invalidates a handle and returns its object, or null.
template <class Handle>
std::shared_ptr<Object<Handle>> take(const Handle* handle) noexcept {
  return std::static_pointer_cast<Object<Handle>>(
      HandleTable::instance().take(Behind<Handle>::kind, std::bit_cast<std::uint64_t>(handle)));
}

/// Creates text for a caller.
inline ptm_text* new_text(std::string text) {
  return new_handle<ptm_text>(std::make_shared<TextObject>(std::move(text)));
}

}  // namespace pentimento::capi
