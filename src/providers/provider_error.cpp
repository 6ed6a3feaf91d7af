#include "providers/provider_error.hpp"

#include "json/lookup.hpp"
#include "json/reply_text.hpp"
#include "json/spelling.hpp"
#include <pentimento/detail/utf8.hpp>
#include <pentimento/http/retry.hpp>
#include <pentimento/http/url.hpp>
#include <pentimento/secrets/secret.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace pentimento {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_words = 2000;    // bytes of the provider's message
constexpr std::size_t longest_raw = 200;       // bytes of a body that is not JSON
constexpr std::size_t longest_body = 1 << 18;  // bytes of a body that is parsed
constexpr std::size_t longest_code = 60;

/// The error codes of a refusal: four of Stability's, then OpenAI's, Azure's and fal's. The last is ours, for OpenRouter.
constexpr std::array refusal_codes{
    std::string_view{"content_moderation"}, std::string_view{"public_figure"},
    std::string_view{"invalid_language"},   std::string_view{"invalid_prompts"},
    std::string_view{"moderation_blocked"}, std::string_view{"content_policy_violation"},
    std::string_view{"content_filter"},     std::string_view{"ResponsibleAIPolicyViolation"},
    std::string_view{"flagged_input"},
};

// Reading -------------------------------------------------------------------------------------------------------------

using json_form::member;
using json_form::text_of;

class ErrorBodyReader {
 public:
  ErrorBody read(const json::value& body) {
    // Some providers send a list with one error.
    const bool in_list = body.is_array() && body.get_array().size() == 1;
    read_body(in_list ? body.get_array().front() : body);
    body_.message = provider_words(body_.message);
    body_.request_id = provider_words(body_.request_id);
    return std::move(body_);
  }

 private:
  void read_body(const json::value& body) {
    if (body.is_string()) add_message(text_of(&body));
    if (!body.is_object()) return;
    const json::value* const error = member(body, "error");
    if (error != nullptr && error->is_object()) {
      read_error(*error);
    } else if (error != nullptr && error->is_string()) {
      // It is the code if there is also a message, and the message otherwise.
      const bool is_code = member(body, "message") != nullptr || member(body, "detail") != nullptr;
      is_code ? add_code(error) : add_message(text_of(error));
    }
    for (const std::string_view key : {"code", "name", "type"}) add_code(member(body, key));
    add_message(text_of(member(body, "message")));
    read_list(member(body, "errors"));
    read_list(member(body, "detail"));
    if (member(body, "name") != nullptr) body_.request_id = text_of(member(body, "id"));
    if (const json::value* id = member(body, "request_id")) body_.request_id = text_of(id);
  }

  void read_error(const json::value& error) {
    for (const std::string_view key : {"code", "type", "status"}) add_code(member(error, key));
    for (const std::string_view key : {"innererror", "inner_error"}) {
      if (const json::value* inner = member(error, key)) add_code(member(*inner, "code"));
    }
    if (const json::value* details = member(error, "details")) add_code(member(*details, "error_code"));
    // OpenRouter's only sign, with status 403 and without a code.
    if (const json::value* metadata = member(error, "metadata")) {
      if (member(*metadata, "flagged_input") != nullptr || member(*metadata, "reasons") != nullptr)
        body_.codes.emplace_back("flagged_input");
    }
    add_message(text_of(member(error, "message")));
  }

  /// Reads a text, an object with a message, or a list of these.
  void read_list(const json::value* list) {
    if (list == nullptr) return;
    add_message(text_of(list));
    if (const json::value* message = member(*list, "message")) add_message(text_of(message));
    if (!list->is_array()) return;
    for (const json::value& item : list->get_array()) {
      if (body_.message.size() > longest_words) return;
      add_message(text_of(&item));
      add_code(member(item, "type"));
      add_code(member(item, "code"));
      for (const std::string_view key : {"msg", "message"}) add_message(text_of(member(item, key)));
    }
  }

  void add_message(std::string_view words) {
    if (words.empty()) return;
    if (!body_.message.empty()) body_.message += "; ";
    body_.message += words;
  }

  void add_code(const json::value* value) {
    if (value == nullptr || body_.codes.size() >= 8) return;
    std::string code{text_of(value)};
    if (value->is_int64()) code = std::to_string(value->get_int64());
    if (code.empty() || code.size() > longest_code || std::ranges::count(body_.codes, code) > 0) return;
    body_.codes.push_back(std::move(code));
  }

  ErrorBody body_;
};

/// Returns the beginning of a text, or the title of a HTML page.
std::string beginning(std::string_view body) {
  const std::size_t title = body.find("<title>");
  if (title != std::string_view::npos) {
    const std::string_view rest = body.substr(title + 7);
    body = rest.substr(0, rest.find("</title>"));
  }
  return json_form::shortened(provider_words(body.substr(0, 4 * longest_raw)), longest_raw);
}

// Meaning -------------------------------------------------------------------------------------------------------------

template <class Names>
bool any_of_these(const std::vector<std::string>& codes, const Names& names) {
  return std::ranges::any_of(codes, [&](const std::string& code) { return std::ranges::count(names, code) > 0; });
}

/// True if the account has no money left. These codes are OpenAI's, Stability's and those of compatible servers.
bool is_out_of_money(const ErrorBody& body) {
  constexpr std::array codes{
      std::string_view{"insufficient_quota"},           std::string_view{"credit_balance_exhausted"},
      std::string_view{"project_spend_limit_exceeded"}, std::string_view{"organization_spend_limit_exceeded"},
      std::string_view{"billing_hard_limit_reached"},   std::string_view{"contract_spend_limit_reached"},
      std::string_view{"enforced_spend_limit_reached"}, std::string_view{"payment_required"},
  };
  return any_of_these(body.codes, codes);
}

bool is_refusal(const ErrorBody& body, const ProviderCall& call) {
  return any_of_these(body.codes, refusal_codes) || any_of_these(body.codes, call.refusal_codes);
}

/// What the status alone says about the bill.
bool may_have_been_carried_out(int status, bool has_wait) {
  switch (status) {
    case 302:
    case 303:  // "done, see there"
    case 408:
    case 409:
    case 423:
    case 424:
    case 425:
    case 499: return true;
    // With a time to wait, the request was not admitted. Without one, it may come from a gateway that passed the request on
    // and lost the reply.
    case 503: return !has_wait;
    default: return status < 300 || status >= 500;
  }
}

errc code_of_status(int status, bool has_wait) {
  switch (status) {
    case 401:
    case 403: return errc::unauthorized;
    case 402: return errc::payment_required;
    case 404:
    case 410: return errc::not_found;
    case 413: return errc::too_large;
    case 429: return errc::rate_limited;
    default: break;
  }
  if (status < 300) return errc::unusable_reply;
  if (status >= 400 && status < 500 && !may_have_been_carried_out(status, has_wait)) return errc::invalid_argument;
  return errc::backend_failed;
}

// Messages ------------------------------------------------------------------------------------------------------------

/// True if a code is fit for our messages: one word, and not just a number.
bool is_plain(std::string_view code) {
  return code.size() <= longest_code && code.find_first_not_of("0123456789") != std::string_view::npos &&
         code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") ==
             std::string_view::npos;
}

/// " (HTTP 403, content_moderation)".
std::string sign_of(int status, const ErrorBody& body) {
  std::string sign = " (HTTP " + std::to_string(status);
  const auto plain = std::ranges::find_if(body.codes, is_plain);
  if (plain != body.codes.end()) sign += ", " + *plain;
  return sign + ')';
}

std::string key_of(const ProviderCall& call) {
  return call.key_name.empty() ? std::string{"its key"} : "the key in " + call.key_name;
}

/// Returns the end of the message of a refusal.
std::string advice_on_refusal(const ErrorBody& body) {
  const auto has = [&](std::string_view code) { return std::ranges::count(body.codes, code) > 0; };
  if (has("invalid_language")) return "; prompts must be in English";
  if (has("public_figure")) return "; the init image looks like a public figure";
  return "; change the prompt or the init image";
}

std::string payment_message(const std::string& sign, const ProviderCall& call) {
  return call.provider + " requires payment" + sign + "; add credit to the account of " + key_of(call) +
         " or raise its limit";
}

std::string redirect_target(const http::Response& response) {
  // Redacted first: a secret in a host cannot be found any more when its letters have become small ones.
  const Result<http::Url> target = http::Url::parse(redact(std::string{response.headers().value("location")}));
  return target ? target->origin() : std::string{"another address"};
}

std::string wait_advice(const http::Response& response) {
  const auto now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const std::optional<std::chrono::milliseconds> wait = http::retry_after(response, now);
  if (!wait) return "try again later";
  return "try again in " + std::to_string(std::chrono::ceil<std::chrono::seconds>(*wait).count()) + " s";
}

std::string sentence(errc code, const http::Response& response, const ErrorBody& body, const ProviderCall& call) {
  const int status = response.status();
  const std::string sign = sign_of(status, body);
  switch (code) {
    case errc::refused: return call.provider + " refused the request" + sign + advice_on_refusal(body);
    case errc::payment_required: return payment_message(sign, call);
    case errc::unauthorized:
      if (!call.has_key) {
        return call.provider + " requires a key" + sign + "; " +
               (call.key_name.empty() ? std::string{"set one"} : "set " + call.key_name);
      }
      return status == 403 ? call.provider + " does not permit this for " + key_of(call) + sign +
                                 "; add the permission or use another key"
                           : call.provider + " does not accept " + key_of(call) + sign + "; set a valid one";
    case errc::not_found:
      return call.provider + " does not know the model \"" + call.model + '"' + sign +
             "; check its name and the address";
    case errc::too_large: return call.provider + " rejects the request as too large" + sign + "; send smaller images";
    case errc::rate_limited:
      return call.provider + " limits the rate of requests" + sign + "; " + wait_advice(response);
    case errc::invalid_argument: return call.provider + " rejects the request" + sign + "; see its message";
    case errc::unusable_reply: return "the reply of " + call.provider + " is unusable" + sign;
    default: break;
  }
  if (status >= 300 && status < 400) {
    return call.provider + " redirects to " + redirect_target(response) + sign +
           "; redirects are not followed, so check the address";
  }
  return call.provider + " failed" + sign + "; try again later";
}

std::string on_the_bill(Charge charge, Money worst_case) {
  if (worst_case.is_zero()) return {};
  if (charge.billing() == Billing::unpaid) return "; nothing was charged";
  if (charge.amount() == Money::unbounded()) return "; it may have been charged";
  return "; up to " + to_string(charge.amount()) + " may have been charged";
}

Error finished(errc code, std::string message, Charge charge, std::string_view words, std::string_view request_id,
               const ProviderCall& call) {
  Error error{code, std::move(message) + on_the_bill(charge, call.worst_case)};
  error.charge(charge).provider_message(provider_words(words)).request_id(provider_words(request_id));
  return redact(error);
}

}  // namespace

std::string provider_words(std::string_view text, std::size_t most) {
  // Shortened last: a secret may extend beyond the limit.
  const std::string valid = detail::valid_utf8(text.substr(0, 4 * most));
  std::string words;
  words.reserve(valid.size());
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    if (byte == 0xC2 && static_cast<unsigned char>(valid[i + 1]) < 0xA0) {
      ++i;  // U+0080 to U+009F: control characters of terminals
    } else if ((byte >= 0x20 && byte != 0x7F) || byte == '\n' || byte == '\t') {
      words += valid[i];
    }
  }
  return json_form::shortened(redact(std::move(words)), most - 3);
}

Charge maybe_billed(Money worst_case) { return worst_case.is_zero() ? Charge{} : Charge::maybe_billed(worst_case); }

ErrorBody read_error_body(std::string_view text) {
  ErrorBody body;
  if (text.size() <= longest_body) {
    if (const Result<json::value> parsed = json_form::parse_reply(text)) body = ErrorBodyReader{}.read(*parsed);
  }
  if (body.message.empty() && body.codes.empty()) body.message = beginning(text);
  return body;
}

http::RetryClassifier provider_classifier(std::vector<int> unbilled_statuses) {
  return [unbilled = std::move(unbilled_statuses)](const http::Response& reply) {
    http::RetryAdvice advice = http::classify_by_headers(reply);
    if (advice.retry() == http::Retry::if_free_of_cost && std::ranges::count(unbilled, reply.status()) > 0)
      advice = http::RetryAdvice{http::Retry::safe, advice.wait()};
    if (advice.retry() != http::Retry::never && is_out_of_money(read_error_body(reply.text())))
      advice = http::RetryAdvice{http::Retry::never};
    return advice;
  };
}

Error provider_error(const http::Response& response, const ProviderCall& call) {
  const ErrorBody body = read_error_body(response.text());
  const auto now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const bool has_wait = http::retry_after(response, now).has_value();
  errc code = code_of_status(response.status(), has_wait);
  if (response.status() >= 400) {
    if (is_refusal(body, call)) {
      code = errc::refused;
    } else if (is_out_of_money(body)) {
      code = errc::payment_required;
    }
  }
  const bool may_be_billed = code != errc::payment_required &&
                             (code == errc::refused || may_have_been_carried_out(response.status(), has_wait)) &&
                             std::ranges::count(call.free_statuses, response.status()) == 0 &&
                             !any_of_these(body.codes, call.free_codes);
  const Charge charge = may_be_billed ? maybe_billed(call.worst_case) : Charge{};
  std::string request_id = response.request_id();
  if (request_id.empty()) request_id = body.request_id;
  Error error = finished(code, sentence(code, response, body, call), charge, body.message, request_id, call);
  return error.transient(code == errc::backend_failed && response.status() >= 400);
}

Error provider_stream_error(std::string_view event_data, std::string_view request_id, const ProviderCall& call) {
  const ErrorBody body = read_error_body(event_data);
  const Charge charge = maybe_billed(call.worst_case);
  if (is_refusal(body, call)) {
    return finished(errc::refused,
                    call.provider + " refused the request in the middle of its reply" + advice_on_refusal(body), charge,
                    body.message, request_id, call);
  }
  const auto plain = std::ranges::find_if(body.codes, is_plain);
  const std::string sign = plain == body.codes.end() ? std::string{} : " (" + *plain + ')';
  if (is_out_of_money(body)) {
    return finished(errc::payment_required, payment_message(sign, call), charge, body.message, request_id, call);
  }
  Error error = finished(errc::backend_failed, call.provider + " failed in the middle of its reply" + sign, charge,
                         body.message, request_id, call);
  return error.transient(true);
}

Error provider_refusal(std::string_view sign, std::string_view words, std::string_view request_id,
                       const ProviderCall& call) {
  return finished(
      errc::refused,
      call.provider + " refused the request (" + std::string{sign} + "); change the prompt or the init image",
      maybe_billed(call.worst_case), words, request_id, call);
}

Error unusable_reply(std::string_view why, std::string_view words, std::string_view request_id,
                     const ProviderCall& call) {
  return finished(errc::unusable_reply, "the reply of " + call.provider + " is unusable: " + std::string{why},
                  maybe_billed(call.worst_case), json_form::shortened(provider_words(words), longest_raw), request_id,
                  call);
}

}  // namespace pentimento
