#include "offline/language/words.hpp"

#include <pentimento/detail/utf8.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace pentimento::offline::lexicon {
namespace {

constexpr std::size_t deepest_group = 8;
constexpr std::size_t longest_word = 48;

bool letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char c) noexcept { return c >= '0' && c <= '9'; }

// The length of the character at `at`, 0 if the text is not valid UTF-8 there.
std::size_t sequence(std::string_view text, std::size_t at) {
  const detail::Utf8Character character = detail::first_character(text.substr(at));
  return character.is_valid ? character.length : 0;
}

// "1.4" before a closing parenthesis; 0 if it is no number of that form.
double weight_at(std::string_view text, std::size_t at, std::size_t& end) noexcept {
  double value = 0;
  double unit = 1;
  bool point = false;
  std::size_t i = at;
  for (; i < text.size() && i - at < 6 && (digit(text[i]) || (text[i] == '.' && !point)); ++i) {
    if (text[i] == '.') {
      point = true;
    } else if (point) {
      unit /= 10;
      value += unit * (text[i] - '0');
    } else {
      value = value * 10 + (text[i] - '0');
    }
  }
  end = i;
  return i > at && i < text.size() && text[i] == ')' ? value : 0;
}

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_{text} {}

  std::vector<Word> run() {
    std::size_t at = 0;
    while (at < text_.size()) at = step(at);
    settle();
    return std::move(words_);
  }

 private:
  struct Group {
    std::size_t first_word;
    bool square;
  };

  std::size_t step(std::size_t at) {
    const char c = text_[at];
    if (letter(c) || digit(c) || static_cast<std::uint8_t>(c) >= 0x80) return word(at);
    switch (c) {
      case ',': part(Break::comma); break;
      case ';': part(Break::semicolon); break;
      case ':': return colon(at);
      case '.':
      case '!':
      case '?':
      case '\n': part(Break::stop); break;
      case '(':
      case '[':
        if (groups_.size() < 4096) groups_.push_back({words_.size(), c == '['});
        break;
      case ')':
      case ']': close(c == ']', 0); break;
      default: break;
    }
    return at + 1;
  }

  std::size_t colon(std::size_t at) {
    std::size_t end = at + 1;
    if (!groups_.empty() && !groups_.back().square) {
      if (const double weight = weight_at(text_, at + 1, end); weight > 0) {
        close(false, weight);
        return end + 1;
      }
    }
    part(Break::colon);
    return at + 1;
  }

  void close(bool square, double weight) {
    if (groups_.empty()) return;
    const Group group = groups_.back();
    groups_.pop_back();
    if (groups_.size() >= deepest_group) return;
    const double factor = weight > 0 ? weight : square ? 1 / 1.1 : 1.1;
    for (std::size_t i = group.first_word; i < words_.size(); ++i) words_[i].weight *= factor;
  }

  void part(Break by) { pending_ = std::max(pending_, by); }

  std::size_t word(std::size_t at) {
    std::size_t end = at;
    bool capitals = true;
    std::size_t letters = 0;
    std::string lower;
    while (end < text_.size()) {
      const char c = text_[end];
      if (letter(c)) {
        capitals = capitals && c <= 'Z';
        ++letters;
        lower += c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        ++end;
      } else if (digit(c)) {
        lower += c;
        ++end;
      } else if (c == '.' && end + 1 < text_.size() && end > at && digit(text_[end - 1]) && digit(text_[end + 1])) {
        lower += c;  // 1.5 is one word and no end of a sentence
        ++end;
      } else if (c == '\'' && end + 1 < text_.size() && letter(text_[end + 1])) {
        return finish(at, end, skip_suffix(end + 1), std::move(lower), capitals && letters > 1);
      } else if (static_cast<std::uint8_t>(c) >= 0x80) {
        const std::size_t size = sequence(text_, end);
        if (size == 0) return finish(at, end, end + 1, std::move(lower), capitals && letters > 1);
        if (text_.substr(end, size) == "\u2019") {
          const std::size_t next = end + size;
          return finish(at, end, next < text_.size() && letter(text_[next]) ? skip_suffix(next) : next,
                        std::move(lower), capitals && letters > 1);
        }
        if (text_.substr(end, 2) == "\xE2\x80") {  // general punctuation: dashes, quotes, ellipsis
          if (text_.substr(end, size) == "\u2026") stop_after_ = true;
          return finish(at, end, end + size, std::move(lower), capitals && letters > 1);
        }
        lower.append(text_.substr(end, size));
        end += size;
      } else {
        break;
      }
      if (lower.size() > longest_word) lower.resize(longest_word_boundary(lower));
    }
    return finish(at, end, end, std::move(lower), capitals && letters > 1);
  }

  // A long run is cut where a UTF-8 sequence ends.
  static std::size_t longest_word_boundary(const std::string& word) noexcept {
    return detail::cut_utf8(word, longest_word).size();
  }

  [[nodiscard]] std::size_t skip_suffix(std::size_t at) const noexcept {
    while (at < text_.size() && letter(text_[at])) ++at;
    return at;
  }

  std::size_t finish(std::size_t begin, std::size_t end, std::size_t next, std::string lower, bool shouted) {
    if (!lower.empty()) {
      Word word;
      word.text = std::move(lower);
      word.span = {begin, end - begin, words_.size()};
      word.before = words_.empty() ? Break::stop : pending_;
      word.shouted = shouted;
      words_.push_back(std::move(word));
      pending_ = Break::none;
    }
    if (std::exchange(stop_after_, false)) part(Break::stop);
    return std::max(next, begin + 1);
  }

  // A text that shouts throughout emphasises nothing.
  void settle() {
    const auto quiet = static_cast<std::size_t>(std::ranges::count(words_, false, &Word::shouted));
    for (Word& word : words_) {
      word.weight = std::clamp(word.weight, 0.1, 3.0);
      if (quiet * 2 < words_.size()) word.shouted = false;
    }
  }

  std::string_view text_;
  std::vector<Word> words_;
  std::vector<Group> groups_;
  Break pending_ = Break::none;
  bool stop_after_ = false;
};

}  // namespace

std::vector<Word> words_of(std::string_view text) { return Splitter{text.substr(0, text_limit)}.run(); }

}  // namespace pentimento::offline::lexicon
