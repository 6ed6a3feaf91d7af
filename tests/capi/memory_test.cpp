// Every function of the C interface with each of its allocations failing, once and from then on: it answers PTM_E_NOMEM and
// has changed nothing. A program of its own, because it replaces operator new.

#include "api.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>

namespace {

/// Which allocation of the test's thread fails. Those of other threads succeed.
struct Failing {
  long allocations_left = 0;
  bool from_then_on = false;
  bool is_armed = false;
  bool has_failed = false;

  void arm(long allocations, bool all_after) { *this = {allocations, all_after, true, false}; }
  void disarm() { is_armed = false; }
  bool fails() {
    if (!is_armed || allocations_left-- > 0) return false;
    is_armed = from_then_on;
    allocations_left = 0;
    return has_failed = true;
  }
};

thread_local Failing here;

void* allocate(std::size_t size, std::size_t alignment) {
  if (here.fails()) return nullptr;
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

/// Asio allocates with this.
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

/// Calls a function again and again, with its first allocation failing, then its second, and so on, until none fails. Reports
/// at the end, when there is memory again.
void sweep(const char* name, const std::function<ptm_status(ptm_error**)>& entry) {
  for (const bool from_then_on : {false, true}) {
    long n = 0;
    long odd = 0;
    for (; n < most; ++n) {
      ptm_error* error = nullptr;
      here.arm(n, from_then_on);
      const ptm_status status = entry(&error);
      here.disarm();
      const bool failed = here.has_failed;
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

/// A function that returns an object, which is released. After a failure it must have returned none.
template <class Owned, class Entry>
std::function<ptm_status(ptm_error**)> bringing(Entry entry) {
  return [entry](ptm_error** error) {
    Owned result;
    const ptm_status status = entry(&result, error);
    here.disarm();  // releasing is not tested here
    const bool right = (result.get() != nullptr) == (status == PTM_OK);
    return right ? status : PTM_E_INTERNAL;
  };
}

struct Setup {
  Setup() {
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

TEST_SUITE_BEGIN("C ABI: out of memory");

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
  sweep("ptm_engine_add_reviser", [&](ptm_error** error) {
    return ptm_engine_add_reviser(setup.engine.get(), PTM_STR(R"({"name": "other"})"), &functions, error);
  });
  CHECK(setup.generator.destroyed == 3);  // each was added twice and replaced once
}

TEST_CASE("runs") {
  Setup setup;
  Backend sink;
  const ptm_backend taking = sink.functions();
  ptm_run_options options{};
  options.struct_size = sizeof options;
  options.sink = &taking;
  sweep("ptm_refine", bringing<RunHandle>([&](ptm_run** out, ptm_error** error) {
          return ptm_refine(
              setup.engine.get(),
              PTM_STR(R"j({"brief": "a mug", "generator": "mine", "critic": "judge", "until": "rounds(1)"})j"),
              &options, out, error);
        }));
  const RunHandle run = setup.finished();
  sweep("ptm_run_outcome",
        bringing<Text>([&](ptm_text** out, ptm_error** error) { return ptm_run_outcome(run.get(), out, error); }));
  sweep("ptm_run_transcript",
        bringing<Text>([&](ptm_text** out, ptm_error** error) { return ptm_run_transcript(run.get(), out, error); }));
  sweep("ptm_run_best",
        bringing<Picture>([&](ptm_image** out, ptm_error** error) { return ptm_run_best(run.get(), out, error); }));
  sweep("ptm_run_report_html",
        bringing<Text>([&](ptm_text** out, ptm_error** error) { return ptm_run_report_html(run.get(), out, error); }));
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
  sweep("ptm_report_html", bringing<Text>([&](ptm_text** out, ptm_error** error) {
          return ptm_report_html(view(lines), nullptr, 0, out, error);
        }));
  setup.engine.reset();
  CHECK(sink.destroyed == 2);
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

TEST_SUITE_END();
