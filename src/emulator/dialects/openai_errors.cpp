#include "emulator/dialects/openai_errors.hpp"

#include <pentimento/json.hpp>

#include <algorithm>
#include <utility>

namespace pentimento::emulator::openai {

namespace json = boost::json;
using http::Headers;

namespace {

json::value null_if_empty(const std::string& text) {
  if (text.empty()) return nullptr;
  return json::value(text);
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The end of a key, as OpenAI shows it.
std::string shown(std::string_view key) {
  return key.size() <= 8 ? std::string(key.size(), '*')
                         : std::string(key.size() - 4, '*') + std::string{key.substr(key.size() - 4)};
}

}  // namespace

json::value Complaint::json() const {
  json::object error;
  error["message"] = message_;
  error["type"] = type_;
  error["param"] = null_if_empty(param_);
  error["code"] = null_if_empty(code_);
  return error;
}

std::string request_id(std::uint64_t number) { return "req_emulated_" + std::to_string(number); }

EmulatedReply json_reply(int status, const json::value& body, std::uint64_t number) {
  EmulatedReply reply{status, "application/json", http::Body{to_text(body)}};
  reply.header("x-request-id", request_id(number));
  return reply;
}

EmulatedReply reply_of(const Complaint& complaint, std::uint64_t number) {
  json::object body;
  body["error"] = complaint.json();
  return json_reply(complaint.status(), body, number);
}

Complaint complaint_of(const ErrorScript& error) {
  std::string type = "invalid_request_error";
  std::string code;
  std::string message = "The emulator's scenario wants this error.";
  switch (error.status) {
    case 401: code = "invalid_api_key"; break;
    case 404: code = "model_not_found"; break;
    case 429:
      type = "requests";
      code = "rate_limit_exceeded";
      message = "Rate limit reached.";
      break;
    case 503:
      type = "server_error";
      code = "server_is_overloaded";
      message = "The server is overloaded or not ready yet.";
      break;
    default:
      if (error.status >= 500) {
        type = "server_error";
        message = "The server had an error while processing your request.";
      }
  }
  if (!error.code.empty()) code = error.code;
  if (code == "insufficient_quota") type = "insufficient_quota";
  if (!error.type.empty()) type = error.type;
  if (!error.message.empty()) message = error.message;
  return Complaint{error.status, std::move(message), std::move(type)}.code(std::move(code));
}

EmulatedReply reply_of(const ErrorScript& error, std::uint64_t number) { return reply_of(complaint_of(error), number); }

std::optional<Complaint> complaint_about_key(const Headers& headers, const std::string& accepted) {
  constexpr std::string_view bearer = "Bearer ";
  std::string_view key = headers.value("api-key");
  const std::string_view authorization = headers.value("authorization");
  if (authorization.size() > bearer.size() && Headers::same_name(authorization.substr(0, bearer.size()), bearer))
    key = authorization.substr(bearer.size());
  if (key.empty()) {
    return Complaint{401,
                     "You didn't provide an API key. You need to provide your API key in an Authorization header using "
                     "Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."};
  }
  if (accepted.empty() || key == accepted) return std::nullopt;
  return Complaint{401, "Incorrect API key provided: " + shown(key) + "."}.code("invalid_api_key");
}

std::string_view forbidden_word(std::string_view text) {
  constexpr std::string_view word = "forbidden";
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; };
  while (true) {
    const auto found = std::ranges::search(text, word, same);
    if (found.empty()) return {};
    const bool begins = found.begin() == text.begin() || !is_letter(*(found.begin() - 1));
    const bool ends = found.end() == text.end() || !is_letter(*found.end());
    if (begins && ends) return {found.begin(), found.end()};
    text = std::string_view{found.end(), text.end()};
  }
}

bool is_forbidden(std::string_view text) { return !forbidden_word(text).empty(); }

}  // namespace pentimento::emulator::openai
