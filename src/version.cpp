#include <pentimento/version.hpp>

namespace pentimento {

std::string_view version() noexcept { return PENTIMENTO_VERSION; }  // defined by the build, from project()

}  // namespace pentimento
