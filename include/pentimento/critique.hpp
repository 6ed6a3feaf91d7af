#pragma once

#include <pentimento/charge.hpp>
#include <pentimento/finding.hpp>
#include <pentimento/image.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// What a critic says of one picture: a finding for each requirement that it judges, and perhaps a better prompt.
class Critique {
 public:
  Critique() = default;
  explicit Critique(std::vector<Finding> findings) : findings_{std::move(findings)} {}

  const std::vector<Finding>& findings() const noexcept { return findings_; }
  Critique& add(Finding finding) { return findings_.push_back(std::move(finding)), *this; }

  /// The finding on the requirement with this id, or null.
  const Finding* find(std::string_view requirement) const noexcept {
    const auto found = std::ranges::find(findings_, requirement, &Finding::requirement);
    return found == findings_.end() ? nullptr : &*found;
  }
  /// The verdict on a requirement; `unknown` when there is no finding on it.
  Verdict verdict(std::string_view requirement) const noexcept {
    const Finding* finding = find(requirement);
    return finding == nullptr ? Verdict::unknown : finding->verdict();
  }

  /// The prompt that the critic would try next; empty if it has none. Untrusted where a model wrote it.
  const std::string& suggested_prompt() const noexcept { return suggested_prompt_; }
  Critique& suggested_prompt(std::string prompt) { return suggested_prompt_ = std::move(prompt), *this; }

  /// What else there is to say, for people.
  const std::string& remark() const noexcept { return remark_; }
  Critique& remark(std::string text) { return remark_ = std::move(text), *this; }

  /// The picture that was looked at, where it is not the candidate's own: a smaller copy that the critic made for a model with
  /// a limit. Whoever shows what was judged shows this one. None where the candidate's picture itself was judged.
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

}  // namespace pentimento
