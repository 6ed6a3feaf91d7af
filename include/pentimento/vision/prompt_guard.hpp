#pragma once

#include <pentimento/brief.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// What is done to a prompt that a model wrote before any generator gets it. Such a prompt is untrusted: the model has
// seen a picture, and the picture may hold instructions.

namespace pentimento {

/**
 * The prompt without what servers read as commands in it.
 *
 * Gone are `<sd_cpp_extra_args>...</sd_cpp_extra_args>` with all between (stable-diffusion.cpp's server takes JSON
 * settings from there, as of autumn 2026), in any case, nested, and to the end of the text where it is not closed; and
 * every other tag: `<lora:name:1>`, `<hypernet:...>`, `</name>`. What is left of angle brackets becomes a space, so
 * that no text that is put after or around the prompt can make a tag of it: the result has no `<` and no `>`. White
 * space is one space.
 *
 * Linear in the length of the text. Applying it again changes nothing.
 */
std::string without_control_tags(std::string prompt);

/// A prompt that says all that the user asked for, and which of their words it had lost.
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
 * The drift guard: a suggested prompt that keeps the user's required words.
 *
 * The goal is taken clause by clause (up to a full stop, comma, semicolon or line break), and each `must` as one
 * clause. A clause of which the suggestion lacks a content word is put after the suggestion, in the user's own words:
 * "three mugs, studio light" + "the mugs are red" is "three mugs, studio light, the mugs are red". Words are compared
 * without regard to case and English endings ("coloured" is "colors", "three" is "3"); articles, prepositions, "picture
 * of" and the like do not count, all negations ("no", "without") count as one word. It compares words and not meaning:
 * a suggestion that has them all and says something else passes. An empty suggestion stays empty.
 */
GuardedPrompt with_required_words(std::string suggestion, const Brief& brief);

}  // namespace pentimento
