// How the words are recognised.
#include "offline/language/reader.hpp"

#include <array>
#include <iterator>

namespace pentimento::offline::lexicon {

namespace {

template <class T>
T* find_kind(std::vector<T>& all, auto member, auto value) {
  const auto it = std::ranges::find(all, value, member);
  return it == all.end() ? nullptr : &*it;
}

}  // namespace

Description Reader::run() {
  while (at_ < words_.size()) {
    if (words_[at_].before != Break::none) enter_clause(words_[at_].before);
    if (avoiding_ || negated_) {
      read_negated();
    } else {
      read_word();
    }
  }
  flush();
  end_negation();
  adopt_orphans();
  return std::move(result_);
}

bool Reader::here(std::initializer_list<std::string_view> sequence) const {
  std::size_t i = at_;
  for (const std::string_view expected : sequence) {
    if (word(i) != expected || (i > at_ && !joined(i))) return false;
    ++i;
  }
  return true;
}

Span Reader::span(std::size_t first, std::size_t last) const {
  const Span& a = words_[first].span;
  const Span& b = words_[last].span;
  return {a.offset, b.offset + b.length - a.offset, a.index};
}

Mention Reader::mention(std::size_t first, std::size_t last) const {
  Mention said;
  said.span = span(first, last);
  said.important = important_;
  said.kept = kept_;
  said.exact = exact_;
  said.demanded = demanded_;
  said.intensified = intensified_;
  // Of a phrase it is the loudest word that counts.
  for (std::size_t i = first; i <= last; ++i) {
    said.shouted = said.shouted || words_[i].shouted;
    const double weight = words_[i].weight;
    if (std::max(weight, 1 / weight) > std::max(said.weight, 1 / said.weight)) said.weight = weight;
  }
  return said;
}

void Reader::add(Phrase& phrase, Mention said) {
  if (phrase.mentions.size() < mention_limit) phrase.mentions.push_back(std::move(said));
}

void Reader::unknown(std::size_t i) {
  if (result_.unknown.size() < unknown_limit) result_.unknown.push_back({words_[i].text, words_[i].span});
}

void Reader::enter_clause(Break by) {
  if (by == Break::colon) {
    pending_ = {};  // "Important:" and the like were taken when they were read
    relation_.reset();
    exact_ = demanded_ = intensified_ = false;
    return;
  }
  // "a red, shiny car"
  if (by == Break::comma && pending_.article && pending_.described() && pending_.last_adjective() + 1 == at_ &&
      opening_ != Opening::copula && !in_) {
    return;
  }
  flush();
  opening_ = Opening::clause;
  relation_.reset();
  head_.reset();
  exact_ = demanded_ = intensified_ = false;
  owning_ = false;
  if (negated_) end_negation();
  negated_ = false;
  if (avoiding_) end_negation();
  if (by == Break::stop) {
    important_ = kept_ = avoiding_ = false;
    target_ = {};
  }
}

void Reader::read_negated() {
  const std::string_view text = word(at_);
  if (negated_ && (text == "but" || text == "with") && !negation_words_.empty()) {
    end_negation();
    negated_ = false;
    ++at_;
    return;
  }
  if (avoiding_ && (text == "no" || text == "any")) {
    ++at_;
    return;
  }
  negation_words_.push_back(at_++);
}

void Reader::end_negation() {
  if (negation_words_.empty()) return;
  Negation negation;
  Tone tone = Tone::plain;
  for (const std::size_t i : negation_words_) {
    const std::string_view text = word(i);
    if (!negation.text.empty()) negation.text += ' ';
    negation.text += text;
    if (const auto noun = lexicon::noun_form(text); noun.noun != nullptr)
      negation.nouns.emplace_back(noun.noun->canonical);
    if (const auto rgb = colour_toned(text, tone)) {
      Colour colour{std::string{text}, tone, *rgb, {}};
      add(colour.phrase, mention(i, i));
      negation.colours.push_back(std::move(colour));
    }
    tone = lexicon::tone(text).value_or(Tone::plain);
  }
  negation.span = span(negation_words_.front(), negation_words_.back());
  negation_words_.clear();
  if (result_.negations.size() < list_limit) result_.negations.push_back(std::move(negation));
}

void Reader::read_word() {
  if (read_section() || read_negation_start() || read_emphasis() || read_light_phrase() || read_framing() ||
      read_relation() || read_adjective() || read_noun() || read_structure()) {
    return;
  }
  const std::string_view text = word(at_);
  if (!lexicon::filler(text) && !lexicon::takes_light(text)) {
    if (text.size() > 2 && text.ends_with('s') && !text.ends_with("ss")) pending_.unknown_plural = at_;
    if (!lexicon::no_noun(text)) {
      if (!pending_.first_unknown) pending_.first_unknown = at_;
      pending_.last_unknown = at_;
    }
    unknown(at_);
  }
  ++at_;
}

bool Reader::read_section() {
  const auto label = [&](std::size_t size) {
    return at_ + size < words_.size() && words_[at_ + size].before == Break::colon;
  };
  const auto open = [&](std::size_t size, bool important, bool kept, bool avoiding) {
    flush();
    important_ = important;
    kept_ = kept;
    avoiding_ = avoiding;
    at_ += size;
    return true;
  };
  for (const std::string_view name :
       {"important", "essential", "crucial", "note", "required", "requirements", "fix", "correct"}) {
    if (word(at_) == name && label(1)) return open(1, true, false, false);
  }
  if (here({"must", "have"}) && label(2)) return open(2, true, false, false);
  if (here({"most", "important"}) && label(2)) return open(2, true, false, false);
  for (const std::string_view name : {"keep", "preserve", "unchanged"}) {
    if (word(at_) == name && label(1)) return open(1, false, true, false);
  }
  for (const std::string_view name : {"avoid", "exclude", "negative"}) {
    if (word(at_) == name && label(1)) return open(1, false, false, true);
  }
  if (here({"negative", "prompt"}) && label(2)) return open(2, false, false, true);
  if (here({"do", "not"}) && label(2)) return open(2, false, false, true);
  return false;
}

bool Reader::read_negation_start() {
  const std::string_view text = word(at_);
  if (here({"no", "more"}) || here({"no", "fewer"}) || here({"no", "less"})) {
    exact_ = true;
    at_ += word(at_ + 2) == "than" ? 3 : 2;
    return true;
  }
  if (here({"not", "only"})) {
    at_ += 2;
    return true;
  }
  if (text == "instead" || here({"rather", "than"})) {
    flush();
    at_ += here({"instead", "of"}) || here({"rather", "than"}) ? 2 : 1;
    negated_ = true;
    return true;
  }
  if (text == "no" || text == "without" || text == "not" || text == "never" || text == "avoid" || text == "free") {
    if (text == "free" && word(at_ + 1) != "of") return false;
    flush();
    negated_ = true;
    at_ += text == "free" ? 2 : 1;
    return true;
  }
  return false;
}

bool Reader::read_emphasis() {
  const std::string_view text = word(at_);
  if (text == "exactly" || text == "only" || text == "precisely" || text == "just") {
    exact_ = true;
  } else if (text == "must" || text == "should" || text == "needs" || text == "ensure" || text == "shall" ||
             text == "necessarily") {
    demanded_ = true;
  } else if (here({"make", "sure"}) || here({"has", "to"}) || here({"have", "to"})) {
    demanded_ = true;
    ++at_;
  } else if (text == "very" || text == "clearly" || text == "really" || text == "definitely" || text == "fully" ||
             text == "completely" || text == "extremely" || text == "perfectly" || text == "entirely") {
    intensified_ = true;
  } else {
    return false;
  }
  ++at_;
  return true;
}

bool Reader::read_light_phrase() {
  std::size_t size = 0;
  Light light = Light::bright;
  const auto is = [&](std::initializer_list<std::string_view> sequence, Light meaning) {
    if (size != 0 || !here(sequence)) return;
    size = sequence.size();
    light = meaning;
  };
  is({"golden", "hour"}, Light::golden_hour);
  is({"well", "lit"}, Light::bright);
  is({"high", "key"}, Light::bright);
  is({"low", "light"}, Light::dark);
  is({"low", "key"}, Light::dark);
  if (size == 0) return false;
  flush();
  std::size_t last = at_ + size - 1;
  while (joined(last + 1) && lexicon::takes_light(word(last + 1)) && last - at_ < 4) ++last;
  say_light(light, at_, last);
  at_ = last + 1;
  return true;
}

bool Reader::read_framing() {
  std::size_t size = 0;
  Framing framing = Framing::close_up;
  const auto is = [&](std::initializer_list<std::string_view> sequence, Framing meaning) {
    if (size != 0 || !here(sequence)) return;
    size = sequence.size();
    framing = meaning;
  };
  is({"close", "up"}, Framing::close_up);
  is({"closeup"}, Framing::close_up);
  is({"macro"}, Framing::close_up);
  for (const std::string_view verb : {"fills", "fill", "filling"}) is({verb, "the", "frame"}, Framing::fills_frame);
  is({"frame", "filling"}, Framing::fills_frame);
  is({"full", "frame"}, Framing::fills_frame);
  for (const std::string_view middle : {"centre", "center", "middle"}) is({"in", "the", middle}, Framing::centred);
  for (const std::string_view middle : {"centred", "centered"}) is({middle}, Framing::centred);
  for (const std::string_view noun : {"shot", "view", "angle", "framing"}) {
    is({"wide", noun}, Framing::wide);
    is({"long", noun}, Framing::wide);
  }
  is({"from", "afar"}, Framing::wide);
  is({"far", "away"}, Framing::wide);
  if (size == 0) return false;
  const std::size_t first = at_;
  at_ += size;
  Phrase* phrase = nullptr;
  if (auto* said = find_kind(result_.framing, &FramingWord::framing, framing)) {
    phrase = &said->phrase;
  } else {
    result_.framing.push_back({framing, {}});
    phrase = &result_.framing.back().phrase;
  }
  add(*phrase, mention(first, at_ - 1));
  return true;
}

bool Reader::read_relation() {
  std::size_t size = 0;
  Place place = Place::beside;
  const auto is = [&](std::initializer_list<std::string_view> sequence, Place meaning) {
    if (size != 0 || !here(sequence)) return;
    size = sequence.size();
    place = meaning;
  };
  for (const auto& [side, meaning] : {std::pair{"left", Place::left_of}, std::pair{"right", Place::right_of}}) {
    is({"to", "the", side, "of"}, meaning);
    is({"on", "the", side, "of"}, meaning);
    is({"on", "the", side, "side", "of"}, meaning);
    is({"at", "the", side, "of"}, meaning);
    is({side, "of"}, meaning);
  }
  is({"in", "front", "of"}, Place::in_front_of);
  is({"on", "top", "of"}, Place::on);
  is({"next", "to"}, Place::beside);
  for (const std::string_view one : {"beside", "alongside", "near"}) is({one}, Place::beside);
  for (const std::string_view one : {"above", "over"}) is({one}, Place::above);
  for (const std::string_view one : {"below", "underneath", "beneath", "under"}) is({one}, Place::below);
  is({"behind"}, Place::behind);
  is({"on"}, Place::on);
  is({"against"}, Place::in_front_of);
  if (size == 0) return false;
  flush();
  at_ += size;
  owning_ = false;
  opening_ = Opening::place;
  const auto head_of_phrase = std::exchange(head_, std::nullopt);
  const bool of_unknown = target_.kind == TargetKind::unknown && target_.subject < result_.subjects.size();
  if (target_.kind == TargetKind::subject || of_unknown) {
    // What a person wears stands where the person stands.
    // "a vase with flowers on a table": it is the vase that stands there.
    const std::size_t head = head_of_phrase.value_or(target_.subject);
    relation_ =
        PendingRelation{place, result_.subjects[head].owner.value_or(head), head_of_phrase ? head_word_ : target_word_};
  } else {
    relation_ = PendingRelation{place, subject_limit, at_ - size};
  }
  return true;
}

bool Reader::read_adjective() {
  const std::string_view text = word(at_);
  if (text == "a" || text == "an" || text == "another") {
    // "a pair of", "a single"
    if (here({text, "pair", "of"}) || here({text, "couple", "of"})) {
      pending_.count = std::pair{2, at_ + 1};
      at_ += 3;
      return true;
    }
    open_phrase();
    if (!pending_.article) pending_.article = at_;
    ++at_;
    return true;
  }
  if (text == "the" || text == "her" || text == "his" || text == "their" || text == "its" || text == "this") {
    open_phrase();
    pending_.definite = true;
    ++at_;
    return true;
  }
  if (const auto number = number_named(text)) {
    open_phrase();
    pending_.count = std::pair{*number, at_};
    ++at_;
    if (here({"pairs", "of"}) || here({"pair", "of"})) {
      pending_.count->first = std::min(*number * 2, 999);
      at_ += 2;
    } else if (word(at_) == "x" && joined(at_)) {
      ++at_;
    }
    return true;
  }
  if (text == "off" && word(at_ + 1) == "white") {
    pending_.colours.push_back({"ivory", Tone::plain, at_, at_ + 1});
    at_ += 2;
    return true;
  }
  if (lexicon::means_uniform(text)) {
    if (!pending_.uniform) pending_.uniform = at_;
    ++at_;
    return true;
  }
  if (const auto size = lexicon::size(text)) {
    pending_.size = std::pair{*size, at_++};
    return true;
  }
  return read_colour() || read_light();
}

bool Reader::read_colour() {
  const auto tone = lexicon::tone(word(at_));
  const std::size_t first = at_;
  const std::size_t named = tone ? at_ + 1 : at_;
  if (tone && !joined(named)) return false;
  std::size_t last = named;
  std::string name{word(named)};
  if (name == "gray") name = "grey";
  // "navy blue", "sky blue", "hot pink" are one name to CSS; "royal blue" too.
  if (joined(named + 1)) {
    const std::string compound = name + std::string{word(named + 1)};
    if (compound.size() < 24 && colour_named(compound)) {
      name = compound;
      last = named + 1;
    } else if (name == "navy" && word(named + 1) == "blue") {
      last = named + 1;
    }
  }
  if (!colour_named(name)) return false;
  if (ambiguous_colour(name) && !colour_here(named)) return false;
  // "a blue-eyed cat" is not blue.
  if (joined(last + 1) && lexicon::of_a_part(word(last + 1))) {
    for (std::size_t i = first; i <= last + 1; ++i) unknown(i);
    at_ = last + 2;
    return true;
  }
  if (pending_.colours.size() < list_limit) pending_.colours.push_back({name, tone.value_or(Tone::plain), first, last});
  at_ = last + 1;
  return true;
}

bool Reader::colour_here(std::size_t i) const {
  for (std::size_t next = i + 1; next < i + 5 && joined(next); ++next) {
    const std::string_view text = word(next);
    if (lexicon::noun_form(text).noun != nullptr || lexicon::means_background(text) || lexicon::means_ground(text) ||
        lexicon::colour_filler(text)) {
      return true;
    }
    if (text == "and" && !colour_named(word(next + 1))) break;
    // "an orange rug", but "an orange floating in water"
    if (!lexicon::known_word(text) && !lexicon::no_noun(text) && !text.ends_with("ing") && !text.ends_with("ed"))
      return true;
    if (lexicon::copula(text) || lexicon::owning(text) || text == "on" || text == "the" || text == "a") break;
  }
  return !pending_.article && !pending_.count && !pending_.definite && target_.kind != TargetKind::none &&
         (copula_ || in_);
}

void Reader::open_phrase() {
  // "is a red one", "on a blue one": the article is part of what has begun.
  if (pending_.determined() || pending_.described() || pending_.first_unknown) flush();
}

bool Reader::read_light() {
  const auto light = lexicon::light(word(at_));
  if (!light) return false;
  pending_.light = std::pair{*light, at_++};
  return true;
}

bool Reader::read_noun() {
  const std::string_view text = word(at_);
  if (lexicon::takes_light(text) && pending_.light) {
    std::size_t last = at_;
    while (joined(last + 1) && lexicon::takes_light(word(last + 1)) && last - at_ < 3) ++last;
    say_light(pending_.light->first, pending_.light->second, last);
    pending_ = {};
    at_ = last + 1;
    return true;
  }
  if ((text == "lighting" || text == "light") && copula_follows()) {  // "the light is bright"
    pending_ = {};
    ++at_;
    return true;
  }
  if (lexicon::means_background(text) ||
      (lexicon::means_ground(text) && (pending_.uniform || !pending_.colours.empty()))) {
    take_background(Backdrop::plain, true);
    return true;
  }
  if (const auto scene = lexicon::scene(text)) {
    take_background(*scene, false);
    return true;
  }
  const auto form = lexicon::noun_form(text);
  if (form.noun == nullptr) return false;
  // "coffee table", "table lamp": the last noun is the thing.
  if (!form.plural && joined(at_ + 1) && lexicon::noun_form(word(at_ + 1)).noun != nullptr && !copula_follows()) {
    ++at_;
    return true;
  }
  if (form.noun->kind == NounClass::surface && relation_ && relation_->place == Place::on && pending_.uniform) {
    take_background(Backdrop::plain, true);
    return true;
  }
  take_subject(std::string{form.noun->canonical}, form.noun->kind, form.plural, true);
  return true;
}

bool Reader::read_structure() {
  const std::string_view text = word(at_);
  if (lexicon::colour_filler(text)) {
    const bool noun_follows =
        joined(at_ + 1) && (lexicon::noun_form(word(at_ + 1)).noun != nullptr || word(at_ + 1) == "background");
    if (!noun_follows && !pending_.colours.empty()) flush();
    // "one plain colour", "a single colour": the number is no count.
    pending_.count.reset();
    pending_.article.reset();
  } else if (lexicon::copula(text)) {
    take_predicate();
  } else if (text == "she" || text == "he" || text == "they" || text == "who") {
    flush();
    if (person_) target_ = {TargetKind::subject, *person_};
  } else if (text == "it") {
    flush();
    if (target_.kind == TargetKind::unknown) {
      target_.subject = subject_limit;  // "a mug on a tray, it is blue" says nothing clear
    } else if (last_subject_) {
      target_ = {TargetKind::subject, *last_subject_};
    }
  } else if (lexicon::owning(text)) {
    flush();
    if (text == "with" && target_.kind == TargetKind::subject && !head_) {
      head_ = target_.subject;
      head_word_ = target_word_;
    }
    opening_ = Opening::owning;
    owning_ = true;
    holding_ = text != "in" && text != "under";
    in_ = text == "in";
  } else if (text == "and" || text == "or") {
    const std::string_view next = word(at_ + 1);
    const bool adjective_follows =
        colour_named(next) || lexicon::tone(next) || lexicon::means_uniform(next) || lexicon::size(next);
    // "a blue and shiny tray": the noun is still to come.
    const bool noun_to_come = pending_.article && pending_.described() && pending_.last_adjective() + 1 == at_ &&
                              opening_ != Opening::copula && !in_ && !lexicon::known_word(next);
    if (!adjective_follows && !noun_to_come) {
      flush();
      opening_ = Opening::clause;
    }
  } else {
    return false;
  }
  ++at_;
  return true;
}

}  // namespace pentimento::offline::lexicon
