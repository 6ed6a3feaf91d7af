#include "fault_bench.hpp"

#include "support/ca_file.hpp"
#include "support/images.hpp"
#include <pentimento/async.hpp>
#include <pentimento/detail/base64.hpp>
#include <pentimento/emulator/emulator.hpp>
#include <pentimento/json.hpp>
#include <pentimento/providers/openai_images.hpp>
#include <pentimento/providers/stability.hpp>
#include <pentimento/vision/chat_completions.hpp>
#include <pentimento/vision/messages.hpp>
#include <pentimento/vision/vision_critic.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace pentimento::test {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

constexpr std::chrono::seconds patience_with_a_case{60};
constexpr std::string_view canary = "sk-canary/7Qm2+Zx=9wLk0vTrB4&uE";

/// An event loop and its thread, kept until the process ends: its descriptors are not leaks.
class Loop {
 public:
  Loop() {
    // OpenSSL frees its data of a thread only while it is initialised, so it must be initialised before this thread.
    OPENSSL_init_ssl(0, nullptr);
    thread_ = std::thread{[this] { context_.run(); }};
  }
  ~Loop() {
    context_.stop();
    thread_.join();
  }
  asio::any_io_executor executor() { return context_.get_executor(); }

 private:
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  std::thread thread_;
};

Loop& server_loop() {
  static Loop loop;
  return loop;
}

Loop& client_loop() {
  static Loop loop;
  return loop;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += digits[byte >> 4];
      encoded += digits[byte & 15];
    }
  }
  return encoded;
}

std::string base64_of(std::string_view text) { return detail::encode_base64(std::as_bytes(std::span{text})); }

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

/// An image with so many bytes of pixel data, which a copy without metadata keeps.
Image padded_picture(std::uint32_t side, std::size_t padding) {
  constexpr std::size_t end_chunk = 12;
  Bytes data;
  big32(data, static_cast<std::uint32_t>(padding)) << "IDAT";
  data.resize(data.size() + padding, std::byte{0x5a});
  big32(data, 0);  // where a checksum would be
  Bytes bytes = png_bytes(side, side);
  bytes.insert(bytes.end() - end_chunk, data.begin(), data.end());
  return Image{std::move(bytes)};
}

/// Generates images with some thousand bytes, so that faults can occur inside them.
class PaddedGenerator final : public Generator {
  Capabilities do_capabilities() const override {
    return Capabilities{"padded"}.image_to_image(true).seed(true).negative_prompt(true).sides(64, 4096);
  }
  asio::awaitable<Result<Generation>> do_generate(GenerationRequest) override {
    Generation generation{padded_picture(1024, 3'000)};
    co_return generation;
  }
};

/// Passes every requirement.
class ContentCritic final : public Critic {
  std::string do_name() const override { return "content"; }
  asio::awaitable<Result<Critique>> do_critique(CritiqueRequest request) override {
    Critique critique;
    for (const Requirement& requirement : request.checklist()) {
      Finding finding{requirement.id(), Verdict::pass};
      critique.add(finding.observed("there it is, as large as life, and nothing else could be said of it"));
    }
    co_return critique;
  }
};

/// A certificate authority for plain clients: the system's trust store takes long to load.
const std::string& any_authority() {
  static const std::string pem = [] {
    emulator::EmulatorOptions options;
    options.tls = true;
    return emulator::Emulator{server_loop().executor(), std::make_shared<PaddedGenerator>(), std::move(options)}
        .ca_pem();
  }();
  return pem;
}

template <class T>
CallEnd end_of(const Result<T>& result) {
  CallEnd end;
  if (!result) {
    const Error& error = result.error();
    end.error = error;
    end.charge = error.charge();
    end.words = error.message() + '\n' + error.provider_message() + '\n' + error.request_id() + '\n' + to_text(error);
    return end;
  }
  end.charge = result->charge();
  if constexpr (std::is_same_v<T, Generation>) {
    end.words = result->revised_prompt() + '\n' + result->request_id();
  } else {
    end.words = to_text(*result);
  }
  return end;
}

}  // namespace

std::string_view to_string(Role role) noexcept {
  switch (role) {
    case stability: return "Stability";
    case openai: return "OpenAI images";
    case openai_stream: return "OpenAI images, streamed";
    case critic: return "critic";
    case local_critic: return "critic free of charge";
    case anthropic_critic: return "critic at Anthropic";
  }
  return "unknown";
}

bool shows_key(std::string_view text, std::string_view key) {
  const auto holds = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
  return holds(key) || holds(base64_of(key)) || holds(percent_encoded(key));
}

class FaultBench::Impl {
  /// The results of the calls. Shared with their handlers, which may be called late.
  struct Ends {
    std::mutex mutex;
    std::condition_variable changed;
    int count = 0;
    std::optional<CallEnd> last;
    std::function<void()> on_end;
  };

 public:
  explicit Impl(BenchOptions given) : options{std::move(given)} {
    key = std::string{canary} + options.call.key_suffix;
    const auto make = [&](emulator::EmulatorOptions with) {
      with.tls = options.tls;
      with.answer = emulator::answers_of(std::make_shared<ContentCritic>());
      return std::make_unique<emulator::Emulator>(server_loop().executor(), std::make_shared<PaddedGenerator>(),
                                                  std::move(with));
    };
    if (options.scenario.find("@OTHER@") != std::string::npos) other = make({});
    emulator::EmulatorOptions with;
    with.ipv6 = options.ipv6;
    with.proxy = options.proxy;
    with.on_begin = [this](const emulator::RequestLog&) {
      const std::lock_guard lock{mutex};
      if (on_request_begin) on_request_begin();
    };
    with.on_request = [this](const emulator::RequestLog& log) {
      const std::lock_guard lock{mutex};
      if (log.status == 429 || log.status == 503) ++settled;
      if (on_request_end) on_request_end();
    };
    // The address is known only after the emulator is created. Other scenarios must apply from the start.
    const bool needs_address =
        options.scenario.find("@HERE@") != std::string::npos || options.scenario.find("@PLAIN@") != std::string::npos;
    if (!needs_address) with.scenario = parsed();
    server = make(std::move(with));
    if (needs_address) server->play(parsed());
    make_client();
  }

  ~Impl() {
    generator.reset();
    judge.reset();
    server.reset();
    other.reset();
  }

  emulator::Scenario parsed() const {
    std::string text = options.scenario.empty() ? "{}" : options.scenario;
    replace_all(text, "@KEY@", key);
    replace_all(text, "@KEY64@", base64_of(key));
    replace_all(text, "@KEYURL@", percent_encoded(key));
    if (server) {
      replace_all(text, "@HERE@", server->base_url());
      replace_all(text, "@PLAIN@", "http://127.0.0.1:" + std::to_string(server->port()));
    }
    if (other) replace_all(text, "@OTHER@", other->base_url());
    const Result<emulator::Scenario> scenario = emulator::Scenario::parse(text);
    REQUIRE_MESSAGE(scenario.has_value(), scenario.error().message());
    return *scenario;
  }

  void make_client() {
    const CallOptions& call = options.call;
    const CaFile authority{options.tls ? server->ca_pem() : any_authority()};
    http::ClientOptions with;
    with.ca_file = authority.path();
    with.connect_timeout = call.connect_timeout;
    with.max_idle = call.max_idle;
    with.low_speed_floor = call.low_speed_floor;
    with.low_speed_window = call.low_speed_window;
    with.proxy_from_environment = call.proxy_from_environment;
    with.retry.max_attempts = call.max_attempts;
    with.retry.base = call.retry_base;
    with.retry.cap = call.retry_cap;
    with.retry.quota = call.retry_quota;
    if (call.environment) call.environment("127.0.0.1:" + std::to_string(server->port()));
    const http::Client client =
        call.has_own_thread ? http::Client{std::move(with)} : http::Client{client_loop().executor(), std::move(with)};
    const std::string base = call.base_url.empty() ? (options.tls ? "https://" : "http://") + call.host + ':' +
                                                         std::to_string(server->port())
                                                   : call.base_url;
    const Image* large = call.is_large ? &large_picture() : nullptr;
    switch (options.role) {
      case stability: {
        StabilityOptions stability_options;
        stability_options.api_key = Secret{key};
        stability_options.model = "sd3.5-medium";
        stability_options.base_url = base;
        stability_options.timeout = call.timeout;
        generator = std::make_shared<StabilityGenerator>(client, std::move(stability_options));
        break;
      }
      case openai:
      case openai_stream: {
        OpenAiImagesOptions openai_options;
        openai_options.api_key = Secret{key};
        openai_options.model = "gpt-image-2";
        openai_options.base_url = base + "/v1";
        openai_options.timeout = call.timeout;
        openai_options.worst_case = usd(0.25);
        openai_options.stream = options.role == openai_stream;
        openai_options.partial_images = openai_options.stream ? 1 : 0;
        generator = std::make_shared<OpenAiImagesGenerator>(client, std::move(openai_options));
        break;
      }
      case anthropic_critic: {
        MessagesOptions model;
        model.api_key = Secret{key};
        model.model = "claude-haiku-of-a-test";
        model.base_url = base;
        model.worst_case = usd(0.05);
        VisionCriticOptions critic_options;
        critic_options.timeout = call.timeout;
        judge = std::make_shared<VisionCritic>(MessagesModel{client, std::move(model)}, critic_options);
        break;
      }
      case critic:
      case local_critic: {
        ChatCompletionsOptions model;
        model.api_key = Secret{key};
        model.model = "gpt-of-a-test";
        model.base_url = base + "/v1";
        if (options.role == critic) {
          model.worst_case = usd(0.05);
        } else {
          model.worst_case = Money{};
          model.server.name = "local";
          model.server.key_name = "LOCAL_API_KEY";
        }
        VisionCriticOptions critic_options;
        critic_options.timeout = call.timeout;
        judge = std::make_shared<VisionCritic>(ChatCompletionsModel{client, std::move(model)}, critic_options);
        break;
      }
    }
    generation = GenerationRequest{"three red mugs"};
    if (large == nullptr) {
      generation.size(PixelSize{1024, 1024});
    } else {
      generation.init_image(*large);
    }
    Brief brief{"three red mugs"};
    brief.must("exactly three mugs");
    const Checklist checklist{brief.requirements(), {}};
    critique.emplace(brief, checklist,
                     Candidate{{0, 0}, generation, large == nullptr ? padded_picture(64, 100) : *large});
  }

  static const Image& large_picture() {
    static const Image picture = padded_picture(64, 6'000'000);
    return picture;
  }

  void begin() {
    {
      const std::lock_guard lock{ends->mutex};
      ends->last.reset();
    }
    asio::cancellation_signal& signal = *signals.emplace_back(std::make_unique<asio::cancellation_signal>());
    const Clock::time_point start = Clock::now();
    const auto handler = [kept = ends, start](const auto& result) {
      CallEnd end = end_of(result);
      end.duration = std::chrono::ceil<milliseconds>(Clock::now() - start);
      std::function<void()> then;
      {
        const std::lock_guard lock{kept->mutex};
        then = kept->on_end;
      }
      if (then) then();
      const std::lock_guard lock{kept->mutex};
      ++kept->count;
      kept->last = std::move(end);
      kept->changed.notify_all();
    };
    const asio::any_io_executor executor = client_loop().executor();
    if (judge) {
      async_critique(executor, judge, *critique,
                     asio::bind_cancellation_slot(signal.slot(), [handler](const Result<Critique>& r) { handler(r); }));
    } else {
      async_generate(
          executor, generator, generation,
          asio::bind_cancellation_slot(signal.slot(), [handler](const Result<Generation>& r) { handler(r); }));
    }
  }

  CallEnd await_end() {
    std::unique_lock lock{ends->mutex};
    const bool ended = ends->changed.wait_for(lock, patience_with_a_case, [&] { return ends->last.has_value(); });
    REQUIRE_MESSAGE(ended, "the call has not ended");
    return *ends->last;
  }

  BenchOptions options;
  std::string key;
  std::mutex mutex;  // guards what the server's thread uses
  std::uint64_t settled = 0;
  std::function<void()> on_request_begin;
  std::function<void()> on_request_end;
  std::unique_ptr<emulator::Emulator> other;
  std::unique_ptr<emulator::Emulator> server;
  std::shared_ptr<Generator> generator;
  std::shared_ptr<Critic> judge;
  GenerationRequest generation{"three red mugs"};
  std::optional<CritiqueRequest> critique;
  std::shared_ptr<Ends> ends = std::make_shared<Ends>();
  std::vector<std::unique_ptr<asio::cancellation_signal>> signals;  // each outlives its call
  std::optional<std::promise<void>> release;
};

FaultBench::FaultBench(BenchOptions options) : impl_{std::make_unique<Impl>(std::move(options))} {}
FaultBench::~FaultBench() = default;

CallEnd FaultBench::call() {
  begin();
  return await_end();
}

void FaultBench::begin() { impl_->begin(); }
CallEnd FaultBench::await_end() { return impl_->await_end(); }

int FaultBench::ends() const {
  const std::lock_guard lock{impl_->ends->mutex};
  return impl_->ends->count;
}

void FaultBench::cancel() { impl_->signals.back()->emit(asio::cancellation_type::all); }

void FaultBench::on_end(std::function<void()> function) {
  const std::lock_guard lock{impl_->ends->mutex};
  impl_->ends->on_end = std::move(function);
}

void FaultBench::warm_up() {
  if (impl_->judge) {
    impl_->judge->warm_up();
  } else {
    impl_->generator->warm_up();
  }
}

void FaultBench::hold_client() {
  impl_->release.emplace();
  asio::post(client_loop().executor(), [released = impl_->release->get_future().share()] { released.wait(); });
}

void FaultBench::release_client() { impl_->release->set_value(); }

void FaultBench::drop_client() {
  impl_->generator.reset();
  impl_->judge.reset();
}

Money FaultBench::worst_case() const {
  if (impl_->generator) return impl_->generator->estimate(impl_->generation);
  // A critique makes at most two requests.
  return Money::from_micros(impl_->judge->estimate(CallKind::critique).micros() / 2);
}

const std::string& FaultBench::key() const { return impl_->key; }

std::uint16_t FaultBench::port() const { return impl_->server->port(); }
std::uint64_t FaultBench::connections() const { return impl_->server->connections(); }
std::uint64_t FaultBench::open_connections() const { return impl_->server->open_connections(); }
std::uint64_t FaultBench::requests() const { return impl_->server->requests().total; }
std::uint64_t FaultBench::whole_requests() const { return impl_->server->requests().whole; }
std::uint64_t FaultBench::bytes() const { return impl_->server->requests().bytes; }

std::uint64_t FaultBench::unsettled_requests() const {
  const std::lock_guard lock{impl_->mutex};
  return whole_requests() - impl_->settled;
}

std::uint64_t FaultBench::connections_elsewhere() const {
  return impl_->other == nullptr ? 0 : impl_->other->connections();
}

void FaultBench::reset_counts() {
  const std::lock_guard lock{impl_->mutex};
  impl_->server->reset_counts();
  impl_->settled = 0;
}

void FaultBench::stop_server() { impl_->server->stop(); }

void FaultBench::on_request_begin(std::function<void()> function) {
  const std::lock_guard lock{impl_->mutex};
  impl_->on_request_begin = std::move(function);
}

void FaultBench::on_request_end(std::function<void()> function) {
  const std::lock_guard lock{impl_->mutex};
  impl_->on_request_end = std::move(function);
}

}  // namespace pentimento::test
