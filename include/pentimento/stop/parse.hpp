#pragma once

#include <pentimento/error.hpp>
#include <pentimento/stop/stop_policy.hpp>

#include <span>
#include <string_view>

namespace pentimento {

/// One kind of clause in the text of a stop policy. A new policy is a class in policies.hpp and a row in parse.ipp.
struct StopClause {
  std::string_view name;     ///< `rounds`
  std::string_view example;  ///< `rounds(6)`
  std::string_view meaning;  ///< One line for help texts: when the example stops the run.
  double least;              ///< The range of the argument; ignored by a clause without one.
  double most;
  enum class Argument { none, number, whole_number } argument;
  AnyStopPolicy (*make)(double argument);
};

/// Returns every kind of clause, in the order in which they are listed for people.
std::span<const StopClause> stop_clauses();

/**
 * Reads the text of a stop policy, as `describe` writes it: `satisfied || rounds(6) || plateau(2) || usd(0.50)`.
 *
 * The clauses are those of `stop_clauses`, joined by `||`, `&&`, `!` and parentheses with the precedence of C++.
 *
 * **Errors**: `parse_failed` for a text that does not follow the grammar; the third line of the message marks the offending
 * character. `too_large` for more than 1,000 characters.
 */
Result<AnyStopPolicy> parse_stop_policy(std::string_view text);

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/stop/parse.ipp>
#endif
