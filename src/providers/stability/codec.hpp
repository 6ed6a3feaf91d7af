#pragma once

#include "providers/provider_error.hpp"
#include <pentimento/generation.hpp>
#include <pentimento/http/request.hpp>
#include <pentimento/http/response.hpp>
#include <pentimento/providers/stability.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

// The requests to Stability and its replies (codec.cpp) and the sizes of its images (sizes.cpp), as pure functions.

namespace pentimento::stability {

/// The size limit of the body of a request, including the multipart form.
inline constexpr std::size_t most_body_bytes = std::size_t{10} << 20;

/// The service that has a model.
enum class Service { sd3, core, ultra };
Service service_of(std::string_view model);

Capabilities capabilities_of(const StabilityOptions& options);

/// Validates the options of a generator. **Errors**: as for `StabilityGenerator::create`.
Result<void> validate(const StabilityOptions& options);

/// Returns the price of a call: that of the table, or else the worst case of the options, or else unbounded.
Money price_of(const StabilityOptions& options);

/// Folds a seed into Stability's range, 1 to 4294967294.
std::uint64_t seed_for(std::uint64_t seed);

/// The range of the sides of an image, in pixels. Ultra alone limits the longest side of an init image.
inline constexpr std::uint32_t shortest_side = 64;
inline constexpr std::uint32_t longest_side = 16'384;
std::uint32_t longest_init_side(Service service);

/// Returns the nearest aspect ratio that Stability supports.
std::string_view aspect_ratio_for(PixelSize size);

/// Encodes a request. The options must be valid. **Errors**: `invalid_argument`, `unsupported`, `too_large`.
Result<http::Request> encode(const GenerationRequest& request, const StabilityOptions& options);

/// Decodes a reply in either form.
Result<Generation> decode(http::Response response, const StabilityOptions& options);

}  // namespace pentimento::stability
