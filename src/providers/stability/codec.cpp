#include "providers/stability/codec.hpp"

#include "json/lookup.hpp"
#include "json/reply_text.hpp"
#include "providers/image_wire.hpp"
#include <pentimento/http/form_data.hpp>
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pentimento::stability {
namespace {

namespace json = boost::json;
using json_form::member;
using json_form::text_of;

constexpr std::size_t longest_prompt = 10'000;
constexpr std::uint64_t last_seed = 4'294'967'294;
/// The documented wait after a 429, whose reply states none.
constexpr std::chrono::seconds rate_limit_wait{60};

constexpr std::array<std::string_view, 3> formats{"png", "jpeg", "webp"};

ProviderCall call_of(const StabilityOptions& options) {
  ProviderCall call;
  call.has_key = !options.api_key.empty();
  call.provider = "Stability AI";
  call.key_name = options.key_name;
  call.model = options.model;
  call.worst_case = price_of(options);
  // "Failed generations are not charged."
  call.free_codes = {"content_moderation", "invalid_language", "public_figure", "internal_error"};
  return call;
}

const char* path_of(Service service) {
  switch (service) {
    case Service::core: return "v2beta/stable-image/generate/core";
    case Service::ultra: return "v2beta/stable-image/generate/ultra";
    case Service::sd3: break;
  }
  return "v2beta/stable-image/generate/sd3";
}

// Options -------------------------------------------------------------------------------------------------------------

std::vector<std::string> option_names(Service service) {
  std::vector<std::string> names{"style_preset", "output_format"};
  if (service == Service::sd3) names.emplace_back("cfg_scale");
  return names;
}

/// Returns the options of a request, with those of the generator as defaults.
Result<std::map<std::string, std::string>> options_for(const GenerationRequest& request,
                                                       const StabilityOptions& options, const ProviderCall& call) {
  std::map<std::string, std::string> chosen = request.options();
  chosen.try_emplace("output_format", options.output_format);
  if (!options.style_preset.empty()) chosen.try_emplace("style_preset", options.style_preset);
  if (options.cfg_scale) chosen.try_emplace("cfg_scale", number_as_text(*options.cfg_scale));
  if (std::optional<Error> error = validate_option_names(chosen, option_names(service_of(options.model)), call))
    return std::move(*error);
  std::erase_if(chosen, [](const auto& option) { return option.second.empty(); });
  const auto format = chosen.find("output_format");
  if (format != chosen.end() && std::ranges::count(formats, format->second) == 0)
    return invalid_call(errc::invalid_argument, call, "output_format is invalid; png, jpeg and webp are accepted");
  if (const auto scale = chosen.find("cfg_scale"); scale != chosen.end()) {
    const std::optional<double> number = parse_number(scale->second);
    if (!number || *number < 1 || *number > 10)
      return invalid_call(errc::invalid_argument, call, "cfg_scale is invalid; 1 to 10 are accepted");
    scale->second = number_as_text(*number);
  }
  return chosen;
}

std::optional<Error> validate(const GenerationRequest& request, Service service, const ProviderCall& call) {
  if (request.prompt().empty()) return invalid_call(errc::invalid_argument, call, "the prompt is empty");
  if (std::optional<Error> error = validate_length("the prompt", request.prompt(), longest_prompt, call)) return error;
  if (std::optional<Error> error =
          validate_length("the negative prompt", request.negative_prompt(), longest_prompt, call))
    return error;
  if (request.mask()) return invalid_call(errc::unsupported, call, call.model + " does not support masks");
  if (!request.init_image()) return std::nullopt;
  if (service == Service::core)
    return invalid_call(errc::unsupported, call, call.model + " does not support init images");
  return validate_sent_image("the init image", *request.init_image(), shortest_side, longest_init_side(service),
                             most_body_bytes, call);
}

// Replies -------------------------------------------------------------------------------------------------------------

std::optional<std::uint64_t> seed_from_text(std::string_view text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return seed;
}

bool same_word(std::string_view a, std::string_view b) { return http::Headers::same_name(a, b); }

/// Returns the error of a finish reason other than SUCCESS. An absent one counts as SUCCESS.
std::optional<Error> validate_finish(std::string_view reason, const std::string& request_id, const ProviderCall& call) {
  if (reason.empty() || same_word(reason, "SUCCESS")) return std::nullopt;
  if (same_word(reason, "CONTENT_FILTERED"))
    return provider_refusal("CONTENT_FILTERED: the image is blurred", {}, request_id, call);
  return unusable_reply("its finish reason is not SUCCESS", reason, request_id, call);
}

Generation finished(Image image, std::optional<std::uint64_t> seed, const std::string& request_id,
                    const ProviderCall& call) {
  Generation generation{std::move(image)};
  generation.seed(seed).request_id(request_id).charge(Charge::from_estimate(call.worst_case));
  return generation;
}

/// {"image": base64, "seed": 42, "finish_reason": "SUCCESS"}.
Result<Generation> decode_json(const http::Response& response, const ProviderCall& call) {
  const std::string request_id = response.request_id();
  const Result<json::value> parsed = json_form::parse_reply(response.text());
  if (!parsed) return unusable_reply(parsed.error().message(), response.text(), request_id, call);
  const json::object* reply = parsed->if_object();
  if (reply == nullptr) return unusable_reply("it is not an object", response.text(), request_id, call);
  if (std::optional<Error> error = validate_finish(text_of(member(*parsed, "finish_reason")), request_id, call))
    return std::move(*error);
  const std::string_view base64 = text_of(member(*parsed, "image"));
  if (base64.empty()) return unusable_reply("it contains no image", response.text(), request_id, call);
  Result<Image> image = image_from_base64(base64, request_id, call);
  if (!image) return std::move(image).error();
  std::optional<std::uint64_t> seed = seed_from_text(text_of(member(*parsed, "seed")));
  const json::value* number = reply->if_contains("seed");
  if (number != nullptr && number->is_int64() && number->get_int64() >= 0)
    seed = static_cast<std::uint64_t>(number->get_int64());
  return finished(std::move(*image), seed, request_id, call);
}

Result<Generation> decode_image(http::Response response, const ProviderCall& call) {
  const std::string request_id = response.request_id();
  if (std::optional<Error> error = validate_finish(response.headers().value("finish-reason"), request_id, call))
    return std::move(*error);
  const std::optional<std::uint64_t> seed = seed_from_text(response.headers().value("seed"));
  Result<Image> image = image_from_bytes(std::move(response).take_body(), request_id, call);
  if (!image) return std::move(image).error();
  return finished(std::move(*image), seed, request_id, call);
}

http::RetryAdvice classify(const http::Response& reply) {
  const http::RetryAdvice advice = provider_classifier()(reply);
  if (reply.status() != 429 || advice.wait()) return advice;
  return http::RetryAdvice{advice.retry(), rate_limit_wait};
}

}  // namespace

Service service_of(std::string_view model) {
  if (model == "core") return Service::core;
  return model == "ultra" ? Service::ultra : Service::sd3;
}

Capabilities capabilities_of(const StabilityOptions& options) {
  Capabilities can{"stability/" + options.model};
  return can.image_to_image(service_of(options.model) != Service::core)
      .seed(true)
      .negative_prompt(true)
      .sides(shortest_side, longest_side)
      .max_prompt_characters(longest_prompt)
      .init_image_types({MediaType::png, MediaType::jpeg, MediaType::webp})
      .init_image_sides(shortest_side, longest_init_side(service_of(options.model)))
      .max_init_image_bytes(std::uint32_t{most_body_bytes});
}

Result<void> validate(const StabilityOptions& options) {
  const ProviderCall call = call_of(options);
  if (options.model.empty()) return invalid_call(errc::invalid_argument, call, "no model is named");
  if (const Result<void> access = validate_access(options.base_url, options.api_key, true, call); !access)
    return access;
  const auto chosen = options_for(GenerationRequest{""}, options, call);
  return chosen ? Result<void>{} : chosen.error();
}

Money price_of(const StabilityOptions& options) {
  const Price* price = options.prices.find("stability", options.model);
  if (price != nullptr && price->per_call()) return *price->per_call();
  return options.worst_case.value_or(Money::unbounded());
}

std::uint64_t seed_for(std::uint64_t seed) {
  const std::uint64_t folded = seed % last_seed;
  return folded == 0 ? last_seed : folded;
}

Result<http::Request> encode(const GenerationRequest& request, const StabilityOptions& options) {
  const ProviderCall call = call_of(options);
  const Service service = service_of(options.model);
  Result<http::Url> url = call_address(options.base_url, path_of(service), call);
  if (!url) return std::move(url).error();
  if (std::optional<Error> error = validate(request, service, call)) return std::move(*error);
  const Result<std::map<std::string, std::string>> chosen = options_for(request, options, call);
  if (!chosen) return chosen.error();

  http::FormData form;
  form.add("prompt", request.prompt());
  if (service == Service::sd3) form.add("model", options.model);
  if (request.init_image()) {
    if (service == Service::sd3) form.add("mode", "image-to-image");
    form.add("image", *request.init_image()).add("strength", number_as_text(request.strength()));
  } else if (request.size()) {
    form.add("aspect_ratio", aspect_ratio_for(*request.size()));
  }
  if (!request.negative_prompt().empty()) form.add("negative_prompt", request.negative_prompt());
  if (request.seed()) form.add("seed", std::to_string(seed_for(*request.seed())));
  for (const auto& [name, value] : *chosen) form.add(name, value);

  const std::string content_type = form.content_type();
  http::Body body = form.take();
  if (body.size() > most_body_bytes) {
    return invalid_call(errc::too_large, call,
                        "the request with its init image has " + std::to_string(body.size()) + " bytes; at most " +
                            std::to_string(most_body_bytes) + " are accepted");
  }
  http::Request wire{http::Method::post, std::move(*url)};
  wire.authorize("Authorization", "Bearer ", options.api_key)
      .header("Accept", options.reply == StabilityReply::json ? "application/json" : "image/*")
      .body(std::move(body), content_type)
      .timeout(options.timeout)
      .worst_case(call.worst_case)
      .classifier(classify);
  return wire;
}

namespace {

Result<Generation> decode_success(http::Response response, const ProviderCall& call) {
  const std::string type = response.media_type();
  if (type == "application/json") return decode_json(response, call);
  // The bytes say which type it is.
  if (type.empty() || type.starts_with("image/") || type == "application/octet-stream")
    return decode_image(std::move(response), call);
  return unusable_reply("it is not an image but " + type_in_words(type), response.text().substr(0, 800),
                        response.request_id(), call);
}

}  // namespace

Result<Generation> decode(http::Response response, const StabilityOptions& options) {
  const ProviderCall call = call_of(options);
  if (response.status() == 200) return decode_success(std::move(response), call);
  // Only 200 is documented. What comes with another success is paid for if it is an image.
  if (response.is_success()) {
    if (Result<Generation> made = decode_success(response, call)) return made;
  }
  return provider_error(response, call);
}

}  // namespace pentimento::stability
