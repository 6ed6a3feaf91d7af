// Every entry with every one of its allocations failing, once and from then on: PTM_E_NOMEM, nothing done, nothing lost, and a
// library that works. A program of its own, since it has its own operator new.

#include "api.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>

namespace {

/// Which allocation fails.
class Failing {
 public:
  void arm(long allocations, bool from_then_on) {
    const std::lock_guard lock{mutex_};
    left_ = allocations;
    from_then_on_ = from_then_on;
    is_armed_ = true;
    has_failed_ = false;
  }
  void disarm() {
    const std::lock_guard lock{mutex_};
    is_armed_ = false;
  }
  bool has_failed() {
    const std::lock_guard lock{mutex_};
    return has_failed_;
  }
  bool fails() {
    const std::lock_guard lock{mutex_};
    if (!is_armed_ || left_-- > 0) return false;
    is_armed_ = from_then_on_;
    left_ = 0;
    has_failed_ = true;
    return true;
  }

 private:
  std::mutex mutex_;
  long left_ = 0;
  bool from_then_on_ = false;
  bool is_armed_ = false;
  bool has_failed_ = false;
};

Failing here;       // on the thread of the tests
Failing elsewhere;  // on all others
thread_local bool is_test_thread = false;

void* allocate(std::size_t size, std::size_t alignment) {
  Failing& failing = is_test_thread ? here : elsewhere;
  if (failing.fails()) return nullptr;
  if (alignment <= alignof(std::max_align_t)) return std::malloc(size == 0 ? 1 : size);
  void* memory = nullptr;
  return ::posix_memalign(&memory, alignment, size) == 0 ? memory : nullptr;
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
  void* const memory = allocate(size, alignment);
  if (memory == nullptr) throw std::bad_alloc{};
  return memory;
}

}  // namespace

/// What Asio takes its memory from.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) { return allocate(size, alignment); }

void* operator new(std::size_t size) { return allocate_or_throw(size, 1); }
void* operator new[](std::size_t size) { return allocate_or_throw(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

using namespace pentimento::test;

namespace {

constexpr int patience = 30'000;
constexpr long most = 100'000;  // allocations of one call

/// Calls an entry again and again, with its first allocation failing, then its second, and so on, until it needs no more.
/// What is wrong is told at the end, when there is memory to say it.
void sweep(const char* name, const std::function<ptm_status(ptm_error**)>& entry) {
  for (const bool from_then_on : {false, true}) {
    long n = 0;
    long odd = 0;
    for (; n < most; ++n) {
      ptm_error* error = nullptr;
      here.arm(n, from_then_on);
      const ptm_status status = entry(&error);
      here.disarm();
      const bool failed = here.has_failed();
      if (failed && (status != PTM_E_NOMEM || error != nullptr)) ++odd;
      ptm_error_release(error);
      if (!failed) {
        CHECK_MESSAGE(status == PTM_OK, name << ": " << ptm_status_name(status));
        break;
      }
    }
    CHECK_MESSAGE(n < most, name);
    CHECK_MESSAGE(odd == 0, name << ", from then on: " << from_then_on << ", of " << n);
    MESSAGE(std::string{name} << ": " << n << " allocations");
  }
}

/// Where an entry brings something, which is let go of; after a failure there is nothing.
template <class Owned, class Entry>
std::function<ptm_status(ptm_error**)> bringing(Entry entry) {
  return [entry](ptm_error** error) {
    Owned result;
    const ptm_status status = entry(&result, error);
    here.disarm();  // letting go is not what is looked at
    const bool right = (result.get() != nullptr) == (status == PTM_OK);
    return right ? status : PTM_E_INTERNAL;
  };
}

struct Setup {
  Setup() {
    is_test_thread = true;
    generator.add_generator(engine.get());
    critic.add_critic(engine.get());
  }
  RunHandle refine(std::string_view more = "") {
    RunHandle run;
    const std::string json = request(more);
    REQUIRE(ptm_refine(engine.get(), view(json), nullptr, &run, nullptr) == PTM_OK);
    return run;
  }
  RunHandle finished() {
    RunHandle run = refine();
    REQUIRE(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
    return run;
  }

  Backend generator;
  Backend critic;
  EngineHandle engine = new_engine();
};

}  // namespace

TEST_CASE("values") {
  const Setup setup;
  const auto bytes = png();
  const Picture image = picture(1);
  const std::string hash(64, 'a');
  sweep("ptm_image_create", bringing<Picture>([&](ptm_image** out, ptm_error** error) {
          return ptm_image_create(bytes.data(), bytes.size(), out, error);
        }));
  sweep("ptm_image_record",
        bringing<Text>([&](ptm_text** out, ptm_error** error) { return ptm_image_record(image.get(), out, error); }));
  sweep("ptm_parse_policy", bringing<Text>([&](ptm_text** out, ptm_error** error) {
          return ptm_parse_policy(PTM_STR("satisfied || (rounds(3) && !usd(0.5))"), out, error);
        }));
  sweep("ptm_image_get", [&](ptm_error** error) {
    ptm_image_info info{};
    info.struct_size = sizeof info;
    return ptm_image_get(image.get(), &info, error);
  });
}

TEST_CASE("engines and their backends") {
  Setup setup;
  sweep("ptm_engine_create", bringing<EngineHandle>([&](ptm_engine** out, ptm_error** error) {
          ptm_engine_options options{};
          options.struct_size = sizeof options;
          options.settings = PTM_STR(R"({"key_file": "", "dotenv": ""})");
          return ptm_engine_create(&options, out, error);
        }));
  sweep("ptm_engine_backends", bringing<Text>([&](ptm_text** out, ptm_error** error) {
          return ptm_engine_backends(setup.engine.get(), out, error);
        }));
  const ptm_backend functions = setup.generator.functions();
  sweep("ptm_engine_add_generator", [&](ptm_error** error) {
    return ptm_engine_add_generator(setup.engine.get(), PTM_STR(R"({"name": "other"})"), &functions, error);
  });
  sweep("ptm_engine_add_critic", [&](ptm_error** error) {
    return ptm_engine_add_critic(setup.engine.get(), PTM_STR(R"({"name": "other"})"), &functions, error);
  });
  CHECK(setup.generator.destroyed == 2);  // each was added twice, and took the place of the one before
}

TEST_CASE("runs, from their begin to what they leave") {
  Setup setup;
  sweep("ptm_refine", bringing<RunHandle>([&](ptm_run** out, ptm_error** error) {
          return ptm_refine(
              setup.engine.get(),
              PTM_STR(R"j({"brief": "a mug", "generator": "mine", "critic": "judge", "until": "rounds(1)"})j"), nullptr,
              out, error);
        }));
  const RunHandle run = setup.finished();
  sweep("ptm_run_outcome",
        bringing<Text>([&](ptm_text** out, ptm_error** error) { return ptm_run_outcome(run.get(), out, error); }));
  sweep("ptm_run_transcript",
        bringing<Text>([&](ptm_text** out, ptm_error** error) { return ptm_run_transcript(run.get(), out, error); }));
  sweep("ptm_run_best",
        bringing<Picture>([&](ptm_image** out, ptm_error** error) { return ptm_run_best(run.get(), out, error); }));
  sweep("ptm_run_wait", [&](ptm_error** error) { return ptm_run_wait(run.get(), patience, error); });
  sweep("ptm_run_cancel", [&](ptm_error** error) { return ptm_run_cancel(run.get(), error); });

  // No event is lost to a call that failed.
  const RunHandle pulled = setup.finished();
  int events = 0;
  for (bool ended = false; !ended;) {
    sweep("ptm_run_next", [&](ptm_error** error) {
      Text text;
      const ptm_status status = ptm_run_next(pulled.get(), patience, &text, error);
      if (status == PTM_OK) ++events;
      ended = status == PTM_END;
      return ended ? PTM_OK : status;
    });
  }
  CHECK(events == 11);

  Text first;
  std::string lines;
  const RunHandle recorded = setup.finished();
  while (ptm_run_next(recorded.get(), patience, &first, nullptr) == PTM_OK) lines += string(first) + '\n';
  sweep("ptm_fold",
        bringing<Text>([&](ptm_text** out, ptm_error** error) { return ptm_fold(view(lines), out, error); }));
}

TEST_CASE("calls of backends") {
  Setup setup;
  Backend slow{Backend::Finish::never};
  slow.add_generator(setup.engine.get(), R"({"name": "slow"})");
  const std::string json = R"j({"brief": "a mug", "generator": "slow", "critic": "judge", "until": "rounds(1)"})j";
  const Picture image = picture(5);
  const ptm_image* const images[] = {image.get()};
  for (const bool from_then_on : {false, true}) {
    for (const bool finishes : {false, true}) {
      RunHandle run;
      const int before = slow.started;
      REQUIRE(ptm_refine(setup.engine.get(), view(json), nullptr, &run, nullptr) == PTM_OK);
      REQUIRE(slow.wait_started(before + 1));
      ptm_call* const call = slow.open().back();
      sweep("ptm_call_request",
            bringing<Text>([&](ptm_text** out, ptm_error** error) { return ptm_call_request(call, out, error); }));
      long n = 0;
      ptm_status status = PTM_E_NOMEM;
      while (status == PTM_E_NOMEM && n < most) {
        here.arm(n++, from_then_on);
        status = finishes ? ptm_call_finish(call, PTM_STR("{}"), images, 1, nullptr)
                          : ptm_call_fail(call, PTM_STR(R"({"code": "refused", "message": "no"})"), nullptr);
        here.disarm();
      }
      CHECK(status == PTM_OK);
      CHECK(n > 1);
      CHECK(ptm_run_wait(run.get(), patience, nullptr) == PTM_OK);
    }
  }
  setup.engine.reset();
}

TEST_CASE("letting go needs no memory") {
  for (const bool from_then_on : {false, true}) {
    for (int n = 0; n < 20; ++n) {
      Backend slow{Backend::Finish::never};
      Setup setup;
      slow.add_generator(setup.engine.get(), R"({"name": "slow"})");
      const std::string json = R"({"brief": "a mug", "generator": "slow", "critic": "judge"})";
      RunHandle run;
      RunHandle other;
      REQUIRE(ptm_refine(setup.engine.get(), view(json), nullptr, &run, nullptr) == PTM_OK);
      REQUIRE(ptm_refine(setup.engine.get(), view(json), nullptr, &other, nullptr) == PTM_OK);
      REQUIRE(slow.wait_started(2));
      here.arm(n, from_then_on);
      run.reset();
      setup.engine.reset();
      here.disarm();
      CHECK(slow.destroyed == 1);
    }
  }
}

TEST_CASE("a run that waits for its backends ends all the same where its engine finds no memory") {
  for (const bool is_cancelled : {false, true}) {
    CAPTURE(is_cancelled);
    Backend slow{Backend::Finish::never};
    Setup setup;
    slow.add_generator(setup.engine.get(), R"({"name": "slow"})");
    const std::string json = R"j({"brief": "a mug", "generator": "slow", "critic": "judge", "until": "rounds(1)"})j";
    long n = 0;
    for (bool failed = true; failed && n < most; ++n) {
      RunHandle run;
      const int before = slow.started;
      elsewhere.arm(n, false);
      REQUIRE(ptm_refine(setup.engine.get(), view(json), nullptr, &run, nullptr) == PTM_OK);
      // Until the generator has its call, or the run has ended without.
      while (slow.started == before && ptm_run_wait(run.get(), 1, nullptr) == PTM_TIMEOUT) {}
      const bool was_asked = slow.started > before;
      if (was_asked && !is_cancelled) Backend::answer(slow.open().back());
      if (is_cancelled) CHECK(ptm_run_cancel(run.get(), nullptr) == PTM_OK);
      const ptm_status ended = ptm_run_wait(run.get(), patience, nullptr);
      failed = elsewhere.has_failed();
      elsewhere.disarm();
      REQUIRE_MESSAGE(ended == PTM_OK, n);
    }
    CHECK(n > 20);
    CHECK(n < most);
    MESSAGE(n << " allocations in a run");
    const RunHandle next = setup.finished();
    setup.engine.reset();
    CHECK(slow.destroyed == 1);
  }
}

TEST_CASE("a run whose engine finds no memory ends all the same, and the next one works") {
  for (const ptm_events events : {PTM_EVENTS_PULL, PTM_EVENTS_THREAD}) {
    Setup setup;
    ptm_run_options options{};
    options.struct_size = sizeof options;
    options.events = events;
    options.on_event = [](void*, ptm_run*, ptm_str) {};
    options.on_end = [](void*, ptm_run* run) { ptm_run_cancel(run, nullptr); };
    long n = 0;
    for (bool failed = true; failed && n < most; ++n) {
      RunHandle run;
      const std::string json = request();
      elsewhere.arm(n, false);
      REQUIRE(ptm_refine(setup.engine.get(), view(json), &options, &run, nullptr) == PTM_OK);
      const ptm_status ended = ptm_run_wait(run.get(), patience, nullptr);
      failed = elsewhere.has_failed();
      elsewhere.disarm();
      REQUIRE_MESSAGE(ended == PTM_OK, n);
      Text outcome;
      CHECK(ptm_run_outcome(run.get(), &outcome, nullptr) == PTM_OK);
    }
    CHECK(n > 100);
    CHECK(n < most);
    MESSAGE(n << " allocations in a run");
    const RunHandle next = setup.finished();
  }
}
