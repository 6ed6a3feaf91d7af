#pragma once

#include <pentimento/candidate_id.hpp>

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace pentimento {

/// What a run asks of its roles.
enum class CallKind { plan, generate, critique, compare, revise };

constexpr std::string_view to_string(CallKind kind) noexcept {
  switch (kind) {
    case CallKind::plan: return "plan";
    case CallKind::generate: return "generate";
    case CallKind::critique: return "critique";
    case CallKind::compare: return "compare";
    case CallKind::revise: return "revise";
  }
  return "unknown";
}

/// One call of a run to one of its roles, and what it is about.
class Call {
 public:
  /// `plan` and `revise` are about no candidate; the second comparison of a pair is the swapped one.
  explicit constexpr Call(CallKind kind, std::optional<CandidateId> candidate = std::nullopt,
                          bool swapped = false) noexcept
      : kind_{kind}, candidate_{candidate}, swapped_{swapped} {}

  constexpr CallKind kind() const noexcept { return kind_; }
  constexpr const std::optional<CandidateId>& candidate() const noexcept { return candidate_; }
  constexpr bool swapped() const noexcept { return swapped_; }

  friend constexpr auto operator<=>(const Call&, const Call&) noexcept = default;

 private:
  CallKind kind_;
  std::optional<CandidateId> candidate_;
  bool swapped_;
};

static_assert(!std::is_aggregate_v<Call>);

/// `generate 0a`, `plan`, `compare 2a swapped`.
inline std::string to_string(const Call& call) {
  std::string text{to_string(call.kind())};
  if (call.candidate()) text += ' ' + to_string(*call.candidate());
  if (call.swapped()) text += " swapped";
  return text;
}

}  // namespace pentimento
