#pragma once

#include <pentimento/charge.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pentimento {

/// Which of two pictures meets the brief better.
enum class Preference { first, second, neither };

constexpr std::string_view to_string(Preference preference) noexcept {
  switch (preference) {
    case Preference::first: return "first";
    case Preference::second: return "second";
    case Preference::neither: return "neither";
  }
  return "unknown";
}

/// A critic's answer when it is shown two pictures, in the order in which it was shown them.
class Comparison {
 public:
  explicit Comparison(Preference preference) : preference_{preference} {}

  Preference preference() const noexcept { return preference_; }

  /// Why, for people.
  const std::string& remark() const noexcept { return remark_; }
  Comparison& remark(std::string text) { return remark_ = std::move(text), *this; }

  const Charge& charge() const noexcept { return charge_; }
  Comparison& charge(Charge charge) { return charge_ = charge, *this; }

  friend bool operator==(const Comparison&, const Comparison&) = default;

 private:
  Preference preference_;
  std::string remark_;
  Charge charge_;
};

static_assert(!std::is_aggregate_v<Comparison>);

}  // namespace pentimento
