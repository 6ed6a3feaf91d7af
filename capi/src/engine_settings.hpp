#pragma once

#include <pentimento/registry.hpp>

#include <string_view>

namespace pentimento::capi {

/// Creates the registry of an engine from its settings: JSON, or empty. Throws `Failure`.
Registry registry_with(std::string_view settings);

}  // namespace pentimento::capi
