#pragma once

#include <pentimento/image.hpp>
#include <pentimento/money.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// The verdict on one requirement. What could not be judged is `unknown`. A failed call is an `Error`, never a verdict.
enum class Verdict { pass, fail, unknown };

constexpr std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::fail: return "fail";
    case Verdict::unknown: return "unknown";
  }
  return "unknown";
}

/// What a critic found about one requirement in one image. The texts are for people and may be empty.
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

  /// The place in the image, in words or as "x,y wxh" in pixels.
  const std::string& where() const noexcept { return where_; }
  Finding& where(std::string text) { return where_ = std::move(text), *this; }

  /// The reason, if the other texts do not give it: mostly for `unknown`.
  const std::string& reason() const noexcept { return reason_; }
  Finding& reason(std::string text) { return reason_ = std::move(text), *this; }

  /// True if the fault is in one part of the image, so that an edit could repair it and keep the rest.
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

/// The judgement of one image: a finding for each requirement that the critic judges, and an optional suggested prompt.
class Critique {
 public:
  Critique() = default;
  explicit Critique(std::vector<Finding> findings) : findings_{std::move(findings)} {}

  const std::vector<Finding>& findings() const noexcept { return findings_; }
  Critique& findings(std::vector<Finding> findings) { return findings_ = std::move(findings), *this; }
  Critique& add(Finding finding) { return findings_.push_back(std::move(finding)), *this; }

  /// The finding on the requirement with this id, or null.
  const Finding* find(std::string_view requirement) const noexcept {
    const auto found = std::ranges::find(findings_, requirement, &Finding::requirement);
    return found == findings_.end() ? nullptr : &*found;
  }
  /// The verdict on a requirement; `unknown` if there is no finding.
  Verdict verdict(std::string_view requirement) const noexcept {
    const Finding* finding = find(requirement);
    return finding == nullptr ? Verdict::unknown : finding->verdict();
  }

  /// The prompt that the critic suggests; may be empty. Untrusted if a model wrote it.
  const std::string& suggested_prompt() const noexcept { return suggested_prompt_; }
  Critique& suggested_prompt(std::string prompt) { return suggested_prompt_ = std::move(prompt), *this; }

  /// A remark for people.
  const std::string& remark() const noexcept { return remark_; }
  Critique& remark(std::string text) { return remark_ = std::move(text), *this; }

  /// The image that was judged, if it is not the candidate's: a smaller or upright copy, or one without metadata.
  const std::optional<Image>& judged() const noexcept { return judged_; }
  Critique& judged(std::optional<Image> image) { return judged_ = std::move(image), *this; }

  const Charge& charge() const noexcept { return charge_; }
  Critique& charge(Charge charge) { return charge_ = charge, *this; }

  friend bool operator==(const Critique&, const Critique&) = default;

 private:
  std::vector<Finding> findings_;
  std::string suggested_prompt_;
  std::string remark_;
  std::optional<Image> judged_;
  Charge charge_;
};

static_assert(!std::is_aggregate_v<Critique>);

/// Which of two images meets the brief better.
enum class Preference { first, second, neither };

constexpr std::string_view to_string(Preference preference) noexcept {
  switch (preference) {
    case Preference::first: return "first";
    case Preference::second: return "second";
    case Preference::neither: return "neither";
  }
  return "unknown";
}

/// The result of a comparison of two images, in the order in which they were shown.
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
