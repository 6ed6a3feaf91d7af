// OpenAI Images: generations (JSON) and edits (a form, or JSON), as its SDK and documents of autumn 2026 have them, for
// the GPT image models; also under Azure's path. The pictures of a stream's partial events are the finished one. Of
// several pictures to edit the first is the base, the others are only checked. GIF, SVG and `markup` need access that
// is not emulated.

#include "emulator/dialects/dialect.hpp"
#include "emulator/dialects/openai_fields.hpp"
#include "emulator/images.hpp"
#include "emulator/server/multipart.hpp"
#include <pentimento/detail/base64.hpp>
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
namespace {

namespace json = boost::json;
using http::Headers;
using openai::Complaint;
using openai::Fields;
using openai::refuse_field;
using openai::refuse_value;
using openai::Refused;

constexpr std::size_t max_prompt = 32'000;
constexpr std::size_t max_images = 16;
constexpr std::size_t max_image_bytes = std::size_t{50} << 20;
constexpr std::size_t max_mask_bytes = std::size_t{4} << 20;
constexpr std::size_t max_image_url = 20'971'520;
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
  Complaint unknown{404, retired ? "The model '" + model + "' has been shut down."
                                 : "The model '" + model + "' does not exist or you do not have access to it."};
  unknown.param("model").code("model_not_found");
  throw Refused{std::move(unknown)};
}

/// "/openai/deployments/NAME/images/generations": Azure has the model there.
std::optional<std::string> deployment_of(std::string_view path) {
  constexpr std::string_view start = "/openai/deployments/";
  if (!path.starts_with(start)) return std::nullopt;
  path.remove_prefix(start.size());
  return std::string{path.substr(0, path.find('/'))};
}

// Requests ------------------------------------------------------------------------------------------------------------

/// What a request asks for, once it has been found to be right.
struct Wish {
  std::string model;
  std::string prompt;
  std::int64_t count = 1;
  std::optional<PixelSize> size;
  std::string quality = "auto";
  std::string background = "auto";
  std::string format = "png";
  bool streamed = false;
  std::int64_t partial_images = 0;
  std::vector<Image> images;
  std::optional<Image> mask;
};

[[noreturn]] void refuse_user(std::string message, const std::string& param, std::string code) {
  Complaint complaint{400, std::move(message), "image_generation_user_error"};
  complaint.param(param).code(std::move(code));
  throw Refused{std::move(complaint)};
}

std::optional<std::uint32_t> side_of(std::string_view digits) {
  std::uint32_t side = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), side);
  const bool is_side = error == std::errc{} && end == digits.data() + digits.size() && !digits.starts_with('0');
  return is_side ? std::optional{side} : std::nullopt;
}

std::optional<PixelSize> read_size(const Fields& fields, const Family& family) {
  constexpr std::array<std::string_view, 4> usual{"1024x1024", "1024x1536", "1536x1024", "auto"};
  const std::optional<std::string> text = fields.text("size");
  if (!text || *text == "auto") return std::nullopt;
  const std::size_t x = text->find('x');
  const std::string_view view = *text;
  const auto width = side_of(view.substr(0, x));
  const auto height = x == std::string::npos ? std::nullopt : side_of(view.substr(x + 1));
  const bool is_usual = std::ranges::find(usual, view) != usual.end();
  if (!width || !height || (!is_usual && !family.any_size)) refuse_value("size", *text, usual);
  const PixelSize size{*width, *height};
  if (is_usual) return size;
  const auto [shorter, longer] = std::minmax({size.width(), size.height()});
  const auto refuse = [&](const char* why) {
    refuse_user("Invalid size '" + *text + "'. " + why, "size", "invalid_size");
  };
  if (size.width() % 16 != 0 || size.height() % 16 != 0) refuse("Width and height must both be divisible by 16.");
  if (longer > std::uint64_t{3} * shorter) refuse("The aspect ratio must lie between 1:3 and 3:1.");
  if (longer > 3840 || size.area() > std::uint64_t{3840} * 2160) refuse("The largest size is 3840x2160.");
  if (size.area() < 655'360) refuse("The smallest size has 655360 pixels.");
  return size;
}

void read_format(const Fields& fields, Wish& wish) {
  // "gif" and "svg" need preview access.
  wish.format = fields.one_of("output_format", {"png", "jpeg", "webp"}).value_or("png");
  const auto compression = fields.integer("output_compression", 0, 100);
  if (compression && *compression != 100 && wish.format == "png") {
    refuse_user("Compression less than 100 is not supported for PNG output format.", "output_compression",
                "invalid_png_output_compression");
  }
  wish.background = fields.one_of("background", {"transparent", "opaque", "auto"}).value_or("auto");
  if (wish.background == "transparent" && wish.format == "jpeg") {
    refuse_user("Transparent background is not supported for JPEG output format.", "background", "invalid_value");
  }
  for (const char* const name : {"frame_count", "frame_duration_ms"}) {
    if (fields.has(name))
      refuse_user("'" + std::string{name} + "' needs the output format 'gif'.", name, "invalid_value");
  }
  if (fields.has("svg")) refuse_user("'svg' needs the output format 'svg'.", "svg", "invalid_value");
}

void read_scalars(const Fields& fields, const std::string& path, Wish& wish) {
  wish.prompt = fields.required_text("prompt", max_prompt);
  if (wish.prompt.empty()) {
    refuse_field(
        "prompt",
        "Invalid 'prompt': empty string. Expected a string with minimum length 1, but got an empty string instead.",
        "empty_string");
  }
  // Without a name it would be the default, which has been retired.
  wish.model = fields.text("model").value_or(deployment_of(path).value_or("dall-e-2"));
  const Family family = family_of(wish.model);
  wish.count = fields.integer("n", 1, 10).value_or(1);
  wish.size = read_size(fields, family);
  wish.quality = (family.finest_qualities ? fields.one_of("quality", {"low", "medium", "high", "xhigh", "max", "auto"})
                                          : fields.one_of("quality", {"low", "medium", "high", "auto"}))
                     .value_or("auto");
  read_format(fields, wish);
  fields.one_of("moderation", {"auto", "low"});
  fields.one_of("complexity", {"low", "medium", "high"});
  fields.text("safety_identifier", 64);
  fields.text("user");
  wish.streamed = fields.truth("stream").value_or(false);
  const auto partial_images = fields.integer("partial_images", 0, 3);
  if (partial_images && !wish.streamed)
    refuse_field("partial_images", "'partial_images' is only supported with 'stream' set to true.");
  wish.partial_images = partial_images.value_or(0);
  if (const auto fidelity = fields.one_of("input_fidelity", {"high", "low"})) {
    if (family.no_fidelity || (family.low_fidelity_only && *fidelity == "high")) {
      refuse_user("The model '" + wish.model + "' does not support 'input_fidelity' of '" + *fidelity + "'.",
                  "input_fidelity", "invalid_input_fidelity_model");
    }
  }
}

// Pictures that are sent ----------------------------------------------------------------------------------------------

/// Whether pixels of a PNG may be transparent: by its colour type, or a tRNS chunk before the image data.
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

Image read_picture(std::string_view bytes, std::string_view stated_type, const std::string& param) {
  constexpr std::array<std::string_view, 3> accepted{"image/jpeg", "image/png", "image/webp"};
  if (std::ranges::find(accepted, stated_type) == accepted.end()) {
    Complaint complaint{400, "Invalid file '" + param + "': unsupported mimetype ('" + std::string{stated_type} +
                                 "'). Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'."};
    complaint.param(param).code("unsupported_file_mimetype");
    throw Refused{std::move(complaint)};
  }
  if (bytes.size() >= max_image_bytes)
    refuse_user("Invalid file '" + param + "': it has 50 MB or more.", param, "image_too_large");
  Result<Image> image = picture_of(bytes);
  if (!image)
    refuse_user("Invalid image file or mode for '" + param + "', please check your image file.", param,
                "invalid_image_file");
  if (to_string(image->media_type()) != stated_type) {
    refuse_user("Invalid image file for '" + param + "': it is stated to be " + std::string{stated_type} + " and is " +
                    std::string{to_string(image->media_type())} + '.',
                param, "invalid_image_file");
  }
  return std::move(*image);
}

void check_mask(const Wish& wish) {
  if (!wish.mask) return;
  const auto refuse = [](const char* why) { refuse_user(why, "mask", "invalid_mask_image_format"); };
  if (wish.mask->media_type() != MediaType::png) refuse("Invalid mask: it must be a PNG.");
  if (wish.mask->byte_count() >= max_mask_bytes) refuse("Invalid mask: it must have less than 4 MB.");
  if (wish.mask->size() != wish.images.front().size())
    refuse("Invalid mask: its dimensions must be those of the (first) image.");
  if (!may_be_transparent(wish.mask->bytes())) refuse("Invalid mask: it must have an alpha channel.");
}

/// The bytes of a data URL. Throws `Refused`; nothing is fetched.
Image picture_of_url(const Fields& fields, std::string_view name) {
  const std::string param = fields.path_of(name);
  const std::string url = fields.required_text(name, max_image_url);
  constexpr std::string_view data = "data:";
  if (!url.starts_with(data)) refuse_field(param, "The emulator takes data URLs only, and fetches nothing.");
  const std::size_t comma = url.find(',');
  const std::string_view head =
      std::string_view{url}.substr(data.size(), comma == std::string::npos ? comma : comma - data.size());
  if (comma == std::string::npos || !head.ends_with(";base64"))
    refuse_field(param, "Invalid '" + param + "': the data URL is not in base64.", "invalid_base64_image");
  const auto bytes = detail::decode_base64(std::string_view{url}.substr(comma + 1), max_image_bytes);
  if (!bytes) refuse_field(param, "Invalid base64 image: " + bytes.error().message(), "invalid_base64_image");
  return read_picture({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, head.substr(0, head.find(';')),
                      param);
}

// Edits ---------------------------------------------------------------------------------------------------------------

Wish read_generation(const EmulatedRequest& request) {
  const json::value body = openai::parse_body(request, 8);
  const Fields fields{body.get_object(), {}};
  // `response_format` and `style` belong to models that are no more.
  fields.allow_only({"prompt", "model", "n", "size", "quality", "background", "output_format", "output_compression",
                     "moderation", "complexity", "stream", "partial_images", "frame_count", "frame_duration_ms", "svg",
                     "safety_identifier", "user"});
  Wish wish;
  read_scalars(fields, request.path(), wish);
  return wish;
}

Image picture_at(const json::value& value, const std::string& path) {
  if (!value.is_object()) refuse_field(path, "Invalid type for '" + path + "': expected an object.", "invalid_type");
  const Fields fields{value.get_object(), path};
  fields.allow_only({"image_url", "file_id"});
  if (fields.has("file_id")) refuse_field(fields.path_of("file_id"), "The emulator has no files.", "file_not_found");
  return picture_of_url(fields, "image_url");
}

Wish read_json_edit(const EmulatedRequest& request) {
  const json::value body = openai::parse_body(request, 8);
  const Fields fields{body.get_object(), {}};
  fields.allow_only({"prompt",
                     "model",
                     "n",
                     "size",
                     "quality",
                     "background",
                     "output_format",
                     "output_compression",
                     "moderation",
                     "complexity",
                     "stream",
                     "partial_images",
                     "frame_count",
                     "frame_duration_ms",
                     "svg",
                     "safety_identifier",
                     "user",
                     "images",
                     "mask",
                     "input_fidelity"});
  Wish wish;
  read_scalars(fields, request.path(), wish);
  fields.get("images");
  const json::array& images = *fields.array("images");
  if (images.empty() || images.size() > max_images)
    refuse_field("images", "Invalid 'images': expected 1 to 16 images, but got " + std::to_string(images.size()) + '.');
  for (std::size_t i = 0; i < images.size(); ++i)
    wish.images.push_back(picture_at(images[i], "images[" + std::to_string(i) + ']'));
  if (const json::value* mask = fields.find("mask")) wish.mask = picture_at(*mask, "mask");
  check_mask(wish);
  return wish;
}

/// The text of a form's field as the value that JSON would have there.
json::value value_of(std::string_view name, std::string_view text) {
  constexpr std::array<std::string_view, 5> numbers{"n", "output_compression", "partial_images", "frame_count",
                                                    "frame_duration_ms"};
  if (std::ranges::find(numbers, name) != numbers.end()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) return number;
  }
  if (name == "stream" && (text == "true" || text == "false")) return text == "true";
  return json::value(text);
}

Wish read_form_edit(const EmulatedRequest& request) {
  const Result<std::vector<FormPart>> parts = parse_form_data(request.headers().value("content-type"), request.body());
  if (!parts) throw Refused{Complaint{400, "Could not parse multipart form: " + parts.error().message()}};
  Wish wish;
  json::object scalars;
  bool has_one = false;
  for (const FormPart& part : *parts) {
    const bool is_one = part.name == "image";
    if (is_one || part.name == "image[]" || part.name == "mask") {
      if (!part.file_name)
        refuse_field(part.name, "Invalid type for '" + part.name + "': expected a file, but got a string instead.",
                     "invalid_type");
      Image image = read_picture(part.content, part.content_type, part.name);
      if (part.name == "mask") {
        if (wish.mask) refuse_field("mask", "Duplicate parameter: 'mask'.", "duplicate_parameter");
        wish.mask = std::move(image);
        continue;
      }
      if (is_one && std::exchange(has_one, true)) {
        refuse_field(
            "image",
            "Duplicate parameter: 'image'. You provided multiple values for this parameter, whereas only one is "
            "allowed. If you are trying to provide a list of values, use the array syntax instead e.g. "
            "'image[]=<value>'.",
            "duplicate_parameter");
      }
      wish.images.push_back(std::move(image));
    } else if (!scalars.emplace(part.name, value_of(part.name, part.content)).second) {
      refuse_field(part.name, "Duplicate parameter: '" + part.name + "'.", "duplicate_parameter");
    }
  }
  const Fields fields{scalars, {}};
  // A form has no `moderation`.
  fields.allow_only({"prompt", "model", "n", "size", "quality", "background", "output_format", "output_compression",
                     "complexity", "stream", "partial_images", "frame_count", "frame_duration_ms", "svg",
                     "safety_identifier", "user", "input_fidelity"});
  if (wish.images.empty()) {
    Complaint missing{400, "Missing required parameter: 'image'."};
    missing.param("image").code("missing_required_parameter");
    throw Refused{std::move(missing)};
  }
  if (wish.images.size() > max_images) {
    refuse_field(
        "image",
        "Invalid 'image': array too long. Expected an array with maximum length 16, but got an array with length " +
            std::to_string(wish.images.size()) + " instead.",
        "array_above_max_length");
  }
  read_scalars(fields, request.path(), wish);
  check_mask(wish);
  return wish;
}

// Replies -------------------------------------------------------------------------------------------------------------

/// As for a picture of 1024 by 1024 pixels, and in proportion.
std::uint64_t output_tokens(const std::string& quality, PixelSize size) {
  const double square = quality == "low"     ? 272
                        : quality == "high"  ? 4160
                        : quality == "xhigh" ? 6240
                        : quality == "max"   ? 8320
                                             : 1056;
  return static_cast<std::uint64_t>(std::lround(square * static_cast<double>(size.area()) / (1024.0 * 1024.0)));
}

json::object usage_of(const Wish& wish, std::uint64_t output) {
  const std::uint64_t text = openai::tokens_of(wish.prompt);
  std::uint64_t images = 0;
  for (const Image& image : wish.images) images += openai::tokens_of(image.size());
  json::object input_details;
  input_details["text_tokens"] = text;
  input_details["image_tokens"] = images;
  json::object output_details;
  output_details["text_tokens"] = 0;
  output_details["image_tokens"] = output;
  json::object usage;
  usage["total_tokens"] = text + images + output;
  usage["input_tokens"] = text + images;
  usage["output_tokens"] = output;
  usage["input_tokens_details"] = std::move(input_details);
  usage["output_tokens_details"] = std::move(output_details);
  return usage;
}

/// What is said of a picture besides its bytes.
json::object facts_of(const Wish& wish, const Image& image) {
  json::object facts;
  facts["background"] = wish.background == "auto" ? "opaque" : wish.background;
  facts["output_format"] = to_string(image.media_type()).substr(6);
  facts["quality"] = wish.quality == "auto" ? "medium" : wish.quality;
  facts["size"] = to_string(image.size());
  return facts;
}

/// The members of an object as they stand between its braces.
std::string members(const json::object& object) {
  const std::string text = to_text(object);
  return text.substr(1, text.size() - 2);
}

Complaint moderation_complaint(std::uint64_t number) {
  Complaint complaint{400,
                      "Your request was rejected by the safety system. If you believe this is an error, contact us at "
                      "help.openai.com and include the request ID " +
                          openai::request_id(number) + ". safety_violations=[other].",
                      "image_generation_user_error"};
  return complaint.code("moderation_blocked");
}

http::Body error_event(const Complaint& complaint) {
  json::object data;
  data["type"] = "error";
  data["error"] = complaint.json();
  return http::Body{"event: error\ndata: " + to_text(data) + "\n\n"};
}

EmulatedReply whole_reply(const Wish& wish, const std::vector<SentPicture>& pictures, std::uint64_t number) {
  std::uint64_t tokens = 0;
  http::Body body{"{\"created\":" + std::to_string(created) + ',' + members(facts_of(wish, pictures.front().image())) +
                  ",\"data\":["};
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    body.add(i == 0 ? R"({"b64_json":")" : R"(,{"b64_json":")");
    pictures[i].add_base64_to(body);
    body.add("\"}");
    tokens += output_tokens(wish.quality, pictures[i].image().size());
  }
  body.add("],\"usage\":" + to_text(usage_of(wish, tokens)) + '}');
  EmulatedReply reply{200, "application/json", std::move(body)};
  reply.header("x-request-id", openai::request_id(number));
  return reply;
}

http::Body picture_event(const std::string& type, const SentPicture& picture, const std::string& more) {
  http::Body event{"event: " + type + "\ndata: {\"type\":\"" + type + R"(","b64_json":")"};
  picture.add_base64_to(event);
  event.add("\"," + more + "}\n\n");
  return event;
}

EmulatedReply streamed_reply(const Wish& wish, const std::vector<SentPicture>& pictures,
                             const EmulatedRequest& request) {
  const std::string kind = wish.images.empty() ? "image_generation" : "image_edit";
  std::vector<http::Body> events;
  for (const SentPicture& picture : pictures) {
    json::object facts = facts_of(wish, picture.image());
    facts["created_at"] = created;
    for (std::int64_t i = 0; i < wish.partial_images; ++i) {
      events.push_back(picture_event(kind + ".partial_image", picture,
                                     "\"partial_image_index\":" + std::to_string(i) + ',' + members(facts)));
    }
    // "+100 output tokens per partial image".
    const std::uint64_t tokens =
        output_tokens(wish.quality, picture.image().size()) + 100 * static_cast<std::uint64_t>(wish.partial_images);
    facts["usage"] = usage_of(wish, tokens);
    events.push_back(picture_event(kind + ".completed", picture, members(facts)));
  }
  EmulatedReply reply{200};
  reply.header("content-type", "text/event-stream").header("cache-control", "no-cache");
  reply.header("x-request-id", openai::request_id(request.number()));
  std::size_t whole = events.size();
  std::optional<Complaint> complaint;
  if (const auto& error = request.twist().stream_error) {
    whole = static_cast<std::size_t>(std::min<std::uint64_t>(error->after, whole));
    complaint.emplace(500, error->message.empty() ? "An error occurred while processing your request." : error->message,
                      "image_generation_server_error");
    complaint->code(error->code.empty() ? "image_generation_failed" : error->code);
  } else if (request.twist().refuse == Refusal::picture) {
    whole = static_cast<std::size_t>(wish.partial_images);
    complaint = moderation_complaint(request.number());
  }
  for (std::size_t i = 0; i < whole; ++i) reply.event(std::move(events[i]));
  if (complaint) reply.event(error_event(*complaint));
  return reply;
}

/// FNV-1a, so that the pictures of one request differ and are the same next time.
std::uint64_t seed_of(std::string_view prompt, std::int64_t index) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : prompt) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return (hash + static_cast<std::uint64_t>(index)) & 0xffffffffULL;
}

class OpenAiImagesDialect final : public Dialect {
 public:
  explicit OpenAiImagesDialect(std::shared_ptr<const Backends> backends) : backends_{std::move(backends)} {}

  std::string name() const override { return "OpenAI Images"; }
  std::vector<std::string> endpoints() const override {
    return {"POST /v1/images/generations", "POST /v1/images/edits"};
  }
  bool matches(std::string_view, std::string_view path) const override {
    return path.ends_with("/images/generations") || path.ends_with("/images/edits");
  }

  boost::asio::awaitable<EmulatedReply> handle(EmulatedRequest request) override {
    Wish wish;
    if (std::optional<EmulatedReply> refused = check(request, wish)) co_return std::move(*refused);
    std::vector<SentPicture> pictures;
    for (std::int64_t i = 0; i < wish.count; ++i) {
      GenerationRequest wanted = picture_request(wish, i);
      Result<Generation> generation = co_await make_picture(backends_, std::move(wanted), format_of(wish.format));
      if (!generation) co_return failure(generation.error(), request.number());
      pictures.push_back(sent_picture(*generation, request.twist()));
    }
    co_return wish.streamed ? streamed_reply(wish, pictures, request) : whole_reply(wish, pictures, request.number());
  }

  EmulatedReply error(const ErrorScript& error, std::uint64_t number) const override {
    return openai::reply_of(error, number);
  }

 private:
  /// What is wrong with a request, or nothing, and what it asks for.
  std::optional<EmulatedReply> check(const EmulatedRequest& request, Wish& wish) const {
    const std::uint64_t number = request.number();
    try {
      openai::need_access(request, backends_->api_key);
      const bool is_edit = request.path().ends_with("/edits");
      const std::string_view type = request.headers().value("content-type");
      constexpr std::string_view form = "multipart/form-data";
      const bool is_form = Headers::same_name(type.substr(0, std::min(type.size(), form.size())), form);
      wish = !is_edit ? read_generation(request) : is_form ? read_form_edit(request) : read_json_edit(request);
      const Twist& twist = request.twist();
      if (openai::is_forbidden(wish.prompt) || twist.refuse == Refusal::prompt ||
          (twist.refuse == Refusal::picture && !wish.streamed))
        throw Refused{moderation_complaint(number)};
      if (twist.stream_error && !wish.streamed) {
        return openai::reply_of(ErrorScript{500, twist.stream_error->code, twist.stream_error->message, {}}, number);
      }
    } catch (const Refused& refused) {
      return openai::reply_of(refused.complaint, number);
    }
    return std::nullopt;
  }

  GenerationRequest picture_request(const Wish& wish, std::int64_t index) const {
    GenerationRequest request{wish.prompt};
    if (index > 0) request.seed(seed_of(wish.prompt, index));
    request.size(wish.size);
    if (wish.images.empty()) {
      if (!wish.size) request.size(PixelSize{1024, 1024});
      return request;
    }
    request.init_image(wish.images.front());
    if (wish.mask && backends_->mask_of_transparency) {
      const Result<Image> mask = backends_->mask_of_transparency(*wish.mask);
      if (mask) request.mask(*mask);
    }
    return request;
  }

  static EmulatedReply failure(const Error& error, std::uint64_t number) {
    switch (error.code()) {
      case errc::refused: return openai::reply_of(moderation_complaint(number), number);
      case errc::invalid_argument:
      case errc::unsupported:
      case errc::unreadable_image:
      case errc::too_large: {
        Complaint complaint{400, error.message(), "image_generation_user_error"};
        complaint.code(error.code() == errc::unreadable_image ? "invalid_image_file" : "invalid_value");
        return openai::reply_of(complaint, number);
      }
      default: return openai::reply_of(ErrorScript{500, {}, error.message(), {}}, number);
    }
  }

  std::shared_ptr<const Backends> backends_;
};

}  // namespace

std::unique_ptr<Dialect> make_openai_images_dialect(std::shared_ptr<const Backends> backends) {
  return std::make_unique<OpenAiImagesDialect>(std::move(backends));
}

}  // namespace pentimento::emulator
