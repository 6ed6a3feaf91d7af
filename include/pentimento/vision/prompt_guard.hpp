#pragma once

#include <pentimento/brief.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// Checks of a prompt that a model wrote, before it is sent to a generator. It is untrusted: the model has seen an image,
// which may contain instructions.

namespace pentimento {

/**
 * Returns a prompt without text that servers read as commands.
 *
 * Removes `<sd_cpp_extra_args>...</sd_cpp_extra_args>` with its content (stable-diffusion.cpp's server reads JSON
 * settings there, as of autumn 2026), in any case, nested, and to the end of the text if it is not closed; and every
 * other tag: `<lora:name:1>`, `<hypernet:...>`, `</name>`. Every other angle bracket becomes a space, so text that is
 * added to the prompt cannot complete a tag: the result has no `<` and no `>`. White space becomes one space.
 *
 * Takes linear time. Applying it again changes nothing.
 */
std::string without_control_tags(std::string prompt);

/// A prompt that keeps the user's words, and the words that were missing from it.
class GuardedPrompt {
 public:
  GuardedPrompt() = default;
  GuardedPrompt(std::string prompt, std::vector<std::string> lost)
      : prompt_{std::move(prompt)}, lost_{std::move(lost)} {}

  const std::string& prompt() const noexcept { return prompt_; }
  /// The words that the suggestion lacked, as the user wrote them, each once, in the order of the brief.
  const std::vector<std::string>& lost() const noexcept { return lost_; }

  friend bool operator==(const GuardedPrompt&, const GuardedPrompt&) = default;

 private:
  std::string prompt_;
  std::vector<std::string> lost_;
};

static_assert(!std::is_aggregate_v<GuardedPrompt>);

/**
 * Returns a suggested prompt that keeps the user's required words.
 *
 * The goal is split into clauses (at full stops, commas, semicolons and line breaks); each `must` is one clause. A
 * clause with a content word that the suggestion lacks is appended in the user's own words: "three mugs, studio light"
 * and "the mugs are red" give "three mugs, studio light, the mugs are red". Words are compared without case and English
 * endings ("coloured" equals "colors", "three" equals "3"). Articles, prepositions, "picture of" and the like are
 * ignored; all negations ("no", "without") count as one word. Words are compared, not meaning: a suggestion that has
 * them all and says something else passes. An empty suggestion stays empty.
 */
GuardedPrompt with_required_words(std::string suggestion, const Brief& brief);

}  // namespace pentimento
