// usage: bench_http BASE_URL CA_FILE ITERATIONS CONCURRENCY
//
// Measures the HTTP client and the two backends of the article. An iteration is an image from Stability (a multipart POST,
// image bytes as the reply) and a critique of it in prose (the image as a data URL, JSON as the reply). CONCURRENCY of them run
// at once on one thread. CA_FILE may be "" for plain HTTP. Prints one line of JSON: `cpu_s` is user and system time, `rss_mb`
// the peak memory. tests/bench/http runs it against the emulator.

#include <pentimento/http/client.hpp>
#include <pentimento/providers/stability.hpp>
#include <pentimento/vision/chat_completions.hpp>
#include <pentimento/vision/vision_critic.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <sys/resource.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace ptm = pentimento;

namespace {

struct Work {
  ptm::StabilityGenerator generator;
  ptm::VisionCritic critic;
  int left;
  ptm::Brief brief{"a lady in a red saree, walking in the park"};
  std::optional<ptm::Error> error{};
};

asio::awaitable<void> refine(Work* work) {
  while (work->left > 0 && !work->error) {
    --work->left;
    ptm::GenerationRequest request{work->brief.goal()};
    ptm::Result<ptm::Generation> generation = co_await work->generator.generate(request);
    if (!generation) {
      work->error = generation.error();
      break;
    }
    ptm::Candidate candidate{ptm::CandidateId{0, 0}, std::move(request), generation->images().front()};
    ptm::CritiqueRequest question{work->brief, ptm::Checklist{}, std::move(candidate)};
    const ptm::Result<ptm::Critique> critique = co_await work->critic.critique(std::move(question));
    if (!critique) work->error = critique.error();
  }
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::optional<int> whole(const char* text) {
  int number = 0;
  const char* end = text + std::strlen(text);
  const auto [rest, error] = std::from_chars(text, end, number);
  if (error != std::errc{} || rest != end || number < 1) return std::nullopt;
  return number;
}

int run(const std::string& base_url, const std::string& ca_file, int iterations, int concurrency) {
  asio::io_context context{1};
  ptm::http::ClientOptions how;
  how.ca_file = ca_file;
  const ptm::http::Client client{context.get_executor(), how};

  ptm::StabilityOptions painter;
  painter.api_key = ptm::Secret{"benchmark"};
  painter.base_url = base_url;
  ptm::ChatCompletionsOptions model;
  model.api_key = painter.api_key;
  model.model = "benchmark";
  model.base_url = base_url + "/v1";
  model.worst_case = ptm::usd(0.01);
  ptm::VisionCriticOptions judge;
  // Prose accepts any answer; the image is sent unchanged.
  judge.style = ptm::CritiqueStyle::free_text;
  judge.max_image_side = judge.max_unscaled_side = 16'384;
  Work work{ptm::StabilityGenerator{client, painter},
            ptm::VisionCritic{ptm::ChatCompletionsModel{client, model}, judge}, iterations};

  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < concurrency; ++i) asio::co_spawn(context, refine(&work), asio::detached);
  context.run();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  if (work.error) {
    std::fprintf(stderr, "bench_http: %s\n", work.error->message().c_str());
    return 1;
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"iterations\": %d, \"concurrency\": %d, \"wall_s\": %.4f, \"cpu_s\": %.4f, \"rss_mb\": %.1f}\n",
              iterations, concurrency, wall.count(), seconds(usage.ru_utime) + seconds(usage.ru_stime),
              static_cast<double>(usage.ru_maxrss) / 1024);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<int> iterations = argc == 5 ? whole(argv[3]) : std::nullopt;
  const std::optional<int> concurrency = argc == 5 ? whole(argv[4]) : std::nullopt;
  if (!iterations || !concurrency) {
    std::fputs("usage: bench_http BASE_URL CA_FILE ITERATIONS CONCURRENCY\n", stderr);
    return 2;
  }
  try {
    return run(argv[1], argv[2], *iterations, *concurrency);
  } catch (const ptm::Failure& failure) {
    std::fprintf(stderr, "bench_http: %s\n", failure.error().message().c_str());
    return 1;
  }
}
