#include <pentimento/detail/boost_abi.hpp>
#include <pentimento/version.hpp>

extern "C" const int PENTIMENTO_BUILT_WITH_BOOST = BOOST_VERSION;

namespace pentimento {

std::string_view version() noexcept { return PENTIMENTO_VERSION; }  // defined by the build, from project()

}  // namespace pentimento
