#include "offline/sketch/scene.hpp"

#include "offline/language/lexicon.hpp"
#include "offline/sketch/layout.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace pentimento::offline::sketch {
namespace {

constexpr int most_drawn = 48;  // of one thing: more cannot be told apart
constexpr int told_apart = 70;  // difference of a channel from which two colours look wrong for each other

// The colour of a thing of that colour. What people see in gold is not CSS's pure yellow, and no paint is as pure as a screen's red.
Rgb as_material(const Colour& colour) {
  if (colour.name == "gold" || colour.name == "golden") return {212, 175, 55};
  const Rgb rgb = colour.rgb;
  const auto [low, high] = std::minmax({rgb.red, rgb.green, rgb.blue});
  if (high < 200 || low > 40) return rgb;
  return shade(mix(rgb, {150, 150, 150}, 0.11), 0.04);
}

class Composer {
 public:
  Composer(const Description& description, const Bindings& bindings, std::string_view prompt, std::uint64_t seed,
           int width, int height)
      : told_{description}, bound_{bindings}, of_seed_{seed}, of_draft_{mixed(seed) ^ hash(prompt)} {
    scene_.width = width;
    scene_.height = height;
    scene_.seed = seed;
  }

  Scene run(const std::vector<Box>& places) {
    scene_.light = grade_of(told_, bound_, of_seed_);
    find_figures();
    plan_backdrop();
    std::vector<Unit> units = make_units();
    const Arrangement how = arrangement(units);
    if (!places.empty() && units.size() == places.size()) {
      scene_.items = in_places(std::move(units), places);
    } else {
      scene_.items = arranged(std::move(units), how, of_seed_, scene_.width, scene_.height);
    }
    for (Item& item : scene_.items) item.shadow = item.shadow && !avoided("shadow") && !avoided("shadows");
    return std::move(scene_);
  }

 private:
  // --- who wears what ----------------------------------------------------------------------------------------------------

  static bool is_part(const Subject& subject) {
    const auto form = lexicon::noun_form(subject.noun);
    return form.noun != nullptr && form.noun->kind == lexicon::NounClass::part;
  }

  // A saree without a woman still needs one to be seen: the first garment becomes a figure, and what else is worn is hers.
  void find_figures() {
    owner_.resize(told_.subjects.size());
    std::optional<std::size_t> figure;
    for (std::size_t i = 0; i < told_.subjects.size(); ++i) {
      owner_[i] = told_.subjects[i].owner;
      if (!owner_[i] && is_part(told_.subjects[i]) && drawing_of(told_.subjects[i].noun).person && !figure) figure = i;
    }
    if (!figure) return;
    for (std::size_t i = 0; i < told_.subjects.size(); ++i) {
      if (!owner_[i] && i != *figure && is_part(told_.subjects[i])) owner_[i] = figure;
    }
  }

  [[nodiscard]] bool avoided(std::string_view noun) const {
    return std::ranges::any_of(told_.negations, [&](const Negation& n) {
      return n.text.find(noun) != std::string::npos || std::ranges::find(n.nouns, noun) != n.nouns.end();
    });
  }

  // --- colours -----------------------------------------------------------------------------------------------------------

  // The colour of another thing that landed on this one.
  [[nodiscard]] std::optional<Rgb> leaked(Rgb wanted, std::uint64_t which) const {
    std::vector<Rgb> others;
    const auto consider = [&](const Colour& colour) {
      if (distance(as_material(colour), wanted) >= told_apart) others.push_back(as_material(colour));
    };
    for (const Subject& subject : told_.subjects) std::ranges::for_each(subject.colours, consider);
    if (others.empty()) return std::nullopt;
    return others[of_draft_.pick(others.size(), "leak", which)];
  }

  [[nodiscard]] Rgb wrong_colour(Rgb wanted, Rgb usual, Rgb other, double deficit, std::uint64_t which) const {
    const double luck = of_draft_.uniform("how it goes wrong", which);
    if (luck < 0.3) {
      if (const auto leak = leaked(wanted, which)) return *leak;
    }
    if (luck < 0.68) {
      if (distance(usual, wanted) >= told_apart) return usual;
      if (distance(other, wanted) >= told_apart) return other;
    }
    // Washed out: towards a grey of middling lightness, further the weaker it binds.
    const Rgb grey = luma(wanted) > 0.6 ? Rgb{150, 146, 142} : Rgb{196, 192, 188};
    return mix(wanted, grey, 0.55 + 0.25 * deficit);
  }

  // The colours of a subject as they come out, for its `instance`.
  void tint_look(Look& look, std::size_t index, const Drawing& drawing, int instance, int instances) const {
    const Subject& subject = told_.subjects[index];
    look.main = drawing.usual;
    look.second = drawing.other;
    if (subject.colours.empty()) {
      // Things of one kind without a colour are alike; a second seed may have them in their other colour.
      if (of_seed_.uniform("usual", hash(subject.noun)) < 0.25) look.main = drawing.other;
      return;
    }
    std::vector<Rgb> colours;
    for (std::size_t k = 0; k < subject.colours.size(); ++k) {
      const Rgb wanted = as_material(subject.colours[k]);
      const Binding& binding = bound_.subjects[index].colours[k];
      const std::uint64_t which = hash(subject.noun) + k;
      // Of several, sometimes only some come out wrong.
      const bool some = instances > 1 && of_draft_.uniform("some", which) < 0.35;
      const bool spared = some && instance % 2 == (of_draft_.uniform("which", which) < 0.5 ? 0 : 1);
      colours.push_back(binding.holds() || spared
                            ? wanted
                            : wrong_colour(wanted, drawing.usual, drawing.other, binding.deficit(), which));
    }
    look.main = colours[0];
    if (colours.size() > 1) {
      const bool one_each = instances > 1 && !drawing.person;  // "red and blue mugs": some red, some blue
      if (one_each) {
        look.main = colours[static_cast<std::size_t>(instance) % colours.size()];
      } else {
        look.second = colours[1];
        look.two_colours = true;
      }
    }
  }

  void dress(Look& look, std::size_t figure, int instance, int instances) const {
    static constexpr auto skins =
        std::to_array<Rgb>({{201, 144, 104}, {232, 188, 152}, {150, 98, 68}, {218, 166, 126}, {176, 120, 84}});
    static constexpr auto hairs = std::to_array<Rgb>({{46, 32, 28}, {28, 22, 24}, {92, 60, 40}, {134, 92, 52}});
    const auto who = static_cast<std::uint64_t>(instance);
    const bool garment = is_part(told_.subjects[figure]);
    look.skin = skins[of_seed_.pick(skins.size(), "skin", who)];
    look.hair = hairs[of_seed_.pick(hairs.size(), "hair", who)];
    const std::string& noun = told_.subjects[figure].noun;
    const Drawing& drawing = drawing_of(noun);
    look.dress = drawing.draw == &woman ? Dress::gown : Dress::shirt;
    if (noun == "saree") wear_saree(look);
    if (garment && (noun == "hair" || noun == "skin")) {
      (noun == "hair" ? look.hair : look.skin) = look.main;
      look.main = drawing_of("woman").usual;
      look.two_colours = false;
    }
    for (std::size_t i = 0; i < told_.subjects.size(); ++i) {
      if (owner_[i] != figure || !bound_.subjects[i].presence.holds()) continue;
      wear(look, i, instance, instances);
    }
  }

  static void wear_saree(Look& look) {
    look.dress = Dress::saree;
    look.skin = {196, 138, 98};
    look.hair = {40, 28, 26};
  }

  void wear(Look& look, std::size_t part, int instance, int instances) const {
    const std::string& noun = told_.subjects[part].noun;
    Look worn;
    tint_look(worn, part, drawing_of(noun), instance, instances);
    const bool coloured = !told_.subjects[part].colours.empty();
    const auto clothe = [&] {
      look.main = worn.main;
      look.second = worn.second;
      look.two_colours = worn.two_colours;
    };
    if (noun == "saree") {
      wear_saree(look);
      clothe();
    } else if (noun == "dress" || noun == "skirt") {
      look.dress = Dress::gown;
      clothe();
    } else if (noun == "shirt") {
      look.dress = Dress::shirt;
      look.main = worn.main;
    } else if (noun == "trousers") {
      look.dress = Dress::shirt;
      look.second = worn.main;
      look.two_colours = true;
    } else if (noun == "hair") {
      if (coloured) look.hair = worn.main;
    } else if (noun == "skin") {
      if (coloured) look.skin = worn.main;
    } else if (noun == "hat") {
      look.hat = worn.main;
    } else if (is_part(told_.subjects[part])) {
      look.jewellery = true;
      look.metal = coloured ? worn.main : drawing_of(noun).usual;
    }
  }

  // --- things ------------------------------------------------------------------------------------------------------------

  [[nodiscard]] int how_many(std::size_t index) const {
    const Subject& subject = told_.subjects[index];
    const Binding& binding = bound_.subjects[index].count;
    const std::uint64_t which = hash(subject.noun);
    if (!subject.count) return subject.plural ? 2 + static_cast<int>(of_seed_.pick(3, "several", which)) : 1;
    const int wanted = std::clamp(subject.count->value, 0, most_drawn);
    if (binding.holds() || wanted == 0) return wanted;
    int off = binding.deficit() > 0.55 || (wanted > 6 && binding.deficit() > 0.25) ? 2 : 1;
    if (wanted > 12) off += static_cast<int>(of_draft_.pick(4, "far off", which));
    if (of_draft_.uniform("too few", which) < 0.55 && wanted > off) off = -off;
    return std::min(wanted + off, most_drawn);
  }

  [[nodiscard]] double size_of(std::size_t index) const {
    const auto& word = told_.subjects[index].size;
    if (!word || !bound_.subjects[index].size.holds()) return 1;
    switch (word->size) {
      case Size::tiny: return 0.42;
      case Size::small: return 0.66;
      case Size::large: return 1.4;
      case Size::huge: return 1.9;
    }
    return 1;
  }

  // The things of a subject, each a unit.
  [[nodiscard]] std::vector<Unit> units_of(std::size_t index) const {
    const Subject& subject = told_.subjects[index];
    const Drawing& drawing = drawing_of(subject.noun);
    std::vector<Unit> units;
    const int number = how_many(index);
    for (int i = 0; i < number; ++i) {
      Item item;
      item.drawing = &drawing;
      item.subject = index;
      item.shadow = !drawing.aloft;
      tint_look(item.look, index, drawing, i, number);
      const auto which = hash(subject.noun) + static_cast<std::uint64_t>(i);
      item.mirrored = of_seed_.uniform("mirrored", which) < 0.3;
      if (drawing.person) {
        dress(item.look, index, i, number);
        item.mirrored = false;
      }
      Unit unit = unit_of(std::move(item), drawing.height * size_of(index));
      if (drawing.person) hold(unit, index, i, number);
      units.push_back(std::move(unit));
    }
    return units;
  }

  // What a person holds is drawn at the right hand.
  void hold(Unit& unit, std::size_t figure, int instance, int instances) const {
    const double height = unit.height;
    for (std::size_t i = 0; i < told_.subjects.size(); ++i) {
      const std::string& noun = told_.subjects[i].noun;
      if (owner_[i] != figure || is_part(told_.subjects[i]) || noun == "hat" || !bound_.subjects[i].presence.holds())
        continue;
      Unit::Part part;
      part.item.drawing = &drawing_of(noun);
      part.item.subject = i;
      tint_look(part.item.look, i, *part.item.drawing, instance, instances);
      const bool over_head = noun == "umbrella" || noun == "balloon";
      part.height = height * (over_head ? 0.92 : noun == "guitar" ? 0.5 : 0.22);
      part.width = part.height * part.item.drawing->aspect;
      part.x = 0.385 * height - part.width * (over_head ? 0.56 : 0.5);
      part.y = over_head ? height * 0.42 : noun == "bag" ? height * 0.2 : height * 0.34;
      // An umbrella is held up behind the head, so that the face is seen.
      unit.parts.insert(over_head ? unit.parts.begin() : unit.parts.end(), std::move(part));
      settle(unit);
    }
  }

  [[nodiscard]] bool drawn(std::size_t index) const {
    return !owner_[index] && bound_.subjects[index].presence.holds();
  }

  // A group of units that move together, and the subjects in it.
  struct Group {
    std::vector<Unit> units;
    std::vector<std::size_t> subjects;
  };

  [[nodiscard]] static bool has(const Group& group, std::size_t subject) {
    return std::ranges::find(group.subjects, subject) != group.subjects.end();
  }

  std::vector<Unit> make_units() {
    std::vector<Group> groups;
    for (std::size_t i = 0; i < told_.subjects.size(); ++i) {
      if (!drawn(i)) continue;
      std::vector<Unit> units = units_of(i);
      if (!units.empty()) groups.push_back({std::move(units), {i}});
    }
    // Which kind stands left is chance, unless something is said of it.
    if (groups.size() > 1 && of_seed_.uniform("order") < 0.5) std::ranges::reverse(groups);
    put_flowers_in_vase(groups);
    for (std::size_t r = 0; r < told_.relations.size(); ++r) relate(groups, r);
    std::vector<Unit> units;
    for (Group& group : groups) {
      for (Unit& unit : group.units) units.push_back(std::move(unit));
    }
    return units;
  }

  // Flowers in a picture with a vase stand in it, whether it was said or not.
  void put_flowers_in_vase(std::vector<Group>& groups) const {
    const auto flower = told_.find("flower");
    const auto vase = told_.find("vase");
    if (!flower || !vase) return;
    const auto related = [&](const Relation& r) { return r.subject == *flower || r.object == *flower; };
    const bool in_it = std::ranges::none_of(told_.relations, related);
    const auto flowers = std::ranges::find_if(groups, [&](const Group& g) { return has(g, *flower); });
    const auto vases = std::ranges::find_if(groups, [&](const Group& g) { return has(g, *vase); });
    if (!in_it || flowers == groups.end() || vases == groups.end()) return;
    vases->units.front() = bunch(row_of(std::move(flowers->units), -0.46), std::move(vases->units.front()));
    vases->subjects.push_back(*flower);
    groups.erase(flowers);
  }

  void relate(std::vector<Group>& groups, std::size_t index) {
    const Relation& relation = told_.relations[index];
    const Binding& binding = bound_.relations[index];
    const auto group_of = [&](std::size_t subject) {
      return std::ranges::find_if(groups, [&](const Group& g) { return has(g, subject); });
    };
    auto one = group_of(relation.subject);
    auto other = group_of(relation.object);
    if (one == groups.end() || other == groups.end() || one == other) return;
    const bool holds = binding.holds();
    switch (relation.place) {
      case Place::left_of:
      case Place::right_of:
      case Place::beside: {
        ordered_ = true;
        Group moved = std::move(*one);
        groups.erase(one);
        other = group_of(relation.object);
        const bool left = relation.place == Place::left_of ? holds : relation.place == Place::right_of ? !holds : false;
        groups.insert(left ? other : std::next(other), std::move(moved));
        return;
      }
      default: break;
    }
    if (relation.place == Place::on && !holds) return;  // they stand side by side
    Group merged;
    merged.subjects = other->subjects;
    merged.subjects.insert(merged.subjects.end(), one->subjects.begin(), one->subjects.end());
    const double drop = drawing_of(told_.subjects[relation.object].noun).top;
    Unit subject = row_of(std::move(one->units), 0.2);
    if (relation.place == Place::on) {
      Unit base = std::move(other->units.front());
      merged.units.push_back(stacked(std::move(subject), std::move(base), drop));
      for (std::size_t i = 1; i < other->units.size(); ++i) merged.units.push_back(std::move(other->units[i]));
    } else {
      Unit object = row_of(std::move(other->units), 0.2);
      const bool right = (of_seed_.uniform("side") < 0.5) == (index % 2 == 0);
      switch (relation.place) {
        case Place::above: merged.units.push_back(holds ? over(subject, object) : over(object, subject)); break;
        case Place::below: merged.units.push_back(holds ? over(object, subject) : over(subject, object)); break;
        case Place::behind:
          merged.units.push_back(holds ? before(object, subject, right) : before(subject, object, right));
          break;
        default: merged.units.push_back(holds ? before(subject, object, right) : before(object, subject, right)); break;
      }
    }
    *other = std::move(merged);
    groups.erase(one);
  }

  // --- the whole ---------------------------------------------------------------------------------------------------------

  [[nodiscard]] Arrangement arrangement(const std::vector<Unit>& units) const {
    Arrangement how;
    how.one_row = ordered_ && units.size() <= 12;
    const Ground ground = scene_.backdrop.ground;
    const bool landscape = ground == Ground::park || ground == Ground::beach || ground == Ground::night ||
                           ground == Ground::room || ground == Ground::studio;
    how.fill = units.size() == 1 ? of_seed_.between(0.66, 0.80, "fill") : of_seed_.between(0.62, 0.76, "fill");
    if (landscape) {
      how.most_in_row = 6;  // things stand on the ground: rows would float above it
      how.fill += 0.10;
    }
    how.shift = std::clamp(of_seed_.normal("shift") * 0.10, -0.2, 0.2);
    for (std::size_t i = 0; i < told_.framing.size(); ++i) {
      const bool holds = bound_.framing[i].holds();
      switch (told_.framing[i].framing) {
        case Framing::close_up: how.fill = holds ? 0.90 : of_draft_.between(0.46, 0.58, "loose"); break;
        case Framing::fills_frame: how.fill = holds ? 0.94 : of_draft_.between(0.50, 0.66, "loose"); break;
        case Framing::wide: how.fill = holds ? 0.36 : of_draft_.between(0.62, 0.74, "loose"); break;
        case Framing::centred:
          how.shift =
              holds ? 0 : of_draft_.between(0.55, 0.9, "off centre") * (of_draft_.uniform("off to") < 0.5 ? -1 : 1);
          break;
      }
    }
    switch (ground) {
      case Ground::park:
      case Ground::beach:
      case Ground::night: how.ground = 0.88; break;
      case Ground::room: how.ground = 0.90; break;
      case Ground::studio:
      case Ground::textured: how.ground = 0.80; break;
      default: break;
    }
    return how;
  }

  // Each unit stands in the middle of the lower edge of its place, as large as fits.
  [[nodiscard]] std::vector<Item> in_places(std::vector<Unit> units, const std::vector<Box>& places) const {
    std::vector<Item> items;
    for (std::size_t i = 0; i < units.size(); ++i) {
      Unit& unit = units[i];
      const Box& box = places[i];
      const double scale = std::min(box.width / unit.width, box.height / unit.height);
      const double left = box.left + (box.width - unit.width * scale) / 2;
      const double bottom = box.top + box.height;
      for (Unit::Part& part : unit.parts) {
        Item item = std::move(part.item);
        item.left = left + part.x * scale;
        item.top = bottom - (part.y + part.height) * scale;
        item.width = part.width * scale;
        item.height = part.height * scale;
        items.push_back(std::move(item));
      }
    }
    return items;
  }

  // --- behind everything -------------------------------------------------------------------------------------------------

  // A quiet colour that the things stand out from.
  [[nodiscard]] Rgb quiet_colour(const Noise& noise, std::string_view what) const {
    static constexpr auto quiet = std::to_array<Rgb>({{236, 216, 196},
                                                      {203, 224, 226},
                                                      {243, 205, 192},
                                                      {216, 208, 234},
                                                      {203, 221, 198},
                                                      {246, 228, 180},
                                                      {222, 226, 232},
                                                      {240, 214, 222}});
    const std::uint64_t first = noise.pick(quiet.size(), what);
    for (std::uint64_t i = 0; i < quiet.size(); ++i) {
      const Rgb candidate = quiet[(first + i) % quiet.size()];
      const bool clear = std::ranges::none_of(told_.subjects, [&](const Subject& s) {
        return std::ranges::any_of(s.colours,
                                   [&](const Colour& c) { return distance(as_material(c), candidate) < 60; });
      });
      if (clear) return candidate;
    }
    return quiet[first];
  }

  void plan_backdrop() {
    BackdropPlan& plan = scene_.backdrop;
    plan.trees = !avoided("tree") && !told_.find("tree");
    plan.clouds = !avoided("cloud") && !told_.find("cloud");
    plan.small_stars = !avoided("star") && !told_.find("star");
    plan.colour = quiet_colour(of_seed_, "usual backdrop");
    plan.second = shade(plan.colour, 0.1);
    if (!told_.background) {
      plan.ground = Ground::studio;
      scene_.shadow = 0.2;
      return;
    }
    const Background& wanted = *told_.background;
    const Binding& binding = bound_.background;
    switch (wanted.backdrop) {
      case Backdrop::plain: plan_plain(wanted, binding); return;
      case Backdrop::gradient:
        plan.ground = binding.holds() ? Ground::gradient : Ground::plain;
        if (wanted.colour) plan.colour = wanted.colour->rgb;
        plan.second = luma(plan.colour) > 0.55 ? shade(plan.colour, 0.45) : tint(plan.colour, 0.6);
        return;
      case Backdrop::park: plan.ground = binding.holds() ? Ground::park : Ground::sky; break;
      case Backdrop::beach: plan.ground = binding.holds() ? Ground::beach : Ground::sky; break;
      case Backdrop::night: plan.ground = binding.holds() ? Ground::night : Ground::studio; break;
      case Backdrop::sky: plan.ground = binding.holds() ? Ground::sky : Ground::studio; break;
      case Backdrop::room: plan.ground = binding.holds() ? Ground::room : Ground::studio; break;
      case Backdrop::studio:
        plan.ground = binding.holds() ? Ground::studio : Ground::room;
        plan.colour = {232, 232, 234};
        break;
    }
    if (plan.ground == Ground::night)
      scene_.light =
          Grade{scene_.light.gain * 0.86, scene_.light.lift, scene_.light.saturation * 0.92, scene_.light.warmth - 0.3};
    scene_.shadow = 0.26;
  }

  void plan_plain(const Background& wanted, const Binding& binding) {
    BackdropPlan& plan = scene_.backdrop;
    const Rgb colour = wanted.colour ? wanted.colour->rgb : quiet_colour(of_seed_, "plain backdrop");
    plan.colour = colour;
    plan.ground = Ground::plain;
    scene_.shadow = 0.13;
    if (binding.holds()) {
      plan.keep_neutral = wanted.colour.has_value();
      return;
    }
    // A model that was told "plain white" and half listened gives cream, or grey, or a corner of a room.
    const double deficit = binding.deficit();
    const double luck = of_draft_.uniform("backdrop goes wrong");
    static constexpr auto casts =
        std::to_array<Rgb>({{206, 188, 156}, {158, 172, 190}, {186, 182, 176}, {214, 176, 168}, {168, 190, 170}});
    const Rgb cast = casts[of_draft_.pick(casts.size(), "cast")];
    const Rgb tinted = mix(colour, cast, 0.22 + 0.5 * deficit);
    plan.second = shade(tinted, 0.16 + 0.16 * deficit);
    plan.strength = 0.45 + 0.55 * deficit;
    if (luck < 0.42 && wanted.colour) {
      plan.colour = tinted;
    } else if (luck < 0.72) {
      plan.ground = Ground::uneven;
      plan.colour = mix(colour, cast, 0.10 + 0.2 * deficit);
    } else {
      plan.ground = Ground::textured;
      plan.colour = mix(colour, cast, 0.16 + 0.3 * deficit);
    }
  }

  const Description& told_;
  const Bindings& bound_;
  Noise of_seed_;
  Noise of_draft_;
  Scene scene_;
  std::vector<std::optional<std::size_t>> owner_;
  bool ordered_ = false;
};

}  // namespace

Grade grade_of(const Description& description, const Bindings& bindings, const Noise& noise) {
  Grade neutral;
  neutral.gain = noise.between(0.96, 1.0, "light");
  if (!description.light) return neutral;
  const bool holds = bindings.light.holds();
  const double deficit = bindings.light.deficit();
  // A bright light that does not bind is a dull day, not a script's opposite: the weaker, the duller.
  const Grade faint{0.88 - 0.16 * deficit, 0, 0.80 - 0.2 * deficit, 0};
  switch (description.light->light) {
    case Light::bright: return holds ? Grade{1.05, 0.05, 1.04, 0} : faint;
    case Light::sunny: return holds ? Grade{1.05, 0.03, 1.14, 0.22} : faint;
    case Light::golden_hour: return holds ? Grade{1.0, 0, 1.08, 0.62} : Grade{0.95, 0, 0.92, 0.12};
    case Light::dull: return holds ? Grade{0.70, 0.02, 0.55, -0.08} : neutral;
    case Light::dark: return holds ? Grade{0.40, 0, 0.85, -0.05} : Grade{0.84, 0, 0.95, 0};
    case Light::soft: return holds ? Grade{0.98, 0.10, 0.86, 0.05} : Grade{0.92, 0, 1.1, 0};
  }
  return neutral;
}

Scene compose(const Description& description, const Bindings& bindings, std::string_view prompt, std::uint64_t seed,
              int width, int height, const std::vector<Box>& places) {
  return Composer{description, bindings, prompt, seed, width, height}.run(places);
}

}  // namespace pentimento::offline::sketch
