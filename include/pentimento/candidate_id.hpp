#pragma once

#include <compare>
#include <ostream>
#include <string>
#include <type_traits>

namespace pentimento {

/// Which picture of a run: the round and the draft within it, both from 0, and which image of a generation with several.
class CandidateId {
 public:
  constexpr CandidateId(int round, int draft, int image = 0) noexcept : round_{round}, draft_{draft}, image_{image} {}

  constexpr int round() const noexcept { return round_; }
  constexpr int draft() const noexcept { return draft_; }
  constexpr int image() const noexcept { return image_; }
  /// The id of the generation that the picture came from.
  constexpr CandidateId generation() const noexcept { return {round_, draft_}; }

  friend constexpr auto operator<=>(CandidateId, CandidateId) noexcept = default;

 private:
  int round_;
  int draft_;
  int image_;
};

static_assert(!std::is_aggregate_v<CandidateId>);

/// The letters of a draft: a, b, ... z, aa, ab, ...
inline std::string draft_letters(int draft) {
  std::string letters;
  for (int rest = draft + 1; rest > 0; rest = (rest - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('a' + (rest - 1) % 26));
  return letters;
}

/// `0a`, `3b`; `3b.2` for the second image of a generation.
inline std::string to_string(CandidateId id) {
  std::string text = std::to_string(id.round()) + draft_letters(id.draft());
  if (id.image() > 0) text += '.' + std::to_string(id.image() + 1);
  return text;
}

inline std::ostream& operator<<(std::ostream& out, CandidateId id) { return out << to_string(id); }

}  // namespace pentimento
