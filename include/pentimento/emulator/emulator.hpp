#pragma once

#include <pentimento/emulator/answers.hpp>
#include <pentimento/emulator/scenario.hpp>
#include <pentimento/error.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/image.hpp>
#include <pentimento/media_type.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

/// A local server that speaks the dialects of providers, and misbehaves by script.
namespace pentimento::emulator {

/// One request and its reply.
struct RequestLog {
  /// The number of the connection, from 1.
  std::uint64_t connection = 0;
  /// The number of the request over all connections, from 1.
  std::uint64_t number = 0;
  /// Empty if no whole head arrived.
  std::string method{};
  /// Without the query.
  std::string path{};
  /// The status of the reply. 0 if there was none, and for raw bytes.
  int status = 0;
  /// From the first byte of the request to the last of the reply.
  std::chrono::milliseconds duration{0};
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  /// True if the whole request arrived and the reply was sent as intended.
  bool complete = false;
  /// The rule of the scenario that applied: its name, or its position as "requests[2]". Empty if none did.
  std::string rule{};
};

/// What has arrived.
struct RequestCounts {
  /// The requests of which at least one byte arrived.
  std::uint64_t total = 0;
  /// The requests that arrived whole.
  std::uint64_t whole = 0;
  /// The bytes of heads and bodies, without TLS.
  std::uint64_t bytes = 0;
  /// The requests whose head arrived, by path without the query.
  std::map<std::string, std::uint64_t> by_path{};
};

struct EmulatorOptions {
  /// 0 chooses a free port.
  std::uint16_t port = 0;
  /// Listen at [::1] too, with the same port. The emulator listens at 127.0.0.1 and nowhere else.
  bool ipv6 = false;
  /// The accepted API key. If empty, any non-empty key is accepted.
  std::string api_key{};
  /// Encrypt connections. The certificates come from an authority that is made for this emulator.
  bool tls = false;
  Scenario scenario{};

  /// Be an HTTP proxy too, for `CONNECT` and for whole URLs in the first line. It forwards to this machine only. Every
  /// name that ends with ".test" stands for this machine, because clients do not use a proxy for loopback addresses. The
  /// certificates are valid for "origin.test".
  bool proxy = false;
  /// The value of `Proxy-Authorization` that the proxy requires. If empty, none is required.
  std::string proxy_authorization{};

  /// Answers questions to chat models; see `answers_of`. By default an answer is the least value that its schema allows.
  AnswerFunction answer{};
  /// Converts an image to another format, for requests that want JPEG or WebP. May block for a moment. By default images
  /// are sent as the generator made them, under their true media type.
  std::function<Result<Image>(const Image& image, MediaType type)> encode{};

  /// Called when the head of a request has arrived, and when the request is done. One call at a time, on a thread of the
  /// executor, and never after `stop` has returned. Must not throw, block or destroy the emulator.
  std::function<void(const RequestLog& request)> on_begin{};
  std::function<void(const RequestLog& request)> on_request{};
};

/**
 * A local server that speaks Stability v2beta, OpenAI Images, OpenAI Chat Completions and Anthropic Messages over
 * HTTP/1.1, plain or with TLS.
 *
 * It validates requests as strictly as the providers document, answers in their shape, counts what arrives, and
 * misbehaves as its `Scenario` says. The images come from a generator. With the offline backends it costs nothing and is
 * deterministic. Image prompts that contain the word "forbidden" are refused, as by the provider's moderation.
 *
 * Not emulated: rate limits, prices (except Stability's balance) and the effect of settings such as quality or style,
 * which are validated only. Error messages are the emulator's own; status, type and code are the provider's.
 *
 * **Executor**: each connection runs on a strand of the executor. There are no other threads.
 * **Thread safety**: all functions are thread-safe.
 * **Lifetime**: the destructor stops the emulator and may run at any time. The context of the executor must outlive the
 * emulator. The backends live until the last request has ended.
 */
class Emulator {
 public:
  /// Starts to listen. Blocks for some milliseconds to make keys. Throws `Failure` with `io_failed` if the port cannot be
  /// used.
  Emulator(boost::asio::any_io_executor executor, std::shared_ptr<Generator> generator, EmulatorOptions options = {});
  ~Emulator();
  Emulator(Emulator&&) noexcept;
  Emulator& operator=(Emulator&&) noexcept;

  std::uint16_t port() const noexcept;
  /// "https://127.0.0.1:41234"
  std::string base_url() const;
  /// The certificate of the authority as PEM text, which clients must trust. Empty without TLS.
  std::string ca_pem() const;

  /// Replaces the scenario; its counts start at zero. Requests in progress keep the old one.
  void play(Scenario scenario);

  /// The connections that were accepted.
  std::uint64_t connections() const;
  std::uint64_t open_connections() const;
  RequestCounts requests() const;
  /// Sets the counts of requests and connections to zero. The numbers in logs and the counts of the scenario go on.
  void reset_counts();

  /// The addresses and endpoints as text, a few lines.
  std::string describe() const;

  /// Closes everything. After it returns, no connection is accepted and none carries data.
  void stop() noexcept;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace pentimento::emulator
