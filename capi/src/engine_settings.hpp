#pragma once

#include <pentimento/registry.hpp>

#include <string_view>

namespace pentimento::capi {

/// The registry of an engine with these settings, JSON or nothing. Throws `Failure`.
Registry registry_with(std::string_view settings);

}  // namespace pentimento::capi
