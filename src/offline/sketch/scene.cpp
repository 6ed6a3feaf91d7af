#include "offline/sketch/scene.hpp"

#include "offline/sketch/binding.hpp"
#include "offline/sketch/layout.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace pentimento::offline::sketch {
namespace {

constexpr int told_apart = 70;  // difference of a channel from which two colours look wrong for each other

/// The paint of a colour: what people see in gold or brown is not the value of CSS, and no paint is as pure as a screen.
Rgb paint_of(const Colour& colour) {
  if (colour.text == "gold" || colour.text == "golden") return {212, 175, 55};
  if (colour.text == "brown") return {124, 74, 40};
  if (colour.text == "dark brown") return {74, 46, 30};
  const auto [low, high] = std::minmax({colour.rgb.red, colour.rgb.green, colour.rgb.blue});
  if (high < 200 || low > 40) return colour.rgb;
  return shade(mix(colour.rgb, {150, 150, 150}, 0.11), 0.04);
}

/// `pattern` with each `$` replaced by the next of `values`.
std::string filled(std::string_view pattern, std::initializer_list<std::string> values) {
  std::string text;
  for (const std::string& value : values) {
    const std::size_t next = pattern.find('$');
    text.append(pattern.substr(0, next)).append(value);
    pattern.remove_prefix(next + 1);
  }
  return text.append(pattern);
}

/// As SVG writes numbers, wherever its reader lives.
std::string number(double value) {
  std::array<char, 40> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 3);
  return {text.data(), error == std::errc{} ? end : text.data()};
}

/// What lies behind the things.
struct Backdrop {
  enum class Kind { plain, gradient, uneven, corner };
  Kind kind = Kind::corner;
  Rgb colour;
  Rgb second;             ///< the other end of a gradient, the shade of an uneven wall, the floor of a corner
  bool as_asked = false;  ///< the light may dim its colour, but gives it no cast and does not bleach it
};

class Painter {
 public:
  Painter(const Description& told, std::string_view prompt, std::uint64_t seed, int width, int height)
      : told_{told}, binding_{prompt, seed}, width_{width}, height_{height} {}

  Painting run() {
    light_ = light();
    backdrop_ = backdrop();
    Cluster things = arranged();
    place(things);
    const std::string behind = backdrop_svg();
    std::string whole = behind;
    std::set<const Symbol*> defined;
    for (const Item& item : things.items) {
      if (defined.insert(item.symbol).second)
        whole += "<defs>" + recoloured(item.symbol->definitions, {}, {}, light_) + "</defs>";
    }
    for (const Item& item : things.items) whole += svg(item);
    return {whole + "</svg>", behind + "</svg>"};
  }

 private:
  [[nodiscard]] const Chance& of_seed() const { return binding_.of_seed; }
  [[nodiscard]] const Chance& of_draft() const { return binding_.of_draft; }

  // --- colours ----------------------------------------------------------------------------------------------------------

  /// The colour of another phrase that lands on a thing of the colour `wanted`.
  [[nodiscard]] std::optional<Rgb> leaked(Rgb wanted, std::uint64_t which) const {
    std::vector<Rgb> others;
    for (const Thing& thing : told_.things) {
      for (const Colour& colour : thing.colours) {
        if (distance(paint_of(colour), wanted) >= told_apart) others.push_back(paint_of(colour));
      }
    }
    if (others.empty()) return std::nullopt;
    return others[of_draft().pick(others.size(), "leak", which)];
  }

  /// A colour as it comes out: another one if its phrase misses.
  [[nodiscard]] Rgb come_out(const Colour& colour, Rgb usual, Rgb other, std::uint64_t which, bool spared) const {
    const Rgb wanted = paint_of(colour);
    const double miss = binding_.miss(colour.said, "colour", which);
    if (miss <= 0 || spared) return wanted;
    const double luck = of_draft().uniform("how it goes wrong", which);
    if (luck < 0.3) {
      if (const auto leak = leaked(wanted, which)) return *leak;
    }
    if (luck < 0.68) {
      if (distance(usual, wanted) >= told_apart) return usual;
      if (distance(other, wanted) >= told_apart) return other;
    }
    const Rgb grey = luma(wanted) > 0.6 ? Rgb{150, 146, 142} : Rgb{196, 192, 188};
    return mix(wanted, grey, 0.6 + 0.25 * miss);  // washed out
  }

  /// The look of the thing of number `instance` of `instances`.
  [[nodiscard]] Look look_of(const Thing& thing, const Symbol& symbol, int instance, int instances) const {
    Look look = symbol.usual;
    const std::uint64_t name = hash(thing.noun);
    if (thing.colours.empty() && of_seed().uniform("usual", name) < 0.25) look.main = symbol.other;
    std::vector<Rgb> colours;
    for (const Colour& colour : thing.colours) {
      const std::uint64_t which = hash(colour.text, name);
      // Of several things, sometimes only some come out wrong.
      const bool some = instances > 1 && of_draft().uniform("some", which) < 0.35;
      const bool spared = some && instance % 2 == (of_draft().uniform("which", which) < 0.5 ? 0 : 1);
      colours.push_back(come_out(colour, symbol.usual.main, symbol.other, which, spared));
    }
    if (!colours.empty()) look.main = colours.front();
    if (symbol.one_colour && !colours.empty()) look.second = shade(look.main, 0.1);
    if (colours.size() > 1) {
      // "red and blue mugs": some red, some blue
      if (instances > 1) {
        look.main = colours[static_cast<std::size_t>(instance) % colours.size()];
      } else {
        look.second = colours[1];
      }
    }
    return look;
  }

  /// What a person of the symbol `figure` wears and has, over its look.
  void dress(Look& look, const Symbol& figure, int instance) const {
    static constexpr std::array<Rgb, 5> skins{
        {{201, 144, 104}, {232, 188, 152}, {150, 98, 68}, {218, 166, 126}, {176, 120, 84}}};
    static constexpr std::array<Rgb, 4> hairs{{{46, 32, 28}, {28, 22, 24}, {92, 60, 40}, {134, 92, 52}}};
    const auto who = static_cast<std::uint64_t>(instance);
    const bool saree = figure.usual.metal != Rgb{};
    look.skin = saree ? figure.usual.skin : skins[of_seed().pick(skins.size(), "skin", who)];
    look.hair = saree ? figure.usual.hair : hairs[of_seed().pick(hairs.size(), "hair", who)];
    for (const Thing& thing : told_.things) {
      if (!thing.worn || thing.colours.empty()) continue;
      const Colour& colour = thing.colours.front();
      const bool binds = binding_.miss(colour.said, "colour", hash(thing.noun)) <= 0;
      if (thing.noun == "hair") {
        if (binds) look.hair = paint_of(colour);
      } else if (thing.noun == "skin") {
        if (binds) look.skin = paint_of(colour);
      } else if (is_metal(thing.noun)) {
        look.metal = binds ? paint_of(colour) : Rgb{198, 202, 210};
      } else {
        const Look worn = look_of(thing, figure, instance, 1);
        look.main = worn.main;
        look.second = worn.second;
      }
    }
  }

  static bool is_metal(std::string_view noun) {
    static constexpr std::array<std::string_view, 7> metals{"accessory", "jewellery", "jewelry", "necklace",
                                                            "earring",   "bracelet",  "bangle"};
    return std::ranges::find(metals, noun) != metals.end();
  }

  // --- things -----------------------------------------------------------------------------------------------------------

  [[nodiscard]] int how_many(const Thing& thing) const {
    const std::uint64_t which = hash(thing.noun);
    if (!thing.count) return thing.plural ? 2 + static_cast<int>(of_seed().pick(3, "several", which)) : 1;
    const int wanted = *thing.count;
    // Models draw one of a thing, or two, and lose count of eight.
    const double difficulty = std::clamp(0.1 * (wanted - 3), -0.3, 0.3);
    const double miss = binding_.miss(thing.count_said, "count", which, difficulty);
    if (miss <= 0) return wanted;
    const int off = miss > 0.55 || (wanted > 6 && miss > 0.3) ? 2 : 1;
    const bool too_few = wanted > off && of_draft().uniform("too few", which) < 0.55;
    return too_few ? wanted - off : wanted + off;
  }

  /// The symbol of a thing: that of its clothes for a person, a stone for what has none.
  [[nodiscard]] const Symbol& symbol_of(const Thing& thing) const {
    if (thing.person) {
      for (const Thing& other : told_.things) {
        if (const Symbol* clothes = other.worn ? find_symbol(other.noun) : nullptr) return *clothes;
      }
    }
    const Symbol* symbol = find_symbol(thing.noun);
    return symbol != nullptr ? *symbol : stone();
  }

  [[nodiscard]] std::vector<Cluster> units_of(const Thing& thing) const {
    const Symbol& symbol = symbol_of(thing);
    std::vector<Cluster> units;
    const int number = how_many(thing);
    for (int i = 0; i < number; ++i) {
      const std::uint64_t which = mixed(hash(thing.noun) + static_cast<std::uint64_t>(i));
      Item item;
      item.symbol = &symbol;
      item.look = look_of(thing, symbol, i, number);
      if (symbol.usual.skin != Rgb{}) dress(item.look, symbol, i);
      item.mirrored = symbol.usual.skin == Rgb{} && of_seed().uniform("mirrored", which) < 0.3;
      item.shadow = !symbol.aloft && !avoids("shadow");
      const double shrink = 1 - 0.05 * of_seed().uniform("shrink", which);
      item.height = symbol.height * shrink;
      item.width = item.height * symbol.aspect;
      item.left = (symbol.height * symbol.aspect - item.width) / 2 + of_seed().between(-0.06, 0.06, "sideways", which);
      item.top = symbol.height - item.height - of_seed().between(0, 0.03, "up", which);
      units.push_back(Cluster{{item}, symbol.height * symbol.aspect, symbol.height});
    }
    return units;
  }

  [[nodiscard]] bool avoids(std::string_view what) const {
    return std::ranges::any_of(told_.unwanted,
                               [&](const std::string& text) { return text.find(what) != std::string::npos; });
  }

  /// Things that are arranged together.
  struct Group {
    std::vector<Cluster> units;
    std::vector<std::size_t> things;
  };

  [[nodiscard]] Cluster arranged() {
    std::vector<Group> groups;
    const auto stands = [&](std::size_t index) {
      const auto as_support = [&](const Relation& relation) {
        return relation.place == Place::on && relation.other == index;
      };
      return find_symbol(told_.things[index].noun) != nullptr || std::ranges::none_of(told_.relations, as_support);
    };
    for (std::size_t i = 0; i < told_.things.size(); ++i) {
      if (!told_.things[i].worn && stands(i)) groups.push_back({units_of(told_.things[i]), {i}});
    }
    if (groups.empty()) groups.push_back({units_of(Thing{}), {}});
    // Which kind stands on the left is chance, unless something is said of it.
    if (of_seed().uniform("order") < 0.5) std::ranges::reverse(groups);
    bool one_row = false;
    for (const Relation& relation : told_.relations) one_row = relate(groups, relation) || one_row;
    std::vector<Cluster> units;
    for (Group& group : groups) std::ranges::move(group.units, std::back_inserter(units));
    return one_row ? row(std::move(units)) : grid(units, static_cast<double>(width_) / height_);
  }

  /// Puts two groups where a relation wants them; true if it wants them in one row.
  bool relate(std::vector<Group>& groups, const Relation& relation) const {
    const auto group_of = [&](std::size_t thing) {
      return std::ranges::find_if(
          groups, [&](const Group& group) { return std::ranges::find(group.things, thing) != group.things.end(); });
    };
    auto one = group_of(relation.thing);
    auto other = group_of(relation.other);
    if (one == groups.end() || other == groups.end() || one == other) return false;
    if (relation.place == Place::on) {
      Cluster upper = row(std::move(one->units));
      other->units.front() = standing_on(std::move(upper), std::move(other->units.front()));
      std::ranges::move(one->things, std::back_inserter(other->things));
      groups.erase(one);
      return false;
    }
    const bool misses = binding_.miss(relation.said, "relation", static_cast<std::uint64_t>(relation.place)) > 0;
    if (relation.place == Place::left_of || relation.place == Place::right_of) {
      const bool one_first = (relation.place == Place::left_of) != misses;
      if ((one < other) != one_first) std::iter_swap(one, other);
      return true;
    }
    const bool one_up = (relation.place == Place::above) != misses;
    std::vector<Cluster> rows{row(std::move(one->units)), row(std::move(other->units))};
    if (!one_up) std::ranges::reverse(rows);
    other->units.assign(1, column(std::move(rows)));
    std::ranges::move(one->things, std::back_inserter(other->things));
    groups.erase(one);
    return false;
  }

  /// Brings the things into the frame.
  void place(Cluster& things) const {
    double fill = of_seed().between(0.62, 0.72, "fill") +
                  0.02 * static_cast<double>(std::min<std::size_t>(things.items.size(), 6));
    bool centred = false;
    for (const Said<Framing>& framing : told_.framing) {
      const bool misses = binding_.miss(framing.said, "framing", static_cast<std::uint64_t>(framing.value)) > 0;
      if (misses) continue;
      if (framing.value == Framing::close_up) fill = 0.84;
      if (framing.value == Framing::fills_frame) fill = 0.94;
      if (framing.value == Framing::wide) fill = 0.42;
      if (framing.value == Framing::centred) centred = true;
    }
    scale(things, fill * std::min(width_ / things.width, height_ / things.height));
    const double free_width = width_ - things.width;
    const double free_height = height_ - things.height;
    const double aside = centred ? 0 : of_seed().between(-0.16, 0.16, "aside");
    const double down = centred ? 0 : of_seed().between(-0.04, 0.12, "down");
    move(things, free_width * (0.5 + aside), free_height * (0.5 + down));
  }

  // --- light and backdrop -----------------------------------------------------------------------------------------------

  [[nodiscard]] Grade light() const {
    Grade neutral;
    neutral.gain = of_seed().between(0.96, 1.0, "light");
    if (!told_.light) return neutral;
    const double miss = binding_.miss(told_.light->said, "light");
    const bool binds = miss <= 0;
    const Grade faint{0.86 - 0.16 * miss, 0, 0.80 - 0.2 * miss, 0};  // a dull day: the weaker the light, the duller
    switch (told_.light->value) {
      case Light::bright: return binds ? Grade{1.05, 0.05, 1.04, 0} : faint;
      case Light::sunny: return binds ? Grade{1.05, 0.03, 1.14, 0.22} : faint;
      case Light::golden_hour: return binds ? Grade{1.0, 0, 1.08, 0.62} : Grade{0.95, 0, 0.92, 0.12};
      case Light::dull: return binds ? Grade{0.70, 0.02, 0.55, -0.08} : neutral;
      case Light::dark: return binds ? Grade{0.40, 0, 0.85, -0.05} : Grade{0.84, 0, 0.95, 0};
    }
    return neutral;
  }

  /// A colour that the things stand out from.
  [[nodiscard]] Rgb quiet_colour() const {
    static constexpr std::array<Rgb, 8> quiet{{{236, 216, 196},
                                               {203, 224, 226},
                                               {243, 205, 192},
                                               {216, 208, 234},
                                               {203, 221, 198},
                                               {246, 228, 180},
                                               {222, 226, 232},
                                               {240, 214, 222}}};
    const std::size_t first = of_seed().pick(quiet.size(), "backdrop");
    for (std::size_t i = 0; i < quiet.size(); ++i) {
      const Rgb candidate = quiet[(first + i) % quiet.size()];
      const auto near = [&](const Colour& colour) { return distance(paint_of(colour), candidate) < 60; };
      if (std::ranges::none_of(told_.things,
                               [&](const Thing& thing) { return std::ranges::any_of(thing.colours, near); }))
        return candidate;
    }
    return quiet[first];
  }

  [[nodiscard]] Backdrop backdrop() const {
    using Kind = Backdrop::Kind;
    const Rgb quiet = quiet_colour();
    if (!told_.background) return {Kind::corner, quiet, shade(quiet, 0.08)};
    const Background& wanted = *told_.background;
    const Rgb colour = wanted.colour ? wanted.colour->rgb : quiet;
    const double miss = binding_.miss(wanted.said, "background");
    if (wanted.gradient) {
      const Rgb end = luma(colour) > 0.55 ? shade(colour, 0.45) : tint(colour, 0.6);
      return {miss <= 0 ? Kind::gradient : Kind::plain, colour, end};
    }
    if (miss <= 0) return {Kind::plain, colour, colour, wanted.colour.has_value()};
    // A model that was told "plain white" and half listened gives cream, or grey, or the corner of a room.
    static constexpr std::array<Rgb, 5> casts{
        {{206, 188, 156}, {158, 172, 190}, {186, 182, 176}, {214, 176, 168}, {168, 190, 170}}};
    const Rgb cast = casts[of_draft().pick(casts.size(), "cast")];
    const double luck = of_draft().uniform("how the backdrop goes wrong");
    const Rgb tinted = mix(colour, cast, 0.24 + 0.5 * miss);
    if (luck < 0.42 && wanted.colour) return {Kind::plain, tinted, tinted};
    if (luck < 0.72) return {Kind::uneven, mix(colour, cast, 0.12 + 0.2 * miss), shade(tinted, 0.2 + 0.2 * miss)};
    return {Kind::corner, mix(colour, cast, 0.16 + 0.3 * miss), shade(tinted, 0.16 + 0.16 * miss)};
  }

  // --- SVG --------------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::string backdrop_svg() const {
    using Kind = Backdrop::Kind;
    Grade light = light_;
    if (backdrop_.as_asked) light = Grade{light_.gain < 0.9 ? light_.gain : 1, 0, 1, 0};
    const std::string colour = hex(light(backdrop_.colour));
    const std::string second = hex(light(backdrop_.second));
    std::string text = filled(R"svg(<svg xmlns="http://www.w3.org/2000/svg" width="$" height="$"><defs>
<radialGradient id="shadow"><stop stop-color="#1e1a22" stop-opacity=".3"/>
<stop offset=".5" stop-color="#1e1a22" stop-opacity=".15"/><stop offset="1" stop-color="#1e1a22" stop-opacity="0"/>
</radialGradient><linearGradient id="down" x2="0" y2="1"><stop stop-color="$"/><stop offset="1" stop-color="$"/>
</linearGradient><radialGradient id="shade"><stop stop-color="$"/><stop offset="1" stop-color="$" stop-opacity="0"/>
</radialGradient></defs><rect width="100%" height="100%" fill="$"/>)svg",
                              {number(width_), number(height_), colour, second, second, second,
                               backdrop_.kind == Kind::gradient ? "url(#down)" : colour});
    if (backdrop_.kind == Kind::corner) {
      text += filled(R"svg(<rect y="$%" width="100%" height="100%" fill="$"/>)svg",
                     {number(of_seed().between(64, 74, "horizon")), second});
    } else if (backdrop_.kind == Kind::uneven) {
      const int side = of_draft().uniform("side") < 0.5 ? 0 : 100;
      text += filled(R"svg(<ellipse cx="$%" cy="$%" rx="95%" ry="90%" fill="url(#shade)"/>
<ellipse cx="$%" cy="0" rx="70%" ry="60%" fill="url(#shade)"/>)svg",
                     {number(side), number(of_draft().between(50, 100, "height")), number(100 - side)});
    }
    return text;
  }

  [[nodiscard]] std::string svg(const Item& item) const {
    std::string text;
    if (item.shadow) {
      // No wider than the thing, so that shadows join nothing.
      const double depth = std::max(item.width * 0.07, item.height * 0.025);
      text = filled(R"svg(<ellipse cx="$" cy="$" rx="$" ry="$" fill="url(#shadow)"/>)svg",
                    {number(item.left + item.width / 2), number(item.top + item.height - depth * 0.25),
                     number(item.width * 0.5), number(depth)});
    }
    const double unit = item.height / 100;
    return text + filled(R"svg(<g transform="translate($ $) scale($ $)">$</g>)svg",
                         {number(item.left + (item.mirrored ? item.width : 0)), number(item.top),
                          number(item.mirrored ? -unit : unit), number(unit),
                          recoloured(item.symbol->body, item.symbol->usual, item.look, light_)});
  }

  const Description& told_;
  Binding binding_;
  int width_;
  int height_;
  Grade light_;
  Backdrop backdrop_;
};

}  // namespace

Painting paint(const Description& description, std::string_view prompt, std::uint64_t seed, int width, int height) {
  return Painter{description, prompt, seed, width, height}.run();
}

}  // namespace pentimento::offline::sketch
