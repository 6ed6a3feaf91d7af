#pragma once

#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/detail/utf8.hpp>
#include <pentimento/error.hpp>
#include <pentimento/money.hpp>
#include <pentimento/stop/policies.hpp>
#include <pentimento/stop/stop_policy.hpp>

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento {

namespace detail {

/// Reads the text of a stop policy by recursive descent: `||` binds more weakly than `&&`, and that than `!`.
class StopPolicyParser {
 public:
  explicit StopPolicyParser(std::string_view text) : text_{text} {}

  Result<AnyStopPolicy> parse() {
    if (text_.size() > max_length)
      return Error{errc::too_large,
                   "the stop policy has " + std::to_string(text_.size()) + " characters; at most 1000 are accepted"};
    std::optional<AnyStopPolicy> policy = any_of();
    if (policy && !at_end()) fail(at_, "\"||\", \"&&\" or the end was expected here");
    if (error_) return *error_;
    return *policy;
  }

 private:
  static constexpr std::size_t max_length = 1000;
  static constexpr int max_depth = 50;
  static constexpr std::array<std::string_view, 11> names{
      "satisfied", "score", "plateau", "repeats", "rounds", "images", "usd", "minutes", "seconds", "hours", "never"};

  std::optional<AnyStopPolicy> any_of() {
    std::optional<AnyStopPolicy> left = all_of();
    while (left && take("||")) {
      const std::optional<AnyStopPolicy> right = all_of();
      if (!right) return std::nullopt;
      left = AnyStopPolicy{*left || *right};
    }
    return left;
  }

  std::optional<AnyStopPolicy> all_of() {
    std::optional<AnyStopPolicy> left = unary();
    while (left && take("&&")) {
      const std::optional<AnyStopPolicy> right = unary();
      if (!right) return std::nullopt;
      left = AnyStopPolicy{*left && *right};
    }
    return left;
  }

  std::optional<AnyStopPolicy> unary() {
    if (++depth_ > max_depth) return fail(at_, "it is nested too deeply; at most 50 levels are accepted");
    std::optional<AnyStopPolicy> policy = operand();
    --depth_;
    return policy;
  }

  std::optional<AnyStopPolicy> operand() {
    if (take("!")) {
      const std::optional<AnyStopPolicy> negated = unary();
      return negated ? std::optional{AnyStopPolicy{!*negated}} : std::nullopt;
    }
    if (take("(")) {
      std::optional<AnyStopPolicy> inner = any_of();
      if (inner && !take(")")) return fail(at_, "\")\" was expected here");
      return inner;
    }
    return clause();
  }

  std::optional<AnyStopPolicy> clause() {
    const bool ended = at_end();
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (name.empty()) return fail(begin, ended ? "it ends where a policy was expected" : "a policy was expected here");
    if (name == "satisfied") return AnyStopPolicy{Satisfied{}};
    if (name == "never") return AnyStopPolicy{Never{}};
    if (name == "score") return from(real(name, 0, 100), [](double percent) { return ScoreAtLeast{percent}; });
    if (name == "plateau") return from(whole(name), [](int rounds) { return Plateau{rounds}; });
    if (name == "repeats") return from(whole(name), [](int times) { return Repeats{times}; });
    if (name == "rounds") return from(whole(name), [](int rounds) { return MaxRounds{rounds}; });
    if (name == "images") return from(whole(name), [](int images) { return MaxImages{images}; });
    if (name == "usd") return from(real(name, 0, 1'000'000), [](double dollars) { return Budget{usd(dollars)}; });
    if (name == "seconds") return from(time(name, 1), [](Duration limit) { return Deadline{limit}; });
    if (name == "minutes") return from(time(name, 60), [](Duration limit) { return Deadline{limit}; });
    if (name == "hours") return from(time(name, 3600), [](Duration limit) { return Deadline{limit}; });
    return fail(begin, unknown_name("policy", name, names));
  }

  template <class T, class Make>
  static std::optional<AnyStopPolicy> from(std::optional<T> argument, Make make) {
    if (!argument) return std::nullopt;
    return AnyStopPolicy{make(*argument)};
  }

  std::optional<int> whole(std::string_view name) {
    const std::optional<double> number = real(name, 1, 1'000'000);
    if (!number) return std::nullopt;
    const int value = static_cast<int>(*number);
    if (value != *number) return fail(argument_, std::string{name} + " takes a whole number"), std::nullopt;
    return value;
  }

  std::optional<Duration> time(std::string_view name, double seconds) {
    const std::optional<double> number =
        real(name, 0, std::chrono::duration<double>(Deadline::longest).count() / seconds);
    if (!number) return std::nullopt;
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*number * seconds) +
                                                std::chrono::nanoseconds{500});
  }

  /// The argument in parentheses: a decimal number in the range.
  std::optional<double> real(std::string_view name, double least, double most) {
    const std::string wanted = std::string{name} + " takes a number in parentheses, as in " + std::string{name} +
                               (name == "usd" ? "(0.50)" : "(3)");
    if (!take("(")) return fail(at_, wanted), std::nullopt;
    skip_spaces();
    argument_ = at_;
    double value = 0;
    const auto [end, result] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), value, std::chars_format::fixed);
    if (result != std::errc{}) return fail(argument_, wanted), std::nullopt;
    at_ = static_cast<std::size_t>(end - text_.data());
    if (!(value >= least && value <= most)) {
      return fail(argument_, std::string{name} + " takes a number from " + shortest(least) + " to " + shortest(most)),
             std::nullopt;
    }
    if (!take(")")) return fail(at_, "\")\" was expected here"), std::nullopt;
    return value;
  }

  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; }

  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }

  /// Whether nothing but spaces is left.
  bool at_end() {
    skip_spaces();
    return at_ == text_.size();
  }

  bool take(std::string_view token) {
    skip_spaces();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  std::nullopt_t fail(std::size_t at, std::string why) {
    if (!error_) {
      error_ = Error{errc::parse_failed, "the stop policy is wrong at character " + std::to_string(at + 1) + ": " +
                                             std::move(why) + "\n  " + on_one_line(text_) + "\n  " +
                                             std::string(at, ' ') + '^'};
    }
    return std::nullopt;
  }

  /// The text with nothing in it that breaks the line or steers a terminal. All that stands before the mark has been
  /// read, and so is ASCII: each of its bytes takes one column, before and after.
  static std::string on_one_line(std::string_view text) {
    std::string shown;
    while (!text.empty()) {
      const char32_t character = take_character(text);
      const bool is_c1 = character >= 0x80 && character < 0xA0;
      append_utf8(shown, is_c1 ? replacement_character : character < 0x20 || character == 0x7F ? U' ' : character);
    }
    return shown;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t argument_ = 0;
  int depth_ = 0;
  std::optional<Error> error_;
};

}  // namespace detail

/**
 * Reads the text of a stop policy, as `describe` writes it: `satisfied || rounds(6) || plateau(2) || usd(0.50)`.
 *
 * Clauses: `satisfied`, `score(PER CENT)`, `plateau(ROUNDS)`, `repeats(TIMES)`, `rounds(N)`, `images(N)`, `usd(DOLLARS)`,
 * `seconds(N)`, `minutes(N)`, `hours(N)`, `never`; joined by `||`, `&&`, `!` and parentheses.
 *
 * Errors: `parse_failed`, with the place and a mark under the offending character on the message's third line; `too_large`
 * above 1,000 characters.
 */
inline Result<AnyStopPolicy> parse_stop_policy(std::string_view text) { return detail::StopPolicyParser{text}.parse(); }

}  // namespace pentimento
