#pragma once

#include <string_view>

// Defined by the build; the default is for tools that read the sources without it.
#ifndef PENTIMENTO_VERSION
#define PENTIMENTO_VERSION "0.1.0"
#endif

namespace pentimento::cli {

inline constexpr std::string_view program_version = PENTIMENTO_VERSION;

}  // namespace pentimento::cli
