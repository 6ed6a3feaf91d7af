#pragma once

#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/detail/inline.hpp>
#include <pentimento/detail/utf8.hpp>
#include <pentimento/money.hpp>
#include <pentimento/stop/parse.hpp>
#include <pentimento/stop/policies.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace pentimento {

namespace detail {

/// A limit of time in these units, rounded to the nearest microsecond.
template <class Unit>
AnyStopPolicy deadline_after(double count) {
  const std::chrono::duration<double> seconds = std::chrono::duration<double, typename Unit::period>{count};
  return Deadline{std::chrono::duration_cast<Duration>(seconds + std::chrono::nanoseconds{500})};
}

/// A policy that takes a whole number.
template <class Policy>
AnyStopPolicy counting(double count) {
  return Policy{static_cast<int>(count)};
}

/// The longest `Deadline` in these units.
template <class Unit>
inline constexpr double longest = static_cast<double>(std::chrono::duration_cast<Unit>(Deadline::longest).count());

}  // namespace detail

PENTIMENTO_INLINE std::span<const StopClause> stop_clauses() {
  using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;
  constexpr auto none = StopClause::Argument::none;
  constexpr auto number = StopClause::Argument::number;
  constexpr auto whole = StopClause::Argument::whole_number;
  static constexpr double million = 1e6;
  static const StopClause clauses[] = {
      {"satisfied", "satisfied", "every must passes; every should if there is no must", 0, 0, none,
       [](double) { return AnyStopPolicy{Satisfied{}}; }},
      {"score", "score(90)", "the score is at least 90 %", 0, 100, number,
       [](double percent) { return AnyStopPolicy{ScoreAtLeast{percent}}; }},
      {"plateau", "plateau(2)", "the last 2 rounds brought nothing better", 1, million, whole,
       detail::counting<Plateau>},
      {"repeats", "repeats(3)", "the same prompt 3 times, or the same failed item targeted in vain 3 times", 1, million,
       whole, detail::counting<Repeats>},
      {"rounds", "rounds(6)", "6 rounds are done; round 0 counts", 1, million, whole, detail::counting<MaxRounds>},
      {"images", "images(8)", "8 images were requested", 1, million, whole, detail::counting<MaxImages>},
      {"usd", "usd(0.50)", "the next call could raise the cost above $0.50", 0, million, number,
       [](double dollars) { return AnyStopPolicy{Budget{usd(dollars)}}; }},
      {"minutes", "minutes(5)", "5 minutes have passed", 0, detail::longest<minutes>, number,
       detail::deadline_after<minutes>},
      {"seconds", "seconds(30)", "30 seconds have passed", 0, detail::longest<seconds>, number,
       detail::deadline_after<seconds>},
      {"hours", "hours(2)", "2 hours have passed", 0, detail::longest<hours>, number, detail::deadline_after<hours>},
      {"never", "never", "only a cancellation, an error or the reviser ends the run", 0, 0, none,
       [](double) { return AnyStopPolicy{Never{}}; }},
  };
  return clauses;
}

namespace detail {

/// Reads the text of a stop policy by recursive descent.
class StopPolicyParser {
 public:
  explicit StopPolicyParser(std::string_view text) : text_{text} {}

  Result<AnyStopPolicy> parse() {
    if (text_.size() > max_length)
      return Error{errc::too_large, "the stop policy has " + std::to_string(text_.size()) +
                                        " characters, which is too long; at most 1000 are accepted"};
    std::optional<AnyStopPolicy> policy = any_of();
    if (policy && !at_end()) fail(at_, "\"||\", \"&&\" or the end was expected here");
    if (error_) return *error_;
    return *policy;
  }

 private:
  static constexpr std::size_t max_length = 1000;
  static constexpr int max_depth = 50;

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
    const std::span<const StopClause> known = stop_clauses();
    const auto clause = std::ranges::find(known, name, &StopClause::name);
    if (clause == known.end()) {
      std::vector<std::string_view> names;
      for (const StopClause& each : known) names.push_back(each.name);
      return fail(begin, unknown_name("policy", name, names));
    }
    if (clause->argument == StopClause::Argument::none) return clause->make(0);
    const std::optional<double> argument = this->argument(*clause);
    return argument ? std::optional{clause->make(*argument)} : std::nullopt;
  }

  /// The argument in parentheses: a decimal number in the clause's range.
  std::optional<double> argument(const StopClause& clause) {
    const std::string name{clause.name};
    const std::string wanted = name + " takes a number in parentheses, as in " + std::string{clause.example};
    if (!take("(")) return fail(at_, wanted), std::nullopt;
    skip_spaces();
    const std::size_t begin = at_;
    double value = 0;
    const auto [end, result] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), value, std::chars_format::fixed);
    if (result != std::errc{}) return fail(begin, wanted), std::nullopt;
    at_ = static_cast<std::size_t>(end - text_.data());
    if (!(value >= clause.least && value <= clause.most)) {
      return fail(begin, name + " takes a number from " + shortest(clause.least) + " to " + shortest(clause.most)),
             std::nullopt;
    }
    if (clause.argument == StopClause::Argument::whole_number && value != static_cast<int>(value))
      return fail(begin, name + " takes a whole number"), std::nullopt;
    if (!take(")")) return fail(at_, "\")\" was expected here"), std::nullopt;
    return value;
  }

  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; }

  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }

  /// True if nothing but spaces is left.
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
      error_ = Error{errc::parse_failed, "the stop policy is invalid at character " + std::to_string(at + 1) + ": " +
                                             std::move(why) + "\n  " + on_one_line(text_) + "\n  " +
                                             std::string(at, ' ') + '^'};
    }
    return std::nullopt;
  }

  /// The text without anything that breaks the line or steers a terminal. What stands before the mark has been parsed, so
  /// it is ASCII: each of its bytes takes one column, here and in the text.
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
  int depth_ = 0;
  std::optional<Error> error_;
};

}  // namespace detail

PENTIMENTO_INLINE Result<AnyStopPolicy> parse_stop_policy(std::string_view text) {
  return detail::StopPolicyParser{text}.parse();
}

}  // namespace pentimento
