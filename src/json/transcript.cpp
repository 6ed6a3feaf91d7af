// Whole runs. The record that is read back is the events; what folds from them is only written, apart from its parts.

#include "json/codec.hpp"
#include <pentimento/content_hash.hpp>

namespace pentimento::json_form {

json::value write(const Score& score) {
  ObjectWriter out;
  out.put("percent", score.percent())
      .put("fraction", score.fraction())
      .put("passed", score.passed())
      .put("items", score.items());
  out.put("musts_passed", score.musts_passed()).put("musts", score.musts());
  return out.put("satisfied", score.satisfied()).release();
}

// The ledger ----------------------------------------------------------------------------------------------------------

json::value write(const Ledger::Entry& entry) {
  return ObjectWriter{}.put("call", entry.call()).put("charge", entry.charge()).release();
}

Ledger::Entry read(const Node& node, As<Ledger::Entry>) {
  ObjectReader in{node};
  const auto call = in.get<Call>("call");
  const auto charge = in.get<Charge>("charge");
  in.done();
  return {call, charge};
}

namespace {

/// The reservation of an open call.
struct Reservation {
  Call call;
  Money worst_case;
};

json::value write_reservations(const std::vector<Ledger::Entry>& reservations) {
  json::array array;
  for (const Ledger::Entry& entry : reservations) {
    array.push_back(ObjectWriter{}.put("call", entry.call()).put("micros", entry.charge().amount()).release());
  }
  return array;
}

Reservation read(const Node& node, As<Reservation>) {
  ObjectReader in{node};
  const auto call = in.get<Call>("call");
  const auto worst_case = in.get<Money>("micros");
  in.done();
  return {call, worst_case};
}

}  // namespace

json::value write(const Ledger& ledger) {
  json::object object = ObjectWriter{}.put("entries", ledger.entries()).release();
  if (!ledger.reservations().empty()) object.emplace("reservations", write_reservations(ledger.reservations()));
  object.emplace("spent_micros", write(ledger.spent()));
  object.emplace("reserved_micros", write(ledger.reserved()));
  return object;
}

Ledger read(const Node& node, As<Ledger>) {
  ObjectReader in{node};
  Ledger ledger;
  for (const Ledger::Entry& entry : in.get<std::vector<Ledger::Entry>>("entries"))
    ledger.settle(entry.call(), entry.charge());
  for (const Reservation& entry : in.get_or(std::vector<Reservation>{}, "reservations"))
    ledger.reserve(entry.call, entry.worst_case);
  in.check("spent_micros", write(ledger.spent()));
  in.check("reserved_micros", write(ledger.reserved()));
  in.done();
  return ledger;
}

// Rounds --------------------------------------------------------------------------------------------------------------

json::value write(const Draft& draft) {
  ObjectWriter out;
  out.put("id", draft.id()).put("request", draft.request()).put("started", draft.started());
  return out.put_unless_empty("ended", draft.ended()).put_unless_empty("error", draft.error()).release();
}

Draft read(const Node& node, As<Draft>) {
  ObjectReader in{node};
  const auto id = in.get<CandidateId>("id");
  auto request = in.get<GenerationRequest>("request");
  Draft draft{id, std::move(request), in.get<TimePoint>("started")};
  if (const auto ended = in.find<TimePoint>("ended")) draft.ended(*ended);
  if (auto error = in.find<Error>("error")) draft.error(std::move(*error));
  in.done();
  return draft;
}

namespace {

/// A round; with the scores of its candidates where the run is known.
json::object write_round(const Round& round, const Transcript* run) {
  ObjectWriter out;
  out.put("index", round.index()).put("started", round.started()).put_unless_empty("finished", round.finished());
  out.put("revision", round.revision()).put("drafts", round.drafts());
  json::object object = out.release();
  json::array candidates;
  for (const Candidate& candidate : round.candidates()) {
    json::object written = write(candidate).get_object();
    if (run != nullptr && candidate.critique()) written.emplace("score", write(run->score(candidate)));
    candidates.push_back(std::move(written));
  }
  object.emplace("candidates", std::move(candidates));
  if (round.accepted()) object.emplace("accepted", write(*round.accepted()));
  return object;
}

json::array write_failures(const std::vector<event::CallFailed>& failures) {
  json::array array;
  for (const event::CallFailed& failed : failures) {
    array.push_back(ObjectWriter{}.put("call", failed.call).put("error", failed.error).release());
  }
  return array;
}

}  // namespace

json::value write(const Round& round) { return write_round(round, nullptr); }

// The run -------------------------------------------------------------------------------------------------------------

json::value write(const Transcript& run) {
  ObjectWriter out;
  out.put("brief", run.brief()).put("brief_sha256", content_hash(run.brief())).put("settings", run.settings());
  put_checklist(out, run.checklist());
  out.put("started", run.started()).put("updated", run.updated()).put("events", run.events());
  json::object object = out.release();
  json::array rounds;
  for (const Round& round : run.rounds()) rounds.push_back(write_round(round, &run));
  object.emplace("rounds", std::move(rounds));
  if (run.incumbent_id()) object.emplace("incumbent", write(*run.incumbent_id()));
  object.emplace("images_requested", run.images_requested());
  object.emplace("ledger", write(run.ledger()));
  if (!run.failures().empty()) object.emplace("failures", write_failures(run.failures()));
  if (run.stop_reason()) object.emplace("stop_reason", write(*run.stop_reason()));
  if (run.error()) object.emplace("error", write(*run.error()));
  return object;
}

json::value write(const Outcome& outcome) {
  ObjectWriter out;
  out.put("reason", outcome.reason()).put_unless_empty("error", outcome.error());
  if (outcome.has_best()) out.put("best", outcome.best().id()).put("score", outcome.score());
  out.put("fully_judged", outcome.fully_judged()).put_unless_empty("unjudged", outcome.unjudged());
  return out.put("transcript", outcome.transcript()).release();
}

json::value write(const RevisionRequest& request) {
  return ObjectWriter{}.put("transcript", request.transcript()).put("capabilities", request.capabilities()).release();
}

}  // namespace pentimento::json_form
