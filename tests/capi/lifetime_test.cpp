// Destroying runs and engines that are at work: from callbacks, from several threads, and after a fork.

#include "api.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace pentimento::test;

namespace {

constexpr int patience = 30'000;

RunHandle refine(const EngineHandle& engine, const ptm_run_options* options = nullptr, std::string_view more = "") {
  RunHandle run;
  const std::string json = request(more);
  REQUIRE(ptm_refine(engine.get(), view(json), options, &run, nullptr) == PTM_OK);
  return run;
}

/// A whole progressive JPEG of these sides with so many empty scans: few bytes that take long to decode.
std::vector<std::uint8_t> scan_bomb(std::uint16_t side, int scans) {
  std::vector<std::uint8_t> bytes{0xFF, 0xD8};
  const auto add = [&](std::initializer_list<int> more) { bytes.insert(bytes.end(), more.begin(), more.end()); };
  const int high = side >> 8;
  const int low = side & 0xFF;
  // The quantization table, often: an image that grows too much by decoding would be rejected.
  for (int segment = 0; segment < 2; ++segment) {
    constexpr int tables = 1000;
    constexpr int length = 2 + 65 * tables;
    add({0xFF, 0xDB, length >> 8, length & 0xFF});
    for (int table = 0; table < tables; ++table) {
      add({0});
      bytes.insert(bytes.end(), 64, 1);
    }
  }
  add({0xFF, 0xC2, 0, 11, 8, high, low, high, low, 1, 1, 0x11, 0});                      // progressive, one component
  add({0xFF, 0xC4, 0, 20, 0x00, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});     // DC: one code
  add({0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xE0});  // AC: a run of empty blocks
  const std::size_t blocks = std::size_t{(side + 7U) / 8} * ((side + 7U) / 8);
  add({0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0});
  bytes.insert(bytes.end(), (blocks + 7) / 8, 0);
  // Each AC scan says: this many blocks are empty, 32,767 with each code of 15 bits.
  std::string bits;
  for (std::size_t left = 0; left < blocks; left += 32'767) bits += '0' + std::string(14, '1');
  bits.resize((bits.size() + 7) / 8 * 8, '0');
  std::vector<std::uint8_t> scan{0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 0x3F, 0};
  for (std::size_t i = 0; i < bits.size(); i += 8) {
    scan.push_back(static_cast<std::uint8_t>(std::stoi(bits.substr(i, 8), nullptr, 2)));
    if (scan.back() == 0xFF) scan.push_back(0);
  }
  for (int i = 0; i < scans; ++i) bytes.insert(bytes.end(), scan.begin(), scan.end());
  add({0xFF, 0xD9});
  return bytes;
}

}  // namespace

TEST_SUITE_BEGIN("C ABI: lifetimes");

TEST_CASE("destroying an engine cancels its runs") {
  Backend generator{Backend::Finish::never};
  Backend critic;
  EngineHandle engine = new_engine();
  generator.add_generator(engine.get());
  critic.add_critic(engine.get());
  const RunHandle run = refine(engine);
  REQUIRE(generator.wait_started(1));
  ptm_call* const call = generator.open().front();
  engine.reset();
  CHECK(generator.cancelled == 1);
  CHECK(generator.destroyed == 1);
  CHECK(critic.destroyed == 1);
  Error error;
  CHECK(ptm_run_wait(run.get(), 0, &error) == PTM_E_HANDLE);
  CHECK(Backend::answer(call) == PTM_E_HANDLE);
}

TEST_CASE("runs of a destroyed engine") {
  Backend generator;
  Backend critic;
  EngineHandle engine = new_engine();
  generator.add_generator(engine.get());
  critic.add_critic(engine.get());
  std::vector<RunHandle> runs;
  for (int i = 0; i < 20; ++i) runs.push_back(refine(engine));
  REQUIRE(ptm_run_wait(runs.front().get(), patience, nullptr) == PTM_OK);
  engine.reset();
  for (const RunHandle& run : runs) CHECK(ptm_run_wait(run.get(), 0, nullptr) == PTM_E_HANDLE);
}

TEST_CASE("a replaced backend calls its engine") {
  static ptm_engine* engine;
  static ptm_status asked;
  EngineHandle owned = new_engine();
  engine = owned.get();
  ptm_backend functions{};
  functions.struct_size = sizeof functions;
  functions.abi_version = PTM_ABI_VERSION;
  functions.start = [](void*, ptm_call*) {};
  functions.destroy = [](void*) {
    Text text;
    asked = ptm_engine_backends(engine, &text, nullptr);
  };
  REQUIRE(ptm_engine_add_critic(engine, PTM_STR(R"({"name": "x"})"), &functions, nullptr) == PTM_OK);
  REQUIRE(ptm_engine_add_critic(engine, PTM_STR(R"({"name": "x"})"), &functions, nullptr) == PTM_OK);
  CHECK(asked == PTM_OK);
}

TEST_CASE("a destroyed run calls nobody") {
  struct Counts {
    std::atomic<int> events{0};
    std::atomic<int> destroyed{0};
  } counts;
  Backend generator{Backend::Finish::never};
  Backend critic;
  EngineHandle engine = new_engine();
  generator.add_generator(engine.get());
  critic.add_critic(engine.get());
  ptm_run_options options{};
  options.struct_size = sizeof options;
  options.events = PTM_EVENTS_THREAD;
  options.user = &counts;
  options.on_event = [](void* user, ptm_run*, ptm_str) { ++static_cast<Counts*>(user)->events; };
  options.destroy = [](void* user) { ++static_cast<Counts*>(user)->destroyed; };
  RunHandle run = refine(engine, &options);
  REQUIRE(generator.wait_started(1));
  run.reset();
  const int events = counts.events;
  REQUIRE(generator.wait_cancelled(1));
  engine.reset();
  CHECK(counts.events <= events + 1);  // the one that was on its way
  CHECK(counts.destroyed == 1);
}

TEST_CASE("destroys run and engine within a callback") {
  static ptm_engine* engine = nullptr;
  static std::atomic<int> destroyed;
  for (const bool whole_engine : {false, true}) {
    CAPTURE(whole_engine);
    Backend generator;
    Backend critic;
    destroyed = 0;
    engine = nullptr;
    REQUIRE(ptm_engine_create(nullptr, &engine, nullptr) == PTM_OK);
    generator.add_generator(engine);
    critic.add_critic(engine);
    ptm_run_options options{};
    options.struct_size = sizeof options;
    options.events = PTM_EVENTS_THREAD;
    options.on_event = whole_engine ? [](void*, ptm_run*, ptm_str) { ptm_engine_destroy(engine); }
                                    : [](void*, ptm_run* run, ptm_str) { ptm_run_destroy(run); };
    options.destroy = [](void*) { ++destroyed; };
    ptm_run* run = nullptr;
    const std::string json = request();
    REQUIRE(ptm_refine(engine, view(json), &options, &run, nullptr) == PTM_OK);
    if (!whole_engine) {
      while (ptm_run_wait(run, 1, nullptr) != PTM_E_HANDLE) {}
      ptm_engine_destroy(engine);
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while ((destroyed == 0 || generator.destroyed == 0 || critic.destroyed == 0) &&
           std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    CHECK(destroyed == 1);
    CHECK(generator.destroyed == 1);
    CHECK(critic.destroyed == 1);
    CHECK(ptm_run_wait(run, 0, nullptr) == PTM_E_HANDLE);
  }
}

TEST_CASE("two engines destroy each other within callbacks") {
  struct Other {
    ptm_engine* engine = nullptr;
    std::atomic<int>* in = nullptr;
    std::atomic<int> destroyed{0};
  };
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> in{0};
    Other others[2];
    ptm_engine* engines[2] = {};
    Backend generators[2];
    Backend critics[2];
    for (int i = 0; i < 2; ++i) {
      REQUIRE(ptm_engine_create(nullptr, &engines[i], nullptr) == PTM_OK);
      generators[i].add_generator(engines[i]);
      critics[i].add_critic(engines[i]);
    }
    for (int i = 0; i < 2; ++i) {
      others[i].engine = engines[1 - i];
      others[i].in = &in;
      ptm_run_options options{};
      options.struct_size = sizeof options;
      options.events = PTM_EVENTS_THREAD;
      options.user = &others[i];
      options.on_event = [](void* user, ptm_run*, ptm_str) {
        Other& self = *static_cast<Other*>(user);
        ++*self.in;
        while (*self.in < 2) std::this_thread::yield();  // both are in a callback now
        ptm_engine_destroy(self.engine);
      };
      options.destroy = [](void* user) { ++static_cast<Other*>(user)->destroyed; };
      ptm_run* run = nullptr;
      const std::string json = request();
      REQUIRE(ptm_refine(engines[i], view(json), &options, &run, nullptr) == PTM_OK);
    }
    const auto is_over = [&] {
      for (int i = 0; i < 2; ++i)
        if (others[i].destroyed == 0 || generators[i].destroyed == 0 || critics[i].destroyed == 0) return false;
      return true;
    };
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!is_over() && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    REQUIRE(is_over());
  }
}

TEST_CASE("several threads destroy the same handles") {
  for (int round = 0; round < 40; ++round) {
    Backend generator;
    Backend critic;
    ptm_engine* engine = nullptr;
    REQUIRE(ptm_engine_create(nullptr, &engine, nullptr) == PTM_OK);
    generator.add_generator(engine);
    critic.add_critic(engine);
    std::vector<ptm_run*> runs(4, nullptr);
    const std::string json = request();
    for (ptm_run*& run : runs) REQUIRE(ptm_refine(engine, view(json), nullptr, &run, nullptr) == PTM_OK);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        ptm_run* const run = runs[static_cast<std::size_t>(i)];
        for (ptm_run* const each : runs) {
          Text text;
          ptm_run_next(each, 0, &text, nullptr);
          ptm_run_cancel(each, nullptr);
        }
        if (i % 2 == 0) {
          ptm_run_destroy(run);
          ptm_run_destroy(run);
        } else {
          ptm_run* another = nullptr;
          ptm_refine(engine, view(json), nullptr, &another, nullptr);
          ptm_engine_destroy(engine);
          ptm_run_wait(another, 10, nullptr);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    ptm_engine_destroy(engine);
    CHECK(generator.destroyed == 1);
    CHECK(critic.destroyed == 1);
    CHECK(ptm_engine_backends(engine, nullptr, nullptr) == PTM_E_INVALID_ARGUMENT);
    Text text;
    CHECK(ptm_engine_backends(engine, &text, nullptr) == PTM_E_HANDLE);
  }
}

TEST_CASE("a call is finished once by two threads") {
  for (int round = 0; round < 200; ++round) {
    Backend generator{Backend::Finish::never};
    Backend critic;
    const EngineHandle engine = new_engine();
    generator.add_generator(engine.get());
    critic.add_critic(engine.get());
    const RunHandle run = refine(engine);
    REQUIRE(generator.wait_started(1));
    ptm_call* const call = generator.open().front();
    std::atomic<int> finished{0};
    const auto finish = [&] { finished += Backend::answer(call) == PTM_OK ? 1 : 0; };
    std::thread one{finish};
    std::thread other{finish};
    if (round % 2 == 0) ptm_run_cancel(run.get(), nullptr);
    one.join();
    other.join();
    CHECK(finished == 1);
    CHECK(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
  }
}

TEST_CASE("runs are destroyed while another thread serves their sinks") {
  for (int round = 0; round < 20; ++round) {
    Backend generator;
    Backend critic;
    Backend sink{Backend::Finish::never};
    EngineHandle engine = new_engine(2);
    generator.add_generator(engine.get());
    critic.add_critic(engine.get());
    std::atomic<bool> is_over{false};
    std::thread serving{[&] {
      for (std::size_t served = 0; !is_over;) {
        const std::vector<ptm_call*> calls = sink.open();
        for (; served < calls.size(); ++served) ptm_call_finish(calls[served], PTM_STR("{}"), nullptr, 0, nullptr);
        std::this_thread::yield();
      }
    }};
    const ptm_backend functions = sink.functions();
    ptm_run_options options{};
    options.struct_size = sizeof options;
    options.sink = &functions;
    std::vector<RunHandle> runs;
    for (int i = 0; i < 8; ++i) runs.push_back(refine(engine, &options));
    for (std::size_t i = 0; i < runs.size(); i += 2) runs[i].reset();
    CHECK(ptm_run_wait(runs[1].get(), patience, nullptr) == PTM_OK);
    ptm_run_cancel(runs[3].get(), nullptr);
    engine.reset();
    CHECK(sink.destroyed == 8);
    is_over = true;
    serving.join();
  }
}

TEST_CASE("destroy is called before the engine ends") {
  for (int round = 0; round < 50; ++round) {
    Backend generator{Backend::Finish::never};
    Backend critic;
    EngineHandle engine = new_engine();
    generator.add_generator(engine.get());
    critic.add_critic(engine.get());
    std::atomic<int> destroyed{0};
    ptm_run_options options{};
    options.struct_size = sizeof options;
    options.user = &destroyed;
    options.destroy = [](void* user) { ++*static_cast<std::atomic<int>*>(user); };
    const RunHandle run = refine(engine, &options);
    REQUIRE(generator.wait_started(1));
    std::thread waiting{[&] { ptm_run_wait(run.get(), patience, nullptr); }};
    engine.reset();
    CHECK(destroyed == 1);
    waiting.join();
  }
}

TEST_CASE("an engine waits for a poll") {
  struct Host {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_in = false;
    bool may_go = false;
    std::atomic<bool> is_gone{false};
    std::atomic<int> late{0};
    std::atomic<int> destroyed{0};
  } host;
  Backend generator;
  Backend critic;
  EngineHandle engine = new_engine();
  generator.add_generator(engine.get());
  critic.add_critic(engine.get());
  ptm_run_options options{};
  options.struct_size = sizeof options;
  options.events = PTM_EVENTS_POLLED;
  options.user = &host;
  options.on_event = [](void* user, ptm_run*, ptm_str) {
    Host& self = *static_cast<Host*>(user);
    std::unique_lock lock{self.mutex};
    self.is_in = true;
    self.changed.notify_all();
    self.changed.wait(lock, [&] { return self.may_go; });
    if (self.is_gone) ++self.late;
  };
  options.destroy = [](void* user) { ++static_cast<Host*>(user)->destroyed; };
  const RunHandle run = refine(engine, &options);
  std::thread polling{[&] { ptm_run_poll(run.get(), patience, nullptr, nullptr); }};
  {
    std::unique_lock lock{host.mutex};
    host.changed.wait(lock, [&] { return host.is_in; });
  }
  std::thread closing{[&] {
    engine.reset();
    host.is_gone = true;
    host.late += host.destroyed == 1 ? 0 : 1;
  }};
  while (ptm_run_wait(run.get(), 0, nullptr) != PTM_E_HANDLE) std::this_thread::yield();
  {
    const std::lock_guard lock{host.mutex};
    host.may_go = true;
  }
  host.changed.notify_all();
  polling.join();
  closing.join();
  CHECK(host.late == 0);
  CHECK(host.destroyed == 1);
}

TEST_CASE("an engine does not wait for a scan bomb") {
  for (const int scans : {2000, 60}) {  // rejected by its header, and decoded, which takes about a second
    CAPTURE(scans);
    Backend generator{Backend::Finish::never};
    EngineHandle engine = new_engine();
    generator.add_generator(engine.get());
    RunHandle run;
    REQUIRE(ptm_refine(engine.get(),
                       PTM_STR(R"({"brief": "three red mugs on a white background", "generator": "mine"})"), nullptr,
                       &run, nullptr) == PTM_OK);
    REQUIRE(generator.wait_started(1));
    const std::vector<std::uint8_t> bytes = scan_bomb(8000, scans);
    Picture bomb;
    REQUIRE(ptm_image_create(bytes.data(), bytes.size(), &bomb, nullptr) == PTM_OK);
    const ptm_image* const images[] = {bomb.get()};
    REQUIRE(ptm_call_finish(generator.open().front(), PTM_STR("{}"), images, 1, nullptr) == PTM_OK);
    Text event;
    do {
      REQUIRE(ptm_run_next(run.get(), patience, &event, nullptr) == PTM_OK);
    } while (string(event).find("critique_started") == std::string::npos);
    std::this_thread::sleep_for(std::chrono::milliseconds{100});  // it is being decoded
    const auto begin = std::chrono::steady_clock::now();
    engine.reset();
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::milliseconds{500});
    CHECK(generator.destroyed == 1);
  }
}

TEST_CASE("every function after a fork") {
  const EngineHandle engine = new_engine();
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ptm_engine* other = nullptr;
    ptm_text* text = nullptr;
    ptm_error* error = nullptr;
    const bool right = ptm_engine_create(nullptr, &other, &error) == PTM_E_FORKED && error == nullptr &&
                       ptm_engine_backends(engine.get(), &text, &error) == PTM_E_FORKED &&
                       ptm_error_status(nullptr) == PTM_E_FORKED && ptm_text_view(nullptr).size == 0;
    ptm_engine_destroy(engine.get());
    ::_exit(right ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  Text text;
  CHECK(ptm_engine_backends(engine.get(), &text, nullptr) == PTM_OK);
}

TEST_SUITE_END();
