#include "word_diff.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace pentimento::cli {

namespace {

/// A word or a mark of punctuation, and the spaces after it.
struct Token {
  std::string_view word;
  std::string_view whole;
};

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

bool is_mark(char c) { return std::string_view{".,;:!?()\"'"}.find(c) != std::string_view::npos; }

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && !is_space(text[end])) ++end;
    std::size_t next = end;
    while (next < text.size() && is_space(text[next])) ++next;
    // Marks at the ends count for themselves, those inside ("4:3", "don't") belong to the word.
    std::size_t word = at;
    while (word < end && is_mark(text[word])) ++word;
    std::size_t word_end = end;
    while (word_end > word && is_mark(text[word_end - 1])) --word_end;
    const std::size_t first = tokens.size();
    for (const auto& [begin, stop] : {std::pair{at, word}, std::pair{word, word_end}, std::pair{word_end, end}}) {
      if (begin < stop) tokens.push_back({text.substr(begin, stop - begin), text.substr(begin, stop - begin)});
    }
    if (tokens.size() == first) tokens.push_back({{}, {}});
    const std::size_t last = next - end + tokens.back().word.size();
    tokens.back().whole = text.substr(next - last, last);
    at = next;
  }
  return tokens;
}

class Parts {
 public:
  void add(WordChange::Kind kind, std::string_view text) {
    if (parts_.empty() || parts_.back().kind != kind) parts_.push_back({kind, {}});
    parts_.back().text.append(text);
  }
  std::vector<WordChange> release() { return std::move(parts_); }

 private:
  std::vector<WordChange> parts_;
};

}  // namespace

std::vector<WordChange> word_diff(std::string_view before, std::string_view after) {
  using Kind = WordChange::Kind;
  const std::vector<Token> old_words = tokens_of(before);
  const std::vector<Token> new_words = tokens_of(after);
  const auto same = [&](std::size_t i, std::size_t j) { return old_words[i].word == new_words[j].word; };

  std::size_t head = 0;
  const std::size_t shorter = std::min(old_words.size(), new_words.size());
  while (head < shorter && same(head, head)) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head && same(old_words.size() - 1 - tail, new_words.size() - 1 - tail)) ++tail;

  const std::size_t rows = old_words.size() - head - tail;
  const std::size_t columns = new_words.size() - head - tail;
  constexpr std::size_t most_cells = 16'000'000;
  const bool small = columns == 0 || rows <= most_cells / columns;

  // length[i][j]: of the longest common subsequence of the middles from their i-th and j-th words on.
  std::vector<std::uint32_t> lengths(small ? (rows + 1) * (columns + 1) : 0);
  const auto length = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return lengths[i * (columns + 1) + j]; };
  if (small) {
    for (std::size_t i = rows; i-- > 0;) {
      for (std::size_t j = columns; j-- > 0;) {
        length(i, j) =
            same(head + i, head + j) ? length(i + 1, j + 1) + 1 : std::max(length(i + 1, j), length(i, j + 1));
      }
    }
  }

  Parts parts;
  for (std::size_t i = 0; i < head; ++i) parts.add(Kind::same, new_words[i].whole);
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < rows || j < columns) {
    if (small && i < rows && j < columns && same(head + i, head + j)) {
      parts.add(Kind::same, new_words[head + j].whole);
      ++i;
      ++j;
    } else if (i < rows && (!small || j == columns || length(i + 1, j) >= length(i, j + 1))) {
      parts.add(Kind::removed, old_words[head + i].whole);
      ++i;
    } else {
      parts.add(Kind::added, new_words[head + j].whole);
      ++j;
    }
  }
  for (std::size_t k = new_words.size() - tail; k < new_words.size(); ++k) parts.add(Kind::same, new_words[k].whole);
  return parts.release();
}

}  // namespace pentimento::cli
