#pragma once

#include <pentimento/candidate.hpp>
#include <pentimento/error.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/time.hpp>

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// One call to the generator: the request, the times, and the error if it failed. Its images are candidates.
class Draft {
 public:
  Draft(CandidateId id, GenerationRequest request, TimePoint started)
      : id_{id}, request_{std::move(request)}, started_{started} {}

  CandidateId id() const noexcept { return id_; }
  const GenerationRequest& request() const noexcept { return request_; }
  TimePoint started() const noexcept { return started_; }

  /// When the call ended; empty while it is in progress.
  const std::optional<TimePoint>& ended() const noexcept { return ended_; }
  Draft& ended(TimePoint time) { return ended_ = time, *this; }

  const std::optional<Error>& error() const noexcept { return error_; }
  Draft& error(Error error) { return error_ = std::move(error), *this; }

  friend bool operator==(const Draft&, const Draft&) = default;

 private:
  CandidateId id_;
  GenerationRequest request_;
  TimePoint started_;
  std::optional<TimePoint> ended_;
  std::optional<Error> error_;
};

static_assert(!std::is_aggregate_v<Draft>);

/// One round of the loop: its revision, its drafts and their candidates.
class Round {
 public:
  Round(int index, Revision revision, TimePoint started)
      : index_{index}, revision_{std::move(revision)}, started_{started} {}

  int index() const noexcept { return index_; }
  const Revision& revision() const noexcept { return revision_; }
  const std::vector<Draft>& drafts() const noexcept { return drafts_; }
  /// In the order in which their images arrived.
  const std::vector<Candidate>& candidates() const noexcept { return candidates_; }
  /// The candidate that became the incumbent in this round; the last one if there were several. Empty if none did.
  /// It belongs to an earlier round if it was judged late.
  const std::optional<CandidateId>& accepted() const noexcept { return accepted_; }
  TimePoint started() const noexcept { return started_; }
  /// When the last candidate was decided on; empty while the round is in progress.
  const std::optional<TimePoint>& finished() const noexcept { return finished_; }

  /// True if at least one of its candidates was judged.
  bool judged() const noexcept {
    return std::ranges::any_of(candidates_,
                               [](const Candidate& candidate) { return candidate.critique().has_value(); });
  }

  /// The refusal (`errc::refused`) if the round has no image and a provider refused to make one; else null.
  const Error* refusal() const noexcept {
    if (!candidates_.empty()) return nullptr;
    const auto refused = std::ranges::find_if(
        drafts_, [](const Draft& draft) { return draft.error() && draft.error()->code() == errc::refused; });
    return refused == drafts_.end() ? nullptr : &*refused->error();
  }

  friend bool operator==(const Round&, const Round&) = default;

 private:
  friend class Transcript;

  int index_;
  Revision revision_;
  std::vector<Draft> drafts_;
  std::vector<Candidate> candidates_;
  std::optional<CandidateId> accepted_;
  TimePoint started_;
  std::optional<TimePoint> finished_;
};

static_assert(!std::is_aggregate_v<Round>);

}  // namespace pentimento
