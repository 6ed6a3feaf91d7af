#include "recorded_runs.hpp"
#include <pentimento/loop/replay.hpp>

#include <algorithm>

namespace pentimento::test {
namespace {

std::vector<Event> events_of(const Roles& roles, AnyStopPolicy policy, int drafts = 2) {
  Loop loop = roles.loop(std::move(policy));
  loop.settings(RunSettings{}.drafts(drafts).seed(7));
  Run run{std::move(loop), paid_brief()};
  run.start().finish();
  return run.events;
}

}  // namespace

TEST_SUITE("Replay") {
  TEST_CASE("gives the same transcript") {
    const Roles paid = scripted_roles(Paid::everything);
    Roles failing = paid_roles();
    failing.critic->script = [](int call, const CritiqueRequest&) {
      return call % 3 == 0 ? Step<Critique>{Error{errc::refused, "no"}} : Step<Critique>{verdicts("pf")};
    };
    Roles satisfied = paid_roles();
    satisfied.critic->script = [](int call, const CritiqueRequest&) {
      return call == 0 ? Step<Critique>{verdicts("pp")} : Step<Critique>::hang();
    };
    Roles unable = paid_roles();
    unable.generator->script = [](int, const GenerationRequest&) { return Step<Generation>::raise("broken"); };
    Roles plain = paid_roles();
    plain.generator->can = Capabilities{"plain"};
    plain.generator->script = [](int call, const GenerationRequest&) { return made(static_cast<std::uint32_t>(call)); };
    for (const std::vector<Event>& events :
         {events_of(paid, paid_policy()), events_of(failing, MaxRounds{4}),
          events_of(satisfied, Satisfied{} || MaxRounds{4}), events_of(unable, MaxRounds{4}),
          events_of(plain, MaxRounds{3} || Plateau{2}), events_of(paid, Budget{usd(0.5)}),
          events_of(paid_roles(), MaxImages{3})}) {
      const Replay replayed = replay(events).value();
      CHECK(replayed.transcript() == fold(events).value());
      CHECK(replayed.has_ended());
      CHECK(replayed.saved().is_zero());
    }
  }

  TEST_CASE("replays from a folder") {
    const TemporaryFolder folder{memory()};
    Loop loop = paid_loop(paid_roles());
    loop.record(RunFolder::create(folder / "run").value());
    Run run{std::move(loop), paid_brief()};
    run.start().finish();
    const RunRecord record = RunFolder::read(folder / "run").value();
    CHECK(replay(record.events()).value().transcript() == run.outcome->transcript());
  }

  TEST_CASE("stops earlier under another policy") {
    const std::vector<Event> events = events_of(paid_roles(), MaxRounds{3});
    // What a run with this policy does from the start.
    const std::vector<Event> shorter = events_of(paid_roles(), MaxRounds{2});
    const Replay replayed = replay(events, MaxRounds{2}).value();
    CHECK(replayed.has_ended());
    CHECK(replayed.transcript().stop_reason()->kind() == StopKind::rounds);
    CHECK(replayed.transcript().rounds().size() == 2);
    CHECK(replayed.transcript().events() == shorter.size());
    CHECK(replayed.saved() == Money::from_micros(60'000));  // the two images of a round
  }

  TEST_CASE("asks no reviser about another run") {
    const std::vector<Event> events = events_of(paid_roles(), MaxRounds{3});
    // The second draft would not have been made. What the reviser would have said then, nobody knows.
    const Replay replayed = replay(events, Budget{usd(0.06)}).value();
    CHECK_FALSE(replayed.has_ended());
    REQUIRE(replayed.transcript().rounds().size() == 1);
    CHECK(replayed.transcript().rounds().front().drafts().size() == 1);
    CHECK(replayed.transcript().rounds().front().finished().has_value());
    CHECK(replayed.transcript().ledger().spent() == Money::from_micros(30'000));
    CHECK(replayed.transcript().incumbent_id() == CandidateId{0, 0});
  }

  TEST_CASE("ends where the record does") {
    const std::vector<Event> events = events_of(paid_roles(), MaxRounds{2});
    const Replay replayed = replay(events, MaxRounds{9}).value();
    CHECK_FALSE(replayed.has_ended());
    CHECK(replayed.transcript().rounds().size() == 2);
    CHECK(replayed.saved().is_zero());
  }

  TEST_CASE("rejects events that no run records") {
    std::vector<Event> events = events_of(paid_roles(), MaxRounds{2});
    std::vector<Event> forged(events.begin(), events.begin() + 4);
    forged.emplace_back(4, forged.back().time(), event::RoundFinished{0});
    CHECK(replay(forged).error().code() == errc::invalid_argument);
    struct Custom {
      std::optional<StopReason> operator()(const Transcript& run, TimePoint) const {
        if (run.finished_rounds() < 2) return std::nullopt;
        return StopReason{StopKind::custom, "mine"};
      }
    };
    events = events_of(paid_roles(), Custom{});
    CHECK(replay(events).error().code() == errc::unsupported);
    CHECK(replay(events, Custom{}).value().transcript() == fold(events).value());
  }
}

}  // namespace pentimento::test
