#include "offline/measure/plan_checklist.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace pentimento::offline::measuring {

namespace {

using Colours = std::vector<AskedColour>;

bool covers_little(std::string_view noun) {
  constexpr std::array<std::string_view, 6> details{"accessory", "necklace", "earring", "bracelet", "watch", "key"};
  return std::ranges::find(details, noun) != details.end();
}

AskedColour asked(const Colour& colour) { return {colour.text, colour.rgb}; }

Colours colours_of(const Thing& thing) {
  Colours colours;
  for (const Colour& colour : thing.colours) colours.push_back(asked(colour));
  return colours;
}

/// What the whole brief says, against which each of its texts is understood: "exactly three mugs" is about everything in the
/// image only if nothing but mugs was asked for.
class Context {
 public:
  void add(const Description& text) {
    for (const Thing& thing : text.things) {
      Colours these = colours_of(thing);
      if (thing.worn) {
        worn_.insert(thing.noun);
      } else {
        const auto same = [&](const auto& kind) {
          return kind.first == thing.noun && (these.empty() || kind.second.empty() || kind.second == these);
        };
        const auto known = std::ranges::find_if(kinds_, same);
        if (known == kinds_.end()) {
          kinds_.emplace_back(thing.noun, these);
        } else if (known->second.empty()) {
          known->second = these;
        }
      }
      if (these.empty()) continue;
      const auto [entry, fresh] = colours_.try_emplace(thing.noun, these);
      if (!fresh && entry->second != these) ambiguous_.insert(thing.noun);
    }
    for (const Relation& relation : text.relations) {
      if (relation.place != Place::on) continue;
      const Thing& support = text.things[relation.other];
      const int number = support.count ? *support.count : support.plural ? many : 1;
      const auto [entry, fresh] = supports_.try_emplace(support.noun, number);
      if (!fresh) entry->second = std::max(entry->second, number);
    }
    unread_ = unread_ || !text.unread.empty();
    busy_ = busy_ || text.elsewhere;
    if (text.background && text.background->colour) behind_ = asked(*text.background->colour);
  }

  [[nodiscard]] bool worn(const std::string& noun) const { return worn_.contains(noun); }
  [[nodiscard]] bool ambiguous(const std::string& noun) const { return ambiguous_.contains(noun); }
  [[nodiscard]] bool supported() const { return !supports_.empty(); }
  [[nodiscard]] bool is_support(const std::string& noun) const { return supports_.contains(noun); }
  /// Things cannot be told from such a background.
  [[nodiscard]] bool busy() const { return busy_; }
  [[nodiscard]] const std::optional<AskedColour>& behind() const { return behind_; }

  /// True if everything that the image should show is of this kind, except for what it stands on.
  [[nodiscard]] bool only_kind(std::string_view noun) const {
    const auto of_kind = [&](const auto& kind) { return kind.first == noun || supports_.contains(kind.first); };
    return !unread_ && std::ranges::all_of(kinds_, of_kind);
  }

  /// The colours of a noun, if all of its mentions agree.
  [[nodiscard]] Colours colours(const Thing& thing) const {
    if (!thing.colours.empty()) return colours_of(thing);
    const auto known = colours_.find(thing.noun);
    return known == colours_.end() || ambiguous(thing.noun) ? Colours{} : known->second;
  }

  /// Tells `check` what its things stand on: it may stand out as they do, and is not one of them.
  void add_supports(Check& check) const {
    for (const auto& [noun, number] : supports_) {
      if (noun == check.noun) continue;
      const auto known = colours_.find(noun);
      const bool one_colour = known != colours_.end() && known->second.size() == 1 && !ambiguous(noun);
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

  /// True if `colour` tells the things of `noun` from everything else that was asked for.
  [[nodiscard]] bool tells_apart(const AskedColour& colour, std::string_view noun, const Colours& own) const {
    const ColourRange range = range_of(colour);
    if (!range.has_hue()) return false;
    if (behind_ && !distinguishable(range, range_of(*behind_))) return false;
    return std::ranges::all_of(kinds_, [&](const auto& kind) {
      if (kind.first == noun && kind.second == own) return true;
      if (kind.second.empty()) return supports_.contains(kind.first);
      return std::ranges::all_of(kind.second,
                                 [&](const AskedColour& other) { return distinguishable(range, range_of(other)); });
    });
  }

 private:
  static constexpr int many = 50;  // supports whose number is not said

  std::vector<std::pair<std::string, Colours>> kinds_;  // what nobody wears, each with its colours
  std::map<std::string, Colours> colours_;              // by noun
  std::map<std::string, int> supports_;                 // what other things stand on, and how many
  std::set<std::string> ambiguous_;                     // nouns whose mentions have different colours
  std::set<std::string> worn_;
  std::optional<AskedColour> behind_;
  bool unread_ = false;
  bool busy_ = false;
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

std::string without_article(std::string_view text) {
  for (const std::string_view article : {"a ", "an ", "the ", "any "}) {
    if (text.starts_with(article)) text.remove_prefix(article.size());
  }
  return std::string{text};
}

/// True if `text` or one of its parts ("blur or noise") is one of `nouns`, with nothing but `around` before or after it.
bool names_only(std::string_view text, std::initializer_list<std::string_view> nouns,
                std::initializer_list<std::string_view> around) {
  bool named = false;
  bool only = true;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word == "or" || word == "and") {
      if (named && only) return true;
      named = false;
      only = true;
    } else if (std::ranges::find(nouns, word) != nouns.end()) {
      named = true;
    } else {
      only = only && std::ranges::find(around, word) != around.end();
    }
  }
  return named && only;
}

std::string joined(const Colours& colours, std::string_view between) {
  std::string text;
  for (const AskedColour& colour : colours) text += (text.empty() ? "" : std::string{between}) + colour.text;
  return text;
}

/// An item before it becomes a requirement.
struct Item {
  std::string id;
  std::string text;
  Importance importance = Importance::must;
  Check check;
  std::vector<std::size_t> needs{};  ///< items of the same text that must hold for this one to mean anything
};

/// Makes the items of one text.
class Planner {
 public:
  Planner(const Description& text, const Context& context) : text_{text}, context_{context} {
    std::vector<bool> covered;
    for (const Thing& thing : text_.things) {
      const bool counted = plan_count(thing);
      const bool coloured = plan_colour(thing);
      covered.push_back(coloured || counted);
      leave_rest(thing, counted, coloured);
    }
    for (const Relation& relation : text_.relations) {
      if (plan_position(relation)) {
        covered[relation.thing] = covered[relation.other] = true;
      } else {
        leave(text_of(relation));
      }
    }
    complete_ = complete_ && text_.complete() && std::ranges::find(covered, false) == covered.end();
    plan_background();
    plan_light();
    plan_choices();
    for (const std::string& unwanted : text_.unwanted) plan_unwanted(unwanted);
    unjudged_.insert(unjudged_.end(), text_.unread.begin(), text_.unread.end());
    unjudged_.insert(unjudged_.end(), text_.remarks.begin(), text_.remarks.end());
  }

  [[nodiscard]] std::vector<Item>& items() { return items_; }
  /// True if everything that the text says is in the items.
  [[nodiscard]] bool complete() const { return complete_ && !items_.empty(); }
  /// What the text says and no item covers.
  [[nodiscard]] const std::vector<std::string>& unjudged() const { return unjudged_; }

 private:
  void add(std::string id, std::string text, Importance importance, Check check) {
    items_.push_back({std::move(id), std::move(text), importance, std::move(check)});
  }
  void add(std::string id, std::string text, Importance importance, Measure measure, int number = 0) {
    Check check;
    check.measure = measure;
    check.number = number;
    add(std::move(id), std::move(text), importance, std::move(check));
  }
  /// What is said and cannot be measured.
  bool leave() { return complete_ = false; }
  void leave(std::string words) {
    complete_ = false;
    unjudged_.push_back(std::move(words));
  }

  /// What is said of a thing beyond its items; the thing itself if it has none.
  void leave_rest(const Thing& thing, bool counted, bool coloured) {
    const bool count_left = thing.count && !counted;
    const bool colour_left = !thing.colours.empty() && !coloured;
    if ((counted || coloured) && !count_left && !colour_left) return;
    std::string words;
    if (count_left) words += number_word(*thing.count) + ' ';
    if (colour_left) words += joined(colours_of(thing), " and ") + ' ';
    unjudged_.push_back(words + named(thing, thing.plural || thing.count.value_or(1) != 1));
  }

  std::string text_of(const Relation& relation) const {
    constexpr std::array<std::string_view, 5> words{" left of ", " right of ", " above ", " below ", " on "};
    const Thing& one = text_.things[relation.thing];
    const Thing& other = text_.things[relation.other];
    return named(one, one.plural) + std::string{words[static_cast<std::size_t>(relation.place)]} +
           named(other, other.plural);
  }

  static std::string named(const Thing& thing, bool many) { return many ? plural_of(thing.noun) : thing.noun; }

  bool plan_count(const Thing& thing) {
    if (!thing.count) return false;
    if (thing.worn) return leave();
    const Colours known = context_.colours(thing);
    const bool several_kinds = context_.ambiguous(thing.noun);
    const bool by_colour = known.size() == 1 && context_.tells_apart(known.front(), thing.noun, known);
    const bool alike = context_.only_kind(thing.noun) && !several_kinds;
    if (!by_colour && (!alike || context_.busy())) return leave();  // nothing tells these things from others
    Check check;
    check.measure = Measure::count;
    check.noun = thing.noun;
    check.number = *thing.count;
    // A table that they stand on may stand out as they do.
    check.only_kind = alike && !context_.supported();
    if (by_colour) check.colours = known;
    context_.add_supports(check);
    std::string id = "count-" + slug(thing.noun);
    std::string described = named(thing, *thing.count != 1);
    if (several_kinds && !thing.colours.empty()) {
      id += "-" + slug(joined(known, "-"));
      described = joined(known, " and ") + " " + described;
    }
    add(std::move(id), "exactly " + number_word(*thing.count) + " " + described, Importance::must, std::move(check));
    return true;
  }

  bool plan_colour(const Thing& thing) {
    if (thing.colours.empty()) return false;
    if (thing.noun == "hair" || thing.noun == "skin") return leave();  // not told from everything else
    Check check;
    check.measure = Measure::colour;
    check.noun = thing.noun;
    check.colours = colours_of(thing);
    check.small = covers_little(thing.noun);
    const bool worn = context_.worn(thing.noun);
    check.worn = worn && !check.small;
    check.support = context_.is_support(thing.noun);
    const auto hueless = [](const AskedColour& colour) { return !range_of(colour).has_hue(); };
    // Black, white and grey also lie in shadows, highlights and paper: only what stands out can be asked for them.
    if (context_.busy() && std::ranges::all_of(check.colours, hueless)) return leave();
    // White on white: whatever stands out does so by not being white.
    if (context_.behind() && std::ranges::any_of(check.colours, [&](const AskedColour& colour) {
          return hueless(colour) && !distinguishable(range_of(colour), range_of(*context_.behind()));
        })) {
      return leave();
    }
    const bool several_kinds = context_.ambiguous(thing.noun);
    check.only_kind = !several_kinds && !worn && context_.only_kind(thing.noun);
    if (check.only_kind) context_.add_supports(check);
    const bool many = thing.plural || thing.count.value_or(1) != 1;
    const std::string subject = several_kinds ? (many ? "some " : "one ") : "the ";
    add("colour-" + slug(thing.noun) + "-" + slug(joined(check.colours, "-")),
        subject + named(thing, many) + (many ? " are " : " is ") + joined(check.colours, " and "),
        check.small ? Importance::should : Importance::must, check);
    return true;
  }

  bool plan_position(const Relation& relation) {
    constexpr std::array<std::string_view, 4> words{"left of", "right of", "above", "below"};
    if (relation.place == Place::on) return false;
    const Thing& one = text_.things[relation.thing];
    const Thing& other = text_.things[relation.other];
    const Colours first = context_.colours(one);
    const Colours second = context_.colours(other);
    if (first.size() != 1 || second.size() != 1) return false;
    const std::array<ColourRange, 2> ranges{range_of(first.front()), range_of(second.front())};
    if (!distinguishable(ranges[0], ranges[1])) return false;
    if (context_.busy() && !(ranges[0].has_hue() && ranges[1].has_hue())) return false;
    Check check;
    check.measure = Measure::position;
    check.noun = one.noun;
    check.colours = {first.front(), second.front()};
    check.place = relation.place;
    const std::string place{words[static_cast<std::size_t>(relation.place)]};
    std::vector<std::size_t> needs;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const Check& earlier = items_[i].check;
      if (earlier.measure == Measure::colour && (earlier.noun == one.noun || earlier.noun == other.noun))
        needs.push_back(i);
    }
    add("position-" + slug(one.noun) + "-" + slug(place) + "-" + slug(other.noun),
        "the " + named(one, one.plural) + (one.plural ? " are " : " is ") + place + " the " +
            named(other, other.plural),
        Importance::must, check);
    items_.back().needs = std::move(needs);
    return true;
  }

  void plan_background() {
    if (!text_.background) return;
    Check check;
    check.measure = text_.background->gradient ? Measure::gradient : Measure::background;
    std::string text = text_.background->gradient ? "gradient background" : "background";
    if (text_.background->colour) {
      check.colours = {asked(*text_.background->colour)};
      text = check.colours.front().text + " " + text;
    }
    const bool plain = !text_.background->gradient;
    add("background",
        plain && check.colours.empty() ? "the background is one plain colour" : (plain ? "a plain " : "a ") + text,
        Importance::must, check);
  }

  void plan_light() {
    if (!text_.light) return;
    constexpr std::array<std::string_view, 5> words{"bright light", "dull light", "a dark scene", "bright, sunny light",
                                                    "golden hour light"};
    Check check;
    check.measure = Measure::light;
    check.light = text_.light->value;
    // A dark background makes an image dark however brightly its things are lit.
    const bool wants_light = check.light == Light::bright || check.light == Light::sunny;
    const std::string text{words[static_cast<std::size_t>(check.light)]};
    if (wants_light && context_.behind() && lab_of(context_.behind()->rgb).l < 45.0F) return leave(text);
    add("light", text, Importance::must, check);
  }

  void plan_choices() {
    struct Words {
      std::string_view id, text;
    };
    constexpr std::array<Words, 4> framings{{{"framing-close-up", "a close-up"},
                                             {"framing-fills-frame", "fills the frame"},
                                             {"framing-centred", "centred in the frame"},
                                             {"framing-wide", "a wide shot"}}};
    for (const Said<Framing>& framing : text_.framing) {
      const Words& words = framings[static_cast<std::size_t>(framing.value)];
      if (context_.busy()) {
        leave(std::string{words.text});
        continue;
      }
      Check check;
      check.measure = Measure::framing;
      check.framing = framing.value;
      add(std::string{words.id}, std::string{words.text}, Importance::should, check);
    }
    for (const Quality quality : text_.qualities) {
      switch (quality) {
        case Quality::high_contrast: add("contrast", "high contrast", Importance::should, Measure::contrast, 1); break;
        case Quality::low_contrast: add("contrast", "low contrast", Importance::should, Measure::contrast); break;
        case Quality::vivid: add("saturation", "vivid colours", Importance::should, Measure::saturation, 1); break;
        case Quality::muted: add("saturation", "muted colours", Importance::should, Measure::saturation); break;
        case Quality::sharp: add("sharpness", "sharp, in focus", Importance::should, Measure::sharpness, 1); break;
      }
    }
  }

  void plan_unwanted(const std::string& text) {
    const std::string what = without_article(text);
    const std::optional<Rgb> colour = colour_named(what);
    // "no border collie" and "no picture frames" are about things.
    const bool border = names_only(what, {"border", "borders", "frame"}, {"around", "the", "a", "image"});
    const bool blur = names_only(what, {"blur", "blurry", "blurred", "blurriness"}, {"the", "a", "motion", "image"});
    if (border) add("no-border", "no border around the image", Importance::should, Measure::no_border);
    if (blur) add("sharpness", "sharp, in focus", Importance::should, Measure::sharpness, 1);
    const bool more = what.find(" or ") != std::string::npos || what.find(" and ") != std::string::npos;
    if (border || blur) {
      if (more) leave("no " + what);
    } else if (colour && ColourRange{what, *colour}.has_hue()) {
      Check check;
      check.measure = Measure::no_colour;
      check.colours = {AskedColour{what, *colour}};
      add("no-" + slug(what), "no " + what, Importance::must, check);
    } else {
      leave("no " + what);
    }
  }

  const Description& text_;
  const Context& context_;
  std::vector<Item> items_;
  std::vector<std::string> unjudged_;
  bool complete_ = true;
};

/// A brief as it is understood.
struct ReadBrief {
  explicit ReadBrief(const Brief& brief) : goal{offline::read(brief.goal())} {
    context.add(goal);
    for (const Requirement& requirement : brief.requirements()) {
      own.push_back(offline::read(requirement.text()));
      context.add(own.back());
    }
    for (const std::string& unwanted : brief.avoid()) avoid.push_back(offline::read("no " + unwanted));
  }

  Description goal;
  std::vector<Description> own;
  std::vector<Description> avoid;
  Context context;
};

std::string percent(double share) { return std::to_string(static_cast<int>(std::lround(share * 100))) + " %"; }

void add_profile(std::vector<Item>& items, const ProductPhotoProfile& profile) {
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
    add("no-border", "no border around the image", check);
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
  const ReadBrief read{brief};
  const Context& context = read.context;
  std::vector<PlannedItem> plan;
  const auto taken = [&](const Check& check) {
    return std::ranges::any_of(
        plan, [&](const PlannedItem& item) { return std::ranges::find(item.checks, check) != item.checks.end(); });
  };
  for (std::size_t i = 0; i < read.own.size(); ++i) {
    Planner planner{read.own[i], context};
    if (!planner.complete()) continue;
    PlannedItem claimed{brief.requirements()[i], {}};
    claimed.requirement.owner(std::string{owner});
    for (const Item& item : planner.items()) claimed.checks.push_back(item.check);
    plan.push_back(std::move(claimed));
  }

  std::vector<Item> items = std::move(Planner{read.goal, context}.items());
  for (const Description& unwanted : read.avoid) {
    Planner planner{unwanted, context};
    std::ranges::move(planner.items(), std::back_inserter(items));
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
    Item& item = items[i];
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

std::vector<std::string> unjudged_parts(const Brief& brief, const ProductPhotoProfile* profile) {
  const ReadBrief read{brief};
  std::vector<std::string> parts = Planner{read.goal, read.context}.unjudged();
  for (const Description& unwanted : read.avoid) {
    const Planner planner{unwanted, read.context};
    parts.insert(parts.end(), planner.unjudged().begin(), planner.unjudged().end());
  }
  // A phrase that is not understood whole says its words again: "an old man reading" is all of "man" and "old".
  std::vector<std::string> whole;
  for (const std::string& part : parts) {
    const auto says_more = [&](const std::string& other) {
      return other.size() > part.size() && (' ' + other + ' ').find(' ' + part + ' ') != std::string::npos;
    };
    if (std::ranges::none_of(parts, says_more) && std::ranges::find(whole, part) == whole.end()) whole.push_back(part);
  }
  if (profile != nullptr && !profile->unmeasured.empty()) whole.emplace_back(profile->unmeasured);
  return whole;
}

}  // namespace pentimento::offline::measuring
