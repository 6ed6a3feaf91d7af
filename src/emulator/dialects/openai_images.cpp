// OpenAI Images: generations (JSON) and edits (a form), as its SDK and documents of autumn 2026 describe them, for the GPT
// image models; also under Azure's path. The partial images of a stream are the finished one. The first of several images
// to edit is the init image; the others and a mask are validated only. Not emulated: edits as JSON, GIF and SVG.

#include "emulator/dialects/chat.hpp"
#include "emulator/dialects/images.hpp"
#include "emulator/dialects/moderation.hpp"
#include "emulator/dialects/openai.hpp"
#include "emulator/json_reading.hpp"
#include "emulator/server/multipart.hpp"
#include <pentimento/detail/utf8.hpp>
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace pentimento::emulator {
namespace openai_images_dialect {
namespace {

namespace json = boost::json;
using json_form::Node;
using json_form::ObjectReader;
using openai::ApiError;
using openai::reject;

constexpr std::size_t max_prompt = 32'000;
constexpr std::size_t max_images = 16;
constexpr std::size_t max_image_bytes = std::size_t{50} << 20;
constexpr std::size_t max_mask_bytes = std::size_t{4} << 20;
constexpr std::int64_t created = 1'763'800'000;

// Models --------------------------------------------------------------------------------------------------------------

/// What depends on the model.
struct Family {
  bool any_size = false;
  bool finest_qualities = false;
  bool low_fidelity_only = false;
  bool no_fidelity = false;
};

bool is_or_begins(std::string_view model, std::string_view name) {
  return model == name || (model.starts_with(name) && model[name.size()] == '-');
}

Family family_of(const std::string& model) {
  if (is_or_begins(model, "gpt-image-2.5") || is_or_begins(model, "gpt-image-2.6")) return {true, true, false, true};
  if (is_or_begins(model, "gpt-image-2")) return {true, false, false, true};
  if (is_or_begins(model, "gpt-image-1-mini")) return {false, false, true, false};
  if (is_or_begins(model, "gpt-image-1.5") || model == "chatgpt-image-latest") return {};
  const bool retired = is_or_begins(model, "gpt-image-1") || model == "dall-e-2" || model == "dall-e-3";
  throw ApiError{404, "The model '" + model + (retired ? "' has been shut down." : "' does not exist.")}
      .param("model")
      .code("model_not_found");
}

/// "/openai/deployments/NAME/images/generations": Azure has the model there.
std::optional<std::string> deployment_of(std::string_view path) {
  constexpr std::string_view start = "/openai/deployments/";
  if (!path.starts_with(start)) return std::nullopt;
  path.remove_prefix(start.size());
  return std::string{path.substr(0, path.find('/'))};
}

// Requests ------------------------------------------------------------------------------------------------------------

/// What a request asks for, after validation.
struct ImagesRequest {
  std::string model;
  std::string prompt;
  std::int64_t count = 1;
  std::optional<PixelSize> size;
  std::string quality;
  std::string background;
  std::string format;
  bool is_streamed = false;
  std::int64_t partial_images = 0;
  std::vector<Image> images;
  std::optional<Image> mask;
};

[[noreturn]] void reject_user(std::string param, std::string message, std::string code = "invalid_value") {
  throw ApiError{400, std::move(message), "image_generation_user_error"}.param(std::move(param)).code(std::move(code));
}

std::optional<std::uint32_t> side_of(std::string_view digits) {
  std::uint32_t side = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), side);
  const bool is_side = error == std::errc{} && end == digits.data() + digits.size() && !digits.starts_with('0');
  return is_side ? std::optional{side} : std::nullopt;
}

std::optional<PixelSize> read_size(const Node& node, const Family& family) {
  constexpr std::array<std::string_view, 4> usual{"1024x1024", "1024x1536", "1536x1024", "auto"};
  const std::string_view text = node.text();
  const bool is_usual = std::ranges::find(usual, text) != usual.end();
  const std::size_t x = std::min(text.find('x'), text.size());
  const auto width = side_of(text.substr(0, x));
  const auto height = side_of(text.substr(std::min(x + 1, text.size())));
  if (!is_usual && (!width || !height || !family.any_size)) read_name(node, usual);
  if (text == "auto") return std::nullopt;
  const PixelSize size{*width, *height};
  const auto [shorter, longer] = std::minmax({size.width(), size.height()});
  const bool is_good =
      is_usual || (size.width() % 16 == 0 && size.height() % 16 == 0 && longer <= std::uint64_t{3} * shorter &&
                   longer <= 3840 && size.area() <= std::uint64_t{3840} * 2160 && size.area() >= 655'360);
  if (!is_good) {
    reject_user(
        "size",
        "Invalid size '" + std::string{text} +
            "'. Width and height must be divisible by 16 and at most 3840, the aspect ratio between 1:3 and 3:1, "
            "and there must be 655360 to 8294400 pixels.",
        "invalid_size");
  }
  return size;
}

void read_format(ObjectReader& body, ImagesRequest& wanted) {
  wanted.format = find_name(body, "output_format", {"png", "jpeg", "webp"}).value_or("png");
  const auto compression = find_value<int>(body, "output_compression", 0, 100);
  if (compression && *compression != 100 && wanted.format == "png") {
    reject_user("output_compression", "Compression less than 100 is not supported for PNG output format.",
                "invalid_png_output_compression");
  }
  wanted.background = find_name(body, "background", {"transparent", "opaque", "auto"}).value_or("auto");
  if (wanted.background == "transparent" && wanted.format == "jpeg")
    reject_user("background", "Transparent background is not supported for JPEG output format.");
}

ImagesRequest read_fields(const json::value& value, const std::string& path, bool is_edit) {
  const ImageSource no_images;
  const Node node{value, no_images};
  ObjectReader body{node};
  ImagesRequest wanted;
  const Node prompt = require(body, "prompt");
  wanted.prompt = prompt.text();
  if (wanted.prompt.empty()) prompt.fail("the prompt is empty");
  if (detail::count_characters(wanted.prompt) > max_prompt) prompt.fail("at most 32000 characters are accepted");
  // The default model has been retired.
  wanted.model = find_value<std::string>(body, "model").value_or(deployment_of(path).value_or("dall-e-2"));
  const Family family = family_of(wanted.model);
  wanted.count = find_value<int>(body, "n", 1, 10).value_or(1);
  if (const auto size = find(body, "size")) wanted.size = read_size(*size, family);
  const auto quality = family.finest_qualities
                           ? find_name(body, "quality", {"low", "medium", "high", "xhigh", "max", "auto"})
                           : find_name(body, "quality", {"low", "medium", "high", "auto"});
  wanted.quality = quality.value_or("auto");
  read_format(body, wanted);
  find_name(body, "complexity", {"low", "medium", "high"});
  wanted.is_streamed = find_value<bool>(body, "stream").value_or(false);
  const auto partial_images = find_value<int>(body, "partial_images", 0, 3);
  if (partial_images && !wanted.is_streamed)
    reject("partial_images", "'partial_images' is only supported with 'stream' set to true.");
  wanted.partial_images = partial_images.value_or(0);
  ignore(body, {"user", "safety_identifier"});
  if (is_edit) {
    const auto fidelity = find_name(body, "input_fidelity", {"high", "low"});
    if (fidelity && (family.no_fidelity || (family.low_fidelity_only && *fidelity == "high"))) {
      reject_user("input_fidelity", "The model '" + wanted.model + "' does not support this 'input_fidelity'.",
                  "invalid_input_fidelity_model");
    }
  } else {
    find_name(body, "moderation", {"auto", "low"});
  }
  body.done();
  return wanted;
}

// Images that are sent ------------------------------------------------------------------------------------------------

/// True if pixels of a PNG may be transparent: by its colour type, or a tRNS chunk before the image data.
bool may_be_transparent(std::span<const std::byte> png) {
  const auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(png[i]); };
  if (png.size() < 33) return png.size() > 25 && (at(25) & 4U) != 0;
  if ((at(25) & 4U) != 0) return true;
  for (std::size_t chunk = 33; chunk + 12 <= png.size();) {
    const std::uint64_t length = at(chunk) << 24 | at(chunk + 1) << 16 | at(chunk + 2) << 8 | at(chunk + 3);
    const std::string_view type{reinterpret_cast<const char*>(png.data() + chunk + 4), 4};
    if (type == "tRNS") return true;
    if (type == "IDAT") return false;
    if (length > png.size() - chunk) return false;
    chunk += 12 + static_cast<std::size_t>(length);
  }
  return false;
}

Image read_image(const FormPart& part) {
  if (!part.file_name) reject(part.name, "Invalid type for '" + part.name + "': a file is needed.", "invalid_type");
  constexpr std::array<std::string_view, 3> accepted{"image/jpeg", "image/png", "image/webp"};
  if (std::ranges::find(accepted, part.content_type) == accepted.end()) {
    reject(part.name,
           "Invalid file '" + part.name + "': unsupported mimetype ('" + part.content_type +
               "'). Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.",
           "unsupported_file_mimetype");
  }
  if (part.content.size() >= max_image_bytes)
    reject_user(part.name, "Invalid file '" + part.name + "': it has 50 MB or more.", "image_too_large");
  Result<Image> image = image_of(part.content);
  if (!image || to_string(image->media_type()) != part.content_type)
    reject_user(part.name, "Invalid image file or mode for '" + part.name + "'.", "invalid_image_file");
  return std::move(*image);
}

void check_mask(const ImagesRequest& wanted) {
  if (!wanted.mask) return;
  if (wanted.mask->media_type() != MediaType::png || wanted.mask->byte_count() >= max_mask_bytes ||
      wanted.mask->size() != wanted.images.front().size() || !may_be_transparent(wanted.mask->bytes())) {
    reject_user(
        "mask",
        "Invalid mask: a PNG of less than 4 MB with the size of the first image and an alpha channel is needed.",
        "invalid_mask_image_format");
  }
}

ImagesRequest read_generation(const EmulatedRequest& request) {
  return read_fields(openai::parse_body(request, 8), request.path(), false);
}

/// The text of a form's field as the value that JSON would have there.
json::value value_of(std::string_view name, std::string_view text) {
  constexpr std::array<std::string_view, 3> numbers{"n", "output_compression", "partial_images"};
  if (std::ranges::find(numbers, name) != numbers.end()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) return number;
  }
  if (name == "stream" && (text == "true" || text == "false")) return text == "true";
  return json::value(text);
}

ImagesRequest read_edit(const EmulatedRequest& request) {
  const Result<std::vector<FormPart>> parts = parse_form_data(request.headers().value("content-type"), request.body());
  if (!parts) throw ApiError{400, "Could not parse multipart form: " + parts.error().message()};
  std::vector<Image> images;
  std::optional<Image> mask;
  json::object fields;
  std::size_t single_images = 0;
  for (const FormPart& part : *parts) {
    bool is_repeated = false;
    if (part.name == "mask") {
      is_repeated = mask.has_value();
      mask = read_image(part);
    } else if (part.name == "image" || part.name == "image[]") {
      single_images += part.name == "image" ? 1U : 0U;
      is_repeated = single_images > 1;
      images.push_back(read_image(part));
    } else {
      is_repeated = !fields.emplace(part.name, value_of(part.name, part.content)).second;
    }
    if (is_repeated) reject(part.name, "Duplicate parameter: '" + part.name + "'.", "duplicate_parameter");
  }
  if (images.empty()) reject("image", "Missing required parameter: 'image'.", "missing_required_parameter");
  if (images.size() > max_images)
    reject("image", "Invalid 'image': at most 16 images are accepted.", "array_above_max_length");
  ImagesRequest wanted = read_fields(fields, request.path(), true);
  wanted.images = std::move(images);
  wanted.mask = std::move(mask);
  check_mask(wanted);
  return wanted;
}

// Replies -------------------------------------------------------------------------------------------------------------

/// The documented tokens of an image of 1024 by 1024 pixels, in proportion to its size.
std::uint64_t output_tokens(const std::string& quality, PixelSize size) {
  const double square = quality == "low"     ? 272
                        : quality == "high"  ? 4160
                        : quality == "xhigh" ? 6240
                        : quality == "max"   ? 8320
                                             : 1056;
  return static_cast<std::uint64_t>(std::lround(square * static_cast<double>(size.area()) / (1024.0 * 1024.0)));
}

json::object usage_of(const ImagesRequest& wanted, std::uint64_t output) {
  const std::uint64_t text = tokens_of(wanted.prompt);
  std::uint64_t images = 0;
  for (const Image& image : wanted.images) images += tokens_of(image.size());
  return {{"total_tokens", text + images + output},
          {"input_tokens", text + images},
          {"output_tokens", output},
          {"input_tokens_details", {{"text_tokens", text}, {"image_tokens", images}}},
          {"output_tokens_details", {{"text_tokens", 0}, {"image_tokens", output}}}};
}

/// The members of a reply that describe an image.
json::object description_of(const ImagesRequest& wanted, const Image& image) {
  return {{"background", wanted.background == "auto" ? "opaque" : wanted.background},
          {"output_format", to_string(image.media_type()).substr(6)},
          {"quality", wanted.quality == "auto" ? "medium" : wanted.quality},
          {"size", to_string(image.size())}};
}

/// The text of an object without its braces.
std::string members(const json::object& object) {
  const std::string text = to_text(object);
  return text.substr(1, text.size() - 2);
}

ApiError moderation_error(std::uint64_t number) {
  return ApiError{400,
                  "Your request was rejected by the safety system. If you believe this is an error, contact us at "
                  "help.openai.com and include the request ID " +
                      openai::request_id(number) + ". safety_violations=[other].",
                  "image_generation_user_error"}
      .code("moderation_blocked");
}

EmulatedReply whole_reply(const ImagesRequest& wanted, const std::vector<SentImage>& images, std::uint64_t number) {
  std::uint64_t tokens = 0;
  http::Body body{"{\"created\":" + std::to_string(created) + ',' +
                  members(description_of(wanted, images.front().image())) + ",\"data\":["};
  for (std::size_t i = 0; i < images.size(); ++i) {
    body.add(i == 0 ? R"({"b64_json":")" : R"(,{"b64_json":")");
    images[i].add_base64_to(body);
    body.add("\"}");
    tokens += output_tokens(wanted.quality, images[i].image().size());
  }
  body.add("],\"usage\":" + to_text(usage_of(wanted, tokens)) + '}');
  EmulatedReply reply{200, "application/json", std::move(body)};
  reply.header("x-request-id", openai::request_id(number));
  return reply;
}

http::Body image_event(const std::string& type, const SentImage& image, const std::string& more) {
  http::Body event{"event: " + type + "\ndata: {\"type\":\"" + type + R"(","b64_json":")"};
  image.add_base64_to(event);
  event.add("\"," + more + "}\n\n");
  return event;
}

/// The error that ends a stream, and how many of the events come before it.
std::optional<std::pair<ApiError, std::uint64_t>> stream_error(const ImagesRequest& wanted,
                                                               const EmulatedRequest& request) {
  if (request.overrides().refuse == Refusal::image)
    return std::pair{moderation_error(request.number()), static_cast<std::uint64_t>(wanted.partial_images)};
  const auto& error = request.overrides().stream_error;
  if (!error) return std::nullopt;
  ApiError api_error{500, error->message.empty() ? "An error occurred while processing your request." : error->message,
                     "image_generation_server_error"};
  return std::pair{api_error.code(error->code.empty() ? "image_generation_failed" : error->code), error->after};
}

EmulatedReply streamed_reply(const ImagesRequest& wanted, const std::vector<SentImage>& images,
                             const EmulatedRequest& request) {
  const std::string kind = wanted.images.empty() ? "image_generation" : "image_edit";
  std::vector<http::Body> events;
  for (const SentImage& image : images) {
    json::object description = description_of(wanted, image.image());
    description["created_at"] = created;
    for (std::int64_t i = 0; i < wanted.partial_images; ++i) {
      events.push_back(image_event(kind + ".partial_image", image,
                                   "\"partial_image_index\":" + std::to_string(i) + ',' + members(description)));
    }
    // "+100 output tokens per partial image".
    const std::uint64_t tokens =
        output_tokens(wanted.quality, image.image().size()) + 100 * static_cast<std::uint64_t>(wanted.partial_images);
    description["usage"] = usage_of(wanted, tokens);
    events.push_back(image_event(kind + ".completed", image, members(description)));
  }
  EmulatedReply reply{200};
  reply.header("content-type", "text/event-stream").header("cache-control", "no-cache");
  reply.header("x-request-id", openai::request_id(request.number()));
  const auto error = stream_error(wanted, request);
  const std::size_t whole = error ? std::min<std::size_t>(error->second, events.size()) : events.size();
  for (std::size_t i = 0; i < whole; ++i) reply.event(std::move(events[i]));
  if (error) {
    const json::object data{{"type", "error"}, {"error", error->first.json()}};
    reply.event(http::Body{"event: error\ndata: " + to_text(data) + "\n\n"});
  }
  return reply;
}

/// FNV-1a, so that the images of one request differ, and are the same next time.
std::uint64_t seed_of(std::string_view prompt, std::int64_t index) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : prompt) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return (hash + static_cast<std::uint64_t>(index)) & 0xffffffffULL;
}

GenerationRequest generation_request(const ImagesRequest& wanted, std::int64_t index) {
  GenerationRequest request{wanted.prompt};
  if (index > 0) request.seed(seed_of(wanted.prompt, index));
  request.size(wanted.size);
  if (!wanted.images.empty()) {
    request.init_image(wanted.images.front());
  } else if (!wanted.size) {
    request.size(PixelSize{1024, 1024});
  }
  return request;
}

class OpenAiImagesDialect final : public Dialect {
 public:
  explicit OpenAiImagesDialect(std::shared_ptr<const Backends> backends) : backends_{std::move(backends)} {}

  std::string name() const override { return "OpenAI Images"; }
  std::vector<std::string> endpoints() const override {
    return {"POST /v1/images/generations", "POST /v1/images/edits"};
  }
  bool matches(std::string_view path) const override {
    return path.ends_with("/images/generations") || path.ends_with("/images/edits");
  }

  boost::asio::awaitable<EmulatedReply> handle(EmulatedRequest request) override {
    const std::uint64_t number = request.number();
    ImagesRequest wanted;
    if (auto rejected = read(request, wanted)) co_return std::move(*rejected);
    std::vector<SentImage> images;
    for (std::int64_t i = 0; i < wanted.count; ++i) {
      GenerationRequest generation_wanted = generation_request(wanted, i);
      Result<Generation> generation =
          co_await make_image(backends_, std::move(generation_wanted), format_of(wanted.format));
      if (!generation && generation.error().code() == errc::refused)
        co_return openai::reply_of(moderation_error(number), number);
      if (!generation)
        co_return openai::reply_of(openai::api_error(generation.error(), "image_generation_user_error"), number);
      images.emplace_back(generation->images().front(), request.overrides());
    }
    co_return wanted.is_streamed ? streamed_reply(wanted, images, request) : whole_reply(wanted, images, number);
  }

  EmulatedReply error(const ErrorScript& error, std::uint64_t number) const override {
    return openai::reply_of(openai::api_error(error), number);
  }

 private:
  std::optional<EmulatedReply> read(const EmulatedRequest& request, ImagesRequest& wanted) const {
    return openai::rejection(request.number(), [&] {
      openai::check_access(request, backends_->api_key);
      wanted = request.path().ends_with("/edits") ? read_edit(request) : read_generation(request);
      const ReplyOverrides& overrides = request.overrides();
      if (is_forbidden(wanted.prompt) || overrides.refuse == Refusal::prompt ||
          (overrides.refuse == Refusal::image && !wanted.is_streamed))
        throw moderation_error(request.number());
      if (const auto& error = overrides.stream_error; error && !wanted.is_streamed)
        throw openai::api_error(ErrorScript{500, error->code, error->message, {}});
    });
  }

  std::shared_ptr<const Backends> backends_;
};

}  // namespace
}  // namespace openai_images_dialect

std::unique_ptr<Dialect> make_openai_images_dialect(std::shared_ptr<const Backends> backends) {
  return std::make_unique<openai_images_dialect::OpenAiImagesDialect>(std::move(backends));
}

}  // namespace pentimento::emulator
