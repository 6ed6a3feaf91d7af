//
// The phrase spotter behind `read`. Private to language*.cpp.
#pragma once

#include "offline/language/language.hpp"
#include "offline/language/lexicon.hpp"
#include "offline/language/words.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento::offline::lexicon {

inline constexpr std::size_t mention_limit = 16;
inline constexpr std::size_t unknown_limit = 256;
inline constexpr std::size_t list_limit =
    64;  // relations, negations, colours of one subject: enough for any honest text

struct PendingColour {
  std::string name;
  Tone tone = Tone::plain;
  std::size_t first = 0;  // words
  std::size_t last = 0;
};

// The adjectives that wait for their noun.
struct Pending {
  std::optional<std::pair<int, std::size_t>> count;  // value, word
  std::optional<std::size_t> article;
  bool definite = false;
  std::vector<PendingColour> colours;
  std::optional<std::pair<Size, std::size_t>> size;
  std::optional<std::size_t> uniform;
  std::optional<std::pair<Light, std::size_t>> light;
  std::optional<std::size_t> unknown_plural;  // a word that may be the noun of the count
  std::optional<std::size_t> first_unknown;   // words that were not understood
  std::optional<std::size_t> last_unknown;

  [[nodiscard]] bool determined() const { return count || article || definite; }
  [[nodiscard]] bool described() const { return !colours.empty() || size || uniform || light; }
  // The words of the first and of the last adjective; there is one.
  [[nodiscard]] std::size_t first_adjective() const {
    std::size_t first = first_word(static_cast<std::size_t>(-1));
    if (size) first = std::min(first, size->second);
    if (light) first = std::min(first, light->second);
    return first;
  }
  [[nodiscard]] std::size_t last_adjective() const {
    std::size_t last = colours.empty() ? 0 : colours.back().last;
    if (size) last = std::max(last, size->second);
    if (uniform) last = std::max(last, *uniform);
    if (light) last = std::max(last, light->second);
    return last;
  }
  [[nodiscard]] std::size_t first_word(std::size_t otherwise) const {
    std::size_t first = otherwise;
    for (const auto& colour : colours) first = std::min(first, colour.first);
    if (uniform) first = std::min(first, *uniform);
    return first;
  }
};

enum class TargetKind { none, subject, background, unknown };

struct Target {
  TargetKind kind = TargetKind::none;
  std::size_t subject = 0;  // of an unknown thing: the subject that stands on it, wears it... or `subject_limit`
};

/// What a phrase began after.
enum class Opening { clause, noun, place, owning, copula };

struct PendingRelation {
  Place place = Place::beside;
  std::size_t subject = 0;
  std::size_t word = 0;  // where the subject of it was said
};

/// Goes through the words once, from left to right: adjectives wait for their noun, a noun becomes the target of what is said of
/// it later, a break ends what waits.
class Reader {
 public:
  explicit Reader(std::string_view text) : words_{words_of(text)} {
    result_.truncated = text.size() > text_limit;
    result_.words = words_.size();
  }

  Description run();

 private:
  // --- words -------------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::string_view word(std::size_t i) const {
    return i < words_.size() ? std::string_view{words_[i].text} : "";
  }
  // The word at `i` belongs to the clause of the word before it.
  [[nodiscard]] bool joined(std::size_t i) const { return i < words_.size() && words_[i].before == Break::none; }

  // `sequence` stands at the cursor, within one clause.
  [[nodiscard]] bool here(std::initializer_list<std::string_view> sequence) const;
  [[nodiscard]] Span span(std::size_t first, std::size_t last) const;
  [[nodiscard]] Mention mention(std::size_t first, std::size_t last) const;
  static void add(Phrase& phrase, Mention said);
  void unknown(std::size_t i);

  // --- clauses -----------------------------------------------------------------------------------------------------------

  void enter_clause(Break by);

  // --- what is not wanted ------------------------------------------------------------------------------------------------

  void read_negated();
  void end_negation();

  // --- what is wanted ----------------------------------------------------------------------------------------------------

  void read_word();

  // "important:", "keep:", "avoid:"
  bool read_section();
  bool read_negation_start();
  bool read_emphasis();
  bool read_light_phrase();
  bool read_framing();
  bool read_relation();
  bool read_adjective();
  bool read_colour();

  // Whether "orange" at `i` is a colour: something follows that can be orange, or something came before that is.
  [[nodiscard]] bool colour_here(std::size_t i) const;
  bool read_light();
  bool read_noun();
  // What a determiner, a number or "and" does: an adjective that waits found no noun.
  void open_phrase();
  [[nodiscard]] bool copula_follows() const { return joined(at_ + 1) && lexicon::copula(word(at_ + 1)); }

  // Verbs, pronouns, conjunctions.
  bool read_structure();

  // --- filling in --------------------------------------------------------------------------------------------------------

  void say_light(Light light, std::size_t first, std::size_t last);

  Colour make_colour(const PendingColour& said) const;
  void say_colours(std::vector<Colour>& colours, const std::vector<PendingColour>& said);
  void say_background(Backdrop backdrop, bool uniform, std::size_t first, std::size_t last);
  void take_background(Backdrop backdrop, bool word_alone);
  [[nodiscard]] bool same_colours(const Subject& subject) const;

  // The subject that a noun phrase means: one that was said before, or a new one; nothing if there are too many.
  std::optional<std::size_t> subject_for(const std::string& noun, bool another);
  void take_subject(const std::string& noun, NounClass kind, bool plural, bool known);
  void own(std::size_t index, NounClass kind);

  // "the saree is black" may come before the woman who wears it.
  void adopt_orphans();
  void relate(std::size_t object);

  // The adjectives that wait found no noun after them: they say something of the noun before them, or of the light.
  void flush();

  // The phrase that waits is of a thing that the lexicon lacks: "a blue tray".
  [[nodiscard]] bool names_unknown_thing() const;
  // What was said of that is said of nothing; what is said next may be said of it too.
  void leave_to_unknown(const Pending& waiting, Opening opening);
  // "on white": a colour where a noun could be.
  void stand_on_colour(const Pending& waiting);
  // "the mugs on the tray are...": they, and not the tray.
  void take_predicate();

  // "three gizmos": a number says that the word after it is a thing, known or not.
  void take_unknown_noun();

  std::vector<Word> words_;
  Description result_;
  std::size_t at_ = 0;

  Pending pending_;
  std::optional<PendingRelation> relation_;
  Opening opening_ = Opening::clause;
  Target target_;
  std::size_t target_word_ = 0;
  std::optional<std::pair<std::size_t, std::size_t>>
      related_;                      // the subject of the last relation, the word of its object
  std::optional<std::size_t> head_;  // of "a vase with flowers"
  std::size_t head_word_ = 0;
  std::optional<std::size_t> person_;
  std::optional<std::size_t> last_subject_;
  bool important_ = false;
  bool kept_ = false;
  bool avoiding_ = false;
  bool negated_ = false;
  bool exact_ = false;
  bool demanded_ = false;
  bool intensified_ = false;
  bool copula_ = false;
  bool owning_ = false;
  bool holding_ = false;
  bool in_ = false;
  std::vector<std::size_t> negation_words_;
};

}  // namespace pentimento::offline::lexicon
