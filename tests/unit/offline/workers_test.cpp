#include "offline/pixels/workers.hpp"

#include "measure_pictures.hpp"
#include "support/wait_for.hpp"
#include <pentimento/offline/measure.hpp>
#include <pentimento/offline/sketch.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace pentimento::offline;

namespace {

using Clock = std::chrono::steady_clock;

/// A starter of threads that may be had as often as `left` says.
Workers::Starter starting(std::shared_ptr<std::atomic<int>> left) {
  return [left](std::function<void()> run) {
    if (left->fetch_sub(1) <= 0)
      throw std::system_error{std::make_error_code(std::errc::resource_unavailable_try_again)};
    return std::thread{std::move(run)};
  };
}

boost::asio::awaitable<Result<int>> answer(Workers& workers) {
  auto work = [](const std::stop_token&) -> Result<int> { return 42; };
  Result<int> result = co_await on_workers(workers, work);
  co_return result;
}

/// Ends when it is told to stop, or never.
boost::asio::awaitable<Result<int>> endless(Workers& workers, std::shared_ptr<std::atomic<int>> begun,
                                            std::shared_ptr<std::atomic<int>> stopped) {
  auto work = [begun, stopped](const std::stop_token& stop) -> Result<int> {
    ++*begun;
    while (!stop.stop_requested()) std::this_thread::yield();
    ++*stopped;
    return no_longer_wanted();
  };
  Result<int> result = co_await on_workers(workers, work);
  co_return result;
}

boost::asio::awaitable<void> draw(SketchGenerator& generator, GenerationRequest request) {
  Result<Generation> result = co_await generator.generate(std::move(request));
  CHECK(result.has_value());
}

GenerationRequest large(std::uint64_t seed, std::uint32_t side) {
  GenerationRequest request{"three red mugs on a plain white table, bright"};
  request.seed(seed).size(PixelSize{side, side});
  return request;
}

boost::asio::awaitable<Result<Critique>> judge(MeasuringCritic& critic, Image image) {
  const Brief brief{"a red cup"};
  Checklist checklist{brief.requirements(), {Requirement{"colour-cup-red", "the cup is red"}}};
  Candidate candidate{CandidateId{0, 0}, GenerationRequest{"-"}, std::move(image)};
  CritiqueRequest request{brief, std::move(checklist), std::move(candidate)};
  Result<Critique> result = co_await critic.critique(std::move(request));
  co_return result;
}

/// How a child of this program ended: its status, or nothing if it had to be ended.
std::optional<int> run_child(const char* name, std::vector<std::string> variables) {
  const std::string test_case = std::string{"--test-case="} + name;
  std::vector<std::string> words{"/proc/self/exe", "--no-skip", test_case};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, arguments.data(), environment.data()) == 0);
  const Clock::time_point end = Clock::now() + test::patience;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (Clock::now() > end) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      return std::nullopt;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return status;
}

constexpr int cannot_be_limited = 77;

}  // namespace

TEST_CASE("work is done on another thread") {
  Workers workers;
  CHECK(test::wait_for(answer(workers)).value() == 42);
}

TEST_CASE("when the first thread cannot be started that is an error, and the next call tries again") {
  const auto left = std::make_shared<std::atomic<int>>(0);
  Workers workers{starting(left)};
  const Result<int> none = test::wait_for(answer(workers));
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().code() == errc::backend_failed);
  CHECK(none.error().message().find("thread") != std::string::npos);
  *left = 4;
  CHECK(test::wait_for(answer(workers)).value() == 42);
}

TEST_CASE("when a later thread cannot be started, those there are do the work") {
  Workers workers{starting(std::make_shared<std::atomic<int>>(1))};
  CHECK(test::wait_for(answer(workers)).value() == 42);
  CHECK(test::wait_for(answer(workers)).value() == 42);
}

TEST_CASE("work that nobody waits for is told to stop, and not begun if it has not begun") {
  const auto begun = std::make_shared<std::atomic<int>>(0);
  const auto stopped = std::make_shared<std::atomic<int>>(0);
  Workers workers{starting(std::make_shared<std::atomic<int>>(1))};
  boost::asio::io_context context;
  std::vector<boost::asio::cancellation_signal> signals(3);
  int ends = 0;
  for (auto& signal : signals) {
    boost::asio::co_spawn(
        context, endless(workers, begun, stopped),
        boost::asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, Result<int>) { ++ends; }));
  }
  context.poll();
  while (*begun == 0) std::this_thread::yield();
  for (std::size_t i = signals.size(); i-- > 0;) signals[i].emit(boost::asio::cancellation_type::terminal);
  context.restart();
  context.run_for(test::patience);
  CHECK(ends == 3);
  CHECK(test::wait_for(answer(workers)).value() == 42);  // behind all of them
  CHECK(*begun == 1);
  CHECK(*stopped == 1);
}

TEST_CASE("work ends with the event loop of who waits for it") {
  const auto begun = std::make_shared<std::atomic<int>>(0);
  const auto stopped = std::make_shared<std::atomic<int>>(0);
  {
    Workers workers;
    auto context = std::make_unique<boost::asio::io_context>();
    boost::asio::co_spawn(*context, endless(workers, begun, stopped), boost::asio::detached);
    context->poll();
    while (*begun == 0) std::this_thread::yield();
    context.reset();
  }
  CHECK(*stopped == 1);
}

TEST_CASE("drawings that nobody waits for do not keep their generator") {
  const std::uint32_t side = 3072;
  const Clock::time_point start = Clock::now();
  {
    boost::asio::io_context context;
    SketchGenerator generator;
    boost::asio::co_spawn(context, draw(generator, large(0, side)), boost::asio::detached);
    context.run();
  }
  const auto one = Clock::now() - start;
  Clock::time_point cancelled;
  {
    SketchGenerator generator;
    boost::asio::io_context context;
    for (std::uint64_t seed = 1; seed <= 8; ++seed)
      boost::asio::co_spawn(context, draw(generator, large(seed, side)), boost::asio::detached);
    context.run_for(one / 8);
    cancelled = Clock::now();
  }
  const auto lingered = Clock::now() - cancelled;
  CAPTURE(std::chrono::duration<double>(one).count());
  CAPTURE(std::chrono::duration<double>(lingered).count());
  // Eight drawings take as long as four one after the other, on two processors.
  CHECK(lingered < one);
}

// In a child process, whose number of threads is limited to those it has and PENTIMENTO_TEST_THREADS more.
TEST_CASE("child: with few threads" * doctest::skip()) {
  const char* setting = std::getenv("PENTIMENTO_TEST_THREADS");
  REQUIRE(setting != nullptr);
  const int more = std::atoi(setting);
  const Image photograph{pictures::photograph_bytes("coffee.png")};
  std::vector<std::thread> threads;
  rlim_t running = 0;
  for ([[maybe_unused]] const auto& task : std::filesystem::directory_iterator{"/proc/self/task"}) ++running;
  // The limit is one for all processes of a user, and none for root: a user without another process is told exactly.
  const bool root = geteuid() == 0;
  const rlimit limit{root ? running + static_cast<rlim_t>(more) : 0, root ? running + static_cast<rlim_t>(more) : 0};
  constexpr uid_t nobody_else = 2'000'054'321;
  if ((!root && more > 0) || setrlimit(RLIMIT_NPROC, &limit) != 0 || (root && setuid(nobody_else) != 0))
    std::_Exit(cannot_be_limited);
  std::atomic<bool> go = false;
  bool limited = false;
  try {
    for (int i = 0; i <= more; ++i) {
      threads.emplace_back([&] {
        while (!go) std::this_thread::yield();
      });
    }
  } catch (const std::system_error&) {
    limited = true;
  }
  go = true;
  for (std::thread& thread : threads) thread.join();
  if (!limited) std::_Exit(cannot_be_limited);

  const auto as_expected = [&](const std::optional<Error>& error) {
    std::cout << more << " more: " << (error ? error->message() : "done") << '\n';
    if (!error) return more > 0;
    return error->code() == errc::backend_failed && error->message().find("thread") != std::string::npos &&
           error->message().find("damaged") == std::string::npos;
  };
  std::optional<Error> error;
  if (std::getenv("PENTIMENTO_TEST_DRAWS") != nullptr) {
    SketchGenerator generator;
    if (const auto drawn = test::wait_for(generator.generate(large(1, 256))); !drawn) error = drawn.error();
  } else {
    MeasuringCritic critic;
    if (const auto judged = test::wait_for(judge(critic, photograph)); !judged) error = judged.error();
  }
  const bool right = as_expected(error);
  std::cout.flush();
  std::_Exit(right ? 0 : 1);
}

TEST_CASE("a system that has no more threads makes errors that say so: no hang, and no blame of the picture") {
  for (int i = 0; i < 10; ++i) {
    const int more = i / 2;
    CAPTURE(more);
    CAPTURE(i % 2);
    std::vector<std::string> settings{"PENTIMENTO_TEST_THREADS=" + std::to_string(more)};
    if (i % 2 == 1) settings.emplace_back("PENTIMENTO_TEST_DRAWS=1");
    const auto status = run_child("child: with few threads", std::move(settings));
    REQUIRE_MESSAGE(status, "it hangs");
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == cannot_be_limited) {
      MESSAGE("the number of threads cannot be limited here");
      continue;
    }
    CAPTURE(*status);
    CHECK(WIFEXITED(*status));
    CHECK(WEXITSTATUS(*status) == 0);
  }
}
