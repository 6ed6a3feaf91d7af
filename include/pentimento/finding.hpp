#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pentimento {

/// The verdict on one requirement. What could not be judged is `unknown`; what broke is an `Error` and no verdict at all.
enum class Verdict { pass, fail, unknown };

constexpr std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::fail: return "fail";
    case Verdict::unknown: return "unknown";
  }
  return "unknown";
}

/// What a critic found about one requirement in one picture. All texts are for people and may be empty.
class Finding {
 public:
  Finding(std::string requirement, Verdict verdict) : requirement_{std::move(requirement)}, verdict_{verdict} {}

  /// The id of the requirement.
  const std::string& requirement() const noexcept { return requirement_; }
  Verdict verdict() const noexcept { return verdict_; }

  /// What was seen or measured: "counted 2", "#d9d6cf".
  const std::string& observed() const noexcept { return observed_; }
  Finding& observed(std::string text) { return observed_ = std::move(text), *this; }

  /// What would satisfy the requirement, in the same terms: "3", "at least #fafafa".
  const std::string& wanted() const noexcept { return wanted_; }
  Finding& wanted(std::string text) { return wanted_ = std::move(text), *this; }

  /// Where in the picture, in words or as "x,y wxh" in pixels.
  const std::string& where() const noexcept { return where_; }
  Finding& where(std::string text) { return where_ = std::move(text), *this; }

  /// Why the verdict is what it is, where the figures do not say it: above all why it is `unknown`.
  const std::string& reason() const noexcept { return reason_; }
  Finding& reason(std::string text) { return reason_ = std::move(text), *this; }

  /// Whether the fault lies in one part of the picture, so that an edit could mend it and leave the rest alone.
  bool is_local() const noexcept { return local_; }
  Finding& local(bool local) { return local_ = local, *this; }

  friend bool operator==(const Finding&, const Finding&) = default;

 private:
  std::string requirement_;
  Verdict verdict_;
  std::string observed_;
  std::string wanted_;
  std::string where_;
  std::string reason_;
  bool local_ = false;
};

static_assert(!std::is_aggregate_v<Finding>);

}  // namespace pentimento
