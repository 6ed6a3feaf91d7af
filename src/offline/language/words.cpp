#include "offline/language/words.hpp"

#include <pentimento/detail/utf8.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace pentimento::offline {
namespace language {
namespace {

constexpr std::size_t longest_word = 48;

// Things that a plain word names. The words of the sketch's symbols are among them.
constexpr std::string_view things = R"(
  mug cup teacup glass tumbler bottle flask vase plate dish bowl teapot kettle candle lamp book notebook box cube
  block ball sphere balloon apple banana orange lemon pear cake tree oak flower rose tulip daisy sunflower plant star
  sun moon cat kitten dog puppy bird robin parrot fish house cottage cabin hut car automobile boat sailboat ship yacht
  bicycle bike table desk chair stool armchair shoe sneaker boot trainer bag handbag umbrella clock phone laptop
  camera guitar key watch pencil gift)";
constexpr std::string_view persons = "woman lady girl bride man gentleman boy person child";
constexpr std::string_view worn = R"(
  saree sari dress gown shirt blouse sweater jacket coat trousers jeans skirt scarf hat hair skin accessory jewellery
  jewelry necklace earring bracelet bangle)";
// Known nouns that name what grows or is eaten: "an olive tree" and "a chocolate cake" have no colour.
constexpr std::string_view grown = "tree flower plant cake oak rose tulip";

// Colours that are also materials, and colours that are also foods or plants: those are believed only of clothes, for "an
// olive bowl" holds olives. The last are hardly ever meant as colours: "snow boots", "a linen shirt".
constexpr std::string_view materials = R"(
  amber blond blonde bronze burlywood charcoal cobalt copper cream emerald gold golden indigo ivory khaki orange ruby
  rust sapphire sienna silver tan taupe teal terracotta violet)";
constexpr std::string_view foods = R"(
  chocolate coral lavender lilac lime magnolia mint mustard ochre olive orchid peach plum rose salmon)";
constexpr std::string_view hardly_colours = R"(
  almond bisque cornsilk honeydew lemonchiffon linen moccasin peru seashell snow thistle tomato wheat)";

constexpr std::string_view idioms = R"(
  panda fox bear whale shark wolf squirrel deer panther tiger rhino elephant jay snapper swan goose sheep widow mamba
  belly wine tea coffee beer ale rice bread cheese pepper onion cabbage bean lentil grape chocolate sugar meat velvet
  berry currant curry salad sauce olive tomato potato pudding forest oak birch maple cedar pine cross carpet card hole
  market board noise collar belt giant dwarf screen line light flag note tape thumb army tea room magic power
  mood atmosphere tone light lighting glow hue theme style palette accent colour color scheme vibe feeling energy
  alert day night hour sky sea ocean water grass sand snow field meadow rain eye stripe dot spot trim edge detail)";

constexpr std::string_view adjectives = R"(
  small little tiny large big huge giant tall short long wide narrow round square oval flat thick thin new old vintage
  antique modern classic traditional contemporary simple elegant beautiful pretty nice lovely cute fine fancy ornate
  shiny glossy matte matt polished smooth rough clean fresh ripe juicy empty full open closed identical similar
  matching different separate single ceramic porcelain clay plastic metal metallic steel wooden leather cotton silk
  woollen wool denim paper cardboard rubber enamel stoneware handmade decorative happy friendly aesthetic
  banarasi zari indian light dark bright deep pale)";

bool is_letter(char c) noexcept { return std::isalnum(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0; }
bool is_capital(char c) noexcept { return c >= 'A' && c <= 'Z'; }

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_{text} {}

  std::vector<Word> run() {
    while (at_ < text_.size()) step();
    find_names();
    return std::move(words_);
  }

 private:
  bool skip(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  void step() {
    for (const auto& [open, close] : {std::pair{"\"", "\""}, std::pair{"\u201c", "\u201d"},
                                      std::pair{"\u00ab", "\u00bb"}, std::pair{"\u2018", "\u2019"}}) {
      if (skip(open)) return quotation(close);
    }
    if (text_[at_] == '\'' && (at_ == 0 || !is_letter(text_[at_ - 1]))) {
      ++at_;
      return quotation("'");
    }
    for (const std::string_view dash : {"\u2013", "\u2014", "\u2026", "\u2019", "\u2022"}) {
      if (skip(dash)) return part(',');
    }
    const char c = text_[at_];
    if (is_letter(c) || std::string_view{"$#%"}.find(c) != std::string_view::npos) return word();
    ++at_;
    if (c == '&') return push("and", false);
    if (c == ':') return colon();
    if (c == '.' || c == '!' || c == '?' || c == '\n') part('.');
    if (c == ',' || c == ';' || c == '(' || c == ')' || c == '[' || c == ']' || c == '+') part(',');
    if (c == '-' && at_ < text_.size() && text_[at_] == ' ') part(',');
  }

  // What stands in quotation marks is to be read on the image, or is a name.
  void quotation(std::string_view close) {
    const std::size_t end = text_.find(close, at_);
    if (end == std::string_view::npos) return;
    const std::string said{detail::cut_utf8(text_.substr(at_, end - at_), longest_word)};
    at_ = end + close.size();
    push("\"", true);
    words_.back().quotation = '"' + said + '"';
  }

  // "(red mug:1.4)" is the weight of a phrase, as web interfaces for Stable Diffusion write it.
  void colon() {
    const std::size_t end = text_.find_first_not_of("0123456789.", at_);
    if (end != at_ && end != std::string_view::npos && text_[end] == ')') {
      at_ = end;
    } else {
      part(':');
    }
  }

  void part(char by) {
    constexpr std::string_view strength = " ,:.";
    if (strength.find(by) > strength.find(pending_)) pending_ = by;
  }

  void push(std::string text, bool name) {
    words_.push_back({std::move(text), words_.empty() ? '.' : pending_, name, {}});
    pending_ = ' ';
  }

  void word() {
    const std::size_t begin = at_;
    const auto inside = [&](std::size_t i) {
      if (i >= text_.size()) return false;
      if (is_letter(text_[i]) || text_[i] == '%') return !text_.substr(i).starts_with("\u2019") && text_[i] != '\xE2';
      const bool between = i + 1 < text_.size() && is_letter(text_[i + 1]) && i > begin;
      const bool digits = between && std::isdigit(static_cast<unsigned char>(text_[i - 1])) != 0 &&
                          std::isdigit(static_cast<unsigned char>(text_[i + 1])) != 0;
      return (text_[i] == '-' && between) ||
             (digits && std::string_view{".,:/"}.find(text_[i]) != std::string_view::npos);
    };
    ++at_;
    while (inside(at_)) ++at_;
    std::string said{detail::cut_utf8(text_.substr(begin, at_ - begin), longest_word)};
    // "the mug's handle", "don't"
    bool negated = false;
    if (skip("'") || skip("\u2019")) {
      const std::size_t rest = at_;
      while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
      negated = text_.substr(rest, at_ - rest) == "t" && said.size() > 1 && said.ends_with('n');
      if (negated) said.pop_back();
    }
    const bool capital = is_capital(said[0]);
    const bool shouted = said.size() > 1 && std::ranges::none_of(said, [](char c) { return c >= 'a' && c <= 'z'; });
    for (char& c : said) c = is_capital(c) ? static_cast<char>(c - 'A' + 'a') : c;
    push_parts(said, capital && !shouted && said.size() > 1);
    if (negated) push("not", false);
  }

  // "black-and-white" and "sky-blue" are several words, "three-legged" and "blue-green" are one.
  void push_parts(const std::string& said, bool capital) {
    std::vector<std::string> parts(1);
    for (const char c : said) c == '-' ? parts.emplace_back() : parts.back() += c;
    const bool colours =
        parts.size() > 1 && std::ranges::all_of(parts, [](const std::string& part) {
          return part == "and" || part == "off" || colour_named(part) || among(part, "light dark pale deep");
        });
    const auto named =
        std::ranges::count_if(parts, [](const std::string& part) { return colour_named(part).has_value(); });
    const bool one_name =
        named < 2 || colour_named(parts[0] + parts[1]) || among(parts[0], "navy") || names_a_thing(parts[0]);
    if (!colours || (!one_name && std::ranges::find(parts, "and") == parts.end())) return push(said, capital);
    for (std::string& part : parts) push(std::move(part), capital);
  }

  // A capital within a sentence begins a name; at its beginning only if the next word has one too.
  void find_names() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const bool begins = words_[i].before == '.' || words_[i].before == ':';
      if (begins)
        words_[i].name =
            words_[i].text == "\"" || (words_[i].name && i + 1 < words_.size() && words_[i + 1].before == ' ' &&
                                       words_[i + 1].name && words_[i + 1].text != "\"");
    }
  }

  std::string_view text_;
  std::vector<Word> words_;
  std::size_t at_ = 0;
  char pending_ = ' ';
};

constexpr auto irregular = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"people", "person"},
    {"women", "woman"},
    {"men", "man"},
    {"gentlemen", "gentleman"},
    {"children", "child"},
    {"knives", "knife"},
    {"leaves", "leaf"},
    {"mice", "mouse"},
});
constexpr std::string_view unchanged = "fish trousers jeans hair skin jewellery jewelry sheep deer";

}  // namespace

std::vector<Word> words_of(std::string_view text) { return Splitter{text}.run(); }

bool among(std::string_view word, std::string_view words) noexcept {
  for (std::size_t at = words.find(word); !word.empty() && at != std::string_view::npos;
       at = words.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || words[at - 1] <= ' ') && (end == words.size() || words[end] <= ' ')) return true;
  }
  return false;
}

std::optional<int> number_said(std::string_view word) noexcept {
  static constexpr auto names = std::to_array<std::string_view>(
      {"one",     "two",     "three",     "four",     "five",     "six",      "seven",
       "eight",   "nine",    "ten",       "eleven",   "twelve",   "thirteen", "fourteen",
       "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"});
  if (const auto it = std::ranges::find(names, word); it != names.end())
    return static_cast<int>(it - names.begin()) + 1;
  if (word.empty() || word.size() > 2) return std::nullopt;
  int value = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value >= 1 && value <= 50 ? std::optional{value} : std::nullopt;
}

Noun any_noun(std::string_view word) {
  for (const auto& [plural, singular] : irregular) {
    if (word == plural) return {std::string{singular}, true};
  }
  std::string stem{word};
  if (among(word, unchanged)) return {stem, word.ends_with('s')};
  for (const std::string_view singular : {"ss", "us", "is"}) {
    if (word.ends_with(singular)) return {stem, false};
  }
  if (word.size() < 4 || !word.ends_with('s')) return {stem, false};
  stem.pop_back();
  if (stem.ends_with("ie")) return {stem.substr(0, stem.size() - 2) + 'y', true};
  for (const std::string_view hissing : {"che", "she", "xe", "sse"}) {
    if (stem.ends_with(hissing)) return {stem.substr(0, stem.size() - 1), true};
  }
  return {stem, true};
}

std::optional<Noun> known_noun(std::string_view word) {
  for (Noun noun : {Noun{std::string{word}, false}, any_noun(word)}) {
    const std::string_view one = noun.singular;
    if (!among(one, things) && !is_person(one) && !is_worn(one)) continue;
    noun.plural = noun.plural || (one == word && any_noun(word).plural && among(one, unchanged));
    return noun;
  }
  return std::nullopt;
}

bool is_person(std::string_view noun) noexcept { return among(noun, persons); }
bool is_worn(std::string_view noun) noexcept { return among(noun, worn); }
bool names_a_thing(std::string_view colour) noexcept {
  return among(colour, materials) || among(colour, foods) || among(colour, hardly_colours);
}
bool no_colour_before(std::string_view noun) noexcept { return among(noun, idioms); }
bool colours_things(std::string_view colour, std::string_view noun) noexcept {
  return among(colour, materials) ? !among(noun, grown) : among(colour, foods) && is_worn(noun);
}

bool is_adjective(std::string_view word) noexcept { return among(word, adjectives); }

}  // namespace language

std::string plural_of(std::string_view noun) {
  for (const auto& [plural, singular] : language::irregular) {
    if (noun == singular) return std::string{plural};
  }
  std::string text{noun};
  if (language::among(noun, language::unchanged)) return text;
  const auto vowel = [](char c) { return std::string_view{"aeiou"}.find(c) != std::string_view::npos; };
  for (const std::string_view hissing : {"s", "x", "ch", "sh"}) {
    if (text.ends_with(hissing)) return text + "es";
  }
  if (text.size() > 1 && text.ends_with('y') && !vowel(text[text.size() - 2])) {
    text.pop_back();
    return text + "ies";
  }
  return text + 's';
}

}  // namespace pentimento::offline
