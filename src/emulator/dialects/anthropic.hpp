#pragma once

#include "emulator/dialects/dialect.hpp"
#include <pentimento/error.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

// What the endpoints of Anthropic have in common.

namespace pentimento::emulator::anthropic {

/// An error as Anthropic sends it. Thrown by whatever reads a request. The type follows from the status.
class ApiError {
 public:
  ApiError(int status, std::string message) : status_{status}, message_{std::move(message)} {}

  ApiError& type(std::string type) { return type_ = std::move(type), *this; }
  /// "image_dimensions_too_large": the code in the details of the error.
  ApiError& error_code(std::string code) { return error_code_ = std::move(code), *this; }

  EmulatedReply reply(std::uint64_t number) const;

 private:
  int status_;
  std::string message_;
  std::string type_;
  std::string error_code_;
};

/// A reply with the header `request-id`.
EmulatedReply json_reply(int status, const boost::json::value& json, std::uint64_t number);

/// Throws `ApiError` unless the request has a known `anthropic-version` and an accepted key, as `x-api-key` or, since
/// version 2026-10-21, `Authorization: Bearer`.
void check_headers(const EmulatedRequest& request, const std::string& accepted_key);

/// Runs `read`; returns the reply for what it throws: an `ApiError`, or the `Failure` of a JSON reader.
template <class Read>
std::optional<EmulatedReply> rejection(std::uint64_t number, const Read& read) {
  try {
    read();
  } catch (const ApiError& error) {
    return error.reply(number);
  } catch (const Failure& failure) {
    return ApiError{400, failure.error().message()}.reply(number);
  }
  return std::nullopt;
}

}  // namespace pentimento::emulator::anthropic
