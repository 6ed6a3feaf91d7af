#include "offline/measure/plan.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

namespace pentimento::offline::measuring {

namespace {

/// Parts of a person whose colour cannot be told from that of everything else.
bool hidden_among_others(std::string_view noun) { return noun == "hair" || noun == "skin"; }

bool covers_little(std::string_view noun) {
  constexpr std::array<std::string_view, 6> details{"accessory", "necklace", "earring", "bracelet", "watch", "key"};
  return std::ranges::find(details, noun) != details.end();
}

AskedColour asked(const Colour& colour) { return {colour.text(), colour.rgb}; }

/// What the whole brief says, against which each of its texts is understood: "exactly three mugs" is about everything in the
/// picture only if nothing but mugs was asked for.
struct Context {
  std::vector<std::pair<std::string, std::vector<AskedColour>>> kinds;  ///< top-level things, each with its colours
  std::map<std::string, std::vector<AskedColour>> colours;              ///< by noun, where all mentions agree
  std::set<std::string> ambiguous;                                      ///< nouns whose mentions have different colours
  std::set<std::string> owned;                                          ///< nouns that someone wears, holds or has
  std::map<std::string, int> supports;                                  ///< what other things stand on, and how many
  static constexpr int many = 50;                                       ///< supports whose number is not told
  bool busy = false;                  ///< a background that things cannot be told from
  std::optional<AskedColour> behind;  ///< the background's colour

  void add(const Description& text) {
    for (const Subject& subject : text.subjects) {
      std::vector<AskedColour> these;
      for (const Colour& colour : subject.colours) these.push_back(asked(colour));
      if (subject.owner) owned.insert(subject.noun);
      if (!owned.contains(subject.noun)) {
        const auto same = [&](const auto& kind) {
          return kind.first == subject.noun && (these.empty() || kind.second.empty() || kind.second == these);
        };
        const auto known = std::ranges::find_if(kinds, same);
        if (known == kinds.end()) {
          kinds.emplace_back(subject.noun, these);
        } else if (known->second.empty()) {
          known->second = these;
        }
      }
      if (these.empty()) continue;
      const auto [entry, fresh] = colours.try_emplace(subject.noun, these);
      if (!fresh && entry->second != these) ambiguous.insert(subject.noun);
    }
    for (const Relation& relation : text.relations) {
      if (relation.place != Place::on) continue;
      const Subject& support = text.subjects[relation.object];
      const int number = support.count ? support.count->value : support.plural ? many : 1;
      const auto [entry, fresh] = supports.try_emplace(support.noun, number);
      if (!fresh) entry->second = std::max(entry->second, number);
    }
    if (!text.background) return;
    const Backdrop backdrop = text.background->backdrop;
    busy = busy || !(backdrop == Backdrop::plain || backdrop == Backdrop::gradient || backdrop == Backdrop::studio);
    if (text.background->colour) behind = asked(*text.background->colour);
  }

  /// Whether all that the picture is to show are things of `noun`, but for what they stand on.
  bool only_kind(std::string_view noun) const {
    return std::ranges::all_of(kinds,
                               [&](const auto& kind) { return kind.first == noun || supports.contains(kind.first); });
  }

  /// Tells `check` what its things stand on: that may stand out as they do, and is not one of them.
  void add_supports(Check& check) const {
    for (const auto& [noun, number] : supports) {
      if (noun == check.noun) continue;
      const auto known = colours.find(noun);
      const bool one_colour = known != colours.end() && known->second.size() == 1 && !ambiguous.contains(noun);
      const bool told = one_colour && std::ranges::all_of(check.colours, [&](const AskedColour& colour) {
                          return distinguishable(range_of(colour), range_of(known->second.front()));
                        });
      if (told) {
        check.supports.push_back(known->second.front());
      } else {
        check.plain_supports = std::min(check.plain_supports + number, many);
      }
    }
  }

  /// Whether `colour` tells the things of `noun` from everything else that was asked for.
  bool tells_apart(const AskedColour& colour, std::string_view noun, const std::vector<AskedColour>& own) const {
    const ColourRange range = range_of(colour);
    if (!range.has_hue()) return false;
    if (behind && !distinguishable(range, range_of(*behind))) return false;
    return std::ranges::all_of(kinds, [&](const auto& kind) {
      if (kind.first == noun && kind.second == own) return true;
      if (kind.second.empty()) return supports.contains(kind.first);
      return std::ranges::all_of(kind.second,
                                 [&](const AskedColour& other) { return distinguishable(range, range_of(other)); });
    });
  }
};

std::string slug(std::string_view text) {
  std::string id;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isalnum(byte) != 0) {
      id += static_cast<char>(std::tolower(byte));
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
  }
  while (!id.empty() && id.back() == '-') id.pop_back();
  return id;
}

std::string joined(const std::vector<AskedColour>& colours, std::string_view between) {
  std::string text;
  for (const AskedColour& colour : colours) text += (text.empty() ? "" : std::string{between}) + colour.text;
  return text;
}

/// What one text asks for and pixels can answer.
struct Reading {
  struct Item {
    std::string id;
    std::string text;
    Importance importance = Importance::must;
    Check check;
    std::vector<std::size_t> needs;  ///< items of the same reading that must hold for this to mean anything
  };
  std::vector<Item> items;
  bool complete = true;  ///< everything that the text says is in the items
};

class Reader {
 public:
  Reader(const Description& text, const Context& context) : text_{text}, context_{context} {}

  Reading read() {
    std::vector<bool> covered(text_.subjects.size());
    for (std::size_t i = 0; i < text_.subjects.size(); ++i) covered[i] = read_count(text_.subjects[i]);
    for (std::size_t i = 0; i < text_.subjects.size(); ++i) {
      if (read_colour(text_.subjects[i])) covered[i] = true;
    }
    for (const Relation& relation : text_.relations) {
      if (read_position(relation)) {
        covered[relation.subject] = covered[relation.object] = true;
      } else {
        reading_.complete = false;
      }
    }
    if (std::ranges::find(covered, false) != covered.end()) reading_.complete = false;
    read_background();
    read_light();
    read_framing();
    read_qualities();
    read_negations();
    return std::move(reading_);
  }

 private:
  std::size_t add(std::string id, std::string text, Importance importance, Check check) {
    reading_.items.push_back({std::move(id), std::move(text), importance, std::move(check), {}});
    return reading_.items.size() - 1;
  }

  static std::string things(const Subject& subject, bool many) { return many ? plural_of(subject.noun) : subject.noun; }

  static std::vector<AskedColour> colours_of(const Subject& subject) {
    std::vector<AskedColour> colours;
    for (const Colour& colour : subject.colours) colours.push_back(asked(colour));
    return colours;
  }

  /// True if the subject's number is taken care of.
  bool read_count(const Subject& subject) {
    if (!subject.count || subject.owner) return false;
    const bool stated =
        subject.count->stated ||
        std::ranges::any_of(subject.count->phrase.mentions, [](const Mention& mention) { return mention.exact; });
    if (!stated) return false;
    const int number = subject.count->value;
    if (number < 1 || number > 50) return reading_.complete = false;
    const std::vector<AskedColour> colours = colours_of(subject);
    Check check;
    check.measure = Measure::count;
    check.noun = subject.noun;
    check.number = number;
    std::string id = "count-" + slug(subject.noun);
    std::string described = things(subject, number != 1);
    const std::vector<AskedColour>* known = &colours;
    const auto elsewhere = context_.colours.find(subject.noun);
    if (colours.empty() && elsewhere != context_.colours.end() && !context_.ambiguous.contains(subject.noun))
      known = &elsewhere->second;
    const bool by_colour = known->size() == 1 && context_.tells_apart(known->front(), subject.noun, *known);
    const bool alike = context_.only_kind(subject.noun) && !context_.ambiguous.contains(subject.noun);
    // A table that they stand on may stand out as well as they do.
    check.only_kind = alike && context_.supports.empty();
    if (context_.ambiguous.contains(subject.noun) && !colours.empty()) {
      id += "-" + slug(joined(colours, "-"));
      described = joined(colours, " and ") + " " + described;
    }
    if (by_colour) {
      check.colours = *known;
    } else if (!alike || context_.busy) {
      return reading_.complete = false;  // nothing tells these things from others
    }
    context_.add_supports(check);
    add(std::move(id), "exactly " + number_word(number) + " " + described, Importance::must, std::move(check));
    return true;
  }

  bool read_colour(const Subject& subject) {
    if (subject.colours.empty()) return false;
    if (hidden_among_others(subject.noun)) return reading_.complete = false;
    Check check;
    check.measure = Measure::colour;
    check.noun = subject.noun;
    check.colours = colours_of(subject);
    check.small = covers_little(subject.noun);
    const bool owned = context_.owned.contains(subject.noun);
    check.worn = owned && !check.small;
    const bool has_hue =
        std::ranges::any_of(check.colours, [](const AskedColour& colour) { return range_of(colour).has_hue(); });
    // Black, white and grey also lie in shadows, highlights and paper: only what stands out can be asked for them.
    if (context_.busy && !has_hue) return reading_.complete = false;
    if (context_.behind && std::ranges::any_of(check.colours, [&](const AskedColour& colour) {
          return !range_of(colour).has_hue() && !distinguishable(range_of(colour), range_of(*context_.behind));
        })) {
      return reading_.complete = false;  // white on white: whatever stands out does so by not being white
    }
    const bool several_kinds = context_.ambiguous.contains(subject.noun);
    check.only_kind = !several_kinds && !owned && context_.only_kind(subject.noun);
    if (check.only_kind) context_.add_supports(check);
    const bool many = subject.plural || (subject.count && subject.count->value != 1);
    const std::string shades = joined(check.colours, " and ");
    std::string text = "the " + things(subject, many) + (many ? " are " : " is ") + shades;
    std::string id = "colour-" + slug(subject.noun) + "-" + slug(joined(check.colours, "-"));
    if (several_kinds)
      text = std::string{many ? "some " : "one "} + things(subject, many) + (many ? " are " : " is ") + shades;
    add(std::move(id), std::move(text), check.small ? Importance::should : Importance::must, std::move(check));
    return true;
  }

  /// The single colour by which a subject can be found, if there is one.
  std::optional<AskedColour> single_colour(const Subject& subject) const {
    if (subject.colours.size() == 1) return asked(subject.colours.front());
    if (!subject.colours.empty() || context_.ambiguous.contains(subject.noun)) return std::nullopt;
    const auto known = context_.colours.find(subject.noun);
    if (known == context_.colours.end() || known->second.size() != 1) return std::nullopt;
    return known->second.front();
  }

  bool read_position(const Relation& relation) {
    constexpr std::array<std::pair<Place, std::string_view>, 4> measurable{
        {{Place::left_of, "left of"}, {Place::right_of, "right of"}, {Place::above, "above"}, {Place::below, "below"}}};
    const auto place = std::ranges::find(measurable, relation.place, &std::pair<Place, std::string_view>::first);
    if (place == measurable.end()) return false;
    const Subject& one = text_.subjects[relation.subject];
    const Subject& other = text_.subjects[relation.object];
    const std::optional<AskedColour> first = single_colour(one);
    const std::optional<AskedColour> second = single_colour(other);
    if (!first || !second || !distinguishable(range_of(*first), range_of(*second))) return false;
    if (context_.busy && !(range_of(*first).has_hue() && range_of(*second).has_hue())) return false;
    Check check;
    check.measure = Measure::position;
    check.noun = one.noun;
    check.colours = {*first, *second};
    check.place = relation.place;
    const auto named = [](const Subject& subject) { return "the " + things(subject, subject.plural); };
    const std::size_t item =
        add("position-" + slug(one.noun) + "-" + slug(place->second) + "-" + slug(other.noun),
            named(one) + (one.plural ? " are " : " is ") + std::string{place->second} + " " + named(other),
            Importance::must, check);
    for (std::size_t i = 0; i < item; ++i) {
      const Check& earlier = reading_.items[i].check;
      if (earlier.measure == Measure::colour && (earlier.noun == one.noun || earlier.noun == other.noun)) {
        reading_.items[item].needs.push_back(i);
      }
    }
    return true;
  }

  void read_background() {
    if (!text_.background) return;
    const offline::Background& background = *text_.background;
    Check check;
    const std::string colour = background.colour ? asked(*background.colour).text + " " : std::string{};
    if (background.colour) check.colours = {asked(*background.colour)};
    if (background.backdrop == Backdrop::plain) {
      check.measure = Measure::background;
      add("background", colour.empty() ? "the background is one plain colour" : "a plain " + colour + "background",
          Importance::must, check);
    } else if (background.backdrop == Backdrop::gradient) {
      check.measure = Measure::gradient;
      add("background", "a " + colour + "gradient background", Importance::must, check);
    } else {
      reading_.complete = false;
    }
  }

  void read_light() {
    if (!text_.light) return;
    Check check;
    check.measure = Measure::light;
    check.light = text_.light->light;
    // A dark background makes a picture dark however brightly its things are lit.
    const bool dark_behind = context_.behind && lab_of(context_.behind->rgb).l < 45.0F;
    const std::string* text = nullptr;
    static const std::string bright = "bright light", dull = "dull light", dark = "a dark scene",
                             sunny = "bright, sunny light", golden = "warm, golden light";
    switch (check.light) {
      case Light::bright: text = dark_behind ? nullptr : &bright; break;
      case Light::sunny: text = dark_behind ? nullptr : &sunny; break;
      case Light::dull: text = &dull; break;
      case Light::dark: text = &dark; break;
      case Light::golden_hour: text = &golden; break;
      case Light::soft: break;
    }
    if (text == nullptr) {
      reading_.complete = false;
      return;
    }
    add("light", *text, Importance::must, check);
  }

  void read_framing() {
    for (const FramingWord& word : text_.framing) {
      if (context_.busy) {
        reading_.complete = false;
        continue;
      }
      Check check;
      check.measure = Measure::framing;
      check.framing = word.framing;
      switch (word.framing) {
        case Framing::close_up: add("framing-close-up", "a close-up", Importance::should, check); break;
        case Framing::fills_frame:
          add("framing-fills-frame", "the things fill the frame", Importance::should, check);
          break;
        case Framing::centred: add("framing-centred", "centred in the frame", Importance::should, check); break;
        case Framing::wide: add("framing-wide", "seen from afar, with room around", Importance::should, check); break;
      }
    }
  }

  /// Words for contrast, saturation and sharpness, which are not part of the scene that the reader of language looks for.
  void read_qualities() {
    std::vector<bool> understood(text_.unknown.size());
    const auto is_one_of = [](const std::string& word, std::initializer_list<std::string_view> words) {
      return std::ranges::find(words, word) != words.end();
    };
    for (std::size_t i = 0; i < text_.unknown.size(); ++i) {
      const std::string& word = text_.unknown[i].word;
      const auto beside = [&](std::size_t other) {
        const std::size_t here = text_.unknown[i].span.index;
        const std::size_t there = text_.unknown[other].span.index;
        return (here > there ? here - there : there - here) <= 2;
      };
      Check check;
      check.number = 1;
      if (word == "contrast" || word == "contrasty") {
        for (const std::size_t near : {i - 1, i + 1}) {
          if (near >= text_.unknown.size() || !beside(near)) continue;
          const std::string& how = text_.unknown[near].word;
          if (is_one_of(how, {"low", "little", "weak", "flat"})) check.number = 0;
          if (is_one_of(how, {"low", "little", "weak", "flat", "high", "strong", "much", "good"}))
            understood[near] = true;
        }
        check.measure = Measure::contrast;
        add("contrast", check.number > 0 ? "high contrast" : "low contrast", Importance::should, check);
      } else if (is_one_of(word, {"vivid", "vibrant", "saturated", "colourful", "colorful"})) {
        check.measure = Measure::saturation;
        add("saturation", "vivid colours", Importance::should, check);
      } else if (is_one_of(word, {"muted", "desaturated", "pastel", "faded"})) {
        check.measure = Measure::saturation;
        check.number = 0;
        add("saturation", "muted colours", Importance::should, check);
      } else if (is_one_of(word, {"sharp", "crisp", "focus", "focused", "unblurred"})) {
        check.measure = Measure::sharpness;
        add("sharpness", "sharp, in focus", Importance::should, check);
      } else {
        continue;
      }
      understood[i] = true;
      for (const std::size_t near : {i - 1, i + 1}) {
        if (near < text_.unknown.size() && beside(near) &&
            is_one_of(text_.unknown[near].word, {"colour", "colours", "color", "colors"})) {
          understood[near] = true;
        }
      }
    }
    if (std::ranges::find(understood, false) != understood.end()) reading_.complete = false;
  }

  void read_negations() {
    for (const Negation& negation : text_.negations) {
      Check check;
      const auto says = [&](std::string_view word) { return negation.text.find(word) != std::string::npos; };
      if (says("border") || says("frame")) {
        check.measure = Measure::no_border;
        add("no-border", "no border around the picture", Importance::should, check);
      } else if (says("blur")) {
        check.measure = Measure::sharpness;
        check.number = 1;
        add("sharpness", "sharp, in focus", Importance::should, check);
      } else if (negation.nouns.empty() && negation.colours.size() == 1 &&
                 asked(negation.colours.front()).text == negation.text &&
                 range_of(asked(negation.colours.front())).has_hue()) {
        check.measure = Measure::no_colour;
        check.colours = {asked(negation.colours.front())};
        add("no-" + slug(negation.text), "no " + negation.text, Importance::must, check);
      } else {
        reading_.complete = false;
      }
    }
  }

  const Description& text_;
  const Context& context_;
  Reading reading_;
};

std::string percent(double share) { return std::to_string(static_cast<int>(std::lround(share * 100))) + " %"; }

void add_profile(std::vector<Reading::Item>& items, const ProductPhotoProfile& profile) {
  const auto add = [&](std::string id, std::string text, Check check) {
    items.push_back({std::move(id), std::move(text), Importance::must, std::move(check), {}});
  };
  if (profile.white_share > 0) {
    Check check;
    check.measure = Measure::white_background;
    check.low = profile.white_share;
    add("white-background", "a pure white background", check);
  }
  if (profile.fill_low > 0) {
    Check check;
    check.measure = Measure::frame_fill;
    check.low = profile.fill_low;
    check.high = profile.fill_high;
    add("frame-fill",
        profile.fill_high < 1
            ? "the product fills " + percent(profile.fill_low) + " to " + percent(profile.fill_high) + " of the frame"
            : "the product fills at least " + percent(profile.fill_low) + " of the frame",
        check);
  }
  if (profile.longest_side > 0) {
    Check check;
    check.measure = Measure::longest_side;
    check.number = profile.longest_side;
    add("longest-side", "at least " + std::to_string(profile.longest_side) + " pixels on the longest side", check);
  }
  if (profile.shortest_side > 0) {
    Check check;
    check.measure = Measure::shortest_side;
    check.number = profile.shortest_side;
    add("shortest-side", "at least " + std::to_string(profile.shortest_side) + " pixels on each side", check);
  }
  if (profile.no_border) {
    Check check;
    check.measure = Measure::no_border;
    add("no-border", "no border around the picture", check);
  }
}

}  // namespace

std::string number_word(int number) {
  constexpr std::array<std::string_view, 13> words{"no",    "one",   "two",  "three", "four",   "five",  "six",
                                                   "seven", "eight", "nine", "ten",   "eleven", "twelve"};
  return number >= 0 && number < static_cast<int>(words.size()) ? std::string{words[static_cast<std::size_t>(number)]}
                                                                : std::to_string(number);
}

std::vector<PlannedItem> plan_items(const Brief& brief, const ProductPhotoProfile* profile, std::string_view owner) {
  const Description goal = offline::read(brief.goal());
  std::vector<Description> own;
  Context context;
  context.add(goal);
  for (const Requirement& requirement : brief.requirements()) {
    own.push_back(offline::read(requirement.text()));
    context.add(own.back());
  }

  std::vector<PlannedItem> plan;
  const auto taken = [&](const Check& check) {
    return std::ranges::any_of(
        plan, [&](const PlannedItem& item) { return std::ranges::find(item.checks, check) != item.checks.end(); });
  };
  for (std::size_t i = 0; i < own.size(); ++i) {
    const Reading reading = Reader{own[i], context}.read();
    if (!reading.complete || reading.items.empty() || own[i].truncated) continue;
    PlannedItem claimed{brief.requirements()[i], {}};
    claimed.requirement.owner(std::string{owner});
    for (const Reading::Item& item : reading.items) claimed.checks.push_back(item.check);
    plan.push_back(std::move(claimed));
  }

  std::vector<Reading::Item> items = Reader{goal, context}.read().items;
  for (const std::string& unwanted : brief.avoid()) {
    const Description text = offline::read("no " + unwanted);
    for (Reading::Item& item : Reader{text, context}.read().items) items.push_back(std::move(item));
  }
  if (brief.size()) {
    Check check;
    check.measure = Measure::size;
    check.size = *brief.size();
    items.push_back({"size", "exactly " + to_string(*brief.size()) + " pixels", Importance::must, check, {}});
  } else if (brief.aspect_ratio()) {
    Check check;
    check.measure = Measure::aspect;
    check.size = {brief.aspect_ratio()->width(), brief.aspect_ratio()->height()};
    items.push_back(
        {"aspect-ratio",
         "width to height as " + std::to_string(check.size.width()) + " to " + std::to_string(check.size.height()),
         Importance::must,
         check,
         {}});
  }
  if (profile != nullptr) add_profile(items, *profile);

  std::vector<std::string> ids(items.size());  // of the planned requirement that holds each item's check
  for (std::size_t i = 0; i < items.size(); ++i) {
    Reading::Item& item = items[i];
    const auto same = std::ranges::find_if(plan, [&](const PlannedItem& planned) {
      return planned.checks.size() == 1 && planned.checks.front() == item.check;
    });
    if (same != plan.end()) {
      ids[i] = same->requirement.id();
      continue;
    }
    if (taken(item.check)) continue;
    // A shop's white background says more than a brief's.
    if (item.check.measure == Measure::background && profile != nullptr && profile->white_share > 0 &&
        (item.check.colours.empty() || item.check.colours.front().text == "white")) {
      continue;
    }
    const auto used = [&](const std::string& id) {
      const auto is_it = [&](const Requirement& requirement) { return requirement.id() == id; };
      return std::ranges::any_of(plan, [&](const PlannedItem& planned) { return is_it(planned.requirement); }) ||
             std::ranges::any_of(brief.requirements(), is_it);
    };
    std::string id = item.id;
    for (int number = 2; used(id); ++number) id = item.id + "-" + std::to_string(number);
    ids[i] = id;
    Requirement requirement{id, item.text, item.importance};
    requirement.owner(std::string{owner});
    std::vector<std::string> needs;
    for (const std::size_t need : item.needs) {
      if (need < i && !ids[need].empty()) needs.push_back(ids[need]);
    }
    if (!needs.empty()) requirement.depends_on(std::move(needs));
    plan.push_back({std::move(requirement), {item.check}});
  }
  return plan;
}

}  // namespace pentimento::offline::measuring
