#pragma once

#include "providers/provider_error.hpp"
#include <pentimento/error.hpp>
#include <pentimento/http/url.hpp>
#include <pentimento/image.hpp>
#include <pentimento/pixel_size.hpp>
#include <pentimento/secrets/secret.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What the image providers share: validation before anything is sent, and reading of replies.

namespace pentimento {

/// Returns the error of a request that the provider would reject: "<provider>: <why>".
Error invalid_call(errc code, const ProviderCall& call, const std::string& why);

/// Validates the address and the key of a provider. Addresses on this machine need neither key nor TLS. **Errors**:
/// `invalid_argument` for an invalid address, or a key that would be sent unencrypted; `unauthorized` for a missing key.
Result<void> validate_access(const std::string& base_url, const Secret& key, bool needs_key, const ProviderCall& call);

/// Returns the address of a call. **Errors**: `invalid_argument`.
Result<http::Url> call_address(const std::string& base_url, const std::string& path, const ProviderCall& call);

/// Validates the length of a text. **Parameters**: `what` begins the message: "the prompt".
std::optional<Error> validate_length(std::string_view what, std::string_view text, std::size_t most,
                                     const ProviderCall& call);

/// Validates an image to be sent: that it has bytes, its type (PNG, JPEG or WebP), its sides and its size in bytes.
std::optional<Error> validate_sent_image(std::string_view what, const Image& image, std::uint32_t shortest_side,
                                         std::uint32_t longest_side, std::size_t most_bytes, const ProviderCall& call);

/// Validates the names of options. The error lists the known ones.
std::optional<Error> validate_option_names(const std::map<std::string, std::string>& options,
                                           const std::vector<std::string>& known, const ProviderCall& call);

/// Parses a finite number. The whole text must be one.
std::optional<double> parse_number(std::string_view text);
/// Returns the shortest text of a number.
std::string number_as_text(double number);

/// Returns the aspect ratio that is nearest to a size, by the quotient of the two.
std::string_view nearest_ratio(PixelSize size, std::span<const std::string_view> ratios);

/// Returns a media type that is safe for messages: "text/html", or "of another type".
std::string type_in_words(const std::string& media_type);

/// Decodes an image in base64, as a data URL or bare. **Errors**: `unusable_reply`.
Result<Image> image_from_base64(std::string_view text, const std::string& request_id, const ProviderCall& call);
/// Creates an image from the bytes of a reply; see `validate_received`. **Errors**: `unusable_reply`.
Result<Image> image_from_bytes(std::vector<std::byte> bytes, const std::string& request_id, const ProviderCall& call);

}  // namespace pentimento
