#pragma once

#include "providers/provider_error.hpp"
#include <pentimento/generation.hpp>
#include <pentimento/http/request.hpp>
#include <pentimento/http/response.hpp>
#include <pentimento/providers/stability.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

// What goes to Stability and what comes back, as pure functions.

namespace pentimento::stability {

/// The most that the body of a request may have, all of the multipart form counted.
inline constexpr std::size_t most_body_bytes = std::size_t{10} << 20;

/// The service of a model's name.
enum class Service { sd3, core, ultra };
Service service_of(std::string_view model);

Capabilities capabilities_of(const StabilityOptions& options);

/// What every call costs, if that is known, else what the options say, else without bound.
Money price_of(const StabilityOptions& options);

/// The seed that Stability takes for this one: the same from 1 to 4294967294, never 0.
std::uint64_t seed_for(std::uint64_t seed);

/// The nearest aspect ratio that Stability makes.
std::string_view aspect_ratio_for(PixelSize size);

/// The call that asks for a picture. Errors: what is wrong with request or options; nothing is to be sent then.
Result<http::Request> encode(const GenerationRequest& request, const StabilityOptions& options);

/// What a reply means, whichever form was asked for.
Result<Generation> decode(http::Response response, const StabilityOptions& options);

}  // namespace pentimento::stability
