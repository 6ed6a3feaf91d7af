#include "recorded_runs.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace pentimento::test {
namespace {

constexpr const char* child_variable = "PENTIMENTO_STORE_TEST_CHILD";

/// Written at once, so that the death of the process loses nothing.
void note(const fs::path& calls, const std::string& call) {
  if (calls.empty()) return;
  const int file = ::open(calls.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const std::string line = call + '\n';
  CHECK(::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  ::close(file);
}

/// Ends the process at an event.
class Killer final : public EventSink {
 public:
  explicit Killer(std::uint64_t at) : at_{at} {}

 private:
  asio::awaitable<Result<void>> do_on_event(Event event) override {
    if (event.sequence() == at_) ::raise(SIGKILL);
    co_return Result<void>{};
  }
  std::uint64_t at_;
};

pid_t spawn(const std::string& task) {
  const std::string variable = std::string{child_variable} + '=' + task;
  std::vector<char*> environment;
  for (char** each = environ; *each != nullptr; ++each) environment.push_back(*each);
  environment.push_back(const_cast<char*>(variable.c_str()));
  environment.push_back(nullptr);
  std::string program = "/proc/self/exe";
  std::string test = "--test-case=is a child process";
  std::string skipped = "--no-skip";
  std::array<char*, 4> arguments{program.data(), test.data(), skipped.data(), nullptr};
  pid_t child = 0;
  REQUIRE(::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environment.data()) == 0);
  return child;
}

}  // namespace

Roles scripted_roles(Paid paid, const fs::path& calls) {
  const auto cost = [paid](Paid least, int amount) { return Money::from_micros(paid >= least ? amount * 10'000 : 0); };
  const auto charge = [cost](Paid least, int amount) {
    return cost(least, amount).is_zero() ? Charge{} : Charge::paid(cost(least, amount));
  };
  Roles roles;
  roles.generator->price = cost(Paid::images, 4);
  roles.generator->script = [calls, charge](int, const GenerationRequest& request) {
    note(calls, "generate " + request.prompt() + ' ' + std::to_string(*request.seed()));
    // The image follows from the request, so that an interrupted run can be compared with one that was not.
    Generation generation{picture(static_cast<std::uint32_t>(*request.seed()))};
    return Step<Generation>{generation.charge(charge(Paid::images, 3))};
  };
  ScriptedCritic& critic = *roles.critic;
  critic.plan_price = critic.critique_price = critic.comparison_price = cost(Paid::everything, 2);
  critic.planning = [calls, charge](const Brief& brief) {
    note(calls, "plan");
    return Step<Plan>{claim_requirements(brief).charge(charge(Paid::everything, 1))};
  };
  critic.script = [calls, charge](int, const CritiqueRequest& request) {
    const CandidateId id = request.candidate().id();
    note(calls, "critique " + to_string(id));
    Critique critique = verdicts(id.round() == 2 ? "pf" : "ff");
    critique.judged(picture(static_cast<std::uint32_t>(id.round()) + 900));
    return Step<Critique>{critique.charge(charge(Paid::everything, 1))};
  };
  critic.comparison = [calls, charge](int, const ComparisonRequest& request) {
    note(calls, "compare " + to_string(request.first().id()) + ' ' + to_string(request.second().id()));
    return Step<Comparison>{Comparison{Preference::first}.charge(charge(Paid::everything, 1))};
  };
  roles.reviser->price = cost(Paid::everything, 2);
  roles.reviser->script = [calls, charge](int, const RevisionRequest& request) {
    const std::size_t round = request.transcript().rounds().size();
    note(calls, "revise " + std::to_string(round));
    GenerationRequest next{"try " + std::to_string(round)};
    next.init_image(request.transcript().incumbent()->image());
    Revision revision{Action::edit, std::move(next)};
    return Step<Revision>{revision.charge(charge(Paid::everything, 1)).author("scripted")};
  };
  return roles;
}

Brief paid_brief() { return brief_with(2).reference_image(picture(800)); }
AnyStopPolicy paid_policy() { return MaxRounds{3} || Budget{usd(5)}; }

Loop paid_loop(const Roles& roles) {
  Loop loop = roles.loop(paid_policy());
  loop.settings(RunSettings{}.drafts(2).seed(7));
  return loop;
}

std::vector<std::string> calls_in(const fs::path& file) {
  std::vector<std::string> calls;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);) calls.push_back(line);
  return calls;
}

fs::path memory() {
  std::error_code ignored;
  return fs::is_directory("/dev/shm", ignored) ? fs::path{"/dev/shm"} : fs::temp_directory_path();
}

void check_read_only(const fs::path& folder) {
  const pid_t child = spawn("nobody 0 " + folder.string() + " unused");
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

void kill_and_wait(pid_t process) {
  ::kill(process, SIGKILL);
  int status = 0;
  REQUIRE(::waitpid(process, &status, 0) == process);
}

void run_killed(const fs::path& folder, const fs::path& calls, std::uint64_t kill_at, When when) {
  const pid_t child = spawn(std::string{when == When::before ? "before" : "after"} + ' ' + std::to_string(kill_at) +
                            ' ' + folder.string() + ' ' + calls.string());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGKILL);
}

namespace {

pid_t start_and_await(const std::string& task, const fs::path& folder, const fs::path& calls, std::size_t count) {
  const pid_t child = spawn(task + " 0 " + folder.string() + ' ' + calls.string());
  const auto end = std::chrono::steady_clock::now() + patience;
  while (calls_in(calls).size() < count && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  REQUIRE(calls_in(calls).size() == count);
  return child;
}

}  // namespace

pid_t run_hanging(const fs::path& folder, const fs::path& calls) { return start_and_await("hang", folder, calls, 3); }
pid_t run_waiting(const fs::path& folder, const fs::path& calls) { return start_and_await("wait", folder, calls, 2); }
fs::path go_of(const fs::path& calls) { return calls.string() + ".go"; }

TEST_SUITE("RunFolder") {
  TEST_CASE("is a child process" * doctest::skip()) {
    const char* const task = std::getenv(child_variable);
    if (task == nullptr) return;
    std::istringstream words{task};
    std::string when;
    std::uint64_t kill_at = 0;
    std::string folder;
    std::string calls;
    words >> when >> kill_at >> folder >> calls;
    if (when == "nobody") {
      REQUIRE(::setgid(65534) == 0);
      REQUIRE(::setuid(65534) == 0);
      CHECK(RunFolder::read(folder).has_value());
      const auto opened = RunFolder::open(folder);
      REQUIRE(opened.has_error());
      CHECK(opened.error().message().find("read-only") != std::string::npos);
      CHECK(RunFolder::create(fs::path{folder}.parent_path() / "other").has_error());
      return;
    }
    Roles roles = paid_roles(calls);
    if (when == "hang") {
      const auto script = roles.generator->script;
      roles.generator->script = [script](int call, const GenerationRequest& request) {
        static_cast<void>(script(call, request));
        return Step<Generation>::hang();
      };
    }
    if (when == "wait") {
      const auto script = roles.generator->script;
      roles.generator->script = [script, calls](int call, const GenerationRequest& request) {
        Step<Generation> step = script(call, request);
        while (!fs::exists(go_of(calls))) std::this_thread::sleep_for(std::chrono::milliseconds{2});
        return step;
      };
    }
    Loop loop = paid_loop(roles);
    if (when == "before") loop.record(std::make_shared<Killer>(kill_at));
    loop.record(RunFolder::create(folder).value());
    if (when == "after") loop.record(std::make_shared<Killer>(kill_at));
    const Outcome outcome = run(loop, paid_brief());
    if (when == "wait") {
      REQUIRE(outcome.error().has_value());
      CHECK(outcome.error()->code() == errc::observer_failed);
    }
  }
}

}  // namespace pentimento::test
