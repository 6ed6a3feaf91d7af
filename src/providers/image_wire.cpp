#include "providers/image_wire.hpp"

#include "json/spelling.hpp"
#include "providers/whole_image.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/detail/utf8.hpp>
#include <pentimento/media_type.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace pentimento {

Error invalid_call(errc code, const ProviderCall& call, const std::string& why) {
  return redact(Error{code, call.provider + ": " + why});
}

Result<void> validate_access(const std::string& base_url, const Secret& key, bool needs_key, const ProviderCall& call) {
  const Result<http::Url> url = call_address(base_url, "", call);
  if (!url) return url.error();
  if (key.empty()) {
    if (!needs_key || url->is_loopback()) return {};
    return invalid_call(errc::unauthorized, call, "a key is required; set " + call.key_name);
  }
  const Result<void> safe = http::validate_for_secrets(*url);
  return safe ? safe : invalid_call(safe.error().code(), call, safe.error().message());
}

Result<http::Url> call_address(const std::string& base_url, const std::string& path, const ProviderCall& call) {
  const Result<http::Url> base = http::Url::parse(base_url);
  if (!base) return invalid_call(errc::invalid_argument, call, base.error().message());
  Result<http::Url> url = base->joined(path);
  if (!url) return invalid_call(errc::invalid_argument, call, url.error().message());
  return url;
}

std::optional<Error> validate_length(std::string_view what, std::string_view text, std::size_t most,
                                     const ProviderCall& call) {
  const std::size_t length = detail::count_characters(text);
  if (length <= most) return std::nullopt;
  return invalid_call(errc::too_large, call,
                      std::string{what} + " has " + std::to_string(length) + " characters; at most " +
                          std::to_string(most) + " are accepted");
}

std::optional<Error> validate_sent_image(std::string_view what, const Image& image, std::uint32_t shortest_side,
                                         std::uint32_t longest_side, std::size_t most_bytes, const ProviderCall& call) {
  const std::string subject{what};
  if (!image.has_bytes())
    return invalid_call(errc::invalid_argument, call, subject + " has no bytes; only its record is known");
  const MediaType type = image.media_type();
  if (type != MediaType::png && type != MediaType::jpeg && type != MediaType::webp) {
    return invalid_call(
        errc::unsupported, call,
        subject + " has the type " + std::string{to_string(type)} + "; PNG, JPEG and WebP are accepted");
  }
  const auto [shortest, longest] = std::minmax({image.size().width(), image.size().height()});
  if (shortest < shortest_side || longest > longest_side) {
    return invalid_call(errc::invalid_argument, call,
                        subject + " has " + to_string(image.size()) + " pixels; sides of " +
                            std::to_string(shortest_side) + " to " + std::to_string(longest_side) + " are accepted");
  }
  if (image.byte_count() > most_bytes) {
    return invalid_call(errc::too_large, call,
                        subject + " has " + std::to_string(image.byte_count()) + " bytes; at most " +
                            std::to_string(most_bytes) + " are accepted");
  }
  return std::nullopt;
}

std::optional<Error> validate_option_names(const std::map<std::string, std::string>& options,
                                           const std::vector<std::string>& known, const ProviderCall& call) {
  for (const auto& [name, value] : options) {
    if (std::ranges::count(known, name) > 0) continue;
    return invalid_call(errc::invalid_argument, call, detail::unknown_name("option", name, known));
  }
  return std::nullopt;
}

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::string number_as_text(double number) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

std::string_view nearest_ratio(PixelSize size, std::span<const std::string_view> ratios) {
  const auto log_of = [](std::uint32_t side) { return std::log(static_cast<double>(std::max(side, 1U))); };
  const double wanted = log_of(size.width()) - log_of(size.height());
  std::string_view best;
  double least = std::numeric_limits<double>::infinity();
  for (const std::string_view ratio : ratios) {
    const std::size_t colon = ratio.find(':');
    const double width = parse_number(ratio.substr(0, colon)).value_or(1);
    const double height = parse_number(ratio.substr(colon + 1)).value_or(1);
    const double difference = std::abs(std::log(width / height) - wanted);
    if (difference < least) {
      least = difference;
      best = ratio;
    }
  }
  return best;
}

std::string type_in_words(const std::string& media_type) {
  const bool plain = !media_type.empty() && media_type.size() <= 60 &&
                     media_type.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-./") == std::string::npos;
  return plain ? media_type : "of another type";
}

Result<Image> image_from_base64(std::string_view text, const std::string& request_id, const ProviderCall& call) {
  constexpr std::string_view marker = ";base64,";
  if (text.starts_with("data:")) {
    const std::size_t begin = text.substr(0, 100).find(marker);
    if (begin != std::string_view::npos) text.remove_prefix(begin + marker.size());
  }
  Result<std::vector<std::byte>> bytes = detail::decode_base64(text, text.size());
  if (!bytes) return unusable_reply("its image is not base64: " + bytes.error().message(), {}, request_id, call);
  return image_from_bytes(std::move(*bytes), request_id, call);
}

Result<Image> image_from_bytes(std::vector<std::byte> bytes, const std::string& request_id, const ProviderCall& call) {
  const std::string beginning{reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 200)};
  Result<Image> image = Image::from_bytes(std::move(bytes));
  if (!image) return unusable_reply(image.error().message(), beginning, request_id, call);
  if (const auto why = validate_received(*image)) return unusable_reply(*why, {}, request_id, call);
  return image;
}

}  // namespace pentimento
