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

/// What a reviser can do about a fault.
enum class Action {
  reprompt,   ///< Say it in other words.
  reseed,     ///< The same words, other seeds.
  edit,       ///< Start from the incumbent's picture (image to image, a mask).
  backtrack,  ///< Go on from an earlier candidate.
  restart,    ///< Begin again from the brief.
  stop,       ///< Leave it as it is: a person is content, or there is nothing left to try.
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

/// What to ask next, and why.
class Revision {
 public:
  Revision(Action action, GenerationRequest request) : action_{action}, request_{std::move(request)} {}

  Action action() const noexcept { return action_; }
  Revision& action(Action action) { return action_ = action, *this; }

  const GenerationRequest& request() const noexcept { return request_; }
  Revision& request(GenerationRequest request) { return request_ = std::move(request), *this; }

  /// The candidate that it goes on from; none for a fresh start.
  const std::optional<CandidateId>& parent() const noexcept { return parent_; }
  Revision& parent(std::optional<CandidateId> id) { return parent_ = id, *this; }

  /// The ids of the requirements that it means to mend.
  const std::vector<std::string>& targets() const noexcept { return targets_; }
  Revision& targets(std::vector<std::string> ids) { return targets_ = std::move(ids), *this; }

  /// Who wrote it: a reviser's name, or "person".
  const std::string& author() const noexcept { return author_; }
  Revision& author(std::string name) { return author_ = std::move(name), *this; }

  /// Why this and not something else, in a sentence.
  const std::string& why() const noexcept { return why_; }
  Revision& why(std::string text) { return why_ = std::move(text), *this; }

  /// The action that was wanted, where the generator could not do it and this one took its place.
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
