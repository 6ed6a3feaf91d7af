#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pentimento::cli {

/// `; did you mean "measure"?`, or nothing where no name comes near the word.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& names);

/// The sentence for a name that is not known:
/// `there is no critic "mesure"; did you mean "measure"?` or `...; there are sketch, paint`.
std::string unknown_name(std::string_view kind, std::string_view word, const std::vector<std::string>& names);

/// `a, b, c`.
std::string joined(const std::vector<std::string>& parts, std::string_view separator = ", ");

}  // namespace pentimento::cli
