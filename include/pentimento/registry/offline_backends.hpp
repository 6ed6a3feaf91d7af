#pragma once

#include <pentimento/registry.hpp>

namespace pentimento {

/// Adds the backends of `pentimento::offline` to a registry: the generator "sketch" and the critic "measure", which takes
/// the setting "profile"; and the means to make pictures smaller for critics that take no large ones.
void add_offline_backends(Registry& registry);

}  // namespace pentimento
