// What is made of the words: phrases are merged, and adjectives find what they say something of.
#include "offline/language/reader.hpp"

#include <array>
#include <iterator>

namespace pentimento::offline::lexicon {

void Reader::say_light(Light light, std::size_t first, std::size_t last) {
  Mention said = mention(first, last);
  if (!result_.light) {
    result_.light = LightWord{light, {}};
  } else if (result_.light->light != light) {
    const bool earlier_insists = result_.light->phrase.mentions.front().important;
    if (!important_ || earlier_insists) return;
    result_.light->light = light;
  }
  add(result_.light->phrase, std::move(said));
}

Colour Reader::make_colour(const PendingColour& said) const {
  return {said.name, said.tone, colour_toned(said.name, said.tone).value_or(Rgb{}), {}};
}

void Reader::say_colours(std::vector<Colour>& colours, const std::vector<PendingColour>& said) {
  for (const PendingColour& one : said) {
    auto it = std::ranges::find_if(colours, [&](const Colour& c) { return c.name == one.name && c.tone == one.tone; });
    if (it == colours.end()) {
      if (colours.size() >= list_limit) return;
      colours.push_back(make_colour(one));
      it = std::prev(colours.end());
    }
    add(it->phrase, mention(one.first, one.last));
  }
}

void Reader::say_background(Backdrop backdrop, bool uniform, std::size_t first, std::size_t last) {
  if (!result_.background) {
    result_.background = Background{backdrop, std::nullopt, false, {}};
  }
  Background& background = *result_.background;
  if (backdrop != Backdrop::plain && background.backdrop != backdrop) {
    // "a park background": the word "background" says nothing against the scene; a second scene is not heard.
    if (background.backdrop != Backdrop::plain || background.uniform || background.colour) return;
    background.backdrop = backdrop;
  }
  background.uniform = background.uniform || uniform;
  add(background.phrase, mention(first, last));
  if (!pending_.colours.empty()) {
    if (!background.colour) {
      background.colour = make_colour(pending_.colours.front());
      add(background.colour->phrase, mention(pending_.colours.front().first, pending_.colours.front().last));
    } else if (background.colour->name == pending_.colours.front().name) {
      add(background.colour->phrase, mention(pending_.colours.front().first, pending_.colours.front().last));
    }
  }
}

void Reader::take_background(Backdrop backdrop, bool word_alone) {
  if (pending_.light) say_light(pending_.light->first, pending_.light->second, pending_.light->second);
  std::size_t last = at_;
  // "park background" and "night sky" are one phrase.
  while (!word_alone && joined(last + 1) && last - at_ < 3 &&
         (lexicon::means_background(word(last + 1)) || lexicon::scene(word(last + 1)) || word(last + 1) == "scene")) {
    const auto second = lexicon::scene(word(last + 1));
    if (second && backdrop == Backdrop::sky) backdrop = *second;
    ++last;
  }
  say_background(backdrop, pending_.uniform.has_value(), pending_.first_word(at_), last);
  pending_ = {};
  opening_ = Opening::noun;
  relation_.reset();
  target_ = {TargetKind::background, 0};
  copula_ = owning_ = in_ = false;
  at_ = last + 1;
}

bool Reader::same_colours(const Subject& subject) const {
  return std::ranges::all_of(pending_.colours, [&](const PendingColour& c) {
    return std::ranges::any_of(subject.colours,
                               [&](const Colour& had) { return had.name == c.name && had.tone == c.tone; });
  });
}

std::optional<std::size_t> Reader::subject_for(const std::string& noun, bool another) {
  std::optional<std::size_t> match;
  for (std::size_t i = 0; i < result_.subjects.size() && !another; ++i) {
    const Subject& subject = result_.subjects[i];
    if (subject.noun != noun) continue;
    if (pending_.colours.empty() || subject.colours.empty() || same_colours(subject)) {
      match = i;
      if (!pending_.colours.empty() && same_colours(subject)) break;
      if (pending_.colours.empty()) break;
    }
  }
  if (match) return match;
  if (result_.subjects.size() >= subject_limit) return std::nullopt;
  Subject subject;
  subject.noun = noun;
  result_.subjects.push_back(std::move(subject));
  return result_.subjects.size() - 1;
}

void Reader::take_subject(const std::string& noun, NounClass kind, bool plural, bool known) {
  const bool another = pending_.article && word(*pending_.article) == "another";
  const auto index = subject_for(noun, another);
  if (!index) {
    pending_ = {};
    ++at_;
    return;
  }
  Subject& subject = result_.subjects[*index];
  subject.known = known;
  subject.plural = subject.plural || plural;
  add(subject.phrase, mention(at_, at_));
  if (pending_.light) {
    if (pending_.light->first == Light::sunny) say_light(Light::sunny, pending_.light->second, pending_.light->second);
  }
  if (pending_.count || pending_.article) {
    const bool stated = pending_.count.has_value();
    const std::size_t where = stated ? pending_.count->second : *pending_.article;
    const int value = stated ? pending_.count->first : 1;
    if (!subject.count || (stated && !subject.count->stated)) {
      Phrase before = subject.count ? std::move(subject.count->phrase) : Phrase{};
      subject.count = Count{value, stated,
                            value == subject.count.value_or(Count{-1, true, {}}).value ? std::move(before) : Phrase{}};
      add(subject.count->phrase, mention(where, at_));
    } else if (subject.count->value == value) {
      add(subject.count->phrase, mention(where, at_));
    }
  }
  say_colours(subject.colours, pending_.colours);
  if (pending_.size) {
    if (!subject.size) subject.size = SizeWord{pending_.size->first, {}};
    if (subject.size->size == pending_.size->first)
      add(subject.size->phrase, mention(pending_.size->second, pending_.size->second));
  }
  own(*index, kind);
  relate(*index);
  if (kind == NounClass::person) person_ = *index;
  last_subject_ = *index;
  target_ = {TargetKind::subject, *index};
  target_word_ = at_;
  pending_ = {};
  opening_ = Opening::noun;
  copula_ = in_ = false;
  intensified_ = false;
  ++at_;
}

void Reader::own(std::size_t index, NounClass kind) {
  Subject& subject = result_.subjects[index];
  if (subject.owner || !person_ || *person_ == index || relation_) return;
  const bool worn = kind == NounClass::part;
  const bool held = kind == NounClass::carried && owning_ && holding_;
  if (worn || held) subject.owner = *person_;
}

void Reader::adopt_orphans() {
  if (!person_) return;
  for (Subject& subject : result_.subjects) {
    const auto form = lexicon::noun_form(subject.noun);
    if (!subject.owner && form.noun != nullptr && form.noun->kind == NounClass::part) subject.owner = *person_;
  }
}

void Reader::relate(std::size_t object) {
  if (!relation_) return;
  const PendingRelation pending = *std::exchange(relation_, std::nullopt);
  if (pending.subject >= result_.subjects.size() || pending.subject == object) return;
  related_ = std::pair{pending.subject, at_};
  auto it = std::ranges::find_if(result_.relations, [&](const Relation& r) {
    return r.place == pending.place && r.subject == pending.subject && r.object == object;
  });
  if (it == result_.relations.end()) {
    if (result_.relations.size() >= list_limit) return;
    result_.relations.push_back({pending.place, pending.subject, object, {}});
    it = std::prev(result_.relations.end());
  }
  add(it->phrase, mention(pending.word, at_));
}

void Reader::flush() {
  if (pending_.count && (pending_.count->first != 1) && pending_.unknown_plural &&
      *pending_.unknown_plural + 1 == at_) {
    take_unknown_noun();
    return;
  }
  const bool of_unknown = names_unknown_thing();
  const bool on_colour = opening_ == Opening::place && relation_ && !pending_.colours.empty();
  const Pending waiting = std::exchange(pending_, Pending{});
  const Opening opening = std::exchange(opening_, Opening::clause);
  if (of_unknown) {
    leave_to_unknown(waiting, opening);
    return;
  }
  if (on_colour) {
    stand_on_colour(waiting);
    return;
  }
  if (target_.kind == TargetKind::subject && !waiting.colours.empty()) {
    say_colours(result_.subjects[target_.subject].colours, waiting.colours);
  }
  if (target_.kind == TargetKind::subject && waiting.size && copula_) {
    Subject& subject = result_.subjects[target_.subject];
    if (!subject.size) subject.size = SizeWord{waiting.size->first, {}};
    add(subject.size->phrase, mention(waiting.size->second, waiting.size->second));
  }
  if (target_.kind == TargetKind::background && (!waiting.colours.empty() || waiting.uniform)) {
    pending_.colours = waiting.colours;
    const std::size_t first = waiting.first_word(words_.size() - 1);
    const std::size_t last =
        std::max(waiting.uniform.value_or(0), waiting.colours.empty() ? 0 : waiting.colours.back().last);
    say_background(Backdrop::plain, waiting.uniform.has_value(), first, last);
    pending_ = {};
  }
  if (waiting.light && (target_.kind != TargetKind::subject || !copula_)) {
    say_light(waiting.light->first, waiting.light->second, waiting.light->second);
  }
  copula_ = in_ = false;
}

bool Reader::names_unknown_thing() const {
  if (!pending_.last_unknown) return false;
  if (opening_ == Opening::copula) return false;  // "the car is a red convertible" says it of the car
  const std::size_t last = *pending_.last_unknown;
  const bool noun_expected = pending_.determined() || opening_ == Opening::place || opening_ == Opening::owning;
  if (!pending_.described()) return noun_expected;
  if (last > pending_.last_adjective()) return true;
  if (last + 1 != pending_.first_adjective()) return false;
  // "a tray painted blue", "with handles in blue", "handles blue"; but "a nice red"
  if (noun_expected && pending_.first_unknown != last && word(last).ends_with("ed")) return true;
  return opening_ == Opening::clause && pending_.unknown_plural == last && !word(last).ends_with("ous");
}

void Reader::leave_to_unknown(const Pending& waiting, Opening opening) {
  const bool beside = opening == Opening::place || opening == Opening::owning;
  // "in a bright loft" tells the light, "with a bright smile" does not.
  if (waiting.light && (in_ || (opening == Opening::clause && !waiting.determined())))
    say_light(waiting.light->first, waiting.light->second, waiting.light->second);
  if (beside || waiting.determined()) {
    const bool subject_before = beside && (target_.kind == TargetKind::subject || target_.kind == TargetKind::unknown);
    target_ = {TargetKind::unknown, subject_before ? target_.subject : subject_limit};
  }
  relation_.reset();
  copula_ = in_ = false;
}

void Reader::stand_on_colour(const Pending& waiting) {
  const bool behind = relation_->place == Place::on || relation_->place == Place::in_front_of;
  relation_.reset();
  copula_ = in_ = false;
  if (!behind || waiting.determined()) return;
  pending_.colours = waiting.colours;
  say_background(Backdrop::plain, waiting.uniform.has_value(), waiting.first_word(waiting.colours.front().first),
                 waiting.colours.back().last);
  pending_ = {};
  target_ = {TargetKind::background, 0};
}

void Reader::take_predicate() {
  const std::string_view before = at_ > 0 && joined(at_) ? word(at_ - 1) : std::string_view{};
  const bool relative = before == "that" || before == "which" || before == "who";
  // "napkins are", "the mug's handle is", but "the mugs shown are"
  const bool bare_noun = pending_.last_unknown && *pending_.last_unknown + 1 == at_ &&
                         (opening_ == Opening::clause || opening_ == Opening::noun) && !before.ends_with("ed") &&
                         !before.ends_with("ing") && !before.ends_with("wn") && !before.ends_with("ly");
  flush();
  if (bare_noun) target_ = {TargetKind::unknown, subject_limit};
  if (!relative) {
    if (target_.kind == TargetKind::unknown && target_.subject < result_.subjects.size()) {
      target_ = {TargetKind::subject, target_.subject};
    } else if (related_ && related_->second + 1 == at_) {
      target_ = {TargetKind::subject, related_->first};
    }
  }
  opening_ = Opening::copula;
  copula_ = true;
}

void Reader::take_unknown_noun() {
  static constexpr auto measures =
      std::to_array<std::string_view>({"times", "minutes", "hours", "years", "days", "pixels", "degrees", "colours",
                                       "colors", "sides", "ways", "tones", "shades"});
  const std::size_t where = *std::exchange(pending_.unknown_plural, std::nullopt);
  const std::string_view text = word(where);
  if (std::ranges::find(measures, text) != measures.end() || text.size() > 24) {
    pending_ = {};
    return;
  }
  const std::size_t cursor = std::exchange(at_, where);
  take_subject(std::string{text.substr(0, text.size() - 1)}, NounClass::thing, true, false);
  at_ = cursor;
}

}  // namespace pentimento::offline::lexicon
