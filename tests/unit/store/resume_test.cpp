#include "recorded_runs.hpp"
#include <pentimento/refinement_loop.hpp>

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace pentimento::test {
namespace {

using namespace std::chrono_literals;

/// A run that is resumed, with all its events.
class ResumedRun {
 public:
  ResumedRun(Loop loop, std::vector<Event> recorded, OnUnknownOutcome choice = OnUnknownOutcome::repeat)
      : events{std::move(recorded)} {
    loop.watch([this](const Event& event) { events.push_back(event); });
    outcome = resume(loop, Recording{events, choice});
  }
  std::vector<Event> events;
  Outcome outcome;
};

std::vector<Event> first(const std::vector<Event>& events, std::size_t count) {
  return {events.begin(), events.begin() + static_cast<std::ptrdiff_t>(count)};
}

/// What a run has made and decided, without times and costs.
std::vector<std::string> essence(const Transcript& run) {
  std::vector<std::string> lines;
  for (const Round& round : run.rounds()) {
    for (const Candidate& candidate : round.candidates()) {
      lines.push_back(to_string(candidate.id()) + ' ' + content_hash(candidate.image()) + ' ' +
                      candidate.request().prompt() + ' ' + std::to_string(run.score(candidate).musts_passed()) + ' ' +
                      std::string{to_string(candidate.decision()->reason())});
    }
  }
  lines.push_back(text_of(*run.stop_reason()));
  return lines;
}

std::size_t count_of(const std::vector<std::string>& calls, const std::string& call) {
  return static_cast<std::size_t>(std::ranges::count(calls, call));
}

const Event* find_announcement(const std::vector<Event>& events, CallKind kind) {
  const auto found = std::ranges::find_if(events, [&](const Event& event) {
    const std::optional<Call> call = announced_call(event.body());
    return call && call->kind() == kind;
  });
  return found == events.end() ? nullptr : &*found;
}

}  // namespace

TEST_SUITE("Resume") {
  TEST_CASE("ends a free run as if it had not been interrupted") {
    Run whole{paid_loop(scripted_roles(Paid::nothing)), paid_brief()};
    whole.start().finish();
    const std::vector<std::string> bodies = bodies_of(whole.events);
    for (std::size_t count = 1; count <= whole.events.size(); ++count) {
      CAPTURE(count);
      const ResumedRun resumed{paid_loop(scripted_roles(Paid::nothing)), first(whole.events, count),
                               OnUnknownOutcome::reject};
      CHECK_FALSE(resumed.outcome.error().has_value());
      CHECK(bodies_of(resumed.events) == bodies);
      CHECK(fold(resumed.events).value() == resumed.outcome.transcript());
    }
  }

  TEST_CASE("asks for nothing again that has ended") {
    const TemporaryFolder folder{memory()};
    Run whole{paid_loop(paid_roles(folder / "paid")), paid_brief()};
    whole.start().finish();
    const std::vector<std::string> all = calls_in(folder / "paid");
    for (std::size_t count = 1; count <= whole.events.size(); ++count) {
      CAPTURE(count);
      const std::vector<Event> recorded = first(whole.events, count);
      const std::vector<Call> open = open_calls(recorded);
      fs::remove(folder / "paid");
      const ResumedRun resumed{paid_loop(paid_roles(folder / "paid")), recorded};
      CHECK(essence(resumed.outcome.transcript()) == essence(whole.outcome->transcript()));
      CHECK(fold(resumed.events).value() == resumed.outcome.transcript());
      CHECK(resumed.outcome.transcript().ledger().reserved() == Money{});
      // Every call was made once, before or after; those that were in progress may have been made twice.
      std::size_t ended = 0;
      for (const Event& event : recorded) ended += ended_call(event.body()) ? 1 : 0;
      CHECK(ended + calls_in(folder / "paid").size() == all.size());
      for (const std::string& call : calls_in(folder / "paid")) CHECK(count_of(all, call) == 1);
      // The calls that were in progress may have been billed.
      const auto generating = static_cast<std::int64_t>(
          std::ranges::count(open, CallKind::generate, [](const Call& call) { return call.kind(); }));
      CHECK(resumed.outcome.transcript().ledger().total(Billing::maybe_billed) ==
            Money::from_micros(40'000 * generating));
    }
  }

  TEST_CASE("needs consent for what may have been billed") {
    for (const CallKind kind : {CallKind::plan, CallKind::generate, CallKind::compare, CallKind::revise}) {
      CAPTURE(static_cast<int>(kind));
      // Others than images do only if they have no retries left.
      const auto without_retries = [](const Roles& roles) {
        Loop loop = paid_loop(roles);
        loop.settings(RunSettings{loop.settings()}.critique_retries(0));
        return loop;
      };
      Run whole{without_retries(scripted_roles(Paid::everything)), paid_brief()};
      whole.start().finish();
      const Event* const announcement = find_announcement(whole.events, kind);
      REQUIRE(announcement != nullptr);
      const std::vector<Event> recorded = first(whole.events, announcement->sequence() + 1);
      const Roles roles = scripted_roles(Paid::everything);
      const ResumedRun rejected{paid_loop(roles), recorded, OnUnknownOutcome::reject};
      REQUIRE(rejected.outcome.error().has_value());
      CHECK(rejected.outcome.error()->code() == errc::outcome_unknown);
      CHECK(rejected.outcome.error()->message().find(to_string(kind)) != std::string::npos);
      CHECK(rejected.outcome.reason().kind() == StopKind::failed);
      CHECK(rejected.events.size() == recorded.size());
      CHECK(roles.generator->requests.empty());
      CHECK(rejected.outcome.transcript() == fold(recorded).value());

      const ResumedRun abandoned{paid_loop(scripted_roles(Paid::everything)), recorded, OnUnknownOutcome::abandon};
      const Event& next = *std::ranges::find_if(
          abandoned.events, [](const Event& event) { return event.as<event::CallFailed>() != nullptr; });
      const Error& error = next.as<event::CallFailed>()->error;
      CHECK(next.as<event::CallFailed>()->call.kind() == kind);
      CHECK(error.code() == errc::outcome_unknown);
      CHECK(error.charge().billing() == Billing::maybe_billed);
      CHECK(abandoned.outcome.transcript().stop_reason().has_value());
    }
  }

  TEST_CASE("retries a critique without consent") {
    Run whole{paid_loop(scripted_roles(Paid::everything)), paid_brief()};
    whole.start().finish();
    const Event* const announcement = find_announcement(whole.events, CallKind::critique);
    // The first generation's critique; the second draft was in progress as well, and is cut off.
    std::vector<Event> recorded = first(whole.events, announcement->sequence() + 1);
    const std::vector<Call> open = open_calls(recorded);
    const bool only_critiques =
        std::ranges::all_of(open, [](const Call& call) { return call.kind() == CallKind::critique; });
    const ResumedRun resumed{paid_loop(scripted_roles(Paid::everything)), recorded,
                             only_critiques ? OnUnknownOutcome::reject : OnUnknownOutcome::repeat};
    CHECK(essence(resumed.outcome.transcript()) == essence(whole.outcome->transcript()));
    // One critique may have been billed, not all that were reserved for its image.
    const Ledger& ledger = resumed.outcome.transcript().ledger();
    const auto lost = std::ranges::find_if(ledger.entries(), [](const Ledger::Entry& entry) {
      return entry.call().kind() == CallKind::critique && entry.charge().billing() == Billing::maybe_billed;
    });
    REQUIRE(lost != ledger.entries().end());
    CHECK(lost->charge().amount() == Money::from_micros(20'000));
  }

  TEST_CASE("keeps to the budget") {
    Run whole{paid_loop(paid_roles()), paid_brief()};
    whole.start().finish();
    // Interrupted again and again while it makes the last image: each time counts.
    std::vector<Event> recorded;
    for (const Event& event : whole.events) {
      recorded.push_back(event);
      const auto* const started = event.as<event::GenerationStarted>();
      if (started != nullptr && started->id == CandidateId{2, 1}) break;
    }
    Roles roles = paid_roles();
    roles.generator->script = [](int, const GenerationRequest&) { return Step<Generation>::raise("interrupted"); };
    int repeats = 0;
    for (; repeats < 200; ++repeats) {
      const ResumedRun resumed{paid_loop(paid_roles()), recorded};
      CHECK(resumed.outcome.transcript().ledger().spent() <= usd(5));
      if (resumed.outcome.reason().kind() == StopKind::money) break;
      recorded.assign(resumed.events.begin(), std::ranges::find_if(resumed.events, [&](const Event& event) {
                        return event.sequence() > recorded.size() && ended_call(event.body());
                      }));
    }
    CHECK(repeats > 10);
    CHECK(repeats < 200);
  }

  TEST_CASE("counts the time used and not the time between") {
    Roles roles = scripted_roles(Paid::nothing);
    const Loop loop = roles.loop(MaxRounds{3} || Deadline{10min});
    Run whole{loop, paid_brief()};
    whole.start().finish();
    // Begun long ago, and interrupted after nine minutes and a half.
    std::vector<Event> recorded;
    const auto put = [&](const Event& event, Duration after) {
      recorded.emplace_back(event.sequence(), TimePoint{std::chrono::hours{1000}} + after, event.body());
    };
    for (const Event& event : first(whole.events, 8)) put(event, event.sequence() == 0 ? 0min : 9min + 30s);
    const ResumedRun resumed{loop, recorded};
    CHECK(resumed.outcome.reason().kind() == StopKind::rounds);
    CHECK(resumed.events.back().time() - recorded.back().time() < 20s);
    // With nothing left, it ends at once.
    recorded.clear();
    for (const Event& event : first(whole.events, 8)) put(event, event.sequence() == 7 ? 10min : 0min);
    CHECK(ResumedRun{loop, recorded}.outcome.reason().kind() == StopKind::time);
  }

  TEST_CASE("returns the outcome of a run that has stopped") {
    Run whole{paid_loop(paid_roles()), paid_brief()};
    whole.start().finish();
    const Roles roles = paid_roles();
    const ResumedRun resumed{paid_loop(roles), whole.events};
    CHECK(resumed.events.size() == whole.events.size());
    CHECK(resumed.outcome.transcript() == whole.outcome->transcript());
    CHECK(roles.critic->plans == 0);
  }

  TEST_CASE("rejects another policy or backend") {
    Run whole{paid_loop(paid_roles()), paid_brief()};
    whole.start().finish();
    const std::vector<Event> recorded = first(whole.events, 9);
    const auto error_of = [&](const Loop& loop) {
      const Outcome outcome = resume(loop, Recording{recorded, OnUnknownOutcome::repeat});
      REQUIRE(outcome.error().has_value());
      CHECK(outcome.error()->code() == errc::invalid_argument);
      return outcome.error()->message();
    };
    CHECK(error_of(paid_roles().loop(MaxRounds{9})).find("stop policy") != std::string::npos);
    Roles other = paid_roles();
    other.generator->can = Capabilities{"another"}.seed(true);
    CHECK(error_of(paid_loop(other)).find("another") != std::string::npos);
    // Events that this machine would not record.
    std::vector<Event> forged = first(whole.events, 3);
    forged.emplace_back(3, forged.back().time(), event::RoundFinished{0});
    const Outcome outcome = resume(paid_loop(paid_roles()), Recording{forged});
    REQUIRE(outcome.error().has_value());
    CHECK(outcome.error()->code() == errc::invalid_argument);
    CHECK(resume(paid_loop(paid_roles()), Recording{std::vector<Event>{}}).error()->code() == errc::invalid_argument);
  }

  TEST_CASE("winds down a run that was being cancelled") {
    Roles roles = paid_roles();
    roles.generator->script = [](int, const GenerationRequest&) { return Step<Generation>::hang(); };
    Run whole{paid_loop(roles), paid_brief()};
    whole.start().settle();
    whole.cancel();
    whole.finish();
    const auto request = std::ranges::find_if(
        whole.events, [](const Event& event) { return event.as<event::StopRequested>() != nullptr; });
    REQUIRE(request != whole.events.end());
    const ResumedRun resumed{paid_loop(paid_roles()), std::vector<Event>(whole.events.begin(), request + 1),
                             OnUnknownOutcome::reject};
    CHECK(resumed.outcome.reason().kind() == StopKind::cancelled);
    CHECK(resumed.outcome.transcript().ledger().total(Billing::maybe_billed) == Money::from_micros(80'000));
  }

  TEST_CASE("goes on while its former holder is stopped") {
    const TemporaryFolder folder{memory()};
    const pid_t former = run_waiting(folder / "run", folder / "calls");
    REQUIRE(::kill(former, SIGSTOP) == 0);
    std::this_thread::sleep_for(60ms);
    const auto run = RunFolder::open(folder / "run", RunFolderOptions{}.lease_time(50ms)).value();
    Loop loop = paid_loop(paid_roles(folder / "calls"));
    loop.record(run);
    const Outcome outcome = resume(loop, Recording{run->record().events(), OnUnknownOutcome::repeat});
    CHECK(outcome.reason().kind() == StopKind::rounds);
    const std::vector<std::string> calls = calls_in(folder / "calls");
    // It wakes up with an image, cannot record it, and asks for nothing more.
    write_bytes(go_of(folder / "calls"), "");
    REQUIRE(::kill(former, SIGCONT) == 0);
    int status = 0;
    REQUIRE(::waitpid(former, &status, 0) == former);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(calls_in(folder / "calls") == calls);
    CHECK(RunFolder::read(folder / "run").value().transcript() == outcome.transcript());
  }

  TEST_CASE("goes on in the folder after kill -9 at every event") {
    Run whole{paid_loop(paid_roles()), paid_brief()};
    whole.start().finish();
    const TemporaryFolder folder{memory()};
    for (std::uint64_t at = 1; at < whole.events.size(); at += 1) {
      for (const When when : {When::before, When::after}) {
        CAPTURE(at);
        const std::string name = std::to_string(at) + (when == When::before ? "b" : "a");
        const fs::path killed = folder / name.c_str();
        const fs::path paid = folder / (name + ".paid").c_str();
        run_killed(killed, paid, at, when);
        const std::shared_ptr<RunFolder> run = RunFolder::open(killed).value();
        const std::vector<Event> recorded = run->record().events();
        const std::size_t open = run->record().open_calls().size();
        Loop loop = paid_loop(paid_roles(paid));
        loop.record(run);
        const Outcome outcome = resume(loop, Recording{recorded, OnUnknownOutcome::repeat});
        CHECK(essence(outcome.transcript()) == essence(whole.outcome->transcript()));
        CHECK(RunFolder::read(killed).value().transcript() == outcome.transcript());
        // Only calls that were in progress were made twice.
        std::vector<std::string> calls = calls_in(paid);
        std::ranges::sort(calls);
        std::size_t twice = 0;
        for (std::size_t i = 1; i < calls.size(); ++i) twice += calls[i] == calls[i - 1] ? 1 : 0;
        CHECK(twice <= open);
      }
    }
  }
}

}  // namespace pentimento::test
