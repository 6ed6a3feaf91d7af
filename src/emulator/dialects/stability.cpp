// Stability v2beta: text to image and image to image by sd3 (Stable Diffusion 3.5), core and ultra, and the balance of
// v1, as its OpenAPI document of about 2026 describes them. Where that is silent (the body of a 401, unknown fields) the
// dialect is strict and answers in the shape of the other errors. Not emulated: rate limits, the check of the language,
// and the blur of filtered images.

#include "emulator/dialects/dialect.hpp"
#include "emulator/dialects/images.hpp"
#include "emulator/dialects/moderation.hpp"
#include "emulator/server/multipart.hpp"
#include <pentimento/detail/utf8.hpp>
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <span>
#include <utility>

namespace pentimento::emulator {
namespace stability_dialect {
namespace {

namespace json = boost::json;
using http::Headers;

constexpr std::size_t max_body = std::size_t{10} << 20;
constexpr std::size_t max_prompt = 10'000;
constexpr double last_seed = 4'294'967'294.0;
constexpr std::string_view prefix = "/v2beta/stable-image/generate/";
constexpr std::string_view moderated =
    "Your request was flagged by our content moderation system, as a result your request was denied and you were not "
    "charged.";

/// An aspect ratio, and its image of about one megapixel.
struct Shape {
  std::string_view ratio;
  PixelSize size;
};

constexpr std::array<Shape, 9> shapes{{{"21:9", {1536, 640}},
                                       {"16:9", {1344, 768}},
                                       {"3:2", {1216, 832}},
                                       {"5:4", {1088, 896}},
                                       {"1:1", {1024, 1024}},
                                       {"4:5", {896, 1088}},
                                       {"2:3", {832, 1216}},
                                       {"9:16", {768, 1344}},
                                       {"9:21", {640, 1536}}}};
constexpr std::array<std::string_view, 3> formats{"png", "jpeg", "webp"};
constexpr std::array<std::string_view, 2> modes{"text-to-image", "image-to-image"};
constexpr std::array<std::string_view, 17> styles{
    "enhance",           "anime",       "photographic", "digital-art", "comic-book",  "fantasy-art",
    "line-art",          "analog-film", "neon-punk",    "isometric",   "low-poly",    "origami",
    "modeling-compound", "cinematic",   "3d-model",     "pixel-art",   "tile-texture"};

/// A model of sd3 and its price in tenths of a credit. The old names are aliases of the new models.
struct Model {
  std::string_view name;
  int price;
};
constexpr std::array<Model, 7> models{{{"sd3.5-large", 65},
                                       {"sd3.5-large-turbo", 40},
                                       {"sd3.5-medium", 35},
                                       {"sd3.5-flash", 25},
                                       {"sd3-large", 65},
                                       {"sd3-large-turbo", 40},
                                       {"sd3-medium", 35}}};

struct Service {
  std::string_view name;
  int price;  // in tenths of a credit; 0: that of the model
  std::span<const std::string_view> fields;
};

constexpr std::array<std::string_view, 11> sd3_fields{
    "prompt", "mode",          "model",        "aspect_ratio",    "image",    "strength",
    "seed",   "output_format", "style_preset", "negative_prompt", "cfg_scale"};
constexpr std::array<std::string_view, 6> core_fields{"prompt", "aspect_ratio", "negative_prompt",
                                                      "seed",   "style_preset", "output_format"};
constexpr std::array<std::string_view, 8> ultra_fields{"prompt",       "aspect_ratio",  "negative_prompt", "seed",
                                                       "style_preset", "output_format", "image",           "strength"};
constexpr std::array<Service, 3> services{
    {{"sd3", 0, sd3_fields}, {"core", 30, core_fields}, {"ultra", 80, ultra_fields}}};

std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string{name};
  return text;
}

std::string request_id(std::uint64_t number) { return "req_emulated_" + std::to_string(number); }

EmulatedReply json_reply(int status, const json::value& body, std::uint64_t number) {
  EmulatedReply reply{status, "application/json", http::Body{to_text(body)}};
  reply.header("x-request-id", request_id(number));
  return reply;
}

/// An error of v2beta: {"id", "name", "errors"}.
EmulatedReply error_reply(int status, std::string_view name, const std::vector<std::string>& errors,
                          std::uint64_t number) {
  const json::object body{{"id", "emulated-" + std::to_string(number)},
                          {"name", name},
                          {"errors", json::array(errors.begin(), errors.end())}};
  return json_reply(status, body, number);
}

/// An error of v1: a message in place of the errors.
EmulatedReply v1_error_reply(int status, std::string_view name, std::string_view message, std::uint64_t number) {
  const json::object body{{"id", "emulated-" + std::to_string(number)}, {"name", name}, {"message", message}};
  return json_reply(status, body, number);
}

/// The fields of a request, and the errors in them.
class Form {
 public:
  Form(const std::vector<FormPart>& parts, std::span<const std::string_view> known) {
    for (const FormPart& part : parts) {
      // The samples in Python send this to force the encoding as a form.
      if (part.name == "none" && part.content.empty()) continue;
      if (std::ranges::find(known, part.name) == known.end()) {
        add_error(part.name, "is not a field of this endpoint");
      } else if (!parts_.emplace(part.name, part).second) {
        add_error(part.name, "must not be repeated");
      }
    }
  }

  void add_error(std::string_view field, std::string_view why) {
    errors_.push_back(std::string{field} + ": " + std::string{why});
  }
  const std::vector<std::string>& errors() const { return errors_; }
  bool has(std::string_view name) const { return parts_.contains(name); }

  std::optional<std::string> text(std::string_view name) {
    const FormPart* part = find(name);
    if (part == nullptr) return std::nullopt;
    if (part->file_name) {
      add_error(name, "must be a string");
      return std::nullopt;
    }
    return std::string{part->content};
  }

  std::string bounded_text(std::string_view name, std::size_t least, bool required) {
    const std::optional<std::string> value = text(name);
    if (!value) {
      if (required && !has(name)) add_error(name, "is required");
      return {};
    }
    const std::size_t length = detail::count_characters(*value);
    if (length < least || length > max_prompt) {
      add_error(name, "must be " + std::to_string(least) + " to " + std::to_string(max_prompt) + " characters long");
    }
    return *value;
  }

  std::string one_of(std::string_view name, std::span<const std::string_view> names, std::string_view fallback) {
    const std::optional<std::string> value = text(name);
    if (!value) return std::string{fallback};
    if (std::ranges::find(names, *value) == names.end()) add_error(name, "must be one of " + listed(names));
    return *value;
  }

  std::optional<double> number(std::string_view name, double least, double most, bool whole) {
    const std::optional<std::string> value = text(name);
    if (!value) return std::nullopt;
    double number = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
    const bool is_number = error == std::errc{} && end == value->data() + value->size() && std::isfinite(number);
    if (!is_number || (whole && std::trunc(number) != number)) {
      add_error(name, whole ? "must be an integer" : "must be a number");
    } else if (number < least || number > most) {
      add_error(name, "must be from " + shown(least) + " to " + shown(most));
    } else {
      return number;
    }
    return std::nullopt;
  }

  std::optional<Image> image(std::string_view name, std::uint32_t longest_side) {
    const FormPart* part = find(name);
    if (part == nullptr) return std::nullopt;
    if (!part->file_name) {
      add_error(name, "must be a file");
      return std::nullopt;
    }
    Result<Image> image = image_of(part->content);
    if (!image || image->media_type() == MediaType::gif) {
      add_error(name, "must be a JPEG, PNG or WebP image");
      return std::nullopt;
    }
    const auto [shorter, longer] = std::minmax({image->size().width(), image->size().height()});
    if (shorter < 64 || longer > longest_side || image->size().area() < 4096) {
      add_error(name,
                "every side must have 64 pixels or more" +
                    (longest_side < 0xffffffff ? ", and at most " + std::to_string(longest_side) : std::string{}));
      return std::nullopt;
    }
    return std::move(*image);
  }

 private:
  const FormPart* find(std::string_view name) const {
    const auto found = parts_.find(name);
    return found == parts_.end() ? nullptr : &found->second;
  }

  static std::string shown(double number) { return to_text(json::value(number)); }

  std::map<std::string, FormPart, std::less<>> parts_;
  std::vector<std::string> errors_;
};

/// What a request asks for, after validation.
struct ImageRequest {
  std::optional<GenerationRequest> request;
  MediaType format = MediaType::png;
  int price = 0;  // in tenths of a credit
};

PixelSize size_of(std::string_view ratio, bool is_core) {
  const auto found = std::ranges::find(shapes, ratio, &Shape::ratio);
  const PixelSize size = found == shapes.end() ? PixelSize{1024, 1024} : found->size;
  if (!is_core) return size;
  // 1.5 megapixels.
  const auto larger = [](std::uint32_t side) {
    return static_cast<std::uint32_t>(std::lround(side * 1.2247 / 32) * 32);
  };
  return {larger(size.width()), larger(size.height())};
}

/// Reads the init image and its strength.
void read_init_image(Form& form, const Service& service, GenerationRequest& request) {
  const bool is_ultra = service.name == "ultra";
  std::optional<Image> image = form.image("image", is_ultra ? 16384 : 0xffffffff);
  const std::optional<double> strength = form.number("strength", 0, 1, false);
  const bool from_image = is_ultra ? form.has("image") : form.one_of("mode", modes, modes[0]) == modes[1];
  if (from_image) {
    if (!form.has("image")) form.add_error("image", "is required in image-to-image mode");
    if (!form.has("strength"))
      form.add_error("strength",
                     is_ultra ? "is required when an image is given" : "is required in image-to-image mode");
    if (!is_ultra && form.has("aspect_ratio")) form.add_error("aspect_ratio", "is not allowed in image-to-image mode");
    request.init_image(std::move(image)).strength(strength.value_or(0.5));
  } else if (!is_ultra) {
    for (const std::string_view name : {"image", "strength"}) {
      if (form.has(name)) form.add_error(name, "is not allowed in text-to-image mode");
    }
  }
}

ImageRequest read_request(Form& form, const Service& service) {
  ImageRequest wanted;
  wanted.price = service.price;
  GenerationRequest request{form.bounded_text("prompt", 1, true)};
  request.negative_prompt(form.bounded_text("negative_prompt", 0, false));
  std::array<std::string_view, shapes.size()> ratios{};
  std::ranges::transform(shapes, ratios.begin(), &Shape::ratio);
  const std::string ratio = form.one_of("aspect_ratio", ratios, "1:1");
  form.one_of("style_preset", styles, {});
  wanted.format = format_of(form.one_of("output_format", formats, "png"));
  const std::optional<double> seed = form.number("seed", 0, last_seed, true);
  if (seed && *seed > 0) request.seed(static_cast<std::uint64_t>(*seed));
  if (service.name != "core") read_init_image(form, service, request);
  if (service.name == "sd3") {
    form.number("cfg_scale", 1, 10, false);
    std::array<std::string_view, models.size()> names{};
    std::ranges::transform(models, names.begin(), &Model::name);
    const std::string name = form.one_of("model", names, names[0]);
    const auto model = std::ranges::find(models, name, &Model::name);
    if (model != models.end()) wanted.price = model->price;
  }
  if (!request.init_image() || form.has("aspect_ratio")) request.size(size_of(ratio, service.name == "core"));
  wanted.request = std::move(request);
  return wanted;
}

class StabilityDialect final : public Dialect {
 public:
  explicit StabilityDialect(std::shared_ptr<const Backends> backends) : backends_{std::move(backends)} {}

  std::string name() const override { return "Stability v2beta"; }
  std::vector<std::string> endpoints() const override {
    return {"POST /v2beta/stable-image/generate/{sd3,core,ultra}", "GET  /v1/user/balance"};
  }
  bool matches(std::string_view path) const override {
    return path.starts_with("/v2beta/") || path == "/v1/user/balance";
  }

  boost::asio::awaitable<EmulatedReply> handle(EmulatedRequest request) override {
    if (request.path() == "/v1/user/balance") co_return balance(request);
    const std::uint64_t number = request.number();
    ImageRequest wanted;
    if (std::optional<EmulatedReply> rejected = check(request, wanted)) co_return std::move(*rejected);
    GenerationRequest generation_wanted = std::move(*wanted.request);
    Result<Generation> generation = co_await make_image(backends_, std::move(generation_wanted), wanted.format);
    if (!generation) co_return failure(generation.error(), number);
    tenths_spent_ += wanted.price;
    co_return answer(*generation, request);
  }

  EmulatedReply error(const ErrorScript& error, std::uint64_t number) const override {
    const std::string name = error.code.empty() ? std::string{name_of(error.status)} : error.code;
    return error_reply(error.status, name,
                       {error.message.empty() ? "The scenario of the emulator asks for this error." : error.message},
                       number);
  }

 private:
  static std::string_view name_of(int status) {
    switch (status) {
      case 401: return "unauthorized";
      case 402: return "payment_required";
      case 403: return "content_moderation";
      case 404: return "not_found";
      case 413: return "payload_too_large";
      case 422: return "invalid_language";
      case 429: return "rate_limit_exceeded";
      default: return status >= 500 ? "internal_error" : "bad_request";
    }
  }

  std::optional<EmulatedReply> key_error(const EmulatedRequest& request, bool of_v1) const {
    std::string_view key = bearer_key(request.headers());
    // v1 also accepts the key alone.
    if (key.empty() && of_v1) key = request.headers().value("authorization");
    const char* why = key.empty() ? "authorization: is missing"
                      : !backends_->api_key.empty() && key != backends_->api_key
                          ? "authorization: is invalid or expired"
                          : nullptr;
    if (why == nullptr) return std::nullopt;
    if (of_v1) return v1_error_reply(401, "unauthorized", why, request.number());
    return error_reply(401, "unauthorized", {why}, request.number());
  }

  EmulatedReply balance(const EmulatedRequest& request) const {
    if (request.method() != "GET")
      return v1_error_reply(404, "not_found", "there is no such resource", request.number());
    if (std::optional<EmulatedReply> rejected = key_error(request, true)) return std::move(*rejected);
    json::object body;
    body["credits"] = 1000.0 - static_cast<double>(tenths_spent_.load()) / 10.0;
    return json_reply(200, body, request.number());
  }

  /// Reads a request. Returns the error reply if it is invalid.
  std::optional<EmulatedReply> check(const EmulatedRequest& request, ImageRequest& wanted) const {
    const std::uint64_t number = request.number();
    const std::string_view path = request.path();
    const std::string_view called = path.starts_with(prefix) ? path.substr(prefix.size()) : std::string_view{};
    const auto service = std::ranges::find(services, called, &Service::name);
    if (service == services.end() || request.method() != "POST")
      return error_reply(404, "not_found", {"the emulator does not know this endpoint"}, number);
    if (std::optional<EmulatedReply> rejected = key_error(request, false)) return rejected;
    if (request.body().size() > max_body)
      return error_reply(413, "payload_too_large", {"body: payloads cannot be larger than 10MiB in size"}, number);
    const auto bad = [&](std::string why) { return error_reply(400, "bad_request", {std::move(why)}, number); };
    const std::string_view type = request.headers().value("content-type");
    if (!has_media_type(request, "multipart/form-data")) return bad("content-type: must be multipart/form-data");
    const std::string* accept = request.headers().find("accept");
    if (accept != nullptr && *accept != "image/*" && *accept != "application/json")
      return bad("accept: must be image/* or application/json");
    for (const char* const name : {"stability-client-id", "stability-client-user-id", "stability-client-version"}) {
      if (request.headers().value(name).size() > 256)
        return bad(std::string{name} + ": must be at most 256 characters long");
    }
    const Result<std::vector<FormPart>> parts = parse_form_data(type, request.body());
    if (!parts) return bad("body: " + parts.error().message());
    Form form{*parts, service->fields};
    wanted = read_request(form, *service);
    if (!form.errors().empty()) return error_reply(400, "bad_request", form.errors(), number);
    const bool forbidden = is_forbidden(wanted.request->prompt());
    if (forbidden || request.overrides().refuse == Refusal::prompt)
      return error_reply(403, "content_moderation", {std::string{moderated}}, number);
    if (const auto& stream_error = request.overrides().stream_error) {
      const std::string message =
          stream_error->message.empty() ? "An unexpected error occurred." : stream_error->message;
      return error_reply(500, stream_error->code.empty() ? "internal_error" : stream_error->code, {message}, number);
    }
    return std::nullopt;
  }

  static EmulatedReply failure(const Error& error, std::uint64_t number) {
    switch (error.code()) {
      case errc::refused: return error_reply(403, "content_moderation", {error.message()}, number);
      case errc::invalid_argument:
      case errc::unsupported:
      case errc::unreadable_image:
      case errc::too_large: return error_reply(400, "bad_request", {error.message()}, number);
      default: return error_reply(500, "internal_error", {error.message()}, number);
    }
  }

  static EmulatedReply answer(const Generation& generation, const EmulatedRequest& request) {
    const SentImage image{generation.images().front(), request.overrides()};
    const std::string seed = std::to_string(generation.seed().value_or(0));
    const std::string reason = request.overrides().refuse == Refusal::image ? "CONTENT_FILTERED" : "SUCCESS";
    const std::string type{to_string(image.image().media_type())};
    http::Body body;
    const bool as_json = request.headers().value("accept") == "application/json";
    if (as_json) {
      body.add(R"({"image":")");
      image.add_base64_to(body);
      body.add(R"(","seed":)" + seed + R"(,"finish_reason":")" + reason + "\"}");
    } else {
      image.add_to(body);
    }
    EmulatedReply reply{200, as_json ? "application/json; type=" + type : type, std::move(body)};
    reply.header("x-request-id", request_id(request.number()));
    if (!as_json) reply.header("finish-reason", reason).header("seed", seed);
    return reply;
  }

  std::shared_ptr<const Backends> backends_;
  std::atomic<std::int64_t> tenths_spent_{0};
};

}  // namespace
}  // namespace stability_dialect

std::unique_ptr<Dialect> make_stability_dialect(std::shared_ptr<const Backends> backends) {
  return std::make_unique<stability_dialect::StabilityDialect>(std::move(backends));
}

}  // namespace pentimento::emulator
