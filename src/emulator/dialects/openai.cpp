#include "emulator/dialects/openai.hpp"

#include <pentimento/json.hpp>

#include <algorithm>
#include <utility>

namespace pentimento::emulator::openai {

namespace json = boost::json;
namespace {

json::value null_if_empty(const std::string& text) {
  if (text.empty()) return nullptr;
  return json::value(text);
}

/// A key as OpenAI shows it: its last four characters.
std::string shown(std::string_view key) {
  return key.size() <= 8 ? std::string(key.size(), '*')
                         : std::string(key.size() - 4, '*') + std::string{key.substr(key.size() - 4)};
}

}  // namespace

json::value ApiError::json() const {
  json::object error;
  error["message"] = message_;
  error["type"] = type_;
  error["param"] = null_if_empty(param_);
  error["code"] = null_if_empty(code_);
  return error;
}

void reject(std::string param, std::string message, std::string code) {
  throw ApiError{400, std::move(message)}.param(std::move(param)).code(std::move(code));
}

std::string request_id(std::uint64_t number) { return "req_emulated_" + std::to_string(number); }

EmulatedReply json_reply(int status, const json::value& body, std::uint64_t number) {
  EmulatedReply reply{status, "application/json", http::Body{to_text(body)}};
  reply.header("x-request-id", request_id(number));
  return reply;
}

EmulatedReply reply_of(const ApiError& error, std::uint64_t number) {
  json::object body;
  body["error"] = error.json();
  return json_reply(error.status(), body, number);
}

ApiError api_error(const ErrorScript& error) {
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
  return ApiError{error.status, std::move(message), std::move(type)}.code(std::move(code));
}

ApiError api_error(const Error& error, const std::string& type) {
  switch (error.code()) {
    case errc::invalid_argument:
    case errc::unsupported:
    case errc::unreadable_image:
    case errc::too_large:
      return ApiError{400, error.message(), type}.code(error.code() == errc::unreadable_image ? "invalid_image_file"
                                                                                              : "invalid_value");
    default: return api_error(ErrorScript{500, {}, error.message(), {}});
  }
}

void check_key(const EmulatedRequest& request, const std::string& accepted) {
  std::string_view key = request.headers().value("api-key");
  if (key.empty()) key = bearer_key(request.headers());
  if (key.empty()) {
    throw ApiError{401,
                   "You didn't provide an API key. You need to provide your API key in an Authorization header using "
                   "Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."};
  }
  if (accepted.empty() || key == accepted) return;
  throw ApiError{401, "Incorrect API key provided: " + shown(key) + "."}.code("invalid_api_key");
}

void check_access(const EmulatedRequest& request, const std::string& accepted_key) {
  if (request.method() != "POST") {
    throw ApiError{405, "Not allowed to " + request.method() + " on " + request.path() +
                            ". (HINT: Perhaps you meant to use a different HTTP method?)"}
        .code("method_not_supported");
  }
  check_key(request, accepted_key);
}

json::value parse_body(const EmulatedRequest& request, std::size_t depth) {
  if (!has_media_type(request, "application/json")) {
    throw ApiError{400, "Unsupported content type. This API method only accepts 'application/json' requests."}.code(
        "unsupported_content_type");
  }
  Result<json::value> body = parse_object(request, depth);
  if (!body) {
    throw ApiError{400, "We could not parse the JSON body of your request: " + body.error().message() +
                            ". The OpenAI API expects a JSON payload."};
  }
  return std::move(*body);
}

}  // namespace pentimento::emulator::openai
