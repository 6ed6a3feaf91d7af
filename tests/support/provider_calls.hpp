#pragma once

#include <pentimento/error.hpp>
#include <pentimento/ledger.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

// What the tests of the providers share: the results of their codecs.

namespace pentimento::test {

/// Returns the value of a result that must have one.
template <class T>
T value_of(Result<T> result) {
  REQUIRE_MESSAGE(result.has_value(), result.error().message());
  return std::move(*result);
}

/// Returns the error of a result that must have one.
template <class T>
Error error_of(const Result<T>& result) {
  REQUIRE(!result.has_value());
  return result.error();
}

/// Returns the error of something that is rejected before anything is sent.
template <class T>
Error rejected(const Result<T>& result) {
  const Error error = error_of(result);
  CHECK(error.charge() == Charge{});
  return error;
}

/// True if the message of an error has this part.
inline bool mentions(const Error& error, std::string_view part) {
  return error.message().find(part) != std::string::npos;
}

}  // namespace pentimento::test
