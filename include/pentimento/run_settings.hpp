#pragma once

#include <pentimento/error.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pentimento {

/// What happens to open calls when a draft passes every `must`.
enum class OnSatisfied {
  cancel,  ///< They are cancelled if this ends the run. Fastest, and may save their cost.
  keep,    ///< The run waits for them: one of them may be better.
};

constexpr std::string_view to_string(OnSatisfied choice) noexcept {
  return choice == OnSatisfied::cancel ? "cancel" : "keep";
}

/// What happens to a run when a call fails.
enum class OnError {
  go_on,  ///< The draft is skipped. The run ends if a whole round gives nothing that could be judged.
  stop,   ///< The first error ends the run.
};

constexpr std::string_view to_string(OnError choice) noexcept { return choice == OnError::go_on ? "go_on" : "stop"; }

/// What happens to a run when the provider refuses a prompt (`errc::refused`).
enum class OnRefusal {
  stop,      ///< As for any other error: see `OnError`.
  rephrase,  ///< A round of refusals counts as one without gain, and the reviser is asked for another prompt.
};

constexpr std::string_view to_string(OnRefusal choice) noexcept {
  return choice == OnRefusal::stop ? "stop" : "rephrase";
}

/// The role of the brief's init image in later rounds.
enum class KeepInitImage {
  always,  ///< Every draft starts from it or from an image made from it. Only a person can drop it. Needs image-to-image.
  optional,  ///< The reviser may drop it. A generator without image-to-image ignores it.
};

constexpr std::string_view to_string(KeepInitImage choice) noexcept {
  return choice == KeepInitImage::always ? "always" : "optional";
}

/// The settings that a run was started with, as they are recorded. `run_setting_table` documents each of them.
class RunSettings {
 public:
  RunSettings() = default;

  int drafts() const noexcept { return drafts_; }
  RunSettings& drafts(int drafts) { return drafts_ = drafts, *this; }

  std::uint64_t seed() const noexcept { return seed_; }
  RunSettings& seed(std::uint64_t seed) { return seed_ = seed, *this; }

  OnSatisfied on_satisfied() const noexcept { return on_satisfied_; }
  RunSettings& on_satisfied(OnSatisfied choice) { return on_satisfied_ = choice, *this; }

  OnError on_error() const noexcept { return on_error_; }
  RunSettings& on_error(OnError choice) { return on_error_ = choice, *this; }

  OnRefusal on_refusal() const noexcept { return on_refusal_; }
  RunSettings& on_refusal(OnRefusal choice) { return on_refusal_ = choice, *this; }

  int critique_retries() const noexcept { return critique_retries_; }
  RunSettings& critique_retries(int retries) { return critique_retries_ = retries, *this; }

  KeepInitImage keep_init_image() const noexcept { return keep_init_image_; }
  RunSettings& keep_init_image(KeepInitImage choice) { return keep_init_image_ = choice, *this; }

  int max_edit_depth() const noexcept { return max_edit_depth_; }
  RunSettings& max_edit_depth(int depth) { return max_edit_depth_ = depth, *this; }

  /// The text of the stop policy and the names of the roles. For records only: a run sets them.
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
  int critique_retries_ = 2;
  KeepInitImage keep_init_image_ = KeepInitImage::always;
  int max_edit_depth_ = 3;
  std::string policy_;
  std::string generator_;
  std::string critic_;
  std::string reviser_;
};

static_assert(!std::is_aggregate_v<RunSettings>);

/// One setting of a run: what the JSON form, the C ABI and the command line need to read, check and document it. `T` is
/// an integer or an enumeration with `to_string`; the default is that of `RunSettings`.
template <class T>
struct RunSetting {
  std::string_view name;  ///< In snake_case. The command line writes `-` for `_`, also in the names of an enumeration.
  std::string_view help;  ///< What it does, in words for a help text.
  T least;                ///< The smallest accepted number, or the first of the enumeration.
  T most;                 ///< The largest accepted number, or the last of the enumeration.
  T (RunSettings::*get)() const noexcept;
  RunSettings& (RunSettings::*set)(T);
};

/// All settings of a run.
inline constexpr std::tuple run_setting_table{
    RunSetting<int>{"drafts", "images in each round, made at the same time with different seeds", 1, 64,
                    &RunSettings::drafts, &RunSettings::drafts},
    RunSetting<std::uint64_t>{
        "seed",
        "all seeds of the run follow from it; with several drafts, on_satisfied must be keep for two "
        "runs to be the same",
        0, std::numeric_limits<std::uint64_t>::max(), &RunSettings::seed, &RunSettings::seed},
    RunSetting<OnSatisfied>{
        "on_satisfied", "when a draft passes every must: cancel the other drafts, or keep waiting for a better one",
        OnSatisfied::cancel, OnSatisfied::keep, &RunSettings::on_satisfied, &RunSettings::on_satisfied},
    RunSetting<OnError>{"on_error", "when a call fails: go on with the other drafts, or stop the run", OnError::go_on,
                        OnError::stop, &RunSettings::on_error, &RunSettings::on_error},
    RunSetting<OnRefusal>{
        "on_refusal", "when the provider refuses a prompt: stop, or rephrase, which asks the reviser for other words",
        OnRefusal::stop, OnRefusal::rephrase, &RunSettings::on_refusal, &RunSettings::on_refusal},
    RunSetting<int>{"critique_retries",
                    "how often a plan, critique, comparison or revision is retried after an error that may pass, as of "
                    "an overloaded "
                    "server; "
                    "estimates and limits on money include the retries",
                    0, 10, &RunSettings::critique_retries, &RunSettings::critique_retries},
    RunSetting<KeepInitImage>{
        "keep_init_image",
        "whether every draft starts from the init image or from an image made from it (always), or the reviser may let "
        "it go (optional)",
        KeepInitImage::always, KeepInitImage::optional, &RunSettings::keep_init_image, &RunSettings::keep_init_image},
    RunSetting<int>{"max_edit_depth", "edits of edits before an image is made anew; each edit loses some quality", 0,
                    1000, &RunSettings::max_edit_depth, &RunSettings::max_edit_depth},
};

/// Calls a function with each `RunSetting` in order.
template <class F>
constexpr void for_each_run_setting(F f) {
  std::apply([&](const auto&... setting) { (f(setting), ...); }, run_setting_table);
}

/// Checks the ranges. **Errors**: `invalid_argument`.
inline Result<void> validate(const RunSettings& settings) {
  std::optional<Error> error;
  for_each_run_setting([&]<class T>(const RunSetting<T>& setting) {
    const T value = (settings.*setting.get)();
    if (error || (value >= setting.least && value <= setting.most)) return;
    const auto number = [](T limit) { return std::to_string(static_cast<std::int64_t>(limit)); };
    error = Error{errc::invalid_argument, std::string{setting.name} + ' ' + number(value) + " is out of range; " +
                                              number(setting.least) + " to " + number(setting.most) + " are accepted"};
  });
  if (error) return *error;
  return {};
}

}  // namespace pentimento
