// The cost of recording a run, and of reading one back. Measure where the disk is that counts: TMPDIR says where.
#include "support/images.hpp"
#include "support/temporary_folder.hpp"
#include <pentimento/refinement_loop.hpp>
#include <pentimento/store/run_folder.hpp>
#include <pentimento/store/run_store.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace asio = boost::asio;
namespace ptm = pentimento;

namespace {

constexpr int rounds = 50;

class Painter final : public ptm::Generator {
 public:
  explicit Painter(ptm::Money price) : price_{price} {}

 private:
  ptm::Capabilities do_capabilities() const override { return ptm::Capabilities{"painter"}; }
  ptm::Money do_estimate(const ptm::GenerationRequest&) const override { return price_; }
  asio::awaitable<ptm::Result<ptm::Generation>> do_generate(ptm::GenerationRequest) override {
    ptm::Generation generation{ptm::test::picture(++images_)};
    if (!price_.is_zero()) generation.charge(ptm::Charge::paid(price_));
    co_return generation;
  }

  ptm::Money price_;
  std::uint32_t images_ = 0;
};

class Judge final : public ptm::Critic {
 public:
  explicit Judge(ptm::Money price) : price_{price} {}

 private:
  std::string do_name() const override { return "judge"; }
  ptm::Money do_estimate(ptm::CallKind) const noexcept override { return price_; }
  asio::awaitable<ptm::Result<ptm::Critique>> do_critique(ptm::CritiqueRequest) override {
    ptm::Critique critique;
    for (const char* id : {"user-1", "user-2", "user-3"}) critique.add({id, ptm::Verdict::pass});
    critique.add({"user-4", ptm::Verdict::fail});
    if (!price_.is_zero()) critique.charge(ptm::Charge::paid(price_));
    co_return critique;
  }

  ptm::Money price_;
};

ptm::Brief four_musts() {
  ptm::Brief brief{"three red mugs on a plain white table"};
  brief.must("exactly three mugs").must("the mugs are red").must("a plain white table").must("bright light");
  return brief;
}

void run_once(const std::optional<std::filesystem::path>& folder, ptm::Money price) {
  ptm::RefinementLoop loop{Painter{price}, Judge{price}, ptm::MaxRounds{rounds}};
  if (folder) loop.record(ptm::RunFolder::create(*folder).value());
  benchmark::DoNotOptimize(ptm::run(loop, four_musts()));
}

void per_round(benchmark::State& state) {
  state.counters["round"] =
      benchmark::Counter(rounds, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// A run of fifty rounds that is not recorded, for comparison.
void bench_unrecorded(benchmark::State& state) {
  for (auto _ : state) run_once(std::nullopt, {});
  per_round(state);
}
BENCHMARK(bench_unrecorded)->UseRealTime()->Unit(benchmark::kMillisecond);

/// One that is, with calls that are free (0) or paid (1): each image is synced, and each intent and charge that is paid.
void bench_recorded(benchmark::State& state) {
  const ptm::test::TemporaryFolder folder;
  int number = 0;
  for (auto _ : state) run_once(folder / std::to_string(number++).c_str(), ptm::Money::from_micros(state.range(0)));
  per_round(state);
}
BENCHMARK(bench_recorded)->Arg(0)->Arg(1)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Reads a run of fifty rounds with its images, which are small.
void bench_read(benchmark::State& state) {
  const ptm::test::TemporaryFolder folder;
  run_once(folder / "run", {});
  for (auto _ : state) benchmark::DoNotOptimize(ptm::RunFolder::read(folder / "run").value());
}
BENCHMARK(bench_read)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Lists runs that have stopped, from the index. All share one record, by hard links.
void bench_list(benchmark::State& state) {
  const ptm::test::TemporaryFolder folder;
  run_once(folder / "run", {});
  const std::filesystem::path record = folder / "run" / "run.sqlite";
  for (int i = 0; i < state.range(0); ++i) {
    const std::filesystem::path one = folder.path() / "runs" / std::to_string(i);
    std::filesystem::create_directories(one);
    std::filesystem::create_hard_link(record, one / "run.sqlite");
  }
  const ptm::RunStore store{folder / "runs"};
  for (int time = 0; time < 2; ++time) benchmark::DoNotOptimize(store.list().value());
  for (auto _ : state) benchmark::DoNotOptimize(store.list().value());
}
BENCHMARK(bench_list)->Arg(100)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
