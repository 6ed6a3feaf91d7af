#include <pentimento/stop/parse.hpp>
#include <pentimento/stop/policies.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <random>
#include <string>
#include <string_view>

using namespace pentimento;
using namespace std::chrono_literals;

namespace {

std::string reparsed(std::string_view text) {
  const Result<AnyStopPolicy> policy = parse_stop_policy(text);
  return policy ? describe(*policy) : policy.error().message();
}

/// The text is wrong at this character, counted from 1; the third line of the message marks it.
void check_wrong(std::string_view text, std::size_t character, std::string_view why) {
  const Result<AnyStopPolicy> policy = parse_stop_policy(text);
  REQUIRE_MESSAGE(!policy.has_value(), text);
  const Error& error = policy.error();
  CHECK(error.code() == errc::parse_failed);
  const std::string& message = error.message();
  CHECK_MESSAGE(message.starts_with("the stop policy is invalid at character " + std::to_string(character) + ": "),
                message);
  CHECK_MESSAGE(message.find(why) != std::string::npos, message);
  const std::size_t last = message.rfind('\n');
  REQUIRE(last != std::string::npos);
  CHECK_MESSAGE(message.substr(last + 1) == "  " + std::string(character - 1, ' ') + '^', message);
}

/// A random policy, built from C++ operators over policies chosen at run time.
AnyStopPolicy random_policy(std::mt19937& random, int depth) {
  const auto number = [&](int least, int most) {
    return least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1));
  };
  switch (depth == 0 ? number(3, 12) : number(0, 12)) {
    case 0: return random_policy(random, depth - 1) || random_policy(random, depth - 1);
    case 1: return random_policy(random, depth - 1) && random_policy(random, depth - 1);
    case 2: return !random_policy(random, depth - 1);
    case 3: return Satisfied{};
    case 4: return ScoreAtLeast{number(0, 1000) / 10.0};
    case 5: return MaxRounds{number(1, 100)};
    case 6: return MaxImages{number(1, 100)};
    case 7: return Budget{Money::from_micros(number(0, 100'000'000))};
    case 8: return Deadline{std::chrono::milliseconds{number(0, 1'000'000)}};
    case 9: return Deadline{std::chrono::minutes{number(1, 5000)}};
    case 10: return Plateau{number(1, 20)};
    case 11: return Repeats{number(1, 20)};
    default: return Never{};
  }
}

/// Works a text of `score(0)`, which fires, and `never` out by the rules of C++.
class Evaluator {
 public:
  explicit Evaluator(std::string_view text) : text_{text} {}
  bool value() { return any(); }

 private:
  bool any() {
    bool value = all();
    while (take("||")) {
      const bool right = all();
      value = value || right;
    }
    return value;
  }
  bool all() {
    bool value = one();
    while (take("&&")) {
      const bool right = one();
      value = value && right;
    }
    return value;
  }
  bool one() {
    if (take("!")) return !one();
    if (take("(")) {
      const bool value = any();
      REQUIRE(take(")"));
      return value;
    }
    if (take("never")) return false;
    REQUIRE(take("score("));
    const bool fires = text_[at_] == '0';
    while (text_[at_++] != ')') {}
    return fires;
  }
  bool take(std::string_view token) {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

TEST_SUITE_BEGIN("parse_stop_policy");

TEST_CASE("every clause round-trips") {
  for (std::string_view text :
       {"satisfied", "score(90)", "score(87.5)", "plateau(2)", "repeats(3)", "rounds(6)", "images(8)", "usd(0.50)",
        "usd(0.0025)", "usd(12.00)", "minutes(5)", "seconds(30)", "seconds(0.25)", "never", "!satisfied",
        "satisfied || rounds(6) || plateau(2) || usd(0.50) || minutes(5)", "(satisfied || rounds(6)) && plateau(2)",
        "satisfied && rounds(6) || plateau(2)", "!(satisfied && rounds(6))"}) {
    CHECK(reparsed(text) == text);
  }
  CHECK(reparsed("usd(0.5)") == "usd(0.50)");
  CHECK(reparsed("seconds(120)") == "minutes(2)");
  CHECK(reparsed("hours(2)") == "minutes(120)");
  // The longest is read back as well.
  CHECK(reparsed("hours(1000000)") == "minutes(60000000)");
  CHECK(reparsed(reparsed("hours(999999.99)")) == reparsed("hours(999999.99)"));
  CHECK(reparsed("minutes(0.5)") == "seconds(30)");
}

TEST_CASE("spaces and precedence") {
  CHECK(reparsed(" \tsatisfied||rounds ( 6 )\n|| ! never ") == "satisfied || rounds(6) || !never");
  CHECK(reparsed("((((satisfied))))") == "satisfied");
  CHECK(reparsed("satisfied || never && never || never") == "satisfied || never && never || never");
  CHECK(reparsed("satisfied || (never && never)") == "satisfied || never && never");
  CHECK(reparsed("!never && never") == "!never && never");
  CHECK(reparsed("!(never) && never") == "!never && never");
}

TEST_CASE("errors name the character") {
  check_wrong("", 1, "ends where a policy was expected");
  check_wrong("   ", 4, "ends where a policy was expected");
  check_wrong("satisfied ||", 13, "ends where a policy was expected");
  check_wrong("satisfied |", 11, "\"||\", \"&&\" or the end");
  check_wrong("satisfied rounds(6)", 11, "\"||\", \"&&\" or the end");
  check_wrong("satisfied)", 10, "\"||\", \"&&\" or the end");
  check_wrong("|| satisfied", 1, "a policy was expected here");
  check_wrong("satisfied || && never", 14, "a policy was expected here");
  check_wrong("(satisfied", 11, "\")\" was expected");
  check_wrong("(satisfied || never", 20, "\")\" was expected");
  check_wrong("()", 2, "a policy was expected here");
  check_wrong("!", 2, "ends where a policy was expected");
  check_wrong("satisfied || sattisfied", 14, "did you mean \"satisfied\"");
  check_wrong("round(6)", 1, "did you mean \"rounds\"");
  check_wrong("Satisfied", 1, "did you mean \"satisfied\"");
  check_wrong("zzzzzzzzz", 1, "there are satisfied, score");
  check_wrong("rounds", 7, "rounds takes a number in parentheses, as in rounds(6)");
  check_wrong("rounds 6", 8, "rounds takes a number");
  check_wrong("usd", 4, "usd(0.50)");
  check_wrong("rounds()", 8, "rounds takes a number");
  check_wrong("rounds(six)", 8, "rounds takes a number");
  check_wrong("rounds(0)", 8, "from 1 to 1000000");
  check_wrong("rounds(-1)", 8, "from 1 to 1000000");
  check_wrong("rounds(2.5)", 8, "whole number");
  check_wrong("rounds( 2.5)", 9, "whole number");
  check_wrong("rounds(1000001)", 8, "from 1 to 1000000");
  check_wrong("rounds(99999999999999999999999999999999)", 8, "from 1 to 1000000");
  check_wrong("rounds(6", 9, "\")\" was expected");
  check_wrong("rounds(6 7)", 10, "\")\" was expected");
  check_wrong("rounds(6e2)", 9, "\")\" was expected");
  check_wrong("score(101)", 7, "from 0 to 100");
  check_wrong("score(-1)", 7, "from 0 to 100");
  check_wrong("score(nan)", 7, "");
  check_wrong("score(inf)", 7, "");
  check_wrong("usd(-0.5)", 5, "from 0 to 1000000");
  check_wrong("usd($0.50)", 5, "usd takes a number");
  check_wrong("satisfied(1)", 10, "\"||\", \"&&\" or the end");
  check_wrong("satisfied \xC3\xA9", 11, "\"||\", \"&&\" or the end");
  check_wrong("satisfied\n|| x", 14, "no policy \"x\"");
}

TEST_CASE("rejects hostile texts") {
  check_wrong(std::string_view{"satisfied\0 || rounds(6)", 23}, 10, "\"||\", \"&&\" or the end");
  check_wrong(std::string_view{"\0", 1}, 1, "a policy was expected here");
  const Result<AnyStopPolicy> too_long = parse_stop_policy(std::string(1001, ' '));
  REQUIRE(!too_long.has_value());
  CHECK(too_long.error().code() == errc::too_large);
  CHECK(parse_stop_policy("satisfied" + std::string(991, ' ')).has_value());
  CHECK(parse_stop_policy(std::string(49, '(') + "never" + std::string(49, ')')).has_value());
  check_wrong(std::string(900, '('), 51, "nested too deeply");
  check_wrong(std::string(900, '!'), 51, "nested too deeply");
  std::string chain = "never";
  while (chain.size() < 990) chain += "||never";
  CHECK(parse_stop_policy(chain).has_value());

  // Control characters do not break the line that is marked, and are one column wide there.
  const Result<AnyStopPolicy> policy = parse_stop_policy("never\n\x1B[31m");
  REQUIRE(!policy.has_value());
  CHECK(policy.error().message().find('\x1B') == std::string::npos);
}

TEST_CASE("errors have no control characters") {
  const auto shown = [](std::string_view text) {
    const Result<AnyStopPolicy> policy = parse_stop_policy(text);
    REQUIRE(!policy.has_value());
    const std::string message = policy.error().message();
    const std::size_t begin = message.find('\n') + 3;
    return message.substr(begin, message.rfind('\n') - begin);
  };
  const std::string instead = "\xEF\xBF\xBD";  // U+FFFD
  CHECK(shown("x\x1B[31m\x7Fy\n") == "x [31m y ");
  CHECK(shown("x\x9B"
              "31m") == "x" + instead + "31m");  // CSI as one byte
  CHECK(shown("x\xC2\x9B"
              "31m") == "x" + instead + "31m");  // CSI as UTF-8
  CHECK(shown("x\xC2\xA0y") == "x\xC2\xA0y");    // not of C1 any more
  CHECK(shown("x\xC3\xA9 \xE6\x9D\xAF \xF0\x9F\x98\x80") == "x\xC3\xA9 \xE6\x9D\xAF \xF0\x9F\x98\x80");
  CHECK(shown("x\xC0\x9B") == "x" + instead + instead);  // overlong
  CHECK(shown("x\xE0\x82\x9B") == "x" + instead + instead + instead);
  CHECK(shown("x\xED\xA0\x80") == "x" + instead + instead + instead);  // a surrogate
  CHECK(shown("x\xF4\x90\x80\x80") == "x" + instead + instead + instead + instead);
  CHECK(shown("x\xE6\x9D") == "x" + instead);  // cut short
  check_wrong("never\t\x9B", 7, "was expected here");
  check_wrong("never \xC2\x9B", 7, "was expected here");
}

TEST_CASE("random bytes") {
  std::mt19937 random{11};
  constexpr std::string_view pieces[] = {"satisfied", "rounds(",  "6", ")", "(", "||", "&&",   "!",
                                         " ",         "usd(0.5)", "x", ".", "-", "\t", "\xFF", "score"};
  for (int run = 0; run < 20'000; ++run) {
    std::string text;
    for (auto count = random() % 12; count > 0; --count) text += pieces[random() % std::size(pieces)];
    const Result<AnyStopPolicy> policy = parse_stop_policy(text);
    if (policy) {
      CHECK(reparsed(describe(*policy)) == describe(*policy));
    } else {
      CHECK(policy.error().code() == errc::parse_failed);
    }
  }
}

TEST_CASE("reads what describe writes") {
  std::mt19937 random{3};
  int read = 0;
  for (int run = 0; run < 3000; ++run) {
    const AnyStopPolicy policy = random_policy(random, 4);
    const std::string text = describe(policy);
    if (text.size() > 1000) continue;
    const Result<AnyStopPolicy> again = parse_stop_policy(text);
    REQUIRE_MESSAGE(again.has_value(), text);
    CHECK(describe(*again) == text);
    const TimePoint start{1h};
    CHECK(deadline(*again, start) == deadline(policy, start));
    ++read;
  }
  CHECK(read > 2000);
}

TEST_CASE("a parsed policy means what its text says") {
  // `score(0)` fires once there is an incumbent, `score(100)` here never; `never` never.
  Transcript run;
  {
    std::uint64_t sequence = 0;
    const auto apply = [&](EventBody body) {
      REQUIRE(run.apply(Event{sequence++, TimePoint{}, std::move(body)}).has_value());
    };
    std::vector<std::byte> bytes;
    for (char c : std::string_view{"GIF89a\1\0\1\0\0\0\0", 13}) bytes.push_back(static_cast<std::byte>(c));
    Brief brief{"x"};
    brief.must("y");
    apply(event::RunStarted{brief, RunSettings{}});
    apply(event::PlanStarted{});
    apply(event::PlanFinished{Checklist{brief.requirements(), {}}, Charge{}});
    apply(event::RoundStarted{0, Revision{Action::restart, GenerationRequest{"x"}}});
    apply(event::ImageGiven{{0, 0}, GenerationRequest{"x"}, Image{bytes}});
    apply(event::CritiqueStarted{{0, 0}, Money{}});
    apply(event::CritiqueFinished{{0, 0}, Critique{}});
    apply(event::CandidateDecided{{0, 0}, Decision{DecisionReason::first}});
  }
  std::mt19937 random{5};
  int fired = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    int open = 0;
    const int operands = 1 + static_cast<int>(random() % 7);
    for (int n = 0; n < operands; ++n) {
      if (n > 0) text += random() % 2 ? " || " : " && ";
      while (random() % 4 == 0) text += '!';
      if (random() % 4 == 0) text += '(', ++open;
      text += random() % 2 ? "score(0)" : "never";
      if (open > 0 && random() % 2) text += ')', --open;
    }
    text += std::string(static_cast<std::size_t>(open), ')');
    const Result<AnyStopPolicy> policy = parse_stop_policy(text);
    REQUIRE_MESSAGE(policy.has_value(), text);
    const bool fires = (*policy)(Prospect{run, TimePoint{}}).has_value();
    CHECK_MESSAGE(fires == Evaluator{text}.value(), text);
    // And so does what it describes.
    CHECK_MESSAGE((*parse_stop_policy(describe(*policy)))(Prospect{run, TimePoint{}}).has_value() == fires, text);
    fired += fires ? 1 : 0;
  }
  CHECK(fired > 500);
}

TEST_SUITE_END();
