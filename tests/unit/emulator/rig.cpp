#include "rig.hpp"

#include "http/stream.hpp"
#include "support/ca_file.hpp"
#include "support/images.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/json.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace pentimento::test {

namespace asio = boost::asio;
namespace json = boost::json;
using emulator::Emulator;
using emulator::EmulatorOptions;
using emulator::RequestLog;
using http::Io;

namespace {

constexpr int guard_ms = 20'000;
constexpr std::chrono::seconds guard{20};

/// A client context that trusts this authority.
http::TlsContext trusting(const std::string& ca_pem) { return http::TlsContext::client(CaFile{ca_pem}.path()).value(); }

}  // namespace

// The client ----------------------------------------------------------------------------------------------------------

class RawClient::Impl {
 public:
  Impl(std::uint16_t port, const std::string& ca_pem, const std::string& host) {
    asio::ip::tcp::socket socket{context_};
    const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host);
    socket.connect({address, port});
    stream_ = std::make_unique<http::Stream>(std::move(socket));
    if (!ca_pem.empty()) {
      stream_->use_client_tls(trusting(ca_pem), host).value();
      Io state = stream_->try_handshake();
      while (state == Io::want_read || state == Io::want_write) {
        wait(state);
        state = stream_->try_handshake();
      }
      ok = state == Io::done;
    }
  }

  bool write(std::string_view text) {
    auto bytes = std::as_bytes(std::span{text.data(), text.size()});
    while (!bytes.empty()) {
      std::size_t count = 0;
      const Io state = stream_->try_write(bytes, count);
      bytes = bytes.subspan(count);
      if (state == Io::cut_off || state == Io::closed) return false;
      if (state != Io::done) wait(state);
    }
    return true;
  }

  /// Reads more. Returns false at the end.
  bool more() {
    std::array<std::byte, 1 << 14> buffer{};
    while (ended == Ended::not_yet) {
      std::size_t count = 0;
      const Io state = stream_->try_read(buffer, count);
      received.append(reinterpret_cast<const char*>(buffer.data()), count);
      if (count > 0) return true;
      if (state == Io::closed) {
        ended = Ended::in_order;
      } else if (state == Io::cut_off) {
        ended = Ended::cut_off;
      } else {
        wait(state);
      }
    }
    return false;
  }

  std::string take(std::size_t count) {
    std::string text = received.substr(0, count);
    received.erase(0, text.size());
    return text;
  }

  void close(bool reset) {
    if (!reset) stream_->try_close();
    stream_->abort(reset);
  }

  const std::string& complaint() const { return stream_->last_error(); }

  std::string received;
  Ended ended = Ended::not_yet;
  bool ok = true;

 private:
  void wait(Io state) {
    const short events = state == Io::want_write ? POLLOUT : POLLIN;
    pollfd waiting{stream_->socket().native_handle(), events, 0};
    REQUIRE_MESSAGE(::poll(&waiting, 1, guard_ms) == 1, "the server is silent");
  }

  asio::io_context context_;
  std::unique_ptr<http::Stream> stream_;
};

RawClient::RawClient(std::uint16_t port, const std::string& ca_pem, const std::string& host)
    : impl_{std::make_unique<Impl>(port, ca_pem, host)} {}
RawClient::RawClient(RawClient&&) noexcept = default;
RawClient::~RawClient() = default;

bool RawClient::handshake() const { return impl_->ok; }
const std::string& RawClient::complaint() const { return impl_->complaint(); }
bool RawClient::write(std::string_view bytes) { return impl_->write(bytes); }
Ended RawClient::ended() const { return impl_->ended; }
void RawClient::close(bool reset) { impl_->close(reset); }

std::string RawClient::read(std::size_t count) {
  while (impl_->received.size() < count && impl_->more()) {}
  return impl_->take(count);
}

std::string RawClient::read_until(std::string_view end) {
  while (impl_->received.find(end) == std::string::npos && impl_->more()) {}
  const std::size_t found = impl_->received.find(end);
  return impl_->take(found == std::string::npos ? found : found + end.size());
}

std::string RawClient::read_all() {
  while (impl_->more()) {}
  return impl_->take(std::string::npos);
}

std::string RawClient::read_reply() {
  std::string reply = read_until("\r\n\r\n");
  if (field(reply, "transfer-encoding") == "chunked") {
    while (true) {
      const std::string size = read_until("\r\n");
      const unsigned long count = std::strtoul(size.c_str(), nullptr, 16);
      reply += size + read(count + 2);
      if (count == 0 || ended() != Ended::not_yet) return reply;
    }
  }
  const std::string length = field(reply, "content-length");
  if (length != "(none)") reply += read(std::stoul(length));
  return reply;
}

std::string status_line(std::string_view reply) { return std::string{reply.substr(0, reply.find("\r\n"))}; }

std::string field(std::string_view reply, std::string_view name) {
  reply = reply.substr(0, reply.find("\r\n\r\n") + 2);
  const std::string start = "\r\n" + std::string{name} + ": ";
  const std::size_t at = reply.find(start);
  if (at == std::string_view::npos) return "(none)";
  const std::string_view value = reply.substr(at + start.size());
  return std::string{value.substr(0, value.find("\r\n"))};
}

std::string body_of(std::string_view reply) {
  const std::size_t end = reply.find("\r\n\r\n");
  return end == std::string_view::npos ? std::string{} : std::string{reply.substr(end + 4)};
}

std::string unchunked(std::string_view body) {
  std::string text;
  while (!body.empty()) {
    const std::size_t size = std::strtoul(std::string{body.substr(0, 16)}.c_str(), nullptr, 16);
    body.remove_prefix(body.find("\r\n") + 2);
    text += body.substr(0, size);
    body.remove_prefix(std::min(body.size(), size + 2));
  }
  return text;
}

std::string post(std::string_view path, std::string_view headers, std::string_view body) {
  return "POST " + std::string{path} + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer key-for-tests\r\n" +
         std::string{headers} + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

std::string post_json(std::string_view path, std::string_view json) {
  return post(path, "Content-Type: application/json\r\n", json);
}

std::string status_of(std::string_view reply) { return status_line(reply).substr(9, 3); }

json::value json_of(std::string_view reply) {
  const Result<json::value> body = parse_json(body_of(reply));
  REQUIRE_MESSAGE(body.has_value(), reply);
  return *body;
}

std::string error_of(std::string_view reply) {
  const Result<json::value> body = parse_json(body_of(reply));
  const json::value* error = body && body->is_object() ? body->get_object().if_contains("error") : nullptr;
  if (error == nullptr) return status_of(reply);
  std::string text = status_of(reply);
  for (const char* const name : {"code", "param", "message"}) {
    const json::value& value = error->at(name);
    text += ' ' + (value.is_string() ? std::string{value.get_string().data(), value.get_string().size()} : "null");
  }
  return text;
}

std::string request_rule(std::string_view then) { return R"({"requests":[{"then":)" + std::string{then} + "}]}"; }
std::string connection_rule(std::string_view then) { return R"({"connections":[{"then":)" + std::string{then} + "}]}"; }

EmulatorOptions with_tls() {
  EmulatorOptions options;
  options.tls = true;
  return options;
}

std::string data_url(const Image& image) { return "data:image/png;base64," + detail::encode_base64(image.bytes()); }

// The emulator --------------------------------------------------------------------------------------------------------

std::vector<CritiqueRequest> EvenCritic::judged() const {
  const std::lock_guard lock{mutex_};
  return judged_;
}

std::vector<Brief> EvenCritic::planned() const {
  const std::lock_guard lock{mutex_};
  return planned_;
}

asio::awaitable<Result<Plan>> EvenCritic::do_plan(Brief brief) {
  {
    const std::lock_guard lock{mutex_};
    planned_.push_back(std::move(brief));
  }
  Plan plan;
  plan.add(Requirement{"count", "exactly three mugs"});
  plan.add(Requirement{"Main colour", "the mugs are red", Importance::should}.depends_on({"count"}));
  co_return plan;
}

asio::awaitable<Result<Critique>> EvenCritic::do_critique(CritiqueRequest request) {
  Critique critique;
  for (std::size_t i = 0; i < request.checklist().size(); ++i) {
    Finding finding{request.checklist().requirements()[i].id(), i % 2 == 0 ? Verdict::pass : Verdict::fail};
    critique.add(finding.observed("seen").wanted("wished"));
  }
  critique.suggested_prompt("another prompt");
  const std::lock_guard lock{mutex_};
  judged_.push_back(std::move(request));
  co_return critique;
}

namespace {

class HeaderGenerator final : public Generator {
 public:
  explicit HeaderGenerator(Rig& rig) : rig_{rig} {}

  std::vector<GenerationRequest> requests() const {
    const std::lock_guard lock{mutex_};
    return requests_;
  }

 private:
  Capabilities do_capabilities() const override {
    return Capabilities{"headers"}.image_to_image(true).mask(true).seed(true).negative_prompt(true).sides(64, 4096);
  }
  asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) override {
    {
      const std::lock_guard lock{mutex_};
      requests_.push_back(request);
    }
    if (rig_.generate) co_return rig_.generate(request);
    PixelSize size = request.init_image() ? request.init_image()->size() : PixelSize{512, 512};
    size = request.size().value_or(size);
    const auto seed = request.seed().value_or(77);
    Generation generation{picture(static_cast<std::uint32_t>(seed), size.width(), size.height())};
    generation.seed(seed);
    co_return generation;
  }

  Rig& rig_;
  mutable std::mutex mutex_;
  std::vector<GenerationRequest> requests_;
};

}  // namespace

class Rig::Impl {
 public:
  Impl(Rig& rig, std::string_view scenario, EmulatorOptions options, int thread_count)
      : context{thread_count}, generator{std::make_shared<HeaderGenerator>(rig)} {
    if (!scenario.empty()) {
      Result<emulator::Scenario> parsed = emulator::Scenario::parse(scenario);
      REQUIRE_MESSAGE(parsed.has_value(), parsed.error().message());
      options.scenario = *parsed;
    }
    options.on_begin = [this](const RequestLog&) {
      const std::lock_guard lock{mutex};
      ++begun;
      changed.notify_all();
    };
    options.on_request = [this](const RequestLog& log) {
      const std::lock_guard lock{mutex};
      logs.push_back(log);
      changed.notify_all();
    };
    emulator.emplace(context.get_executor(), generator, std::move(options));
    for (int i = 0; i < thread_count; ++i) threads.emplace_back([this] { context.run(); });
  }

  ~Impl() {
    emulator.reset();
    work.reset();
    context.stop();
    for (std::thread& thread : threads) thread.join();
  }

  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::shared_ptr<HeaderGenerator> generator;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<RequestLog> logs;
  std::size_t begun = 0;
  std::optional<Emulator> emulator;
  std::vector<std::thread> threads;
};

Rig::Rig(std::string_view scenario, EmulatorOptions options, int threads)
    : impl_{std::make_unique<Impl>(*this, scenario, std::move(options), threads)} {}
Rig::~Rig() = default;

Emulator& Rig::emulator() { return *impl_->emulator; }

RawClient Rig::connect(const std::string& host) { return RawClient{emulator().port(), emulator().ca_pem(), host}; }

std::string Rig::ask(std::string_view request) {
  RawClient client = connect();
  REQUIRE(client.handshake());
  client.write(request);
  std::string reply = client.read_reply();
  client.close();
  return reply;
}

std::vector<RequestLog> Rig::logs(std::size_t count) {
  std::unique_lock lock{impl_->mutex};
  REQUIRE(impl_->changed.wait_for(lock, guard, [&] { return impl_->logs.size() >= count; }));
  return impl_->logs;
}

void Rig::await_begun(std::size_t count) {
  std::unique_lock lock{impl_->mutex};
  REQUIRE(impl_->changed.wait_for(lock, guard, [&] { return impl_->begun >= count; }));
}

void Rig::await_closed() {
  const auto until = std::chrono::steady_clock::now() + guard;
  while (emulator().open_connections() > 0) {
    REQUIRE(std::chrono::steady_clock::now() < until);
    std::this_thread::yield();
  }
}

std::vector<GenerationRequest> Rig::generated() const { return impl_->generator->requests(); }

}  // namespace pentimento::test
