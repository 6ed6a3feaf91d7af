#pragma once

#include <string_view>

namespace pentimento::cli {

// The page of a report, from the files of page/: see page/embed.cmake.

extern const std::string_view report_template;
extern const std::string_view report_style;
extern const std::string_view report_script;

}  // namespace pentimento::cli
