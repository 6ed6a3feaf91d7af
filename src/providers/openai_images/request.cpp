#include "providers/image_wire.hpp"
#include "providers/openai_images/codec.hpp"
#include <pentimento/http/form_data.hpp>
#include <pentimento/json.hpp>
#include <pentimento/media_type.hpp>
#include <pentimento/secrets/secret.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace pentimento::openai_images {
namespace {

namespace json = boost::json;

using Quirks = OpenAiImagesQuirks;
using Field = Quirks::Field;
using Chosen = std::map<std::string, std::string>;

constexpr std::uint64_t tokens_of_a_partial = 100;
constexpr std::array standard_sizes{PixelSize{1024, 1024}, PixelSize{1536, 1024}, PixelSize{1024, 1536}};

// Of OpenAI's rule for sizes, from its documents as third parties quote them (2026).
constexpr double least_pixels = 655'360;
constexpr double most_pixels = 8'294'400;
constexpr double longest_side = 3840;
constexpr std::uint32_t step = 16;

Error refusal(errc code, const ProviderCall& call, const std::string& why) {
  return {code, call.provider + " cannot make this picture: " + why};
}

// Sizes ---------------------------------------------------------------------------------------------------------------

bool is_flexible(const OpenAiImagesOptions& options) {
  const std::string_view model = model_of(options);
  return std::ranges::any_of(options.server.flexible_models, [&](const std::string& beginning) {
    return model == beginning || (model.starts_with(beginning) && model[beginning.size()] == '-');
  });
}

bool follows_the_rule(PixelSize size) {
  const auto [shorter, longer] = std::minmax({size.width(), size.height()});
  const auto pixels = static_cast<double>(size.area());
  return shorter > 0 && size.width() % step == 0 && size.height() % step == 0 && longer <= 3 * shorter &&
         longer <= longest_side && pixels >= least_pixels && pixels <= most_pixels;
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

/// "1536x1024", or "auto", or nothing where the server shall take its own.
std::string size_text(const GenerationRequest& request, const OpenAiImagesOptions& options) {
  if (!request.size()) return options.server.auto_size ? "auto" : "";
  if (is_flexible(options)) return to_string(flexible_size(*request.size()));
  if (options.server.sizes.empty()) return to_string(*request.size());
  // "1536x1024" is read as the ratio 1536:1024.
  std::vector<std::string> ratios = options.server.sizes;
  for (std::string& ratio : ratios) std::ranges::replace(ratio, 'x', ':');
  std::string nearest{nearest_ratio(*request.size(), views(ratios))};
  std::ranges::replace(nearest, ':', 'x');
  return nearest;
}

/// The sizes that the picture may come to have.
std::vector<PixelSize> possible_sizes(const GenerationRequest& request, const OpenAiImagesOptions& options) {
  const std::string text = size_text(request, options);
  const std::size_t x = text.find('x');
  if (x == std::string::npos) return {standard_sizes.begin(), standard_sizes.end()};
  const double width = parse_number(std::string_view{text}.substr(0, x)).value_or(0);
  const double height = parse_number(std::string_view{text}.substr(x + 1)).value_or(0);
  return {PixelSize{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)}};
}

// Options -------------------------------------------------------------------------------------------------------------

Chosen chosen_options(const GenerationRequest& request, const OpenAiImagesOptions& options) {
  Chosen chosen = request.options();
  for (const auto& [name, value] : options.defaults) chosen.try_emplace(name, value);
  std::erase_if(chosen, [](const auto& option) { return option.second.empty(); });
  return chosen;
}

/// What is wrong with the value of a field.
std::optional<std::string> fault_of(const Field& field, const std::string& value) {
  switch (field.type) {
    case Field::Type::text: {
      if (field.values.empty() || std::ranges::count(field.values, value) > 0) return std::nullopt;
      std::string names;
      for (const std::string& each : field.values) names += (names.empty() ? "" : ", ") + each;
      return field.name + " is one of " + names;
    }
    case Field::Type::truth:
      if (value == "true" || value == "false") return std::nullopt;
      return field.name + " is true or false";
    case Field::Type::whole_number:
    case Field::Type::number: break;
  }
  const std::optional<double> number = parse_number(value);
  const bool whole = field.type == Field::Type::whole_number;
  if (number && *number >= field.least && *number <= field.most && (!whole || std::trunc(*number) == *number))
    return std::nullopt;
  return field.name + " is a " + (whole ? "whole " : "") + "number from " + number_as_text(field.least) + " to " +
         number_as_text(field.most);
}

json::value value_of(const Field& field, const std::string& value) {
  switch (field.type) {
    case Field::Type::text: return json::value(value);
    case Field::Type::truth: return json::value(value == "true");
    case Field::Type::whole_number: return json::value(static_cast<std::int64_t>(parse_number(value).value_or(0)));
    case Field::Type::number: return json::value(parse_number(value).value_or(0));
  }
  return nullptr;
}

/// The fields that this kind of request has.
std::vector<const Field*> fields_for(const GenerationRequest& request, const Quirks& server) {
  std::vector<const Field*> fields;
  for (const Field& field : server.fields) {
    if (request.init_image() ? field.in_edits : field.in_generations) fields.push_back(&field);
  }
  return fields;
}

std::optional<Error> check_options(const Chosen& chosen, const std::vector<const Field*>& fields,
                                   const ProviderCall& call) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const Field* field : fields) names.push_back(field->name);
  if (std::optional<Error> error = check_option_names(chosen, names, call)) return error;
  for (const Field* field : fields) {
    const auto value = chosen.find(field->name);
    if (value == chosen.end()) continue;
    if (const std::optional<std::string> fault = fault_of(*field, value->second))
      return refusal(errc::invalid_argument, call, *fault);
  }
  return std::nullopt;
}

// Requests ------------------------------------------------------------------------------------------------------------

std::optional<Error> check(const GenerationRequest& request, const OpenAiImagesOptions& options,
                           const ProviderCall& call) {
  const Quirks& server = options.server;
  const auto wrong = [&](const std::string& why) { return refusal(errc::invalid_argument, call, why); };
  if (call.model.empty()) return wrong("no model is named");
  if (request.prompt().empty()) return wrong("the prompt is empty");
  if (std::optional<Error> error = check_length("the prompt", request.prompt(), server.longest_prompt, call))
    return error;
  if (server.negative_prompt != Quirks::Extra::none) {
    if (std::optional<Error> error =
            check_length("the negative prompt", request.negative_prompt(), server.longest_prompt, call))
      return error;
  }
  if (options.stream && !server.streams) return refusal(errc::unsupported, call, "it cannot stream its replies");
  if (options.partial_images < 0 || options.partial_images > 3) return wrong("partial_images is from 0 to 3");
  if (!request.init_image() && request.mask()) return wrong("a mask needs a base image");
  if (!request.init_image()) return std::nullopt;
  if (server.edits_path.empty()) return refusal(errc::unsupported, call, "it cannot start from a picture");
  return check_sent_picture("the picture to start from", *request.init_image(), 1,
                            std::numeric_limits<std::uint32_t>::max(), server.most_image_bytes, call);
}

/// The mask as the server takes it.
Result<Image> mask_for(const Image& mask, const Image& base, const OpenAiImagesOptions& options,
                       const ProviderCall& call) {
  const Quirks& server = options.server;
  if (server.mask == Quirks::MaskStyle::none ||
      (server.mask == Quirks::MaskStyle::transparent && !options.mask_to_alpha))
    return refusal(errc::unsupported, call, "it takes no mask");
  if (mask.size() != base.size()) {
    return refusal(
        errc::invalid_argument, call,
        "the mask has " + to_string(mask.size()) + " pixels, and the picture to start from " + to_string(base.size()));
  }
  if (server.mask == Quirks::MaskStyle::white) {
    if (std::optional<Error> error = check_sent_picture("the mask", mask, 1, std::numeric_limits<std::uint32_t>::max(),
                                                        server.most_image_bytes, call))
      return std::move(*error);
    return mask;
  }
  Result<Image> alpha = Error{};
  try {
    alpha = options.mask_to_alpha(mask);
  } catch (const std::exception& error) {
    return refusal(errc::backend_failed, call, "mask_to_alpha failed: " + std::string{error.what()});
  } catch (...) {
    return refusal(errc::backend_failed, call, "mask_to_alpha failed");
  }
  if (!alpha) return refusal(alpha.error().code(), call, "the mask cannot be converted: " + alpha.error().message());
  if (alpha->media_type() != MediaType::png || alpha->size() != base.size())
    return refusal(errc::invalid_argument, call, "mask_to_alpha is to make a PNG of the size of the mask");
  if (std::optional<Error> error = check_sent_picture("the mask", *alpha, 1, std::numeric_limits<std::uint32_t>::max(),
                                                      server.most_mask_bytes, call))
    return std::move(*error);
  return alpha;
}

/// The seed where servers take a signed number, of which the negative ones mean "any": the same as far as it fits.
std::uint64_t signed_seed(std::uint64_t seed) { return seed & std::uint64_t{std::numeric_limits<std::int64_t>::max()}; }

/// Puts a value at the end of a path of names, "sample_params.sample_steps".
void put_at(json::object& object, std::string_view path, json::value value) {
  const std::size_t point = path.find('.');
  json::value& member = object[json::string_view{path.data(), std::min(point, path.size())}];
  if (point == std::string_view::npos) {
    member = std::move(value);
    return;
  }
  if (!member.is_object()) member = json::object{};
  put_at(member.get_object(), path.substr(point + 1), std::move(value));
}

/// The prompt with what the server wants to find in it.
std::string prompt_for(const GenerationRequest& request, const Chosen& chosen, const std::vector<const Field*>& fields,
                       const Quirks& server) {
  std::string prompt = without_tag(request.prompt(), server.tag);
  if (server.negative_prompt == Quirks::Extra::bar) {
    // Only the first bar divides; those of the prompt itself must not.
    std::ranges::replace(prompt, '|', ',');
    if (!request.negative_prompt().empty()) prompt += '|' + request.negative_prompt();
  }
  if (server.tag.empty()) return prompt;
  json::object native;
  if (server.seed == Quirks::Extra::tag && request.seed()) native["seed"] = signed_seed(*request.seed());
  if (server.negative_prompt == Quirks::Extra::tag && !request.negative_prompt().empty())
    native["negative_prompt"] = without_tag(request.negative_prompt(), server.tag);
  if (server.strength_in_tag && request.init_image()) native["strength"] = request.strength();
  for (const Field* field : fields) {
    const auto value = chosen.find(field->name);
    if (!field->tag_path.empty() && value != chosen.end())
      put_at(native, field->tag_path, value_of(*field, value->second));
  }
  if (native.empty()) return prompt;
  // On one line, since the server's pattern does not go beyond its end.
  return prompt + " <" + server.tag + '>' + to_text(json::value(std::move(native))) + "</" + server.tag + '>';
}

/// The scalar fields of a request, as JSON; a form has them as text.
json::object scalars(const GenerationRequest& request, const OpenAiImagesOptions& options, const Chosen& chosen,
                     const std::vector<const Field*>& fields) {
  const Quirks& server = options.server;
  json::object body;
  body["model"] = model_of(options);
  body["prompt"] = prompt_for(request, chosen, fields, server);
  if (server.size_style == Quirks::SizeStyle::size) {
    if (const std::string size = size_text(request, options); !size.empty()) body["size"] = size;
  } else if (request.size() && server.size_style == Quirks::SizeStyle::width_height) {
    body["width"] = request.size()->width();
    body["height"] = request.size()->height();
  } else if (request.size()) {
    body["aspect_ratio"] = nearest_ratio(*request.size(), views(server.aspect_ratios));
  }
  if (server.seed == Quirks::Extra::field && request.seed()) body["seed"] = signed_seed(*request.seed());
  if (server.negative_prompt == Quirks::Extra::field && !request.negative_prompt().empty())
    body["negative_prompt"] = request.negative_prompt();
  for (const Field* field : fields) {
    const auto value = chosen.find(field->name);
    if (field->tag_path.empty() && value != chosen.end()) body[field->name] = value_of(*field, value->second);
  }
  if (!server.response_format.empty()) body["response_format"] = server.response_format;
  if (options.stream) {
    body["stream"] = true;
    body["partial_images"] = options.partial_images;
  }
  return body;
}

std::string as_form_text(const json::value& value) {
  if (value.is_string()) return {value.get_string().data(), value.get_string().size()};
  return to_text(value);
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (plain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += digits[byte >> 4];
      encoded += digits[byte & 15];
    }
  }
  return encoded;
}

Result<http::Url> address_of(const GenerationRequest& request, const OpenAiImagesOptions& options,
                             const ProviderCall& call) {
  const Quirks& server = options.server;
  std::string base = options.base_url.empty() ? server.base_url : options.base_url;
  if (base.empty()) return refusal(errc::invalid_argument, call, "its address is needed (base_url)");
  if (!options.api_version.empty())
    base += (base.find('?') == std::string::npos ? "?api-version=" : "&api-version=") +
            percent_encoded(options.api_version);
  std::string path = request.init_image() ? server.edits_path : server.generations_path;
  constexpr std::string_view place = "{model}";
  if (const std::size_t at = path.find(place); at != std::string::npos)
    path.replace(at, place.size(), percent_encoded(call.model));
  return call_address(base, path, options.api_key, server.key_is_needed, call);
}

Money estimate_with(const GenerationRequest& request, const OpenAiImagesOptions& options, const Chosen& chosen) {
  const Money unknown = options.worst_case.value_or(Money::unbounded());
  const Price* price = options.prices.find(options.server.name, model_of(options));
  if (price == nullptr) return unknown;
  if (price->per_call()) return *price->per_call();
  const auto quality = chosen.find("quality");
  std::uint64_t picture = 0;
  for (const PixelSize size : possible_sizes(request, options)) {
    const std::optional<std::uint64_t> tokens =
        price->image_tokens(quality == chosen.end() ? "auto" : std::string_view{quality->second}, size);
    if (!tokens) return unknown;
    picture = std::max(picture, *tokens);
  }
  if (options.stream && options.partial_images > 0)
    picture += tokens_of_a_partial * static_cast<std::uint64_t>(options.partial_images);
  TokenUsage usage;
  // No token is shorter than a byte; some are added for what the service puts around the prompt.
  usage.tokens(TokenKind::text_in, request.prompt().size() + 100).tokens(TokenKind::image_out, picture);
  if (request.init_image()) {
    if (!price->sent_image_tokens()) return unknown;
    usage.tokens(TokenKind::image_in, *price->sent_image_tokens() * (request.mask() ? 2 : 1));
  }
  return price->cost(usage).value_or(unknown);
}

}  // namespace

const std::string& model_of(const OpenAiImagesOptions& options) {
  return options.model.empty() ? options.server.default_model : options.model;
}

ProviderCall call_of(const OpenAiImagesOptions& options, Money worst_case) {
  ProviderCall call;
  call.has_key = !options.api_key.empty();
  call.provider = options.server.title;
  call.key_name = options.key_name.empty() ? options.server.key_name : options.key_name;
  call.model = model_of(options);
  call.worst_case = worst_case;
  call.refusal_codes = options.server.refusal_codes;
  return call;
}

Capabilities capabilities_of(const OpenAiImagesOptions& options) {
  const Quirks& server = options.server;
  const bool edits = !server.edits_path.empty();
  const bool masks = server.mask == Quirks::MaskStyle::white ||
                     (server.mask == Quirks::MaskStyle::transparent && options.mask_to_alpha != nullptr);
  Capabilities can{server.name + '/' + model_of(options)};
  return can.image_to_image(edits)
      .mask(edits && masks)
      .seed(server.seed != Quirks::Extra::none)
      .negative_prompt(server.negative_prompt != Quirks::Extra::none)
      .max_prompt_bytes(static_cast<std::uint32_t>(std::min<std::size_t>(server.longest_prompt, 1U << 30)));
}

Money estimate(const GenerationRequest& request, const OpenAiImagesOptions& options) {
  return estimate_with(request, options, chosen_options(request, options));
}

PixelSize flexible_size(PixelSize size) {
  const auto side = [](std::uint32_t pixels) { return static_cast<double>(std::max(pixels, 1U)); };
  double width = std::min(side(size.width()), 3 * side(size.height()));
  double height = std::min(side(size.height()), 3 * side(size.width()));
  double scale = 1;
  if (width * height < least_pixels) scale = std::sqrt(least_pixels / (width * height));
  if (width * height > most_pixels) scale = std::sqrt(most_pixels / (width * height));
  scale = std::min(scale, longest_side / std::max(width, height));
  width *= scale;
  height *= scale;
  // The nearest of the sizes around it that follow the rule.
  PixelSize best{1024, 1024};
  double least = std::numeric_limits<double>::infinity();
  for (int dx = -2; dx <= 2; ++dx) {
    for (int dy = -2; dy <= 2; ++dy) {
      const double w = (std::round(width / step) + dx) * step;
      const double h = (std::round(height / step) + dy) * step;
      if (w < step || h < step) continue;
      const PixelSize candidate{static_cast<std::uint32_t>(w), static_cast<std::uint32_t>(h)};
      const double difference = std::abs(std::log(w / width)) + std::abs(std::log(h / height));
      if (difference < least && follows_the_rule(candidate)) {
        least = difference;
        best = candidate;
      }
    }
  }
  return best;
}

std::string without_tag(std::string prompt, std::string_view tag) {
  if (tag.empty()) return prompt;
  const std::string opening = '<' + std::string{tag} + '>';
  const std::string closing = "</" + std::string{tag} + '>';
  // What is left after one was taken out may make another. An end without a beginning would end ours.
  for (;;) {
    if (const std::size_t begin = prompt.find(opening); begin != std::string::npos) {
      const std::size_t end = prompt.find(closing, begin);
      prompt.erase(begin, end == std::string::npos ? opening.size() : end + closing.size() - begin);
    } else if (const std::size_t end = prompt.find(closing); end != std::string::npos) {
      prompt.erase(end, closing.size());
    } else {
      return prompt;
    }
  }
}

Result<http::Request> encode(const GenerationRequest& request, const OpenAiImagesOptions& options) {
  const Quirks& server = options.server;
  const Chosen chosen = chosen_options(request, options);
  const ProviderCall call = call_of(options, estimate_with(request, options, chosen));
  if (std::optional<Error> error = check(request, options, call)) return std::move(*error);
  Result<http::Url> url = address_of(request, options, call);
  if (!url) return std::move(url).error();
  const std::vector<const Field*> fields = fields_for(request, server);
  if (std::optional<Error> error = check_options(chosen, fields, call)) return std::move(*error);

  http::Request wire{http::Method::post, std::move(*url)};
  json::object body = scalars(request, options, chosen, fields);
  if (request.init_image()) {
    std::optional<Image> mask;
    if (request.mask()) {
      Result<Image> converted = mask_for(*request.mask(), *request.init_image(), options, call);
      if (!converted) return std::move(converted).error();
      mask = std::move(*converted);
    }
    http::FormData form;
    for (const auto& field : body)
      form.add(std::string_view{field.key().data(), field.key().size()}, as_form_text(field.value()));
    form.add(server.image_field, *request.init_image());
    if (mask) form.add("mask", *mask);
    std::string content_type = form.content_type();
    wire.body(form.take(), std::move(content_type));
  } else {
    wire.body(http::Body{to_text(json::value(std::move(body)))}, "application/json");
  }
  wire.authorize(server.key_header, server.key_prefix, options.api_key)
      .header("Accept", options.stream ? "text/event-stream, application/json" : "application/json")
      .timeout(options.timeout)
      .worst_case(call.worst_case);
  if (!options.organization.empty()) wire.header("OpenAI-Organization", options.organization);
  if (!options.project.empty()) wire.header("OpenAI-Project", options.project);
  return wire;
}

}  // namespace pentimento::openai_images
