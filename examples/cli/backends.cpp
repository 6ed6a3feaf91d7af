#include "backends.hpp"

#include "suggest.hpp"
#include <pentimento/offline/measure.hpp>
#include <pentimento/offline/sketch.hpp>

#include <algorithm>

namespace pentimento::cli {

std::vector<Choice> generators() {
  return {{"sketch", "a procedural painter: draws what it understands of a prompt; no key, no network, no cost"}};
}

std::vector<Choice> critics() {
  return {{"measure", "measures pixels: counts, colours, places, background, light, framing, size; no key, no cost"}};
}

std::vector<Choice> profiles() {
  std::vector<Choice> choices;
  for (const std::string& name : offline::MeasuringCritic::profiles())
    choices.push_back({name, offline::MeasuringCritic::profile_source(name)});
  return choices;
}

std::vector<Choice> revisers() {
  return {
      {"failed-items", "writes the prompt from the checklist: what fails is named first, what passes is to be kept"},
      {"suggested", "takes the prompt that the critic suggests, as it stands"},
      {"ask", "asks you: shows what failed-items proposes and takes your words instead"}};
}

std::vector<Choice> policies() {
  return {{"satisfied", "every must passes"},
          {"score(90)", "the score has reached so many per cent"},
          {"rounds(6)", "so many rounds are done; round 0 counts"},
          {"images(8)", "so many pictures were asked for"},
          {"plateau(2)", "so many rounds in a row brought nothing better"},
          {"repeats(3)", "the same prompt, or the same item in vain, so many times"},
          {"usd(0.50)", "the next call could bring the cost above so many dollars"},
          {"seconds(30)", "the time is up; also minutes(5), hours(1)"},
          {"never", "only Ctrl-C, an error or the reviser ends the run"},
          {"a || b", "either; a && b: both; !a: not; parentheses as usual"}};
}

std::vector<std::string> names_of(const std::vector<Choice>& choices) {
  std::vector<std::string> names;
  for (const Choice& choice : choices) names.push_back(choice.name);
  return names;
}

Result<std::shared_ptr<Generator>> make_generator(std::string_view name) {
  if (name != "sketch") return Error{errc::invalid_argument, unknown_name("generator", name, names_of(generators()))};
  return std::shared_ptr<Generator>{std::make_shared<offline::SketchGenerator>()};
}

Result<std::shared_ptr<Critic>> make_critic(std::string_view name, std::string_view profile) {
  if (name != "measure") return Error{errc::invalid_argument, unknown_name("critic", name, names_of(critics()))};
  if (profile.empty()) return std::shared_ptr<Critic>{std::make_shared<offline::MeasuringCritic>()};
  const std::vector<std::string> known = offline::MeasuringCritic::profiles();
  if (std::ranges::find(known, profile) == known.end()) {
    return Error{errc::invalid_argument, unknown_name("profile", profile, known)};
  }
  Result<offline::MeasuringCritic> critic = offline::MeasuringCritic::profile_named(profile);
  if (!critic) return critic.error();
  return std::shared_ptr<Critic>{std::make_shared<offline::MeasuringCritic>(std::move(*critic))};
}

}  // namespace pentimento::cli
