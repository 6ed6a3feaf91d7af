#include "providers/provider_error.hpp"

#include "json/lookup.hpp"
#include "json/spelling.hpp"
#include <pentimento/detail/utf8.hpp>
#include <pentimento/http/retry.hpp>
#include <pentimento/http/url.hpp>
#include <pentimento/json.hpp>
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

constexpr std::size_t longest_words = 2000;    // bytes of the provider's words that are kept
constexpr std::size_t longest_raw = 200;       // of a body that is not JSON
constexpr std::size_t longest_body = 1 << 18;  // of a body that is read for its complaint
constexpr std::size_t longest_code = 60;

/// "Declined", in the words of the providers whose errors are known. The first four are Stability's, then OpenAI's,
/// Azure's and fal's; the last stands for OpenRouter's.
constexpr std::array refusals{
    std::string_view{"content_moderation"}, std::string_view{"public_figure"},
    std::string_view{"invalid_language"},   std::string_view{"invalid_prompts"},
    std::string_view{"moderation_blocked"}, std::string_view{"content_policy_violation"},
    std::string_view{"content_filter"},     std::string_view{"ResponsibleAIPolicyViolation"},
    std::string_view{"flagged_input"},
};

// Reading -------------------------------------------------------------------------------------------------------------

using json_form::member;
using json_form::text_of;

class ComplaintReader {
 public:
  ProviderComplaint read(const json::value& body) {
    // Some send a list of one error.
    const bool in_list = body.is_array() && body.get_array().size() == 1;
    read_body(in_list ? body.get_array().front() : body);
    complaint_.message = provider_words(complaint_.message);
    complaint_.request_id = provider_words(complaint_.request_id);
    return std::move(complaint_);
  }

 private:
  void read_body(const json::value& body) {
    if (body.is_string()) say(text_of(&body));
    if (!body.is_object()) return;
    const json::value* const error = member(body, "error");
    if (error != nullptr && error->is_object()) {
      read_error(*error);
    } else if (error != nullptr && error->is_string()) {
      // Alone it is the message, beside a message it is the code.
      const bool is_code = member(body, "message") != nullptr || member(body, "detail") != nullptr;
      is_code ? add_code(error) : say(text_of(error));
    }
    for (const std::string_view key : {"code", "name", "type"}) add_code(member(body, key));
    say(text_of(member(body, "message")));
    read_list(member(body, "errors"));
    read_list(member(body, "detail"));
    if (member(body, "name") != nullptr) complaint_.request_id = text_of(member(body, "id"));
    if (const json::value* id = member(body, "request_id")) complaint_.request_id = text_of(id);
  }

  void read_error(const json::value& error) {
    for (const std::string_view key : {"code", "type", "status"}) add_code(member(error, key));
    for (const std::string_view key : {"innererror", "inner_error"}) {
      if (const json::value* inner = member(error, key)) add_code(member(*inner, "code"));
    }
    if (const json::value* details = member(error, "details")) add_code(member(*details, "error_code"));
    // OpenRouter says so only here, under a 403 without a code.
    if (const json::value* metadata = member(error, "metadata")) {
      if (member(*metadata, "flagged_input") != nullptr || member(*metadata, "reasons") != nullptr)
        complaint_.codes.emplace_back("flagged_input");
    }
    say(text_of(member(error, "message")));
  }

  /// A text, or a list of texts or of objects with a message.
  void read_list(const json::value* list) {
    if (list == nullptr) return;
    say(text_of(list));
    if (const json::value* message = member(*list, "message")) say(text_of(message));
    if (!list->is_array()) return;
    for (const json::value& item : list->get_array()) {
      if (complaint_.message.size() > longest_words) return;
      say(text_of(&item));
      add_code(member(item, "type"));
      add_code(member(item, "code"));
      for (const std::string_view key : {"msg", "message"}) say(text_of(member(item, key)));
    }
  }

  void say(std::string_view words) {
    if (words.empty()) return;
    if (!complaint_.message.empty()) complaint_.message += "; ";
    complaint_.message += words;
  }

  void add_code(const json::value* value) {
    if (value == nullptr || complaint_.codes.size() >= 8) return;
    std::string code{text_of(value)};
    if (value->is_int64()) code = std::to_string(value->get_int64());
    if (code.empty() || code.size() > longest_code || std::ranges::count(complaint_.codes, code) > 0) return;
    complaint_.codes.push_back(std::move(code));
  }

  ProviderComplaint complaint_;
};

/// How a page or a text begins. Of HTML only the title tells anything.
std::string beginning(std::string_view body) {
  const std::size_t title = body.find("<title>");
  if (title != std::string_view::npos) {
    const std::string_view rest = body.substr(title + 7);
    body = rest.substr(0, rest.find("</title>"));
  }
  return json_form::shortened(provider_words(body.substr(0, 4 * longest_raw)), longest_raw);
}

// Judging -------------------------------------------------------------------------------------------------------------

template <class Names>
bool any_of_these(const std::vector<std::string>& codes, const Names& names) {
  return std::ranges::any_of(codes, [&](const std::string& code) { return std::ranges::count(names, code) > 0; });
}

bool is_refusal(const ProviderComplaint& complaint, const ProviderCall& call) {
  return any_of_these(complaint.codes, refusals) || any_of_these(complaint.codes, call.refusal_codes);
}

/// What the HTTP status alone says of the bill.
bool may_have_been_carried_out(int status, bool says_when) {
  switch (status) {
    case 302:
    case 303:  // "done; see there"
    case 408:
    case 409:
    case 423:
    case 424:
    case 425:
    case 499: return true;
    // With a time it comes from whoever admits requests; without, it may come from a gateway that had passed the
    // request on and lost the reply.
    case 503: return !says_when;
    default: return status < 300 || status >= 500;
  }
}

errc code_of_status(int status, bool says_when) {
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
  if (status >= 400 && status < 500 && !may_have_been_carried_out(status, says_when)) return errc::invalid_argument;
  return errc::backend_failed;
}

// Saying --------------------------------------------------------------------------------------------------------------

/// Whether a code may stand in a sentence of ours: one word, which a bare number is not.
bool is_plain(std::string_view code) {
  return code.size() <= longest_code && code.find_first_not_of("0123456789") != std::string_view::npos &&
         code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") ==
             std::string_view::npos;
}

/// " (HTTP 403, content_moderation)".
std::string sign_of(int status, const ProviderComplaint& complaint) {
  std::string sign = " (HTTP " + std::to_string(status);
  const auto plain = std::ranges::find_if(complaint.codes, is_plain);
  if (plain != complaint.codes.end()) sign += ", " + *plain;
  return sign + ')';
}

std::string key_of(const ProviderCall& call) {
  return call.key_name.empty() ? std::string{"its key"} : "the key in " + call.key_name;
}

/// The rest of a refusal's sentence.
std::string advice_on_refusal(const ProviderComplaint& complaint) {
  const auto has = [&](std::string_view code) { return std::ranges::count(complaint.codes, code) > 0; };
  if (has("invalid_language")) return ": it takes prompts in English only";
  if (has("public_figure")) return ": the picture to start from looks like a public figure";
  return ": change the prompt, or the picture to start from";
}

std::string redirect_target(const http::Response& response) {
  const Result<http::Url> target = http::Url::parse(response.headers().value("location"));
  return target ? target->origin() : std::string{"another address"};
}

std::string wait_advice(const http::Response& response) {
  const auto now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const std::optional<std::chrono::milliseconds> wait = http::retry_after(response, now);
  if (!wait) return "try again later";
  return "try again in " + std::to_string(std::chrono::ceil<std::chrono::seconds>(*wait).count()) + " s";
}

std::string sentence(errc code, const http::Response& response, const ProviderComplaint& complaint,
                     const ProviderCall& call) {
  const int status = response.status();
  const std::string sign = sign_of(status, complaint);
  switch (code) {
    case errc::refused: return call.provider + " declined the request" + sign + advice_on_refusal(complaint);
    case errc::payment_required:
      return call.provider + " wants money first" + sign +
             ": add credit, or raise the limit, of the account that owns " + key_of(call);
    case errc::unauthorized:
      if (!call.has_key) {
        return call.provider + " wants a key" + sign +
               ", and none was sent: " + (call.key_name.empty() ? std::string{"name one"} : "set " + call.key_name);
      }
      return status == 403 ? call.provider + " does not let " + key_of(call) + " do this" + sign +
                                 ": give it the right, or use another"
                           : call.provider + " does not accept " + key_of(call) + sign + ": set a valid one";
    case errc::not_found:
      return call.provider + " does not know the model \"" + call.model + '"' + sign +
             ": check its name, and the address";
    case errc::too_large: return call.provider + " finds the request too large" + sign + ": send smaller pictures";
    case errc::rate_limited: return call.provider + " asks for a pause" + sign + ": " + wait_advice(response);
    case errc::invalid_argument:
      return call.provider + " does not accept the request" + sign + ": its own words say what to change";
    case errc::unusable_reply: return "the reply of " + call.provider + " cannot be used" + sign;
    default: break;
  }
  if (status >= 300 && status < 400) {
    return call.provider + " redirects to " + redirect_target(response) + sign +
           ", which is never followed: check its address";
  }
  return call.provider + " failed" + sign + ": try again later";
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

std::string provider_words(std::string_view text) {
  // What is redacted may stand across the end of what is kept, so that is cut off last.
  const std::string valid = detail::valid_utf8(text.substr(0, 4 * longest_words));
  std::string words;
  words.reserve(valid.size());
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    if (byte == 0xC2 && static_cast<unsigned char>(valid[i + 1]) < 0xA0) {
      ++i;  // U+0080 to U+009F, which terminals obey like escape sequences
    } else if ((byte >= 0x20 && byte != 0x7F) || byte == '\n' || byte == '\t') {
      words += valid[i];
    }
  }
  return json_form::shortened(redact(std::move(words)), longest_words - 3);
}

Charge maybe_billed(Money worst_case) { return worst_case.is_zero() ? Charge{} : Charge::maybe_billed(worst_case); }

ProviderComplaint read_complaint(std::string_view body) {
  JsonLimits limits;
  limits.bytes = longest_body;
  const Result<json::value> parsed = parse_json(body, limits);
  ProviderComplaint complaint;
  if (parsed) complaint = ComplaintReader{}.read(*parsed);
  if (complaint.message.empty() && complaint.codes.empty()) complaint.message = beginning(body);
  return complaint;
}

Error provider_error(const http::Response& response, const ProviderCall& call) {
  const ProviderComplaint complaint = read_complaint(response.text());
  const auto now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const bool says_when = http::retry_after(response, now).has_value();
  errc code = code_of_status(response.status(), says_when);
  if (response.status() >= 400) {
    if (is_refusal(complaint, call)) {
      code = errc::refused;
    } else if (http::is_out_of_money(response)) {
      code = errc::payment_required;
    }
  }
  const bool may_be_billed = code != errc::payment_required &&
                             (code == errc::refused || may_have_been_carried_out(response.status(), says_when)) &&
                             !any_of_these(complaint.codes, call.free_codes);
  const Charge charge = may_be_billed ? maybe_billed(call.worst_case) : Charge{};
  std::string request_id = response.request_id();
  if (request_id.empty()) request_id = complaint.request_id;
  return finished(code, sentence(code, response, complaint, call), charge, complaint.message, request_id, call);
}

Error provider_stream_error(std::string_view event_data, std::string_view request_id, const ProviderCall& call) {
  const ProviderComplaint complaint = read_complaint(event_data);
  const Charge charge = maybe_billed(call.worst_case);
  if (is_refusal(complaint, call)) {
    return finished(errc::refused,
                    call.provider + " declined the request in the middle of its reply" + advice_on_refusal(complaint),
                    charge, complaint.message, request_id, call);
  }
  const auto plain = std::ranges::find_if(complaint.codes, is_plain);
  const std::string sign = plain == complaint.codes.end() ? std::string{} : " (" + *plain + ')';
  const auto* const bytes = reinterpret_cast<const std::byte*>(event_data.data());
  const http::Response as_reply{429, {}, {bytes, bytes + std::min(event_data.size(), longest_body)}};
  if (http::is_out_of_money(as_reply)) {
    return finished(errc::payment_required,
                    call.provider + " wants money first" + sign +
                        ": add credit, or raise the limit, of the account that owns " + key_of(call),
                    charge, complaint.message, request_id, call);
  }
  return finished(errc::backend_failed, call.provider + " failed in the middle of its reply" + sign, charge,
                  complaint.message, request_id, call);
}

Error provider_refusal(std::string_view sign, std::string_view words, std::string_view request_id,
                       const ProviderCall& call) {
  return finished(errc::refused,
                  call.provider + " declined the request (" + std::string{sign} +
                      "): change the prompt, or the picture to start from",
                  maybe_billed(call.worst_case), words, request_id, call);
}

Error unusable_reply(std::string_view why, std::string_view words, std::string_view request_id,
                     const ProviderCall& call) {
  return finished(errc::unusable_reply, "the reply of " + call.provider + " cannot be used: " + std::string{why},
                  maybe_billed(call.worst_case), json_form::shortened(provider_words(words), longest_raw), request_id,
                  call);
}

}  // namespace pentimento
