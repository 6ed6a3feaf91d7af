#pragma once

#include <pentimento/registry.hpp>

namespace pentimento {

/// Adds the backends of `pentimento::pentimento`: the providers, the vision models and the revisers.
void add_builtin_backends(Registry& registry);

}  // namespace pentimento
