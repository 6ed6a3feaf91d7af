#pragma once

#include "emulator/dialects/dialect.hpp"
#include <pentimento/http/headers.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>

// What the dialects of OpenAI have in common.

namespace pentimento::emulator::openai {

/// An error as OpenAI words it; `param` and `code` are null where they are empty.
class Complaint {
 public:
  Complaint(int status, std::string message, std::string type = "invalid_request_error")
      : status_{status}, message_{std::move(message)}, type_{std::move(type)} {}

  Complaint& param(std::string param) { return param_ = std::move(param), *this; }
  Complaint& code(std::string code) { return code_ = std::move(code), *this; }

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

/// "req_emulated_7"
std::string request_id(std::uint64_t number);

/// A reply with this JSON as its body.
EmulatedReply json_reply(int status, const boost::json::value& json, std::uint64_t number);
EmulatedReply reply_of(const Complaint& complaint, std::uint64_t number);
/// What a scenario wants as an error, in this shape; what it leaves open follows from the status.
EmulatedReply reply_of(const ErrorScript& error, std::uint64_t number);
Complaint complaint_of(const ErrorScript& error);

/// The complaint about the key of a request, if there is one: `Authorization: Bearer`, or `api-key` as Azure has it.
std::optional<Complaint> complaint_about_key(const http::Headers& headers, const std::string& accepted);

/// Where a text has the word "forbidden"; empty if it has not.
std::string_view forbidden_word(std::string_view text);
/// Whether moderation refuses a text: it has that word.
bool is_forbidden(std::string_view text);

}  // namespace pentimento::emulator::openai
