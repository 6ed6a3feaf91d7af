// What a round costs through the C interface, with backends and an observer of the caller's that cost nothing; to be held
// against `whole_round` of pentimento_bench, which is the same in C++.

#include <pentimento.h>

#include <benchmark/benchmark.h>

#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

namespace {

void require(ptm_status status) {
  if (status != PTM_OK) std::abort();
}

/// A PNG of a header and an end.
std::vector<std::uint8_t> png() {
  return {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0,   0,   0,   13,   'I',  'H',  'D',
          'R',  0,   0,   0,   64,   0,    0,    0,    64,  8,   2,   0,    0,    0,    0,
          0,    0,   0,   0,   0,    0,    0,    'I',  'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82};
}

/// Returns the same image every time, and fails one item of four.
class Backends {
 public:
  explicit Backends(ptm_engine* engine) {
    const auto bytes = png();
    require(ptm_image_create(bytes.data(), bytes.size(), &picture_, nullptr));
    ptm_backend backend{};
    backend.struct_size = sizeof backend;
    backend.abi_version = PTM_ABI_VERSION;
    backend.user = this;
    backend.start = [](void* user, ptm_call* call) {
      const ptm_image* const images[] = {static_cast<Backends*>(user)->picture_};
      require(ptm_call_finish(call, PTM_STR("{}"), images, 1, nullptr));
    };
    require(ptm_engine_add_generator(engine, PTM_STR(R"({"name": "still"})"), &backend, nullptr));
    backend.start = [](void*, ptm_call* call) {
      require(ptm_call_finish(
          call,
          PTM_STR(R"({"findings": [{"requirement": "1", "verdict": "pass"}, {"requirement": "2", "verdict": "pass"}, )"
                  R"({"requirement": "3", "verdict": "pass"}, {"requirement": "4", "verdict": "fail"}]})"),
          nullptr, 0, nullptr));
    };
    require(ptm_engine_add_critic(engine, PTM_STR(R"({"name": "grim"})"), &backend, nullptr));
  }
  Backends(const Backends&) = delete;
  Backends& operator=(const Backends&) = delete;
  ~Backends() { ptm_image_release(picture_); }

 private:
  ptm_image* picture_ = nullptr;
};

/// Waits for the end of a run as a program with callbacks does.
struct End {
  void wait() {
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return ended; });
  }
  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;
  std::uint64_t events = 0;
};

void round_through_c(benchmark::State& state) {
  const int rounds = static_cast<int>(state.range(0));
  ptm_engine* engine = nullptr;
  require(ptm_engine_create(nullptr, &engine, nullptr));
  {
    const Backends backends{engine};
    const auto item = [](const char* id, const char* text) {
      return R"({"id": ")" + std::string{id} + R"(", "text": ")" + text + R"(", "importance": "must"})";
    };
    const std::string request = R"({"brief": {"goal": "three red mugs on a plain white table", "requirements": [)" +
                                item("1", "exactly three mugs") + ',' + item("2", "the mugs are red") + ',' +
                                item("3", "a plain white table") + ',' + item("4", "bright light") +
                                R"(]}, "generator": "still", "critic": "grim", "until": "satisfied || rounds()" +
                                std::to_string(rounds) + ")\"}";
    for (auto _ : state) {
      End end;
      ptm_run_options options{};
      options.struct_size = sizeof options;
      options.events = PTM_EVENTS_THREAD;
      options.user = &end;
      options.on_event = [](void* user, ptm_run*, ptm_str event) {
        benchmark::DoNotOptimize(event.data);
        ++static_cast<End*>(user)->events;
      };
      options.on_end = [](void* user, ptm_run*) {
        End& here = *static_cast<End*>(user);
        const std::lock_guard lock{here.mutex};
        here.ended = true;
        here.changed.notify_one();
      };
      ptm_run* run = nullptr;
      require(ptm_refine(engine, ptm_str_of(request.data(), request.size()), &options, &run, nullptr));
      end.wait();
      ptm_run_destroy(run);
    }
    ptm_engine_destroy(engine);
  }
  state.counters["time/round"] = benchmark::Counter(static_cast<double>(state.iterations() * rounds),
                                                    benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(round_through_c)->Arg(6)->Arg(50)->UseRealTime();

}  // namespace
