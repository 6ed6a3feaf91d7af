#include "providers/image_wire.hpp"
#include "providers/openai_images/codec.hpp"
#include <pentimento/http/form_data.hpp>
#include <pentimento/json.hpp>
#include <pentimento/media_type.hpp>
#include <pentimento/secrets/secret.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
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

using Server = OpenAiImagesServer;
using Field = Server::Field;
using Chosen = std::map<std::string, std::string>;

constexpr std::uint64_t tokens_of_a_partial = 100;

// Options -------------------------------------------------------------------------------------------------------------

/// Returns the fields of this kind of request.
std::vector<const Field*> fields_for(const GenerationRequest& request, const Server& server) {
  std::vector<const Field*> fields;
  for (const Field& field : server.fields) {
    if (request.init_image() ? field.in_edits : field.in_generations) fields.push_back(&field);
  }
  return fields;
}

/// Returns the options of a request, and the defaults for the fields of this kind of request.
Chosen chosen_options(const GenerationRequest& request, const OpenAiImagesOptions& options) {
  Chosen chosen = request.options();
  for (const Field* field : fields_for(request, options.server)) {
    const auto value = options.defaults.find(field->name);
    if (value != options.defaults.end()) chosen.insert(*value);
  }
  std::erase_if(chosen, [](const auto& option) { return option.second.empty(); });
  return chosen;
}

/// Validates the value of a field. Returns what is wrong, if anything.
std::optional<std::string> validate_value(const Field& field, const std::string& value) {
  switch (field.type) {
    case Field::Type::text: {
      if (field.values.empty() || std::ranges::count(field.values, value) > 0) return std::nullopt;
      std::string names;
      for (const std::string& each : field.values) names += (names.empty() ? "" : ", ") + each;
      return field.name + " is invalid; accepted are " + names;
    }
    case Field::Type::truth:
      if (value == "true" || value == "false") return std::nullopt;
      return field.name + " is invalid; true and false are accepted";
    case Field::Type::whole_number:
    case Field::Type::number: break;
  }
  const std::optional<double> number = parse_number(value);
  const bool whole = field.type == Field::Type::whole_number;
  if (number && *number >= field.least && *number <= field.most && (!whole || std::trunc(*number) == *number))
    return std::nullopt;
  return field.name + " is invalid; a " + (whole ? "whole " : "") + "number from " + number_as_text(field.least) +
         " to " + number_as_text(field.most) + " is accepted";
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

std::optional<Error> validate_options(const Chosen& chosen, const std::vector<const Field*>& fields,
                                      const ProviderCall& call) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const Field* field : fields) names.push_back(field->name);
  if (std::optional<Error> error = validate_option_names(chosen, names, call)) return error;
  for (const Field* field : fields) {
    const auto value = chosen.find(field->name);
    if (value == chosen.end()) continue;
    if (const std::optional<std::string> why = validate_value(*field, value->second))
      return invalid_call(errc::invalid_argument, call, *why);
  }
  return std::nullopt;
}

// Requests ------------------------------------------------------------------------------------------------------------

std::optional<Error> validate(const GenerationRequest& request, const OpenAiImagesOptions& options,
                              const ProviderCall& call) {
  const Server& server = options.server;
  if (request.prompt().empty()) return invalid_call(errc::invalid_argument, call, "the prompt is empty");
  if (std::optional<Error> error = validate_length("the prompt", request.prompt(), server.longest_prompt, call))
    return error;
  if (server.negative_prompt != Server::Extra::none) {
    if (std::optional<Error> error =
            validate_length("the negative prompt", request.negative_prompt(), server.longest_prompt, call))
      return error;
  }
  if (!request.init_image() && request.mask())
    return invalid_call(errc::invalid_argument, call, "a mask needs an init image");
  if (!request.init_image()) return std::nullopt;
  if (server.edits_path.empty()) return invalid_call(errc::unsupported, call, "init images are not supported");
  return validate_sent_image("the init image", *request.init_image(), 1, std::numeric_limits<std::uint32_t>::max(),
                             server.most_image_bytes, call);
}

/// Returns the mask in the form of the server.
Result<Image> mask_for(const Image& mask, const Image& base, const OpenAiImagesOptions& options,
                       const ProviderCall& call) {
  const Server& server = options.server;
  if (server.mask == Server::MaskStyle::none ||
      (server.mask == Server::MaskStyle::transparent && !options.mask_to_alpha))
    return invalid_call(errc::unsupported, call, "masks are not supported");
  if (mask.size() != base.size()) {
    return invalid_call(
        errc::invalid_argument, call,
        "the mask has " + to_string(mask.size()) + " pixels, and the init image has " + to_string(base.size()));
  }
  if (server.mask == Server::MaskStyle::white) {
    if (std::optional<Error> error = validate_sent_image("the mask", mask, 1, std::numeric_limits<std::uint32_t>::max(),
                                                         server.most_image_bytes, call))
      return std::move(*error);
    return mask;
  }
  Result<Image> alpha = Error{};
  try {
    alpha = options.mask_to_alpha(mask);
  } catch (const std::exception& error) {
    return invalid_call(errc::backend_failed, call, "mask_to_alpha failed: " + std::string{error.what()});
  } catch (...) {
    return invalid_call(errc::backend_failed, call, "mask_to_alpha failed");
  }
  if (!alpha)
    return invalid_call(alpha.error().code(), call, "the mask cannot be converted: " + alpha.error().message());
  if (alpha->media_type() != MediaType::png || alpha->size() != base.size())
    return invalid_call(errc::invalid_argument, call,
                        "the result of mask_to_alpha is invalid; a PNG of the size of the mask is accepted");
  if (std::optional<Error> error = validate_sent_image("the mask", *alpha, 1, std::numeric_limits<std::uint32_t>::max(),
                                                       server.most_mask_bytes, call))
    return std::move(*error);
  return alpha;
}

/// Folds a seed into the positive signed numbers: negative ones mean "any" to these servers.
std::uint64_t signed_seed(std::uint64_t seed) { return seed & std::uint64_t{std::numeric_limits<std::int64_t>::max()}; }

/// Sets the value at a path of names such as "sample_params.sample_steps".
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

/// Returns the prompt with the values that the server reads from it.
std::string prompt_for(const GenerationRequest& request, const Chosen& chosen, const std::vector<const Field*>& fields,
                       const Server& server) {
  std::string prompt = without_tag(request.prompt(), server.tag);
  if (server.negative_prompt == Server::Extra::bar) {
    // The server splits at the first bar.
    std::ranges::replace(prompt, '|', ',');
    if (!request.negative_prompt().empty()) prompt += '|' + request.negative_prompt();
  }
  if (server.tag.empty()) return prompt;
  json::object native;
  if (server.seed == Server::Extra::tag && request.seed()) native["seed"] = signed_seed(*request.seed());
  if (server.negative_prompt == Server::Extra::tag && !request.negative_prompt().empty())
    native["negative_prompt"] = without_tag(request.negative_prompt(), server.tag);
  if (server.strength_in_tag && request.init_image()) native["strength"] = request.strength();
  for (const Field* field : fields) {
    const auto value = chosen.find(field->name);
    if (!field->tag_path.empty() && value != chosen.end())
      put_at(native, field->tag_path, value_of(*field, value->second));
  }
  if (native.empty()) return prompt;
  // On one line, because the server's pattern ends with the line.
  return prompt + " <" + server.tag + '>' + to_text(json::value(std::move(native))) + "</" + server.tag + '>';
}

/// Returns the scalar fields of a request as JSON. A form has them as text.
json::object scalars(const GenerationRequest& request, const OpenAiImagesOptions& options, const Chosen& chosen,
                     const std::vector<const Field*>& fields) {
  const Server& server = options.server;
  json::object body;
  body["model"] = model_of(options);
  body["prompt"] = prompt_for(request, chosen, fields, server);
  if (server.size_style == Server::SizeStyle::size) {
    if (const std::string size = size_text(request, options); !size.empty()) body["size"] = size;
  } else if (request.size() && server.size_style == Server::SizeStyle::width_height) {
    body["width"] = request.size()->width();
    body["height"] = request.size()->height();
  } else if (request.size()) {
    body["aspect_ratio"] = nearest_aspect_ratio(*request.size(), server);
  }
  if (server.seed == Server::Extra::field && request.seed()) body["seed"] = signed_seed(*request.seed());
  if (server.negative_prompt == Server::Extra::field && !request.negative_prompt().empty())
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
  const Server& server = options.server;
  std::string base = base_url_of(options);
  if (!options.api_version.empty())
    base += (base.find('?') == std::string::npos ? "?api-version=" : "&api-version=") +
            percent_encoded(options.api_version);
  std::string path = request.init_image() ? server.edits_path : server.generations_path;
  constexpr std::string_view place = "{model}";
  if (const std::size_t at = path.find(place); at != std::string::npos)
    path.replace(at, place.size(), percent_encoded(call.model));
  return call_address(base, path, call);
}

Money estimate_with(const GenerationRequest& request, const OpenAiImagesOptions& options, const Chosen& chosen) {
  const Money unknown = options.worst_case.value_or(Money::unbounded());
  const Price* price = options.prices.find(options.server.name, model_of(options));
  if (price == nullptr) return unknown;
  if (price->per_call()) return *price->per_call();
  const auto quality = chosen.find("quality");
  std::uint64_t image = 0;
  for (const PixelSize size : possible_sizes(request, options)) {
    const std::optional<std::uint64_t> tokens =
        price->image_tokens(quality == chosen.end() ? "auto" : std::string_view{quality->second}, size);
    if (!tokens) return unknown;
    image = std::max(image, *tokens);
  }
  if (options.stream && options.partial_images > 0)
    image += tokens_of_a_partial * static_cast<std::uint64_t>(options.partial_images);
  TokenUsage usage;
  // A token has at least one byte. The service adds some around the prompt.
  usage.tokens(TokenKind::text_in, request.prompt().size() + 100).tokens(TokenKind::image_out, image);
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

const std::string& base_url_of(const OpenAiImagesOptions& options) {
  return options.base_url.empty() ? options.server.base_url : options.base_url;
}

Result<void> validate(const OpenAiImagesOptions& options) {
  const Server& server = options.server;
  const ProviderCall call = call_of(options, Money{});
  if (call.model.empty()) return invalid_call(errc::invalid_argument, call, "no model is named");
  if (base_url_of(options).empty())
    return invalid_call(errc::invalid_argument, call, "no address is set; set base_url");
  const Result<void> access = validate_access(base_url_of(options), options.api_key, server.needs_key, call);
  if (!access) return access;
  const Result<http::Url> url = address_of(GenerationRequest{""}, options, call);
  if (!url) return url.error();
  if (options.stream && !server.streams) return invalid_call(errc::unsupported, call, "streaming is not supported");
  if (options.partial_images < 0 || options.partial_images > 3)
    return invalid_call(errc::invalid_argument, call, "partial_images is out of range; 0 to 3 are accepted");
  std::vector<const Field*> fields;
  for (const Field& field : server.fields) fields.push_back(&field);
  Chosen defaults = options.defaults;
  std::erase_if(defaults, [](const auto& option) { return option.second.empty(); });
  if (std::optional<Error> error = validate_options(defaults, fields, call)) return *std::move(error);
  return {};
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
  const Server& server = options.server;
  const bool edits = !server.edits_path.empty();
  const bool masks = server.mask == Server::MaskStyle::white ||
                     (server.mask == Server::MaskStyle::transparent && options.mask_to_alpha != nullptr);
  Capabilities can{server.name + '/' + model_of(options)};
  return can.image_to_image(edits)
      .mask(edits && masks)
      .seed(server.seed != Server::Extra::none)
      .negative_prompt(server.negative_prompt != Server::Extra::none)
      .max_prompt_characters(static_cast<std::uint32_t>(std::min<std::size_t>(server.longest_prompt, 1U << 30)))
      .init_image_types({MediaType::png, MediaType::jpeg, MediaType::webp})
      .max_init_image_bytes(static_cast<std::uint32_t>(std::min<std::size_t>(server.most_image_bytes, 1U << 30)));
}

std::optional<Error> validate_first(const GenerationRequest& request, const OpenAiImagesOptions& options) {
  if (Result<http::Request> wire = encode(request, options); !wire) return std::move(wire).error();
  if (!request.init_image()) return std::nullopt;
  // Every draft will be an edit: a default that edits do not have would never be sent.
  Chosen defaults = options.defaults;
  std::erase_if(defaults, [](const auto& option) { return option.second.empty(); });
  return validate_options(defaults, fields_for(request, options.server), call_of(options, Money{}));
}

Money estimate(const GenerationRequest& request, const OpenAiImagesOptions& options) {
  return estimate_with(request, options, chosen_options(request, options));
}

std::string without_tag(std::string prompt, std::string_view tag) {
  if (tag.empty()) return prompt;
  const std::string opening = '<' + std::string{tag} + '>';
  const std::string closing = "</" + std::string{tag} + '>';
  // Repeated, because a removal may form another tag. A closing tag alone would end ours.
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
  const Server& server = options.server;
  const Chosen chosen = chosen_options(request, options);
  const ProviderCall call = call_of(options, estimate_with(request, options, chosen));
  if (std::optional<Error> error = validate(request, options, call)) return std::move(*error);
  Result<http::Url> url = address_of(request, options, call);
  if (!url) return std::move(url).error();
  const std::vector<const Field*> fields = fields_for(request, server);
  if (std::optional<Error> error = validate_options(chosen, fields, call)) return std::move(*error);

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
      .worst_case(call.worst_case)
      .classifier(provider_classifier());
  if (!options.organization.empty()) wire.header("OpenAI-Organization", options.organization);
  if (!options.project.empty()) wire.header("OpenAI-Project", options.project);
  return wire;
}

}  // namespace pentimento::openai_images
