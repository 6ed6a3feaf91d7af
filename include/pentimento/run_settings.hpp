#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pentimento {

/// What becomes of the calls under way once a draft passes every `must`.
enum class OnSatisfied {
  cancel,  ///< They are cancelled if the run ends with it: soonest, and what they would cost may be saved.
  keep,    ///< They are waited for: one of them may be better still.
};

constexpr std::string_view to_string(OnSatisfied choice) noexcept {
  return choice == OnSatisfied::cancel ? "cancel" : "keep";
}

/// What becomes of a run when a backend fails.
enum class OnError {
  go_on,  ///< The draft is left out. The run ends when a whole round brings nothing that could be judged.
  stop,   ///< The first error ends the run.
};

constexpr std::string_view to_string(OnError choice) noexcept { return choice == OnError::go_on ? "go_on" : "stop"; }

/// What becomes of a run when a provider declines to draw what was asked (`errc::refused`).
enum class OnRefusal {
  stop,      ///< It is an error as any other: see `OnError`.
  rephrase,  ///< A round that brought nothing for that reason is one without gain: the reviser is asked for other words.
};

constexpr std::string_view to_string(OnRefusal choice) noexcept {
  return choice == OnRefusal::stop ? "stop" : "rephrase";
}

/// What a run was started with, as it stands in its record.
class RunSettings {
 public:
  RunSettings() = default;

  /// How many drafts a round has, from 1 to 64. They are made at once, each with a seed of its own.
  int drafts() const noexcept { return drafts_; }
  RunSettings& drafts(int drafts) { return drafts_ = drafts, *this; }

  /// All seeds of the run follow from this one.
  std::uint64_t seed() const noexcept { return seed_; }
  RunSettings& seed(std::uint64_t seed) { return seed_ = seed, *this; }

  OnSatisfied on_satisfied() const noexcept { return on_satisfied_; }
  RunSettings& on_satisfied(OnSatisfied choice) { return on_satisfied_ = choice, *this; }

  OnError on_error() const noexcept { return on_error_; }
  RunSettings& on_error(OnError choice) { return on_error_ = choice, *this; }

  /// A refusal is not worked around unless told: it says something about the brief that a person may want to know.
  OnRefusal on_refusal() const noexcept { return on_refusal_; }
  RunSettings& on_refusal(OnRefusal choice) { return on_refusal_ = choice, *this; }

  /// How many edits of edits there may be before a picture is made anew: each edit loses a little quality.
  int max_edit_depth() const noexcept { return max_edit_depth_; }
  RunSettings& max_edit_depth(int depth) { return max_edit_depth_ = depth, *this; }

  /// The text of the stop policy, and the names of the roles.
  const std::string& policy() const noexcept { return policy_; }
  RunSettings& policy(std::string text) { return policy_ = std::move(text), *this; }
  const std::string& generator() const noexcept { return generator_; }
  RunSettings& generator(std::string name) { return generator_ = std::move(name), *this; }
  const std::string& critic() const noexcept { return critic_; }
  RunSettings& critic(std::string name) { return critic_ = std::move(name), *this; }
  const std::string& reviser() const noexcept { return reviser_; }
  RunSettings& reviser(std::string name) { return reviser_ = std::move(name), *this; }

  friend bool operator==(const RunSettings&, const RunSettings&) = default;

 private:
  int drafts_ = 1;
  std::uint64_t seed_ = 0;
  OnSatisfied on_satisfied_ = OnSatisfied::cancel;
  OnError on_error_ = OnError::go_on;
  OnRefusal on_refusal_ = OnRefusal::stop;
  int max_edit_depth_ = 3;
  std::string policy_;
  std::string generator_;
  std::string critic_;
  std::string reviser_;
};

static_assert(!std::is_aggregate_v<RunSettings>);

}  // namespace pentimento
