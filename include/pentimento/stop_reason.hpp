#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pentimento {

/// What ended a run.
enum class StopKind {
  satisfied,  ///< Every `must` passes; every `should` if there is no `must`.
  score,      ///< The score is high enough.
  plateau,    ///< No better candidate for some rounds.
  repeats,    ///< The same prompt, or the same requirement without success, too often.
  rounds,     ///< Enough rounds.
  images,     ///< Enough images.
  money,      ///< The next call could exceed the budget.
  time,       ///< The deadline passed.
  reviser,    ///< The reviser, or the person, chose to stop.
  cancelled,  ///< The caller cancelled.
  failed,     ///< A backend, or the record of the run, failed.
  custom,     ///< A user-defined policy, or a combination without a kind.
};

constexpr std::string_view to_string(StopKind kind) noexcept {
  switch (kind) {
    case StopKind::satisfied: return "satisfied";
    case StopKind::score: return "score";
    case StopKind::plateau: return "plateau";
    case StopKind::repeats: return "repeats";
    case StopKind::rounds: return "rounds";
    case StopKind::images: return "images";
    case StopKind::money: return "money";
    case StopKind::time: return "time";
    case StopKind::reviser: return "reviser";
    case StopKind::cancelled: return "cancelled";
    case StopKind::failed: return "failed";
    case StopKind::custom: return "custom";
  }
  return "unknown";
}

/// Why a run ended: the kind, the clause of the policy that fired, and a sentence.
class StopReason {
 public:
  StopReason(StopKind kind, std::string clause, std::string detail = {})
      : kind_{kind}, clause_{std::move(clause)}, detail_{std::move(detail)} {}

  StopKind kind() const noexcept { return kind_; }
  /// The clause in the text of the policy: `rounds(6)`. The name of the kind if no policy ended the run.
  const std::string& clause() const noexcept { return clause_; }
  /// What was reached: "4 of 4 after round 2".
  const std::string& detail() const noexcept { return detail_; }

  friend bool operator==(const StopReason&, const StopReason&) = default;

 private:
  StopKind kind_;
  std::string clause_;
  std::string detail_;
};

static_assert(!std::is_aggregate_v<StopReason>);

/// `satisfied: 4 of 4 after round 2`.
inline std::ostream& operator<<(std::ostream& out, const StopReason& reason) {
  out << reason.clause();
  return reason.detail().empty() ? out : out << ": " << reason.detail();
}

}  // namespace pentimento
