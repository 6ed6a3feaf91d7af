#pragma once

#include <string_view>

namespace pentimento {

/// Returns the version of the library that runs, such as `0.2.0`. The text is valid for ever, and a zero byte follows it.
std::string_view version() noexcept;

}  // namespace pentimento
