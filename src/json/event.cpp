// Events: one flat object each. Every type of event has its own fields.

#include "json/codec.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace pentimento::json_form {
namespace {

void put(ObjectWriter& out, const event::RunStarted& e) { out.put("brief", e.brief).put("settings", e.settings); }
event::RunStarted take(ObjectReader& in, As<event::RunStarted>) {
  return {in.get<Brief>("brief"), in.get<RunSettings>("settings")};
}

void put(ObjectWriter& out, const event::PlanStarted& e) { out.put_unless_empty("estimate_micros", e.estimate); }
event::PlanStarted take(ObjectReader& in, As<event::PlanStarted>) { return {in.get_or(Money{}, "estimate_micros")}; }

void put(ObjectWriter& out, const event::PlanFinished& e) {
  put_checklist(out, e.checklist);
  out.put_unless_empty("charge", e.charge);
}
event::PlanFinished take(ObjectReader& in, As<event::PlanFinished>) {
  Checklist checklist = take_checklist(in);
  return {std::move(checklist), in.get_or(Charge{}, "charge")};
}

/// A round's number; bounded so that counting on from it cannot overflow.
int take_round(ObjectReader& in) { return in.get<int>("round", 0, 999'999'999); }

void put(ObjectWriter& out, const event::RoundStarted& e) { out.put("round", e.round).put("revision", e.revision); }
event::RoundStarted take(ObjectReader& in, As<event::RoundStarted>) {
  return {take_round(in), in.get<Revision>("revision")};
}

void put(ObjectWriter& out, const event::ImageGiven& e) {
  out.put("id", e.id).put("request", e.request).put("image", e.image);
}
event::ImageGiven take(ObjectReader& in, As<event::ImageGiven>) {
  return {in.get<CandidateId>("id"), in.get<GenerationRequest>("request"), in.get<Image>("image")};
}

void put(ObjectWriter& out, const event::GenerationStarted& e) {
  out.put("id", e.id).put("request", e.request).put_unless_empty("estimate_micros", e.estimate);
  out.put_unless_empty("critique_estimate_micros", e.critique_estimate);
}
event::GenerationStarted take(ObjectReader& in, As<event::GenerationStarted>) {
  return {in.get<CandidateId>("id"), in.get<GenerationRequest>("request"), in.get_or(Money{}, "estimate_micros"),
          in.get_or(Money{}, "critique_estimate_micros")};
}

void put(ObjectWriter& out, const event::GenerationFinished& e) { out.put("id", e.id).put("generation", e.generation); }
event::GenerationFinished take(ObjectReader& in, As<event::GenerationFinished>) {
  return {in.get<CandidateId>("id"), in.get<Generation>("generation")};
}

void put(ObjectWriter& out, const event::CritiqueStarted& e) {
  out.put("id", e.id).put_unless_empty("estimate_micros", e.estimate);
}
event::CritiqueStarted take(ObjectReader& in, As<event::CritiqueStarted>) {
  return {in.get<CandidateId>("id"), in.get_or(Money{}, "estimate_micros")};
}

void put(ObjectWriter& out, const event::CritiqueFinished& e) { out.put("id", e.id).put("critique", e.critique); }
event::CritiqueFinished take(ObjectReader& in, As<event::CritiqueFinished>) {
  return {in.get<CandidateId>("id"), in.get<Critique>("critique")};
}

void put(ObjectWriter& out, const event::ComparisonStarted& e) {
  out.put("challenger", e.challenger).put("incumbent", e.incumbent).put("swapped", e.swapped);
  out.put_unless_empty("estimate_micros", e.estimate);
}
event::ComparisonStarted take(ObjectReader& in, As<event::ComparisonStarted>) {
  return {in.get<CandidateId>("challenger"), in.get<CandidateId>("incumbent"), in.get<bool>("swapped"),
          in.get_or(Money{}, "estimate_micros")};
}

void put(ObjectWriter& out, const event::ComparisonFinished& e) {
  out.put("challenger", e.challenger).put("swapped", e.swapped).put("comparison", e.comparison);
}
event::ComparisonFinished take(ObjectReader& in, As<event::ComparisonFinished>) {
  return {in.get<CandidateId>("challenger"), in.get<bool>("swapped"), in.get<Comparison>("comparison")};
}

void put(ObjectWriter& out, const event::CandidateDecided& e) { out.put("id", e.id).put("decision", e.decision); }
event::CandidateDecided take(ObjectReader& in, As<event::CandidateDecided>) {
  return {in.get<CandidateId>("id"), in.get<Decision>("decision")};
}

void put(ObjectWriter& out, const event::RoundFinished& e) { out.put("round", e.round); }
event::RoundFinished take(ObjectReader& in, As<event::RoundFinished>) { return {take_round(in)}; }

void put(ObjectWriter& out, const event::RevisionStarted& e) { out.put_unless_empty("estimate_micros", e.estimate); }
event::RevisionStarted take(ObjectReader& in, As<event::RevisionStarted>) {
  return {in.get_or(Money{}, "estimate_micros")};
}

void put(ObjectWriter& out, const event::RevisionFinished& e) { out.put("revision", e.revision); }
event::RevisionFinished take(ObjectReader& in, As<event::RevisionFinished>) { return {in.get<Revision>("revision")}; }

void put(ObjectWriter& out, const event::CallFailed& e) { out.put("call", e.call).put("error", e.error); }
event::CallFailed take(ObjectReader& in, As<event::CallFailed>) {
  return {in.get<Call>("call"), in.get<Error>("error")};
}

void put(ObjectWriter& out, const event::StopRequested& e) {
  out.put("reason", e.reason).put_unless_empty("error", e.error);
}
event::StopRequested take(ObjectReader& in, As<event::StopRequested>) {
  return {in.get<StopReason>("reason"), in.find<Error>("error")};
}

void put(ObjectWriter& out, const event::RunStopped& e) {
  out.put("reason", e.reason).put_unless_empty("error", e.error);
}
event::RunStopped take(ObjectReader& in, As<event::RunStopped>) {
  return {in.get<StopReason>("reason"), in.find<Error>("error")};
}

/// The body of the event with this name; `I` are the alternatives of `EventBody`.
template <std::size_t... I>
std::optional<EventBody> read_body(ObjectReader& in, std::string_view name, std::index_sequence<I...>) {
  std::optional<EventBody> body;
  const auto read_if_named = [&]<class Body>(As<Body> as) {
    if (Body::name == name) body = take(in, as);
  };
  (read_if_named(As<std::variant_alternative_t<I, EventBody>>{}), ...);
  return body;
}

template <std::size_t... I>
std::vector<std::string> event_names(std::index_sequence<I...>) {
  return {std::string{std::variant_alternative_t<I, EventBody>::name}...};
}

}  // namespace

json::value write(const Event& event) {
  ObjectWriter out;
  out.put("sequence", event.sequence()).put("time", event.time()).put("type", std::string{name_of(event.body())});
  out.put("text", to_string(event.body()));
  std::visit([&](const auto& body) { put(out, body); }, event.body());
  return out.release();
}

Event read(const Node& node, As<Event>) {
  constexpr std::make_index_sequence<std::variant_size_v<EventBody>> bodies;
  ObjectReader in{node};
  const auto sequence = in.get<std::uint64_t>("sequence");
  const auto time = in.get<TimePoint>("time");
  const auto type = in.get<std::string>("type");
  in.ignore("text");  // derived; its wording may change between versions
  std::optional<EventBody> body = read_body(in, type, bodies);
  if (!body) in.node_of("type")->fail({Problem::Kind::choice, {}, event_names(bodies)});
  in.done();
  return {sequence, time, std::move(*body)};
}

}  // namespace pentimento::json_form
