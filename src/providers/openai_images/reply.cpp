#include "json/lookup.hpp"
#include "json/reply_text.hpp"
#include "providers/image_wire.hpp"
#include "providers/openai_images/codec.hpp"
#include <pentimento/json.hpp>
#include <pentimento/secrets/secret.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace pentimento::openai_images {
namespace {

namespace json = boost::json;

using json_form::member;
using json_form::text_of;

std::optional<std::uint64_t> count_of(const json::value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_uint64()) return value->get_uint64();
  if (value->is_int64() && value->get_int64() >= 0) return static_cast<std::uint64_t>(value->get_int64());
  return std::nullopt;
}

/// Returns a number of any kind that is not negative.
std::optional<double> amount_of(const json::value* value) {
  if (const std::optional<std::uint64_t> count = count_of(value)) return static_cast<double>(*count);
  if (value == nullptr || !value->is_double() || !(value->get_double() >= 0)) return std::nullopt;
  return value->get_double();
}

/// Returns the tokens of a "usage" with OpenAI's names. Tokens that the details do not mention count as the more expensive
/// kind.
std::optional<TokenUsage> tokens_of(const json::value* usage, bool has_init_image) {
  const std::optional<std::uint64_t> in = count_of(member(usage, "input_tokens"));
  const std::optional<std::uint64_t> out = count_of(member(usage, "output_tokens"));
  if (!in || !out) return std::nullopt;
  const json::value* const in_details = member(usage, "input_tokens_details");
  const json::value* const out_details = member(usage, "output_tokens_details");
  const std::uint64_t most_in = *in;
  const std::uint64_t text_in =
      std::min(most_in, count_of(member(in_details, "text_tokens")).value_or(has_init_image ? 0 : most_in));
  const std::uint64_t text_out = std::min(*out, count_of(member(out_details, "text_tokens")).value_or(0));
  TokenUsage tokens;
  tokens.tokens(TokenKind::text_in, text_in).tokens(TokenKind::image_in, most_in - text_in);
  tokens.tokens(TokenKind::text_out, text_out).tokens(TokenKind::image_out, *out - text_out);
  return tokens;
}

/// Returns the cost that a reply states, if it does.
std::optional<Money> stated_cost(const json::value* usage, bool has_init_image, const OpenAiImagesOptions& options) {
  switch (options.server.cost) {
    case OpenAiImagesServer::CostStyle::table: break;
    case OpenAiImagesServer::CostStyle::tokens: {
      const Price* price = options.prices.find(options.server.name, model_of(options));
      const std::optional<TokenUsage> tokens = tokens_of(usage, has_init_image);
      // A price per call does not depend on the tokens.
      if (price == nullptr || price->per_call() || !tokens) return std::nullopt;
      return price->cost(*tokens);
    }
    case OpenAiImagesServer::CostStyle::dollars:
      if (const std::optional<double> dollars = amount_of(member(usage, "cost"))) return usd(*dollars);
      break;
    case OpenAiImagesServer::CostStyle::ticks:
      if (const std::optional<double> ticks = amount_of(member(usage, "cost_in_usd_ticks"))) return usd(*ticks / 1e10);
      break;
  }
  return std::nullopt;
}

Charge charge_for(const json::value* usage, bool has_init_image, const OpenAiImagesOptions& options, Money worst_case) {
  const std::optional<Money> cost = stated_cost(usage, has_init_image, options);
  return cost ? Charge::paid(*cost) : Charge::from_estimate(worst_case);
}

/// True if a reply or an event is an error, whatever its status.
bool is_error(const json::value& reply) {
  return member(&reply, "error") != nullptr || text_of(member(&reply, "type")) == "error";
}

/// Returns the revised prompt, redacted: it goes into records and into requests to other providers.
std::string revised_prompt_in(const json::value& image) {
  return redact(std::string{text_of(member(&image, "revised_prompt"))});
}

constexpr std::size_t longest_address = 2'048;  // bytes in an error

/// Returns the image of an item of "data": base64, also as a data URL.
std::string_view base64_in(const json::value& item) {
  const std::string_view base64 = text_of(member(&item, "b64_json"));
  const std::string_view url = text_of(member(&item, "url"));
  return base64.empty() && url.starts_with("data:") ? url : base64;
}

/// True if an item of "data" was held back by the provider's moderation.
bool is_refused(const json::value& item) {
  const json::value* const respects = member(&item, "respect_moderation");
  return respects != nullptr && respects->is_bool() && !respects->get_bool();
}

/// Returns the address of an item of "data" that has no image.
std::string_view address_in(const json::value& item) {
  return base64_in(item).empty() && !is_refused(item) ? text_of(member(&item, "url")) : std::string_view{};
}

class ReplyReader {
 public:
  ReplyReader(const http::Response& response, const ProviderCall& call, const Result<http::Response>* fetched)
      : response_{response}, call_{call}, request_id_{response.request_id()}, fetched_{fetched} {}

  /// **Parameters**: `charge` is that of a reply whose image cannot be fetched.
  Result<std::vector<Image>> read_images(const json::value& reply, bool empty_is_refusal, const Charge& charge) {
    const json::value* data = member(&reply, "data");
    if (data == nullptr || !data->is_array()) return unusable("it contains no \"data\"");
    std::vector<Image> images;
    for (const json::value& item : data->get_array()) {
      // One image is asked for. A reply with many more must not cost the time to decode them.
      if (!images.empty()) {
        ++dropped_images_;
        continue;
      }
      if (is_refused(item)) {
        refused_ = true;
        continue;
      }
      if (revised_prompt_.empty()) revised_prompt_ = revised_prompt_in(item);
      const std::string_view base64 = base64_in(item);
      if (base64.empty()) {
        if (address_.empty()) address_ = address_in(item);
        continue;
      }
      Result<Image> image = image_from_base64(base64, request_id_, call_);
      // A usable image counts: it is paid for.
      if (image) {
        images.push_back(std::move(*image));
      } else if (!error_) {
        error_ = std::move(image).error();
      }
    }
    if (!images.empty()) return images;
    if (error_) return *error_;
    if (refused_) return provider_refusal("respect_moderation is false", {}, request_id_, call_);
    if (!address_.empty()) {
      Result<Image> image = fetched_image();
      if (image) return std::vector<Image>(1, std::move(*image));
      return not_fetched(image.error(), charge);
    }
    if (empty_is_refusal) return provider_refusal("its reply contains no image", {}, request_id_, call_);
    return unusable("it contains no image");
  }

  std::uint64_t dropped_images() const noexcept { return dropped_images_; }
  const std::string& revised_prompt() const noexcept { return revised_prompt_; }
  Error unusable(std::string_view why) const { return unusable_reply(why, response_.text(), request_id_, call_); }

 private:
  Result<Image> fetched_image() const {
    if (fetched_ == nullptr) return Error{errc::unusable_reply, "it is not fetched"};
    if (!*fetched_) return fetched_->error();
    const http::Response& image = **fetched_;
    ProviderCall there;
    there.provider = "that address";
    if (image.is_success()) return image_from_bytes({image.body().begin(), image.body().end()}, {}, there);
    const bool redirects = image.status() >= 300 && image.status() < 400;
    return Error{errc::unusable_reply, "it answers with HTTP " + std::to_string(image.status()) +
                                           (redirects ? ", and redirects are not followed" : "")};
  }

  /// The address is kept whole: it leads to an image that was paid for.
  Error not_fetched(const Error& why, const Charge& charge) const {
    Error error{why.code() == errc::cancelled ? errc::cancelled : errc::unusable_reply,
                "the reply of " + call_.provider + " has the address of its image, which cannot be fetched: " +
                    provider_words(why.message()) + "; fetch it yourself before it expires"};
    error.charge(charge).provider_message(provider_words(address_, longest_address + 3)).request_id(request_id_);
    return redact(std::move(error));
  }

  const http::Response& response_;
  const ProviderCall& call_;
  std::string request_id_;
  const Result<http::Response>* fetched_;
  std::string revised_prompt_;
  std::string address_;
  std::uint64_t dropped_images_ = 0;
  std::optional<Error> error_;
  bool refused_ = false;
};

}  // namespace

Result<Generation> decode(const http::Response& response, const GenerationRequest& request,
                          const OpenAiImagesOptions& options, const Result<http::Response>* fetched) {
  const ProviderCall call = call_of(options, estimate(request, options));
  if (!response.is_success()) return provider_error(response, call);
  ReplyReader reader{response, call, fetched};
  const Result<json::value> reply = json_form::parse_reply(response.text());
  if (!reply) {
    const std::string type = response.media_type();
    const bool other_type = !type.empty() && type != "application/json";
    return reader.unusable(other_type ? "it is not JSON but " + type_in_words(type) : reply.error().message());
  }
  if (is_error(*reply)) return provider_stream_error(response.text(), response.request_id(), call);
  const Charge charge =
      charge_for(member(&*reply, "usage"), request.init_image().has_value(), options, call.worst_case);
  Result<std::vector<Image>> images = reader.read_images(*reply, options.server.empty_is_refusal, charge);
  if (!images) return std::move(images).error();
  Generation generation{std::move(*images)};
  generation.revised_prompt(reader.revised_prompt())
      .dropped_images(reader.dropped_images())
      .request_id(response.request_id())
      .charge(charge);
  return generation;
}

std::string image_address(const http::Response& response) {
  const Result<json::value> reply = json_form::parse_reply(response.text());
  const json::value* const data = reply ? member(&*reply, "data") : nullptr;
  if (data == nullptr || !data->is_array()) return {};
  for (const json::value& item : data->get_array()) {
    if (const std::string_view address = address_in(item); !address.empty()) return std::string{address};
  }
  return {};
}

Result<http::Request> fetch_request(const std::string& address, const OpenAiImagesOptions& options,
                                    std::chrono::milliseconds timeout) {
  Result<http::Url> url = http::Url::parse(address);
  if (!url) return url.error();
  const Result<http::Url> api = http::Url::parse(base_url_of(options));
  const bool is_near = api && (url->origin() == api->origin() || (url->is_loopback() && api->is_loopback()));
  if (!is_near && !url->is_https())
    return Error{errc::invalid_argument, "the address " + url->origin() + " is not encrypted; only https is accepted"};
  http::Request request{http::Method::get, std::move(*url)};
  request.header("Accept", "image/*").timeout(timeout).public_addresses_only(!is_near);
  return request;
}

// Streams -------------------------------------------------------------------------------------------------------------

Stream::Stream(const GenerationRequest& request, std::shared_ptr<const OpenAiImagesOptions> options)
    : options_{std::move(options)},
      has_init_image_{request.init_image().has_value()},
      call_{call_of(*options_, estimate(request, *options_))} {}

bool Stream::on_event(const http::ServerEvent& event) noexcept {
  std::optional<Result<Generation>> result;
  try {
    result = read(event);
  } catch (const std::exception& error) {
    result = unusable_reply(error.what(), {}, {}, call_);
  }
  const std::lock_guard lock{mutex_};
  if (result) result_ = std::move(result);
  return !result_;
}

bool Stream::has_image() const {
  const std::lock_guard lock{mutex_};
  return result_ && result_->has_value();
}

std::optional<Result<Generation>> Stream::read(const http::ServerEvent& event) {
  if (event.data() == "[DONE]") return std::nullopt;
  if (event.type() == "error") return provider_stream_error(event.data(), {}, call_);
  const Result<json::value> data = json_form::parse_reply(event.data());
  if (!data) return unusable_reply("an event of its stream: " + data.error().message(), event.data(), {}, call_);
  if (is_error(*data)) return provider_stream_error(event.data(), {}, call_);
  std::string_view type = text_of(member(&*data, "type"));
  if (type.empty()) type = event.type();
  const std::string_view base64 = base64_in(*data);
  if (type.ends_with(".partial_image")) {
    if (!options_->on_partial) return std::nullopt;
    const Result<Image> partial = image_from_base64(base64, {}, call_);
    const std::uint64_t index = count_of(member(&*data, "partial_image_index")).value_or(0);
    if (!partial || index > 1000) return std::nullopt;  // the final image is still to come
    try {
      options_->on_partial(*partial, static_cast<int>(index));
    } catch (...) {  // NOLINT(bugprone-empty-catch): as documented
    }
    return std::nullopt;
  }
  if (!type.ends_with(".completed")) return std::nullopt;
  if (base64.empty() && !address_in(*data).empty()) {
    const json::value* const usage = member(&*data, "usage");
    const json::object reply{{"data", json::array{*data}}, {"usage", usage != nullptr ? *usage : json::value{}}};
    const std::lock_guard lock{mutex_};
    reply_with_address_ = to_text(json::value(reply));
  }
  if (base64.empty()) return unusable_reply("its stream ended without an image", event.data(), {}, call_);
  Result<Image> image = image_from_base64(base64, {}, call_);
  if (!image) return std::move(image).error();
  Generation generation{std::move(*image)};
  generation.revised_prompt(revised_prompt_in(*data))
      .charge(charge_for(member(&*data, "usage"), has_init_image_, *options_, call_.worst_case));
  return generation;
}

std::optional<http::Response> Stream::as_reply_with_address(const http::Headers& headers) const {
  const std::lock_guard lock{mutex_};
  if (reply_with_address_.empty()) return std::nullopt;
  const auto bytes = std::as_bytes(std::span{reply_with_address_});
  return http::Response{200, headers, {bytes.begin(), bytes.end()}};
}

Result<Generation> Stream::take(std::string request_id) {
  const std::lock_guard lock{mutex_};
  if (!result_) return unusable_reply("its stream ended before the image arrived", {}, request_id, call_);
  Result<Generation> result = std::move(*result_);
  result_.reset();
  if (result) {
    result->request_id(std::move(request_id));
    return result;
  }
  Error error = std::move(result).error();
  return std::move(error.request_id(std::move(request_id)));
}

}  // namespace pentimento::openai_images
