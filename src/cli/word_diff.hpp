#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pentimento::cli {

/// A run of words that two texts share, or that only one of them has.
struct WordChange {
  enum class Kind { same, removed, added };
  Kind kind;
  std::string text;
  friend bool operator==(const WordChange&, const WordChange&) = default;
};

/**
 * The word-level difference of two texts: a longest common subsequence of their words. Words are what stands between
 * spaces, without the punctuation at their ends, which counts for itself ("bright" and "bright." share a word).
 *
 * Joining the parts that are not `removed` gives `after`; joining those that are not `added` gives `before`, but for the
 * spaces around what was changed. Texts of very many words are compared from both ends only.
 */
std::vector<WordChange> word_diff(std::string_view before, std::string_view after);

}  // namespace pentimento::cli
