// The reader behind `read`: goes through the words once, from left to right, phrase by phrase.
#include "offline/language/words.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <set>
#include <utility>

namespace pentimento::offline {
namespace language {
namespace {

constexpr std::string_view articles = "a an another";
constexpr std::string_view determiners = R"(
  the this that these those her his their its my our your some several many few both all each every any)";
// Words that change nothing here. Verbs of asking stand at the beginning of a phrase, adverbs anywhere.
constexpr std::string_view fillers = R"(
  exactly only just precisely very really clearly truly quite please there here visualize visualise draw paint create
  generate make show render imagine want need i me we you must should shall sure to ensure apart other seen realistic
  photorealistic detailed quality cinematic)";
constexpr std::string_view copulas = "is are was were be looks look appears";
constexpr std::string_view uniforms = "plain solid clean seamless uniform flat monochrome uncluttered pure stark";
constexpr std::string_view grounds = "table tabletop desk surface wall floor ground paper sheet cloth countertop";
constexpr std::string_view colour_words = "colour colours color colors coloured colored";
// What stands before "of" without being a thing itself.
constexpr std::string_view collectives = R"(
  photo photograph picture image illustration drawing painting sketch render shot view portrait close-up closeup group
  set row stack pair couple bunch pile collection line number lot variety series total half dozen)";
constexpr std::string_view images = "photo photograph picture image illustration scene shot render frame";
constexpr std::string_view sides = "left right top bottom side front back display";
constexpr std::string_view takes_light = R"(
  light lighting lit daylight photo photograph picture image scene shot exposure atmosphere mood)";
constexpr std::string_view scenes = R"(
  park garden meadow field lawn grass beach seaside shore coast ocean sea forest wood jungle desert mountain hill
  river lake street road city town village market kitchen room bedroom bathroom office studio cafe restaurant shop bar
  library sky night rain snow water sand space wall)";
// Nouns after a number that are a measure, a part or a share, and not things to count.
constexpr std::string_view uncounted = R"(
  time second minute hour day week month year decade century inch foot feet metre meter centimetre centimeter cm mm
  kilo gram ounce oz pound litre liter pixel degree percent dollar euro cent point star side way colour color tone
  shade half third quarter part piece slice layer tier storey story floor door window wheel leg arm hand finger eye
  ear wing petal leaf stripe dot spot button pocket string handle line word letter step size)";
// A sentence with one of these words says what may be, what was, or what is not: nothing of it can be relied on.
constexpr std::string_view doubts = R"(
  if unless whether until when maybe perhaps possibly probably optionally ideally preferably might could would may
  either neither nor none nothing minus except excluding lacking otherwise depending respectively formerly almost
  nearly partly)";
// What is said of some of several things, which then are not all alike.
constexpr std::string_view pronouns = "one ones other others another rest them";
// With these, a verb speaks of a part: "some mugs are red".
constexpr std::string_view partitives = "some several many few any both half";
// Endings of what may follow a noun without being one.
constexpr std::array<std::string_view, 3> participles{"ing", "ed", "ly"};

/// How a phrase is joined to what comes before it.
enum class Opening { clause, joined, alternative, contents, with, worn, inside, on, place, relation, aside };

/// A part of a phrase: a word, or the words of a colour.
struct Part {
  enum class Role {
    article,
    determiner,
    number,
    colour,
    uniform,
    adjective,
    noun,
    ground,
    backdrop,
    gradient,
    unknown
  };
  Role role = Role::unknown;
  std::size_t word = 0;  // at which it begins
  std::string text{};
  Rgb rgb{};
  bool plural = false;
};
using Role = Part::Role;

class Reader {
 public:
  explicit Reader(std::string_view text) : words_{words_of(text.substr(0, text_limit))} {
    if (text.size() > text_limit) result_.unread.emplace_back("the rest of the text");
  }

  Description run() {
    find_pronouns();
    skip_doubtful();
    while (at_ < words_.size()) {
      if (words_[at_].before != ' ') begin_clause();
      if (words_[at_].before == '.' && skip_doubtful()) continue;
      if (!read_label() && !read_unwanted() && !read_place() && !read_opener() && !read_predicate()) read_phrase();
    }
    for (Thing& thing : result_.things) {
      if (!unsure_.contains(thing.noun)) continue;
      thing.count.reset();
      thing.colours.clear();
    }
    dress();
    return std::move(result_);
  }

 private:
  // --- doubts -----------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::size_t end_of_sentence(std::size_t i) const {
    do ++i;
    while (i < words_.size() && words_[i].before != '.');
    return std::min(i, words_.size());
  }

  /// "one of them blue", "one blue and one green", "the rest"; not "no red ones", nor "another mug".
  [[nodiscard]] bool is_pronoun(std::size_t i) const {
    if (!among(word(i), pronouns) || word(i + 1) == "or") return false;
    if (i > 1 && at(i - 2, "all of them") > 0) return false;
    if (i > 0 && word(i - 1) == "each") return false;
    std::size_t next = i + 1;
    while (!ends(next) && is_adjectival(next)) ++next;
    return ends(next) || opener(next) || place_at(next).length > 0 || among(word(next), copulas);
  }

  void find_pronouns() {
    bool negated = false;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      negated = (negated && !ends(i)) || negator_at(i) > 0;
      if (!negated && is_pronoun(i)) pronouns_end_ = i + 1;
    }
  }

  /// Leaves a sentence unread in which words of doubt stand, and those before one with a word for some of its things.
  bool skip_doubtful() {
    const std::size_t end = end_of_sentence(at_);
    bool doubtful = at_ < pronouns_end_;
    for (std::size_t i = at_; i < end && !doubtful; ++i)
      doubtful = among(word(i), doubts) || at(i, "used to") > 0 || at(i, "anything but") > 0;
    if (!doubtful) return false;
    leave_unread(at_, end);
    at_ = end;
    return true;
  }

  // --- words ------------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::string_view word(std::size_t i) const {
    return i < words_.size() && !words_[i].name ? std::string_view{words_[i].text} : std::string_view{};
  }
  [[nodiscard]] bool ends(std::size_t i) const { return i >= words_.size() || words_[i].before != ' '; }

  /// The length of `phrase` if it stands at `i` without a break inside, else 0.
  [[nodiscard]] std::size_t at(std::size_t i, std::string_view phrase) const {
    std::size_t length = 0;
    while (!phrase.empty()) {
      const std::string_view next = phrase.substr(0, phrase.find(' '));
      if (word(i + length) != next || (length > 0 && ends(i + length))) return 0;
      phrase.remove_prefix(std::min(next.size() + 1, phrase.size()));
      ++length;
    }
    return length;
  }

  /// A word as lists show it: a quotation with its text.
  [[nodiscard]] const std::string& shown(std::size_t i) const {
    return words_[i].quotation.empty() ? words_[i].text : words_[i].quotation;
  }

  void leave_unread(std::size_t begin, std::size_t end) {
    std::string text;
    for (std::size_t i = begin; i < end; ++i) text += (text.empty() ? "" : " ") + shown(i);
    if (!text.empty() && result_.unread.size() < list_limit) result_.unread.push_back(std::move(text));
  }

  // --- what joins phrases -----------------------------------------------------------------------------------------------

  void begin_clause() {
    opening_ = Opening::clause;
    head_ = relation_from_ = std::nullopt;
    if (words_[at_].before == '.') avoiding_ = false;
  }

  /// "Important:", "Keep:", "Avoid:"
  bool read_label() {
    if (at_ > 0 && words_[at_].before == ' ') return false;
    for (std::size_t end = at_ + 1; end < std::min(at_ + 4, words_.size()); ++end) {
      if (words_[end].before == ':') {
        avoiding_ = among(word(end - 1), "avoid exclude negative prompt not");
        // "Important:" says nothing of the image, "cloud nine:" may.
        if (!avoiding_ && end - at_ > 1) remark(plain_words(at_, end));
        at_ = end;
        return true;
      }
      if (words_[end].before != ' ') break;
    }
    return false;
  }

  /// The words at `i` that say that something should not be, 0 if there are none.
  [[nodiscard]] std::size_t negator_at(std::size_t i) const {
    if (word(i) == "no" && among(word(i + 1), "more fewer less")) return 0;
    std::size_t length = 0;
    for (const std::string_view negator :
         {"no", "without", "avoid", "not", "never", "free of", "instead of", "rather than"})
      length = std::max(length, at(i, negator));
    return length;
  }

  /// True if "on a white background" or the like stands at `i`.
  [[nodiscard]] bool on_background(std::size_t i) const {
    if (!among(word(i), "on against") || ends(i + 1)) return false;
    return among(word(end_of_phrase(i + 1) - 1), "background backdrop");
  }

  /// "no text", "without shadows"; after "Avoid:" everything up to the end of the sentence.
  bool read_unwanted() {
    const std::size_t skip = negator_at(at_);
    if (skip == 0 && !avoiding_) return false;
    const bool nouns = !avoiding_ && among(word(at_), "no without");
    // "a mug, not red" is about the mug, "no red" about the image.
    const bool of_thing = !avoiding_ && among(word(at_), "not never instead rather");
    const std::size_t begin = at_ + skip;
    std::string text;
    bool colours = true;
    bool acts = false;  // "without standing on a white background"
    for (at_ = begin; at_ < words_.size() && (at_ == begin || ends(at_) == false) && word(at_) != "but"; ++at_) {
      if (nouns && !acts && at_ > begin && on_background(at_)) break;
      text += (text.empty() ? "" : " ") + shown(at_);
      colours = colours && (colour_named(word(at_)) || among(word(at_), articles) || among(word(at_), copulas));
      acts = acts || word(at_).ends_with("ing");
    }
    if (!text.empty() && of_thing && colours) {
      remark("not " + text);
    } else if (!text.empty() && result_.unwanted.size() < list_limit) {
      result_.unwanted.push_back(std::move(text));
    }
    if (word(at_) == "but" && !ends(at_)) ++at_;
    return true;
  }

  struct Placed {
    std::size_t length = 0;
    Place place = Place::on;
  };

  [[nodiscard]] Placed place_at(std::size_t i) const {
    for (const auto& [side, place] : {std::pair{std::string{"left"}, Place::left_of}, {"right", Place::right_of}}) {
      for (const std::string_view before : {"to the ", "on the ", "at the ", ""}) {
        for (const std::string_view after : {" of", " side of"}) {
          if (const std::size_t length = at(i, std::string{before} + side + std::string{after})) return {length, place};
        }
      }
    }
    const bool number_follows = number_said(word(i + 1)).has_value();
    if (const std::size_t length = at(i, "on top of")) return {length, Place::on};
    if (word(i) == "on") return {1, Place::on};
    if (number_follows) return {};  // "over 20 balloons" is a range
    if (among(word(i), "above over")) return {1, Place::above};
    if (among(word(i), "below under underneath beneath")) return {1, Place::below};
    return {};
  }

  bool read_place() {
    const Placed found = place_at(at_);
    if (found.length == 0) return false;
    relation_ = found.place;
    relation_word_ = at_;
    relation_from_ = head_ ? head_ : last_;
    opening_ = found.place == Place::on ? Opening::on : Opening::relation;
    at_ += found.length;
    return true;
  }

  /// Words that end a phrase, with the way in which they join the next one; nothing for any other word.
  [[nodiscard]] std::optional<Opening> opener(std::size_t i) const {
    const std::string_view text = word(i);
    if (text == "of") return Opening::contents;
    if (among(text, "with holding holds carrying carries has have having")) return Opening::with;
    if (among(text, "wearing wears dressed draped")) return Opening::worn;
    if (among(text, "in inside within")) return Opening::inside;
    if (among(text, "at by near behind beside alongside against around across through among along towards next before"))
      return Opening::place;
    if (among(text, "for like from as that which who whose where while when because if then so it fills fill filling"))
      return Opening::aside;
    if (among(text, "she he they")) return Opening::clause;
    if (among(text, "and plus")) return Opening::joined;
    if (text == "or") return Opening::alternative;
    if (among(text,
              "sits sit stands stand lies lie stays stay rests rest runs run stood sat standing sitting lying placed "
              "posing resting shown"))
      return opening_;
    return std::nullopt;
  }

  /// The length of what is said of things at `i` in words that mean something else one by one.
  [[nodiscard]] std::size_t arrangement_at(std::size_t i) const {
    return std::max(at(i, "side by side"), at(i, "out of focus"));
  }

  bool read_opener() {
    if (word(at_) == "at" && among(word(at_ + 1), "least most")) return false;
    if (word(at_) == "around" && number_said(word(at_ + 1))) return false;
    if (const std::size_t length = arrangement_at(at_)) {
      remark(plain_words(at_, at_ + length));
      at_ += length;
      return true;
    }
    const std::optional<Opening> found = opener(at_);
    if (!found) return false;
    const std::string_view text = word(at_);
    opening_ = *found;
    if (among(text, "she he they")) last_ = person_ ? person_ : last_;
    if (text == "it") last_ = std::nullopt;
    if (opening_ == Opening::joined) head_ = std::nullopt;
    at_ += at(at_, "in front of") > 0 ? 3 : at(at_, "next to") > 0 ? 2 : 1;
    if (text == "in" && at_ > 2 && word(at_ - 1) == "of") opening_ = Opening::place;
    return true;
  }

  // --- a phrase ---------------------------------------------------------------------------------------------------------

  [[nodiscard]] bool is_adjectival(std::size_t i) const {
    return colour_named(word(i)) || is_adjective(word(i)) || among(word(i), uniforms);
  }

  /// The end of the phrase that begins at `i`: a break, or a word that joins phrases.
  [[nodiscard]] std::size_t end_of_phrase(std::size_t i) const {
    const bool determined = among(word(i), articles) || among(word(i), determiners) || number_said(word(i));
    bool adjectives_only = determined;
    for (std::size_t begin = i++;; ++i) {
      if (i >= words_.size()) return i;
      adjectives_only = adjectives_only && (i == begin + 1 || is_adjectival(i - 1));
      // "a red, shiny car"
      if (words_[i].before == ',' && adjectives_only && i > begin + 1 && is_adjectival(i) && !ends(i + 1)) continue;
      if (words_[i].before != ' ') return i;
      if (word(i) == "and" && is_adjectival(i - 1) && !ends(i + 1) && is_adjectival(i + 1)) continue;
      if (opener(i) || place_at(i).length > 0 || among(word(i), copulas)) return i;
      if (negator_at(i) > 0 || arrangement_at(i) > 0) return i;
      // "a circle centred on a white background", but "a centred circle" and "a circle centred on a plate"
      if (among(word(i), "centred centered") && !adjectives_only && (ends(i + 1) || on_background(i + 1))) return i;
    }
  }

  [[nodiscard]] std::vector<Part> parts_of(std::size_t begin, std::size_t end) const {
    std::vector<Part> parts;
    for (std::size_t i = begin; i < end;) {
      Part part;
      part.word = i;
      part.text = words_[i].text;
      const std::string_view text = word(i);
      std::size_t length = 1;
      const std::string_view next = i + 1 < end ? word(i + 1) : std::string_view{};
      if (among(text, fillers) || text == "and" || among(text, colour_words)) {
        i += 1;
        continue;
      }
      if (among(text, articles)) {
        part.role = Role::article;
      } else if (among(text, determiners)) {
        part.role = Role::determiner;
      } else if (number_said(text)) {
        part.role = Role::number;
      } else if (const std::size_t words = colour_at(i, end, part)) {
        length = words;
        part.role = Role::colour;
      } else if (among(text, uniforms)) {
        part.role = Role::uniform;
      } else if (text == "gradient") {
        part.role = Role::gradient;
      } else if (among(text, "background backdrop")) {
        part.role = Role::backdrop;
      } else if (among(text, "square oval") && i + 1 == end && !parts.empty() &&
                 among_roles(parts[0].role, {Role::article, Role::determiner, Role::number})) {
        // "a blue square": the thing itself
      } else if (is_adjective(text) || (among(text, "coffee tea") && !next.empty())) {
        part.role = Role::adjective;
      } else if (among(text, grounds)) {
        part.role = Role::ground;
      } else if (const auto noun = known_noun(text)) {
        part.role = Role::noun;
        part.text = noun->singular;
        part.plural = noun->plural;
      }
      parts.push_back(std::move(part));
      i += length;
    }
    return parts;
  }

  /// The number of words of the colour at `i`, 0 if there is none.
  std::size_t colour_at(std::size_t i, std::size_t end, Part& part) const {
    Tone tone = Tone::plain;
    std::size_t name = i;
    for (const Tone each : {Tone::light, Tone::pale, Tone::dark, Tone::deep, Tone::bright}) {
      if (word(i) == tone_word(each)) tone = each, name = i + 1;
    }
    if (name >= end) return 0;
    std::string text{word(name)};
    if (text == "gray") text = "grey";
    std::size_t last = name;
    const std::string_view next = name + 1 < end ? word(name + 1) : std::string_view{};
    const bool off_white = text == "off" && next == "white";
    const std::string compound = text + std::string{next};
    if (off_white) {
      text = "ivory";
      last = name + 1;
    } else if (!next.empty() && colour_named(compound)) {
      text = compound;
      last = name + 1;
    } else if (text == "navy" && next == "blue") {
      last = name + 1;
    } else if (names_a_thing(text) && colour_named(next) && !names_a_thing(next)) {
      text = next;  // "olive green"
      last = name + 1;
    }
    const auto rgb = colour_toned(text, tone);
    if (!rgb) return 0;
    // "a rose", "two oranges": the thing itself
    if (last + 1 == end && names_a_thing(text) && known_noun(text) && i > 0 && !ends(i) &&
        (among(word(i - 1), articles) || colour_named(word(i - 1)) || among(word(i - 1), determiners)))
      return 0;
    if (off_white) text = "off-white";
    part.text = tone == Tone::plain ? text : std::string{tone_word(tone)} + ' ' + text;
    if (last > name && text == compound) part.text = std::string{word(name)} + ' ' + std::string{next};
    part.rgb = *rgb;
    return last + 1 - i;
  }

  void read_phrase() {
    const std::size_t begin = at_;
    const std::size_t end = end_of_phrase(begin);
    at_ = end;
    const Opening opening = std::exchange(opening_, Opening::clause);
    const Opening opened_before = std::exchange(opening_before_, opening);
    const bool follows_unread = std::exchange(unread_before_, false);
    const std::vector<Part> parts = parts_of(begin, end);
    const bool alternative = opening == Opening::alternative || word(end) == "or";
    const bool image = !parts.empty() && (among(parts.back().text, images) || among(parts.back().text, collectives));
    if (parts.empty() ||
        (!alternative && (read_light(begin, end, opening) || read_choice(begin, end, follows_unread)))) {
      if (image && word(end) == "of") go_on(opening);
      return;
    }
    if (image && word(end) == "of") {  // "a photo of three mugs", "a black and white photo of a bridge"
      const auto says_nothing = [](const Part& part) {
        return among_roles(part.role, {Role::article, Role::determiner});
      };
      if (!std::all_of(parts.begin(), parts.end() - 1, says_nothing)) remark(plain_words(begin, end));
      return go_on(opening);
    }
    // "a girl holding a sign with a white background": that of the sign
    const bool shown_thing = opened_before != Opening::clause && opened_before != Opening::joined;
    const bool of_shown = opening == Opening::with && shown_thing && has(parts, Role::backdrop);
    unread_before_ = of_shown || !read_parts(parts, opening, alternative, follows_unread);
    if (unread_before_) leave_unread(begin, end);
  }

  static bool among_roles(Role role, std::initializer_list<Role> roles) {
    return std::ranges::find(roles, role) != roles.end();
  }

  void go_on(Opening opening) {
    opening_ = opening;
    ++at_;
  }

  bool read_parts(const std::vector<Part>& parts, Opening opening, bool alternative, bool follows_unread) {
    const std::size_t head = head_of(parts);
    const bool listed = std::exchange(lists_colours_, has(parts, Role::colour) && has_only_adjectives(parts));
    if (head == parts.size()) return !alternative && read_adjectives_alone(parts, opening, follows_unread);
    // "red, yellow and blue mugs", "a red and a blue mug"
    alternative = alternative || (listed && follows_unread && has(parts, Role::colour));
    if (alternative) doubt(parts, head);
    const Role role = parts[head].role;
    const bool is_last = head + 1 == parts.size();
    // "minus the mug", "guarding a mug": words that are not known decide what is said of the mug.
    const auto begins = [](const Part& part) { return among_roles(part.role, {Role::article, Role::determiner}); };
    const auto begin = std::ranges::find_if(parts, begins);
    const auto decides = [](const Part& part) { return part.role == Role::unknown && !among(part.text, collectives); };
    if (begin != parts.end() && std::any_of(parts.begin(), begin, decides)) {
      result_.elsewhere = result_.elsewhere || role != Role::noun;
      return doubt(parts, head);
    }
    if (role == Role::backdrop || (role == Role::ground && has(parts, Role::uniform)))
      return !alternative && is_last && read_background(parts, head, opening);
    if (role == Role::unknown || (role == Role::ground && !known_noun(parts[head].text)))
      return !alternative && read_unknown(parts, head, opening);
    // "a mug handle" is no mug, "a mug standing there" is one.
    const bool compound = !is_last && parts[head + 1].role == Role::unknown && !trails(parts[head + 1]);
    return read_known(parts, head, opening, !alternative && !compound);
  }

  /// What is said of this noun here is not understood: whatever else is said of it may be about other things.
  bool doubt(const std::vector<Part>& parts, std::size_t head) {
    if (has(parts, Role::colour) || has(parts, Role::number)) unsure_.insert(any_noun(parts[head].text).singular);
    return false;
  }

  static bool has_only_adjectives(const std::vector<Part>& parts) {
    return std::ranges::all_of(parts, [](const Part& part) {
      return among_roles(part.role, {Role::article, Role::determiner, Role::number, Role::colour, Role::adjective});
    });
  }

  /// "a trousers", but "a few mugs" and "a dozen mugs"
  static bool is_one(const std::vector<Part>& parts) {
    if (parts[0].role != Role::article) return false;
    return !among_roles(parts[1].role, {Role::determiner, Role::number}) && !among(parts[1].text, collectives);
  }

  static bool has(const std::vector<Part>& parts, Role role) {
    return std::ranges::find(parts, role, &Part::role) != parts.end();
  }

  static bool trails(const Part& part) {
    return std::ranges::any_of(participles, [&](std::string_view ending) { return part.text.ends_with(ending); });
  }

  /// The part that the phrase is about: its last known noun, or the last word of which nothing is known.
  static std::size_t head_of(const std::vector<Part>& parts) {
    for (std::size_t i = parts.size(); i-- > 0;) {
      const Role role = parts[i].role;
      if (role == Role::noun || role == Role::ground || role == Role::backdrop) return i;
    }
    for (std::size_t i = parts.size(); i-- > 0;) {
      if (parts[i].role == Role::unknown && !trails(parts[i])) return i;
      if (parts[i].role != Role::unknown && parts[i].role != Role::adjective) break;
    }
    return parts.size();
  }

  // --- things -----------------------------------------------------------------------------------------------------------

  /// The colours of the phrase whose noun is `parts[head]`. Colours to the left of a word that is not understood are not its.
  [[nodiscard]] static std::vector<Colour> colours_of(const std::vector<Part>& parts, std::size_t head) {
    const bool unknown = !known_noun(parts[head].text);
    if (no_colour_before(any_noun(parts[head].text).singular)) return {};
    std::vector<Colour> colours;
    for (std::size_t i = head; i-- > 0;) {
      const Part& part = parts[i];
      if (part.role == Role::adjective || part.role == Role::uniform) continue;
      if (part.role != Role::colour) break;
      if (names_a_thing(part.text) && (unknown || !colours_things(part.text, parts[head].text))) return {};
      const std::string_view next = parts[i + 1].text;
      if (next == "coffee" && among(part.text, "black white")) return {};
      if (next == "tea" && among(part.text, "black white green red")) return {};
      colours.insert(colours.begin(), Colour{part.text, part.rgb, {part.word}});
    }
    return colours;
  }

  /// The number at the beginning of a phrase, if everything between it and the noun is understood.
  void count(Thing& thing, const std::vector<Part>& parts, std::size_t head) const {
    const std::size_t first = parts[0].role == Role::determiner ? 1 : 0;
    if (first >= head || parts[first].role != Role::number) return;
    for (std::size_t i = first + 1; i < head; ++i) {
      const Role role = parts[i].role;
      if (role != Role::adjective && role != Role::colour && role != Role::uniform) return;
    }
    const std::size_t place = parts[first].word;
    const int value = *number_said(word(place));
    const bool range =
        place > 1 && (word(place - 1) == "between" || (word(place - 1) == "and" && number_said(word(place - 2))));
    const bool agrees = parts[head].plural != (value == 1) || plural_of(thing.noun) == thing.noun;
    if (range || !agrees) return;
    thing.count = value;
    thing.count_said = {place};
  }

  bool read_known(const std::vector<Part>& parts, std::size_t head, Opening opening, bool understood) {
    if (opening == Opening::aside || opening == Opening::contents) return false;
    Thing thing;
    thing.noun = parts[head].role == Role::ground ? any_noun(parts[head].text).singular : parts[head].text;
    thing.plural = parts[head].plural && !is_one(parts);
    thing.person = is_person(thing.noun);
    thing.worn = opening == Opening::worn;
    if (!understood) {
      add(std::move(thing), false);
      return false;
    }
    thing.colours = colours_of(parts, head);
    count(thing, parts, head);
    return settle(std::move(thing), parts, opening);
  }

  /// A noun that is not known is a thing if it has a number or a colour and stands where the text says what to show, or if
  /// something stands on it.
  bool read_unknown(const std::vector<Part>& parts, std::size_t head, Opening opening) {
    const Noun noun = any_noun(parts[head].text);
    const bool shown = opening == Opening::clause || opening == Opening::joined;
    if (among(noun.singular, scenes) || opening == Opening::inside || opening == Opening::place) {
      result_.elsewhere = true;
      return doubt(parts, head);
    }
    if (among(noun.singular, images)) {
      subject_ = Subject::image;
      return parts.size() == 1 || has(parts, Role::determiner);
    }
    const bool support = opening == Opening::on && (has(parts, Role::article) || has(parts, Role::determiner));
    if ((!shown && !support) || words_[parts[head].word].name || among(noun.singular, sides)) return doubt(parts, head);
    std::vector<Part> said = parts;
    said[head].plural = noun.plural && !is_one(parts);
    Thing thing;
    thing.noun = noun.singular;
    thing.plural = said[head].plural;
    thing.colours = colours_of(said, head);
    if (shown && result_.things.empty() && word(at_) != "of" && !among(noun.singular, uncounted))
      count(thing, said, head);
    const bool linked =
        shown && has(parts, Role::determiner) && among(word(at_), copulas) && !ends(at_) && head + 1 == parts.size();
    if (!support && !linked && thing.colours.empty() && !thing.count) return doubt(parts, head);
    return settle(std::move(thing), said, opening);
  }

  /// Adds the thing of a phrase and what a verb says of it; true if all of the phrase is understood.
  bool settle(Thing thing, const std::vector<Part>& parts, Opening opening) {
    const bool object = opening == Opening::on || opening == Opening::relation;
    const bool count_missed = has(parts, Role::number) && !thing.count;
    const bool colour_missed = has(parts, Role::colour) && thing.colours.empty();
    const std::string noun = thing.noun;
    bool whole = !count_missed && !colour_missed;
    for (const Part& part : parts) {
      if (part.role == Role::adjective) remark(part.text);
      whole = whole && (part.role != Role::unknown || any_noun(part.text).singular == noun);
    }
    // "the mugs on the plate are red": they, and not the plate.
    const bool known = std::ranges::none_of(
        parts, [&](const Part& part) { return part.role == Role::unknown && any_noun(part.text).singular != noun; });
    bool repeated = false;
    if (!object && known && opening != Opening::with) {
      const std::vector<Colour> colours = read_predicate_colours();
      const bool part_of = !colours.empty() && (has(parts, Role::number) || among(parts[0].text, partitives));
      repeated =
          part_of && std::ranges::any_of(result_.things, [&](const Thing& had) {
            return had.noun == noun && std::ranges::equal(had.colours, colours, {}, &Colour::text, &Colour::text);
          });
      if (part_of && !repeated) {
        unsure_.insert(noun);
        whole = false;
      } else {
        add_colours(thing.colours, colours);
      }
    }
    if (!known_noun(noun) && thing.colours.empty() && !thing.count && opening != Opening::on) return false;
    const bool person = thing.person;
    const bool fresh =
        !repeated && (has(parts, Role::number) || parts[0].role == Role::article || among(parts[0].text, partitives));
    const auto index = add(std::move(thing), parts[0].text == "another", fresh);
    if (!index) return false;
    if (object && relation_from_ && *relation_from_ != *index) {
      relate(*relation_from_, *index);
      const std::vector<Colour> colours = read_predicate_colours();
      if (result_.things[*relation_from_].colours.empty() || colours.empty())
        add_colours(result_.things[*relation_from_].colours, colours);
    }
    if (person) person_ = index;
    if (opening == Opening::clause || opening == Opening::joined) head_ = index;
    last_ = index;
    relation_from_.reset();
    return whole;
  }

  void remark(std::string text) {
    if (result_.remarks.size() < list_limit) result_.remarks.push_back(std::move(text));
  }

  void relate(std::size_t thing, std::size_t other) {
    const auto same = [&](const Relation& had) {
      return had.place == relation_ && had.thing == thing && had.other == other;
    };
    auto it = std::ranges::find_if(result_.relations, same);
    if (it == result_.relations.end()) {
      if (result_.relations.size() >= list_limit) return;
      it = result_.relations.insert(it, Relation{relation_, thing, other, {}});
    }
    it->said.push_back(relation_word_);
  }

  /// The same noun is the same thing unless both have colours and these differ. "A red mug next to three mugs": nothing is
  /// said of the mugs then.
  std::optional<std::size_t> add(Thing thing, bool another, bool fresh = false) {
    const auto compatible = [&](const Thing& had) {
      return had.noun == thing.noun &&
             (had.colours.empty() || thing.colours.empty() ||
              std::ranges::equal(had.colours, thing.colours, {}, &Colour::text, &Colour::text));
    };
    const auto number = [](const Thing& each) { return each.count.value_or(each.plural ? 0 : 1); };
    if (fresh && number(thing) == 0) some_.insert(thing.noun);
    auto it = another ? result_.things.end() : std::ranges::find_if(result_.things, compatible);
    if (it == result_.things.end()) {
      if (result_.things.size() >= list_limit) return std::nullopt;
      result_.things.push_back(std::move(thing));
      return result_.things.size() - 1;
    }
    // "The mugs are red. Three red mugs": the same ones, as in a revised prompt.
    const bool all = number(*it) == 0 && thing.plural && !some_.contains(thing.noun);
    if (fresh && !all && number(*it) != number(thing)) unsure_.insert(thing.noun);
    it->plural = it->plural || thing.plural;
    it->worn = it->worn || thing.worn;
    if (!it->count) it->count = thing.count;
    if (it->count == thing.count) std::ranges::copy(thing.count_said, std::back_inserter(it->count_said));
    add_colours(it->colours, thing.colours);
    return static_cast<std::size_t>(it - result_.things.begin());
  }

  static void add_colours(std::vector<Colour>& colours, const std::vector<Colour>& more) {
    for (const Colour& colour : more) {
      const auto had = std::ranges::find(colours, colour.text, &Colour::text);
      if (had != colours.end()) {
        std::ranges::copy(colour.said, std::back_inserter(had->said));
      } else if (colours.size() < list_limit) {
        colours.push_back(colour);
      }
    }
  }

  // --- verbs ------------------------------------------------------------------------------------------------------------

  struct Predicate {
    std::vector<Part> parts;
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  /// What "is" and the like say at the cursor, if it is neither a place nor anything else that joins phrases.
  [[nodiscard]] std::optional<Predicate> predicate() const {
    if (ends(at_) || !among(word(at_), copulas)) return std::nullopt;
    std::size_t begin = at_ + 1;
    while (!ends(begin) && (among(word(begin), copulas) || among(word(begin), determiners))) ++begin;
    if (ends(begin) || opener(begin) || place_at(begin).length > 0 || word(begin) == "not") return std::nullopt;
    const std::size_t end = end_of_phrase(begin);
    return Predicate{parts_of(begin, end), begin, end};
  }

  /// "are very dark blue": the colours, if nothing but colours and adjectives is said.
  std::vector<Colour> read_predicate_colours() {
    const auto said = predicate();
    if (!said) return {};
    std::vector<Colour> colours;
    for (const Part& part : said->parts) {
      if (part.role == Role::colour) colours.push_back(Colour{part.text, part.rgb, {part.word}});
      if (part.role != Role::colour && part.role != Role::adjective) return {};
    }
    if (word(said->end) == "or" || colours.empty()) return {};
    for (const Part& part : said->parts) {
      if (part.role == Role::adjective) remark(part.text);
    }
    at_ = said->end;
    return colours;
  }

  /// A verb after the background, the light or the image; after anything else it was read with its subject.
  bool read_predicate() {
    if (!among(word(at_), copulas)) return false;
    const Subject subject = std::exchange(subject_, Subject::none);
    const auto said = predicate();
    if (said && !ends(at_)) {
      at_ = said->end;
      const bool understood = (subject == Subject::background && says_background(said->parts, said->parts.size())) ||
                              (subject == Subject::image && read_light(said->begin, said->end, Opening::clause));
      if (understood) return true;
      // "there are three mugs"
      if (at(said->begin - 2, "there") > 0) {
        at_ = said->begin;
      } else {
        remark(plain_words(said->begin, said->end));
      }
      return true;
    }
    ++at_;
    return true;
  }

  // --- background, light, framing ---------------------------------------------------------------------------------------

  bool read_background(const std::vector<Part>& parts, std::size_t head, Opening opening) {
    if (opening == Opening::aside || opening == Opening::contents) return false;
    const bool ground = parts[head].role == Role::ground;
    const bool ends_here = ends(at_) || among(word(at_), "and in at") || among(word(at_), copulas);
    const bool behind = !ground || opening == Opening::on || opening == Opening::place;
    if (ends_here && behind && says_background(parts, head)) return true;
    subject_ = !ground && head <= 1 ? Subject::background : Subject::none;
    const bool nothing_said = subject_ == Subject::background && among(word(at_), copulas) && !ends(at_);
    result_.elsewhere = result_.elsewhere || !nothing_said;
    return nothing_said;
  }

  bool says_background(const std::vector<Part>& parts, std::size_t end) {
    Background background;
    bool uniform = false;
    for (std::size_t i = 0; i < end; ++i) {
      const Part& part = parts[i];
      if (part.role == Role::unknown || part.role == Role::noun || part.role == Role::ground) return false;
      if (part.role == Role::colour && background.colour) return false;
      if (part.role == Role::colour) background.colour = Colour{part.text, part.rgb, {part.word}};
      background.gradient = background.gradient || part.role == Role::gradient;
      uniform = uniform || part.role == Role::uniform;
      if (part.role == Role::adjective) remark(part.text + " background");
    }
    if (!uniform && !background.colour && !background.gradient) return false;
    background.said = {parts[0].word};
    subject_ = Subject::background;
    if (!result_.background) {
      result_.background = std::move(background);
      return true;
    }
    Background& had = *result_.background;
    had.said.push_back(parts[0].word);
    if (!had.colour && background.colour) {
      had.colour = background.colour;
    } else if (had.colour && background.colour && had.colour->text == background.colour->text) {
      had.colour->said.push_back(background.colour->said.front());
    }
    return true;
  }

  /// "a saree in black purple colour", "a mug on white"; "a mug with a slogan in blue" says nothing of the mug.
  bool read_adjectives_alone(const std::vector<Part>& parts, Opening opening, bool follows_unread) {
    std::vector<Colour> colours;
    for (const Part& part : parts) {
      if (part.role == Role::colour) colours.push_back(Colour{part.text, part.rgb, {part.word}});
      if (part.role != Role::colour && part.role != Role::uniform) return false;
    }
    const bool lists = colour_named(word(at_)) || (word(at_) == "and" && colour_named(word(at_ + 1)));
    if (opening == Opening::inside && !follows_unread && !lists && last_ && !result_.things[*last_].person &&
        !colours.empty()) {
      add_colours(result_.things[*last_].colours, colours);
      return true;
    }
    const bool behind = opening == Opening::on || opening == Opening::place;
    return behind && ends(at_) && says_background(parts, parts.size());
  }

  /// The words of a phrase without articles, determiners, fillers and the word "colour".
  [[nodiscard]] std::string plain_words(std::size_t begin, std::size_t end) const {
    std::string text;
    for (std::size_t i = begin; i < end; ++i) {
      const std::string_view one = word(i);
      if (among(one, articles) || among(one, determiners) || among(one, fillers)) continue;
      text += (text.empty() ? "" : " ") + shown(i);
    }
    return text;
  }

  bool read_light(std::size_t begin, std::size_t end, Opening opening) {
    static constexpr auto lights = std::to_array<std::pair<std::string_view, Light>>({
        {"bright brightly well airy", Light::bright},
        {"dull dim dimly gloomy overcast", Light::dull},
        {"dark moody", Light::dark},
        {"sunny sunlit", Light::sunny},
    });
    const std::string text = plain_words(begin, end);
    if (among(text, takes_light)) {
      subject_ = Subject::image;
      return among(word(end), copulas) && !ends(end);
    }
    std::optional<Light> light;
    const std::string first = text.substr(0, text.find(' '));
    for (const auto& [words, meaning] : lights) {
      if (among(first, words)) light = meaning;
    }
    if (text == "golden hour" || text == "golden hour light") light = Light::golden_hour;
    if (text == "well-lit") light = Light::bright;
    std::string_view rest = std::string_view{text}.substr(std::min(first.size() + 1, text.size()));
    const bool alone = rest.empty();
    if (!light || (first == "well" && alone)) return false;
    while (light != Light::golden_hour && !rest.empty()) {
      const std::string_view next = rest.substr(0, rest.find(' '));
      if (!among(next, takes_light)) return false;
      rest.remove_prefix(std::min(next.size() + 1, rest.size()));
    }
    if (alone && opening != Opening::clause && opening != Opening::joined) return false;
    if (!result_.light) result_.light = Said<Light>{*light, {}};
    if (result_.light->value != *light) return false;
    result_.light->said.push_back(begin);
    return true;
  }

  /// Framing, contrast, saturation and sharpness. "In the centre" is about the phrase before it: not understood if that was not.
  bool read_choice(std::size_t begin, std::size_t end, bool follows_unread) {
    std::string text = plain_words(begin, end);
    const std::string_view before = begin > 0 ? word(begin - 1) : std::string_view{};
    const auto is = [&](std::initializer_list<std::string_view> phrases) {
      return std::ranges::find(phrases, text) != phrases.end();
    };
    std::optional<Framing> framing;
    if (is({"close-up", "closeup", "close up", "close-up shot", "close-up photo", "macro shot"}))
      framing = Framing::close_up;
    if (is({"full frame"}) || (text == "frame" && among(before, "fills fill filling"))) framing = Framing::fills_frame;
    if (is({"centred", "centered"}) ||
        (is({"centre", "center", "middle"}) && before == "in" && !follows_unread && word(end) != "of"))
      framing = Framing::centred;
    if (is({"wide shot", "wide view", "wide angle", "long shot", "afar"})) framing = Framing::wide;
    if (framing) {
      auto it = std::ranges::find(result_.framing, *framing, &Said<Framing>::value);
      if (it == result_.framing.end()) it = result_.framing.insert(it, Said<Framing>{*framing, {}});
      it->said.push_back(begin);
      return true;
    }
    // "a sharp photo"
    const std::size_t last = text.rfind(' ');
    if (last != std::string::npos && among(text.substr(last + 1), images)) text.resize(last);
    // "macarons in pastel colours"
    const bool of_thing = before == "in" && follows_unread;
    std::optional<Quality> quality;
    if (is({"high contrast", "strong contrast"})) quality = Quality::high_contrast;
    if (is({"low contrast", "weak contrast"})) quality = Quality::low_contrast;
    if (is({"vivid", "vivid colours", "vivid colors", "vibrant", "vibrant colours", "vibrant colors",
            "saturated colours"}) &&
        !of_thing)
      quality = Quality::vivid;
    if (is({"muted", "muted colours", "muted colors", "pastel colours", "pastel colors", "desaturated"}) && !of_thing)
      quality = Quality::muted;
    if (is({"sharp", "crisp", "focus", "sharp focus", "focused"}) && before != "of") quality = Quality::sharp;
    if (!quality) return text == "frame" || text.empty();
    if (std::ranges::find(result_.qualities, *quality) == result_.qualities.end())
      result_.qualities.push_back(*quality);
    return true;
  }

  /// Clothes, hair and jewellery are those of the person in the text, wherever they are said.
  void dress() {
    for (Thing& thing : result_.things) {
      thing.worn = person_.has_value() && !thing.person && (thing.worn || is_worn(thing.noun));
    }
  }

  enum class Subject { none, background, image };

  std::vector<Word> words_;
  Description result_;
  std::size_t at_ = 0;
  Opening opening_ = Opening::clause;
  Opening opening_before_ = Opening::clause;  // of the phrase before
  Subject subject_ = Subject::none;
  Place relation_ = Place::on;
  std::size_t relation_word_ = 0;
  std::optional<std::size_t> relation_from_;  // the thing whose place is said
  std::optional<std::size_t> head_;           // the first thing of the clause
  std::optional<std::size_t> last_;
  std::optional<std::size_t> person_;
  bool avoiding_ = false;
  bool unread_before_ = false;    // the phrase before was not understood whole
  bool lists_colours_ = false;    // the phrase before was of colours alone
  std::size_t pronouns_end_ = 0;  // after the last word for some of several things
  std::set<std::string> unsure_;  // nouns of several things that may or may not be the same
  std::set<std::string> some_;    // nouns of which some were said, without their number
};

}  // namespace
}  // namespace language

Description read(std::string_view text) { return language::Reader{text}.run(); }

}  // namespace pentimento::offline
