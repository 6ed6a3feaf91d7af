#pragma once

#include <string_view>

namespace pentimento::report {

// The page, from the files of page/: see page/embed.cmake.

extern const std::string_view page_template;
extern const std::string_view page_style;
extern const std::string_view page_script;

}  // namespace pentimento::report
