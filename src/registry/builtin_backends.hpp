#pragma once

#include <pentimento/registry.hpp>

namespace pentimento {

/// Adds the backends that need nothing but the network: the providers and the revisers.
void add_builtin_backends(Registry& registry);

}  // namespace pentimento
