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

// What the picture providers have in common: checks before anything is sent, and what becomes of what comes back.

namespace pentimento {

/// The address of a call. Errors, without anything having been sent: `invalid_argument` for an address that is none,
/// or a key that would go over a network in the clear; `unauthorized` for a key that is needed and not there. This
/// machine needs neither key nor TLS.
Result<http::Url> call_address(const std::string& base_url, const std::string& path, const Secret& key,
                               bool key_is_needed, const ProviderCall& call);

/// What is wrong with a text, if it has more characters than are taken. `what` begins the sentence: "the prompt".
std::optional<Error> check_length(std::string_view what, std::string_view text, std::size_t most,
                                  const ProviderCall& call);

/// What is wrong with a picture that is to be sent: that it has no bytes here, is no PNG, JPEG or WebP, has a side
/// out of range, or too many bytes.
std::optional<Error> check_sent_picture(std::string_view what, const Image& image, std::uint32_t shortest_side,
                                        std::uint32_t longest_side, std::size_t most_bytes, const ProviderCall& call);

/// The first option whose name is not among those that are known, as an error that names them all.
std::optional<Error> check_option_names(const std::map<std::string, std::string>& options,
                                        const std::vector<std::string>& known, const ProviderCall& call);

/// A number as text, from its first character to its last. Nothing for what is none, or not finite.
std::optional<double> parse_number(std::string_view text);
/// The shortest text that is just this number.
std::string number_as_text(double number);

/// The aspect ratio nearest to that of a size: the one whose quotient differs least as a factor.
std::string_view nearest_ratio(PixelSize size, std::span<const std::string_view> ratios);

/// The media type of a reply as it may stand in a sentence of ours: "text/html", or "of another type" for what is no such
/// name.
std::string type_in_words(const std::string& media_type);

/// The picture that stands in base64 in a reply, as a data URL or bare. Errors: `unusable_reply`.
Result<Image> picture_from_base64(std::string_view text, const std::string& request_id, const ProviderCall& call);
/// The picture that some bytes are, if they are all of it; see `fault_of_received`. Errors: `unusable_reply`.
Result<Image> picture_from_bytes(std::vector<std::byte> bytes, const std::string& request_id, const ProviderCall& call);

}  // namespace pentimento
