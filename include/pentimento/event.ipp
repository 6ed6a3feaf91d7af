#pragma once

#include <pentimento/detail/inline.hpp>
#include <pentimento/event.hpp>

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <utility>
#include <variant>

namespace pentimento {

PENTIMENTO_INLINE Event::Event(std::uint64_t sequence, TimePoint time, EventBody body)
    : sequence_{sequence}, time_{time}, body_{std::move(body)} {}
PENTIMENTO_INLINE Event::Event(const Event& other) = default;
PENTIMENTO_INLINE Event::Event(Event&& other) noexcept = default;
PENTIMENTO_INLINE Event& Event::operator=(const Event& other) = default;
PENTIMENTO_INLINE Event& Event::operator=(Event&& other) noexcept = default;
PENTIMENTO_INLINE Event::~Event() = default;

PENTIMENTO_INLINE bool operator==(const Event& a, const Event& b) {
  return a.sequence_ == b.sequence_ && a.time_ == b.time_ && a.body_ == b.body_;
}

PENTIMENTO_INLINE std::string_view name_of(const EventBody& body) noexcept {
  return std::visit([](const auto& event) { return std::remove_cvref_t<decltype(event)>::name; }, body);
}

PENTIMENTO_INLINE std::optional<Call> announced_call(const EventBody& body) {
  if (std::holds_alternative<event::PlanStarted>(body)) return Call{CallKind::plan};
  if (const auto* e = std::get_if<event::GenerationStarted>(&body)) return Call{CallKind::generate, e->id};
  if (const auto* e = std::get_if<event::CritiqueStarted>(&body)) return Call{CallKind::critique, e->id};
  if (const auto* e = std::get_if<event::ComparisonStarted>(&body))
    return Call{CallKind::compare, e->challenger, e->swapped};
  if (std::holds_alternative<event::RevisionStarted>(body)) return Call{CallKind::revise};
  return std::nullopt;
}

PENTIMENTO_INLINE std::optional<Call> ended_call(const EventBody& body) {
  if (std::holds_alternative<event::PlanFinished>(body)) return Call{CallKind::plan};
  if (const auto* e = std::get_if<event::GenerationFinished>(&body)) return Call{CallKind::generate, e->id};
  if (const auto* e = std::get_if<event::CritiqueFinished>(&body)) return Call{CallKind::critique, e->id};
  if (const auto* e = std::get_if<event::ComparisonFinished>(&body))
    return Call{CallKind::compare, e->challenger, e->swapped};
  if (std::holds_alternative<event::RevisionFinished>(body)) return Call{CallKind::revise};
  if (const auto* e = std::get_if<event::CallFailed>(&body)) return e->call;
  return std::nullopt;
}

PENTIMENTO_INLINE std::vector<Call> open_calls(std::span<const Event> events) {
  std::vector<Call> open;
  for (const Event& event : events) {
    const std::optional<Call> announced = announced_call(event.body());
    const std::optional<Call> call = announced ? announced : ended_call(event.body());
    if (call) std::erase(open, *call);
    if (announced) open.push_back(*announced);
  }
  return open;
}

namespace detail {

/// Writes the text of an event for people.
class EventPrinter {
 public:
  explicit EventPrinter(std::ostream& out) : out_{out} {}

  void operator()(const event::RunStarted& e) const { out_ << "run started: " << e.brief.goal(); }
  void operator()(const event::PlanStarted&) const { out_ << "planning"; }
  void operator()(const event::PlanFinished& e) const {
    out_ << "planned " << e.checklist.size() << " items";
    if (!e.checklist.unjudged().empty()) out_ << "; not judged: " << listed(e.checklist.unjudged());
  }
  void operator()(const event::RoundStarted& e) const {
    out_ << "round " << e.round << ": " << to_string(e.revision.action());
    if (!e.revision.why().empty()) out_ << ", " << e.revision.why();
  }
  void operator()(const event::ImageGiven& e) const { out_ << e.id << ": given, " << e.image.size(); }
  void operator()(const event::GenerationStarted& e) const { out_ << e.id << ": generating"; }
  void operator()(const event::GenerationFinished& e) const {
    const std::vector<Image>& images = e.generation.images();
    out_ << e.id << ": generated ";
    images.empty() ? out_ << "nothing" : out_ << images.front().size();
    if (images.size() > 1) out_ << " and " << images.size() - 1 << " more";
    if (const std::uint64_t dropped = e.generation.dropped_images(); dropped > 0)
      out_ << "; " << dropped << (dropped == 1 ? " image" : " images") << " more than requested dropped";
  }
  void operator()(const event::CritiqueStarted& e) const { out_ << e.id << ": judging"; }
  void operator()(const event::CritiqueFinished& e) const {
    int passed = 0;
    for (const Finding& finding : e.critique.findings()) passed += finding.verdict() == Verdict::pass ? 1 : 0;
    out_ << e.id << ": judged, " << passed << " of " << e.critique.findings().size() << " pass";
  }
  void operator()(const event::ComparisonStarted& e) const {
    out_ << e.challenger << ": compared with " << e.incumbent;
  }
  void operator()(const event::ComparisonFinished& e) const {
    out_ << e.challenger << ": " << to_string(e.comparison.preference()) << " preferred"
         << (e.swapped ? ", shown second" : ", shown first");
  }
  void operator()(const event::CandidateDecided& e) const { out_ << e.id << ": " << e.decision; }
  void operator()(const event::RoundFinished& e) const { out_ << "round " << e.round << " finished"; }
  void operator()(const event::RevisionStarted&) const { out_ << "revising"; }
  void operator()(const event::RevisionFinished& e) const {
    out_ << "revised by " << (e.revision.author().empty() ? "nobody" : e.revision.author());
  }
  void operator()(const event::CallFailed& e) const { out_ << to_string(e.call) << " failed: " << e.error; }
  void operator()(const event::StopRequested& e) const { out_ << "stopping: " << e.reason; }
  void operator()(const event::RunStopped& e) const { out_ << "stopped: " << e.reason; }

 private:
  std::ostream& out_;
};

PENTIMENTO_INLINE std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool gap = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_c1 = byte == 0xC2 && i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) & 0xE0) == 0x80;
    if (byte < 0x20 || byte == 0x7F || is_c1) {
      gap = true;
      i += is_c1 ? 1 : 0;
      continue;
    }
    if (std::exchange(gap, false) && !line.empty() && line.back() != ' ' && byte != ' ') line += ' ';
    line += text[i];
  }
  return line;
}

}  // namespace detail

PENTIMENTO_INLINE std::string to_string(const EventBody& body) {
  std::ostringstream out;
  out.exceptions(std::ios::badbit);  // by default a stream ignores std::bad_alloc and cuts the line
  std::visit(detail::EventPrinter{out}, body);
  return detail::one_line(out.str());
}

PENTIMENTO_INLINE std::ostream& operator<<(std::ostream& out, const Event& event) {
  return out << to_string(event.body());
}

}  // namespace pentimento
