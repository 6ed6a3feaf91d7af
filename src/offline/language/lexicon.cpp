#include "offline/language/lexicon.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace pentimento::offline {
namespace lexicon {
namespace {

using enum NounClass;

constexpr auto nouns = std::to_array<Noun>({
    // clang-format off
    {"mug", "mug", thing}, {"cup", "cup", thing}, {"teacup", "cup", thing}, {"glass", "glass", thing},
    {"tumbler", "glass", thing}, {"bottle", "bottle", thing}, {"flask", "bottle", thing}, {"shoe", "shoe", thing},
    {"sneaker", "shoe", thing}, {"trainer", "shoe", thing}, {"boot", "shoe", thing}, {"tree", "tree", thing},
    {"oak", "tree", thing}, {"house", "house", thing}, {"cottage", "house", thing}, {"hut", "house", thing},
    {"cabin", "house", thing}, {"sun", "sun", thing}, {"moon", "moon", thing}, {"star", "star", thing},
    {"person", "person", person}, {"human", "person", person}, {"model", "person", person}, {"woman", "woman", person},
    {"lady", "woman", person}, {"female", "woman", person}, {"bride", "woman", person}, {"girl", "girl", person},
    {"man", "man", person}, {"gentleman", "man", person}, {"guy", "man", person}, {"boy", "boy", person},
    {"child", "child", person}, {"kid", "child", person}, {"saree", "saree", part}, {"sari", "saree", part},
    {"dress", "dress", part}, {"gown", "dress", part}, {"shirt", "shirt", part}, {"tshirt", "shirt", part},
    {"blouse", "shirt", part}, {"sweater", "shirt", part}, {"jacket", "shirt", part}, {"coat", "shirt", part},
    {"trousers", "trousers", part}, {"jeans", "trousers", part}, {"pants", "trousers", part}, {"skirt", "skirt", part},
    {"hair", "hair", part}, {"skin", "skin", part}, {"accessory", "accessory", part}, {"jewellery", "accessory", part},
    {"jewelry", "accessory", part}, {"jewel", "accessory", part}, {"ornament", "accessory", part},
    {"necklace", "necklace", part}, {"earring", "earring", part}, {"bracelet", "bracelet", part},
    {"bangle", "bracelet", part}, {"cat", "cat", thing}, {"kitten", "cat", thing}, {"dog", "dog", thing},
    {"puppy", "dog", thing}, {"bird", "bird", thing}, {"parrot", "bird", thing}, {"robin", "bird", thing},
    {"fish", "fish", thing}, {"goldfish", "fish", thing}, {"car", "car", thing}, {"automobile", "car", thing},
    {"boat", "boat", thing}, {"ship", "boat", thing}, {"sailboat", "boat", thing}, {"yacht", "boat", thing},
    {"bicycle", "bicycle", thing}, {"bike", "bicycle", thing}, {"flower", "flower", carried},
    {"rose", "flower", carried}, {"tulip", "flower", carried}, {"daisy", "flower", carried},
    {"sunflower", "flower", carried}, {"vase", "vase", thing}, {"table", "table", surface}, {"desk", "table", surface},
    {"tabletop", "table", surface}, {"chair", "chair", thing}, {"armchair", "chair", thing}, {"stool", "chair", thing},
    {"lamp", "lamp", thing}, {"book", "book", carried}, {"clock", "clock", thing}, {"ball", "ball", carried},
    {"sphere", "ball", thing}, {"balloon", "balloon", carried}, {"apple", "apple", thing},
    {"banana", "banana", thing}, {"orange", "orange", thing}, {"lemon", "lemon", thing}, {"pear", "pear", thing},
    {"cake", "cake", thing}, {"teapot", "teapot", thing}, {"kettle", "teapot", thing},
    {"umbrella", "umbrella", carried}, {"parasol", "umbrella", carried}, {"hat", "hat", carried},
    {"bag", "bag", carried}, {"handbag", "bag", carried}, {"purse", "bag", carried}, {"watch", "watch", carried},
    {"wristwatch", "watch", carried}, {"phone", "phone", carried}, {"smartphone", "phone", carried},
    {"cellphone", "phone", carried}, {"laptop", "laptop", thing}, {"computer", "laptop", thing},
    {"camera", "camera", carried}, {"mountain", "mountain", thing}, {"cloud", "cloud", thing}, {"key", "key", carried},
    {"candle", "candle", thing}, {"guitar", "guitar", carried}, {"heart", "heart", thing}, {"cube", "cube", thing},
    {"box", "cube", thing}, {"block", "cube", thing}, {"plate", "plate", thing}, {"dish", "plate", thing},
    {"bowl", "bowl", thing}, {"pencil", "pencil", thing}, {"crayon", "pencil", thing}, {"plant", "plant", thing},
    {"cactus", "plant", thing}, {"butterfly", "butterfly", thing}, {"mushroom", "mushroom", thing},
    {"gift", "gift", carried}, {"parcel", "gift", carried},
    // clang-format on
});

constexpr auto irregular = std::to_array<std::pair<std::string_view, std::string_view>>({
    // clang-format off
    {"people", "person"}, {"persons", "person"}, {"women", "woman"}, {"men", "man"}, {"gentlemen", "gentleman"},
    {"children", "child"}, {"cacti", "cactus"}, {"knives", "knife"}, {"leaves", "leaf"},
    // clang-format on
});

const Noun* find_noun(std::string_view word) noexcept {
  const auto it = std::ranges::find(nouns, word, &Noun::word);
  return it == nouns.end() ? nullptr : &*it;
}

template <std::size_t N>
bool among(std::string_view word, const std::array<std::string_view, N>& words) noexcept {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

NounForm noun_form(std::string_view word) {
  if (word.size() < 3 || word.size() > 24) return {};
  if (const Noun* noun = find_noun(word)) {
    return {noun, word == "trousers" || word == "jeans" || word == "pants"};
  }
  for (const auto& [plural, singular] : irregular) {
    if (word == plural) return {find_noun(singular), true};
  }
  if (word.back() != 's') return {};
  const std::string_view stem = word.substr(0, word.size() - 1);
  if (const Noun* noun = find_noun(stem)) return {noun, true};
  if (stem.ends_with("ie")) {
    if (const Noun* noun = find_noun(std::string{stem.substr(0, stem.size() - 2)} + 'y')) return {noun, true};
  }
  if (stem.ends_with('e')) {
    if (const Noun* noun = find_noun(stem.substr(0, stem.size() - 1))) return {noun, true};
  }
  return {};
}

std::optional<Backdrop> scene(std::string_view word) noexcept {
  using enum Backdrop;
  static constexpr auto scenes = std::to_array<std::pair<std::string_view, Backdrop>>({
      // clang-format off
      {"park", park}, {"garden", park}, {"meadow", park}, {"field", park}, {"lawn", park}, {"grass", park},
      {"beach", beach}, {"seaside", beach}, {"shore", beach}, {"seashore", beach}, {"coast", beach}, {"ocean", beach},
      {"sea", beach}, {"night", night}, {"nighttime", night}, {"midnight", night}, {"starry", night},
      {"studio", studio}, {"sky", sky}, {"room", room}, {"kitchen", room}, {"indoors", room}, {"interior", room},
      {"office", room}, {"gradient", gradient}, {"ombre", gradient},
      // clang-format on
  });
  const auto it = std::ranges::find(scenes, word, &std::pair<std::string_view, Backdrop>::first);
  if (it == scenes.end()) return std::nullopt;
  return it->second;
}

bool means_background(std::string_view word) noexcept {
  static constexpr auto words =
      std::to_array<std::string_view>({"background", "backgrounds", "backdrop", "wall", "bg"});
  return among(word, words);
}

bool means_ground(std::string_view word) noexcept {
  static constexpr auto words =
      std::to_array<std::string_view>({"surface", "sheet", "paper", "floor", "ground", "countertop"});
  return among(word, words);
}

bool means_uniform(std::string_view word) noexcept {
  static constexpr auto words = std::to_array<std::string_view>(
      {"plain", "solid", "clean", "seamless", "uniform", "flat", "monochrome", "empty", "uncluttered"});
  return among(word, words);
}

std::optional<Tone> tone(std::string_view word) noexcept {
  if (word == "light") return Tone::light;
  if (word == "pale" || word == "pastel") return Tone::pale;
  if (word == "dark") return Tone::dark;
  if (word == "deep" || word == "rich") return Tone::deep;
  if (word == "bright" || word == "vivid" || word == "vibrant") return Tone::bright;
  return std::nullopt;
}

std::optional<Size> size(std::string_view word) noexcept {
  if (word == "tiny" || word == "mini" || word == "miniature") return Size::tiny;
  if (word == "small" || word == "little") return Size::small;
  if (word == "large" || word == "big" || word == "tall") return Size::large;
  if (word == "huge" || word == "giant" || word == "enormous" || word == "gigantic") return Size::huge;
  return std::nullopt;
}

std::optional<Light> light(std::string_view word) noexcept {
  using enum Light;
  static constexpr auto lights = std::to_array<std::pair<std::string_view, Light>>({
      // clang-format off
      {"bright", bright}, {"brightly", bright}, {"airy", bright}, {"dull", dull}, {"dim", dull}, {"dimly", dull},
      {"gloomy", dull}, {"overcast", dull}, {"grey-lit", dull}, {"dark", dark}, {"darkly", dark}, {"moody", dark},
      {"sunny", sunny}, {"sunlit", sunny}, {"sunlight", sunny}, {"sunshine", sunny}, {"sunset", golden_hour},
      {"sunrise", golden_hour}, {"dusk", golden_hour}, {"soft", soft}, {"softly", soft}, {"diffused", soft},
      {"diffuse", soft},
      // clang-format on
  });
  const auto it = std::ranges::find(lights, word, &std::pair<std::string_view, Light>::first);
  if (it == lights.end()) return std::nullopt;
  return it->second;
}

bool takes_light(std::string_view word) noexcept {
  static constexpr auto words = std::to_array<std::string_view>(
      {"light",    "lighting", "lights",    "lit",     "lighted",    "illumination", "day",        "daylight",
       "scene",    "picture",  "image",     "photo",   "photograph", "shot",         "atmosphere", "mood",
       "exposure", "weather",  "afternoon", "morning", "key",        "feel",         "vibe",       "ambience"});
  return among(word, words);
}

bool ambiguous_colour(std::string_view word) noexcept { return word == "orange" || word == "rose"; }

bool colour_filler(std::string_view word) noexcept {
  static constexpr auto words =
      std::to_array<std::string_view>({"colour", "colours", "color", "colors", "coloured", "colored", "tone", "tones",
                                       "hue", "hues", "shade", "shades"});
  return among(word, words);
}

bool filler(std::string_view word) noexcept {
  static constexpr auto words = std::to_array<std::string_view>(
      {"of",         "and",          "or",      "a",        "an",     "the",       "this",      "that",      "these",
       "those",      "it",           "its",     "she",      "he",     "her",       "his",       "they",      "their",
       "i",          "me",           "my",      "we",       "you",    "visualize", "visualise", "draw",      "paint",
       "create",     "generate",     "make",    "show",     "render", "imagine",   "picture",   "image",     "photo",
       "photograph", "illustration", "sketch",  "please",   "want",   "with",      "in",        "on",        "at",
       "to",         "by",           "for",     "from",     "into",   "against",   "there",     "as",        "scene",
       "shot",       "view",         "light",   "lighting", "frame",  "be",        "both",      "each",      "all",
       "some",       "several",      "many",    "few",      "only",   "just",      "exactly",   "precisely", "must",
       "should",     "very",         "so",      "sure",     "ensure", "needs",     "need",      "clearly",   "really",
       "side",       "standing",     "sitting", "lying",    "placed", "product"});
  return among(word, words);
}

bool copula(std::string_view word) noexcept {
  static constexpr auto words =
      std::to_array<std::string_view>({"is", "are", "was", "were", "be", "being", "looks", "appears", "stays", "s"});
  return among(word, words);
}

bool owning(std::string_view word) noexcept {
  static constexpr auto words =
      std::to_array<std::string_view>({"wearing", "wears", "wear", "dressed", "holding", "holds", "hold", "carrying",
                                       "carries", "has", "have", "having", "with", "in", "under", "draped"});
  return among(word, words);
}

bool of_a_part(std::string_view word) noexcept {
  static constexpr auto words = std::to_array<std::string_view>(
      {"eyed",   "haired",  "skinned",  "rimmed", "handled", "lidded", "roofed",   "topped",  "tipped", "edged",
       "framed", "trimmed", "bordered", "winged", "tailed",  "nosed",  "collared", "sleeved", "soled",  "footed"});
  return among(word, words);
}

bool no_noun(std::string_view word) noexcept {
  static constexpr auto words = std::to_array<std::string_view>(
      {"everywhere", "throughout", "overall", "too",    "also",     "together", "here", "inside", "outside", "again",
       "mostly",     "entirely",   "evenly",  "wholly", "brightly", "matte",    "matt", "glossy", "shiny",   "metallic",
       "that",       "which",      "who",     "whose",  "where",    "while",    "if",   "then",   "but"});
  return among(word, words);
}

bool known_word(std::string_view word) {
  static constexpr auto places = std::to_array<std::string_view>(
      {"left",  "right",  "next",    "beside", "alongside", "near", "above", "over", "below", "underneath", "beneath",
       "under", "behind", "between", "around", "across",    "cut",  "half",  "no",   "not",   "without"});
  return noun_form(word).noun != nullptr || scene(word) || means_background(word) || means_ground(word) ||
         means_uniform(word) || tone(word) || size(word) || light(word) || takes_light(word) || colour_named(word) ||
         colour_filler(word) || filler(word) || copula(word) || owning(word) || number_named(word) ||
         among(word, places);
}

}  // namespace lexicon

std::string plural_of(std::string_view noun) {
  for (const auto& [plural, singular] : lexicon::irregular) {
    if (noun == singular) return std::string{plural};
  }
  static constexpr auto same = std::to_array<std::string_view>({"fish", "trousers", "hair", "skin"});
  if (std::ranges::find(same, noun) != same.end()) return std::string{noun};
  std::string text{noun};
  const auto vowel = [](char c) { return std::string_view{"aeiou"}.find(c) != std::string_view::npos; };
  if (text.ends_with('s') || text.ends_with('x') || text.ends_with("ch") || text.ends_with("sh")) return text + "es";
  if (text.size() > 1 && text.ends_with('y') && !vowel(text[text.size() - 2])) {
    text.pop_back();
    return text + "ies";
  }
  return text + 's';
}

std::optional<std::string> canonical_noun(std::string_view word) {
  std::string lower{word.substr(0, 32)};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const auto form = lexicon::noun_form(lower);
  if (form.noun == nullptr) return std::nullopt;
  return std::string{form.noun->canonical};
}

std::vector<std::string> known_nouns() {
  std::vector<std::string> names;
  for (const auto& noun : lexicon::nouns) names.emplace_back(noun.canonical);
  std::ranges::sort(names);
  const auto tail = std::ranges::unique(names);
  names.erase(tail.begin(), tail.end());
  return names;
}

std::optional<int> number_named(std::string_view word) noexcept {
  static constexpr auto names = std::to_array<std::string_view>(
      {"zero",     "one",     "two",     "three",     "four",     "five",     "six",
       "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",   "thirteen",
       "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"});
  if (const auto it = std::ranges::find(names, word); it != names.end()) return static_cast<int>(it - names.begin());
  if (word == "dozen") return 12;
  if (word == "single") return 1;
  if (word.empty() || word.size() > 3) return std::nullopt;
  int value = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace pentimento::offline
