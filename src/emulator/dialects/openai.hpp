#pragma once

#include "emulator/dialects/dialect.hpp"
#include <pentimento/error.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

// What the dialects of OpenAI have in common.

namespace pentimento::emulator::openai {

/// An error as OpenAI sends it. Thrown by whatever reads a request. `param` and `code` are null if they are empty.
class ApiError {
 public:
  ApiError(int status, std::string message, std::string type = "invalid_request_error")
      : status_{status}, message_{std::move(message)}, type_{std::move(type)} {}

  ApiError& param(std::string param) { return param_ = std::move(param), *this; }
  ApiError& code(std::string code) { return code_ = std::move(code), *this; }

  int status() const noexcept { return status_; }
  /// {"message": ..., "type": ..., "param": ..., "code": ...}
  boost::json::value json() const;

 private:
  int status_;
  std::string message_;
  std::string type_;
  std::string param_;
  std::string code_;
};

/// Throws the error 400 on a parameter.
[[noreturn]] void reject(std::string param, std::string message, std::string code = "invalid_value");

/// "req_emulated_7"
std::string request_id(std::uint64_t number);

EmulatedReply json_reply(int status, const boost::json::value& json, std::uint64_t number);
EmulatedReply reply_of(const ApiError& error, std::uint64_t number);
/// The error that a scenario asks for. What the scenario leaves open follows from the status.
ApiError api_error(const ErrorScript& error);
/// The error for what went wrong in a backend.
ApiError api_error(const Error& error, const std::string& type);

/// Throws `ApiError` unless the request has an accepted key, as `Authorization: Bearer` or, for Azure, `api-key`.
void check_key(const EmulatedRequest& request, const std::string& accepted);
/// The same, and throws unless the method is POST.
void check_access(const EmulatedRequest& request, const std::string& accepted_key);

/// The JSON object in the body of a request. Throws `ApiError`, also for another content type.
boost::json::value parse_body(const EmulatedRequest& request, std::size_t depth);

/// Runs `read`; returns the reply for what it throws: an `ApiError`, or the `Failure` of a JSON reader.
template <class Read>
std::optional<EmulatedReply> rejection(std::uint64_t number, const Read& read) {
  try {
    read();
  } catch (const ApiError& error) {
    return reply_of(error, number);
  } catch (const Failure& failure) {
    // "$.messages[0].role: why" is about the parameter "messages[0].role".
    const std::string& why = failure.error().message();
    ApiError error{400, why};
    if (why.starts_with("$.")) error.param(why.substr(2, why.find(": ") - 2));
    return reply_of(error.code("invalid_value"), number);
  }
  return std::nullopt;
}

}  // namespace pentimento::emulator::openai
