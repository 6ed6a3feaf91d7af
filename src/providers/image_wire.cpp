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
namespace {

Error refusal(errc code, const ProviderCall& call, const std::string& why) {
  return redact(Error{code, call.provider + " cannot make this picture: " + why});
}

}  // namespace

Result<http::Url> call_address(const std::string& base_url, const std::string& path, const Secret& key,
                               bool key_is_needed, const ProviderCall& call) {
  Result<http::Url> base = http::Url::parse(base_url);
  if (!base) return Error{errc::invalid_argument, "the address of " + call.provider + ": " + base.error().message()};
  if (key.empty() && key_is_needed && !base->is_loopback())
    return Error{errc::unauthorized, call.provider + " needs a key: set " + call.key_name + "; nothing was sent"};
  if (!key.empty() && !base->is_https() && !base->is_loopback()) {
    return Error{errc::invalid_argument, "the key for " + call.provider + " would go to " + base->origin() +
                                             " where anyone on the way can read it: use https; nothing was sent"};
  }
  Result<http::Url> url = base->joined(path);
  if (!url) return Error{errc::invalid_argument, "the address of " + call.provider + ": " + url.error().message()};
  return url;
}

std::optional<Error> check_length(std::string_view what, std::string_view text, std::size_t most,
                                  const ProviderCall& call) {
  const std::size_t length = detail::count_characters(text);
  if (length <= most) return std::nullopt;
  return refusal(errc::too_large, call,
                 std::string{what} + " has " + std::to_string(length) + " characters; at most " + std::to_string(most) +
                     " are accepted");
}

std::optional<Error> check_sent_picture(std::string_view what, const Image& image, std::uint32_t shortest_side,
                                        std::uint32_t longest_side, std::size_t most_bytes, const ProviderCall& call) {
  const std::string subject{what};
  if (!image.has_bytes())
    return refusal(errc::invalid_argument, call, subject + " is only a record; its bytes are needed");
  const MediaType type = image.media_type();
  if (type != MediaType::png && type != MediaType::jpeg && type != MediaType::webp) {
    return refusal(errc::unsupported, call,
                   subject + " is of the type " + std::string{to_string(type)} + "; PNG, JPEG and WebP are accepted");
  }
  const auto [shortest, longest] = std::minmax({image.size().width(), image.size().height()});
  if (shortest < shortest_side || longest > longest_side) {
    return refusal(errc::invalid_argument, call,
                   subject + " has " + to_string(image.size()) + " pixels; each side may have " +
                       std::to_string(shortest_side) + " to " + std::to_string(longest_side));
  }
  if (image.byte_count() > most_bytes) {
    return refusal(errc::too_large, call,
                   subject + " has " + std::to_string(image.byte_count()) + " bytes; at most " +
                       std::to_string(most_bytes) + " are accepted");
  }
  return std::nullopt;
}

std::optional<Error> check_option_names(const std::map<std::string, std::string>& options,
                                        const std::vector<std::string>& known, const ProviderCall& call) {
  for (const auto& [name, value] : options) {
    if (std::ranges::count(known, name) > 0) continue;
    return refusal(errc::invalid_argument, call, detail::unknown_name("option", name, known));
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

Result<Image> picture_from_base64(std::string_view text, const std::string& request_id, const ProviderCall& call) {
  constexpr std::string_view marker = ";base64,";
  if (text.starts_with("data:")) {
    const std::size_t begin = text.substr(0, 100).find(marker);
    if (begin != std::string_view::npos) text.remove_prefix(begin + marker.size());
  }
  Result<std::vector<std::byte>> bytes = detail::decode_base64(text, text.size());
  if (!bytes) return unusable_reply("its picture is no base64: " + bytes.error().message(), {}, request_id, call);
  return picture_from_bytes(std::move(*bytes), request_id, call);
}

Result<Image> picture_from_bytes(std::vector<std::byte> bytes, const std::string& request_id,
                                 const ProviderCall& call) {
  const std::string beginning{reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 200)};
  Result<Image> image = Image::from_bytes(std::move(bytes));
  if (!image) return unusable_reply(image.error().message(), beginning, request_id, call);
  if (const auto fault = fault_of_received(*image)) return unusable_reply(*fault, {}, request_id, call);
  return image;
}

}  // namespace pentimento
