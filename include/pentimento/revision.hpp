#pragma once

#include <pentimento/candidate.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/money.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// The actions of a revision.
enum class Action {
  reprompt,   ///< Another prompt.
  reseed,     ///< The same prompt with new seeds.
  edit,       ///< Start from an image (image-to-image, inpainting).
  backtrack,  ///< Continue from an earlier candidate.
  restart,    ///< Start again from the brief.
  stop,       ///< End the run: a person chose to, or nothing is left to try.
};

constexpr std::string_view to_string(Action action) noexcept {
  switch (action) {
    case Action::reprompt: return "reprompt";
    case Action::reseed: return "reseed";
    case Action::edit: return "edit";
    case Action::backtrack: return "backtrack";
    case Action::restart: return "restart";
    case Action::stop: return "stop";
  }
  return "unknown";
}

/// What to request next, and why.
class Revision {
 public:
  Revision(Action action, GenerationRequest request) : action_{action}, request_{std::move(request)} {}

  Action action() const noexcept { return action_; }
  Revision& action(Action action) { return action_ = action, *this; }

  const GenerationRequest& request() const noexcept { return request_; }
  Revision& request(GenerationRequest request) { return request_ = std::move(request), *this; }

  /// The candidate that it continues from; empty for a restart.
  const std::optional<CandidateId>& parent() const noexcept { return parent_; }
  Revision& parent(std::optional<CandidateId> id) { return parent_ = id, *this; }

  /// The ids of the requirements that it tries to repair.
  const std::vector<std::string>& targets() const noexcept { return targets_; }
  Revision& targets(std::vector<std::string> ids) { return targets_ = std::move(ids), *this; }

  /// Who wrote it: the name of a reviser, or "person".
  const std::string& author() const noexcept { return author_; }
  Revision& author(std::string name) { return author_ = std::move(name), *this; }

  /// Why, in one sentence.
  const std::string& why() const noexcept { return why_; }
  Revision& why(std::string text) { return why_ = std::move(text), *this; }

  /// The original action, if it was not supported: see `fit_revision`.
  const std::optional<Action>& downgraded_from() const noexcept { return downgraded_from_; }
  Revision& downgraded_from(std::optional<Action> action) { return downgraded_from_ = action, *this; }

  const Charge& charge() const noexcept { return charge_; }
  Revision& charge(Charge charge) { return charge_ = charge, *this; }

  friend bool operator==(const Revision&, const Revision&) = default;

 private:
  Action action_;
  GenerationRequest request_;
  std::optional<CandidateId> parent_;
  std::vector<std::string> targets_;
  std::string author_;
  std::string why_;
  std::optional<Action> downgraded_from_;
  Charge charge_;
};

static_assert(!std::is_aggregate_v<Revision>);

}  // namespace pentimento
