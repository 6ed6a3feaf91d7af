#pragma once

#include <pentimento/critique.hpp>
#include <pentimento/error.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/image.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// Identifies an image of a run: round, draft and image of a generation, each from 0.
class CandidateId {
 public:
  constexpr CandidateId(int round, int draft, int image = 0) noexcept : round_{round}, draft_{draft}, image_{image} {}

  constexpr int round() const noexcept { return round_; }
  constexpr int draft() const noexcept { return draft_; }
  constexpr int image() const noexcept { return image_; }
  /// The id of the generation that made the image.
  constexpr CandidateId generation() const noexcept { return {round_, draft_}; }

  friend constexpr auto operator<=>(CandidateId, CandidateId) noexcept = default;

 private:
  int round_;
  int draft_;
  int image_;
};

static_assert(!std::is_aggregate_v<CandidateId>);

/// The letters of a draft: a, b, ... z, aa, ab, ...
inline std::string draft_letters(int draft) {
  std::string letters;
  for (int rest = draft + 1; rest > 0; rest = (rest - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('a' + (rest - 1) % 26));
  return letters;
}

/// `0a`, `3b`; `3b.2` for the second image of a generation.
inline std::string to_string(CandidateId id) {
  std::string text = std::to_string(id.round()) + draft_letters(id.draft());
  if (id.image() > 0) text += '.' + std::to_string(id.image() + 1);
  return text;
}

inline std::ostream& operator<<(std::ostream& out, CandidateId id) { return out << to_string(id); }

/// Why a candidate was accepted as the new incumbent (the first four values) or rejected.
enum class DecisionReason {
  first,             ///< There was no incumbent.
  more_musts,        ///< It lost no `must` and passes more of them.
  better_score,      ///< The musts are equal; its weighted items are better by more than the dead band.
  preferred,         ///< A comparison preferred it in both orders.
  lost_must,         ///< A `must` that the incumbent passes does not pass here.
  worse_score,       ///< The musts are equal; its weighted items are worse by more than the dead band.
  within_dead_band,  ///< The weighted items differ by no more than the dead band.
  tie,               ///< They are equal. A tie does not replace the incumbent.
  not_preferred,     ///< A comparison did not prefer it in both orders.
  unjudged,          ///< It has no critique.
};

constexpr std::string_view to_string(DecisionReason reason) noexcept {
  switch (reason) {
    case DecisionReason::first: return "first";
    case DecisionReason::more_musts: return "more_musts";
    case DecisionReason::better_score: return "better_score";
    case DecisionReason::preferred: return "preferred";
    case DecisionReason::lost_must: return "lost_must";
    case DecisionReason::worse_score: return "worse_score";
    case DecisionReason::within_dead_band: return "within_dead_band";
    case DecisionReason::tie: return "tie";
    case DecisionReason::not_preferred: return "not_preferred";
    case DecisionReason::unjudged: return "unjudged";
  }
  return "unknown";
}

/// The decision on a candidate: accepted or rejected, and why.
class Decision {
 public:
  explicit Decision(DecisionReason reason) noexcept : reason_{reason} {}

  DecisionReason reason() const noexcept { return reason_; }
  Decision& reason(DecisionReason reason) noexcept { return reason_ = reason, *this; }
  bool accepted() const noexcept { return reason_ <= DecisionReason::preferred; }

  /// The incumbent that it was compared with; empty for the first.
  const std::optional<CandidateId>& against() const noexcept { return against_; }
  Decision& against(std::optional<CandidateId> incumbent) { return against_ = incumbent, *this; }

  /// Ids of the requirements that pass here and not in the incumbent.
  const std::vector<std::string>& gained() const noexcept { return gained_; }
  Decision& gained(std::vector<std::string> ids) { return gained_ = std::move(ids), *this; }

  /// Ids of the requirements that pass in the incumbent and not here.
  const std::vector<std::string>& lost() const noexcept { return lost_; }
  Decision& lost(std::vector<std::string> ids) { return lost_ = std::move(ids), *this; }

  friend bool operator==(const Decision&, const Decision&) = default;

 private:
  DecisionReason reason_;
  std::optional<CandidateId> against_;
  std::vector<std::string> gained_;
  std::vector<std::string> lost_;
};

static_assert(!std::is_aggregate_v<Decision>);

/// One line for people: `kept: gained "count-mug", lost nothing`, `rejected: lost "colour-mug"`.
inline std::ostream& operator<<(std::ostream& out, const Decision& decision) {
  const auto list = [&](const std::vector<std::string>& ids) -> std::ostream& {
    if (ids.empty()) return out << "nothing";
    const char* separator = "";
    for (const std::string& id : ids) out << std::exchange(separator, ", ") << '"' << id << '"';
    return out;
  };
  switch (decision.reason()) {
    case DecisionReason::first: return out << "kept: the first";
    case DecisionReason::more_musts: out << "kept: gained "; break;
    case DecisionReason::better_score: out << "kept: a better score, gained "; break;
    case DecisionReason::preferred: return out << "kept: preferred in both orders";
    case DecisionReason::lost_must: return out << "rejected: lost ", list(decision.lost());
    case DecisionReason::worse_score: return out << "rejected: a worse score, lost ", list(decision.lost());
    case DecisionReason::within_dead_band: return out << "rejected: no clear gain, the scores differ too little";
    case DecisionReason::tie: return out << "rejected: a tie";
    case DecisionReason::not_preferred: return out << "rejected: not preferred in both orders";
    case DecisionReason::unjudged: return out << "rejected: not judged";
  }
  list(decision.gained());
  out << ", lost ";
  return list(decision.lost());
}

/// An image of a run, with its request, parent, critique and decision.
class Candidate {
 public:
  Candidate(CandidateId id, GenerationRequest request, Image image)
      : id_{id}, request_{std::move(request)}, image_{std::move(image)} {}

  CandidateId id() const noexcept { return id_; }
  const GenerationRequest& request() const noexcept { return request_; }
  const Image& image() const noexcept { return image_; }

  /// The candidate from whose request or image this one was derived; empty in round 0 and after a restart.
  const std::optional<CandidateId>& parent() const noexcept { return parent_; }
  Candidate& parent(std::optional<CandidateId> id) { return parent_ = id, *this; }

  /// What the generator reported: see `Generation`.
  const std::optional<std::uint64_t>& seed() const noexcept { return seed_; }
  Candidate& seed(std::optional<std::uint64_t> seed) { return seed_ = seed, *this; }
  const std::string& revised_prompt() const noexcept { return revised_prompt_; }
  Candidate& revised_prompt(std::string prompt) { return revised_prompt_ = std::move(prompt), *this; }
  const std::string& request_id() const noexcept { return request_id_; }
  Candidate& request_id(std::string id) { return request_id_ = std::move(id), *this; }

  /// A text for people if the image has not the brief's size, or its reply had more images than requested; else empty.
  const std::string& warning() const noexcept { return warning_; }
  Candidate& warning(std::string text) { return warning_ = std::move(text), *this; }

  /// The critique; empty if it has not been judged.
  const std::optional<Critique>& critique() const noexcept { return critique_; }
  Candidate& critique(std::optional<Critique> critique) { return critique_ = std::move(critique), *this; }

  /// True if it was judged only after it had been decided on as unjudged.
  bool judged_late() const noexcept {
    return critique_ && decision_ && decision_->reason() == DecisionReason::unjudged;
  }

  /// The error if it could not be judged.
  const std::optional<Error>& error() const noexcept { return error_; }
  Candidate& error(std::optional<Error> error) { return error_ = std::move(error), *this; }

  /// The decision; empty before the round is decided.
  const std::optional<Decision>& decision() const noexcept { return decision_; }
  Candidate& decision(std::optional<Decision> decision) { return decision_ = std::move(decision), *this; }

  friend bool operator==(const Candidate&, const Candidate&) = default;

 private:
  CandidateId id_;
  GenerationRequest request_;
  Image image_;
  std::optional<CandidateId> parent_;
  std::optional<std::uint64_t> seed_;
  std::string revised_prompt_;
  std::string request_id_;
  std::string warning_;
  std::optional<Critique> critique_;
  std::optional<Error> error_;
  std::optional<Decision> decision_;
};

static_assert(!std::is_aggregate_v<Candidate>);

}  // namespace pentimento
