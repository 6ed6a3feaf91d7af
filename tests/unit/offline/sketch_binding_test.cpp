#include "offline/sketch/binding.hpp"

#include "offline/language/language.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace pentimento::offline;
using namespace pentimento::offline::sketch;

namespace {

constexpr std::string_view draft = "three red mugs on a plain white table, bright";
constexpr int seeds = 1000;

Bindings bound(std::string_view prompt, std::uint64_t seed) { return bind_phrases(read(prompt), prompt, seed); }

// Count, colour, background, light of the mugs.
std::vector<bool> four(std::string_view prompt, std::uint64_t seed) {
  const Bindings b = bound(prompt, seed);
  return {b.subjects.at(0).count.holds(), b.subjects.at(0).colours.at(0).holds(), b.background.holds(),
          b.light.holds()};
}

std::vector<double> rates(std::string_view prompt) {
  std::vector<double> sums(4);
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const std::vector<bool> now = four(prompt, seed);
    for (std::size_t i = 0; i < 4; ++i) sums[i] += now[i] ? 1.0 / seeds : 0;
  }
  return sums;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("the pull of a phrase is as documented") {
  const auto pull = [](std::string_view text) { return pull_of(read(text).subjects.at(0).count->phrase); };
  CHECK(pull("three mugs") == doctest::Approx(1.0));
  CHECK(pull("(three mugs:1.4)") == doctest::Approx(1.4));
  CHECK(pull("important: three mugs") == doctest::Approx(1.45 * (0.55 + 0.45 * std::exp(-1.0 / 26))));
  CHECK(pull("exactly three mugs") == doctest::Approx(1.12 * (0.55 + 0.45 * std::exp(-1.0 / 26))));
  CHECK(pull("three mugs. three mugs") == doctest::Approx(1.0 + 0.55 * (0.55 + 0.45 * std::exp(-2.0 / 26))));
}

TEST_CASE("the same words and seed bind in the same way") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) CHECK(four(draft, seed) == four(draft, seed));
  int different = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) different += four(draft, seed) != four(draft, seed + 1) ? 1 : 0;
  CHECK(different > 5);
}

TEST_CASE("a first draft meets a half to three quarters of its phrases") {
  const double share = mean(rates(draft));
  CHECK(share > 0.5);
  CHECK(share < 0.75);
}

TEST_CASE("a phrase that is put first and stressed usually binds, and others still fail now and then") {
  const std::string revised =
      "exactly three mugs. " + std::string{draft} +
      ". Important: exactly three mugs. Keep: the mugs are red; a plain white background; bright light.";
  const std::vector<double> first = rates(draft);
  const std::vector<double> then = rates(revised);
  CHECK(then[0] > 0.9);
  CHECK(then[0] > first[0] + 0.15);
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK(then[i] > 0.6);
    CHECK(then[i] < 0.95);
  }
}

TEST_CASE("a revision loses what had been there often enough to be real") {
  const std::string revised =
      std::string{draft} +
      ". Important: exactly three mugs. Keep: the mugs are red; a plain white background; bright light.";
  int had = 0;
  int lost = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const auto before = four(draft, seed);
    const auto after = four(revised, seed);
    for (std::size_t i = 0; i < 4; ++i) {
      had += before[i] ? 1 : 0;
      lost += before[i] && !after[i] ? 1 : 0;
    }
  }
  CHECK(lost > had / 50);
  CHECK(lost < had / 4);
}

TEST_CASE("attention is shared: each further wish costs the others a little") {
  const std::string longer = std::string{draft} +
                             ", a small green bottle left of a tall yellow vase, two orange cups behind a large purple "
                             "teapot, four pink candles";
  CHECK(mean(rates(longer)) < mean(rates(draft)) - 0.05);
}

TEST_CASE("a large count is harder than a small one, an article is nearly free") {
  const auto rate = [](const std::string& prompt) {
    double sum = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed)
      sum += bound(prompt, seed).subjects.at(0).count.holds() ? 1.0 / seeds : 0;
    return sum;
  };
  CHECK(rate("two mugs on a plain white table, bright") > rate("four mugs on a plain white table, bright"));
  CHECK(rate("four mugs on a plain white table, bright") > rate("nine mugs on a plain white table, bright"));
  CHECK(rate("a mug on a plain white table, bright") > 0.95);
}
