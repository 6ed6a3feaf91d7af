#pragma once

#include <pentimento/registry.hpp>

namespace pentimento {

/// Adds the backends of `pentimento::offline`: the generator "sketch", the critic "measure" with the setting "profile", and
/// `RegistryOptions::scale_down`.
void add_offline_backends(Registry& registry);

}  // namespace pentimento
