#pragma once

#include <pentimento/critic.hpp>
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

/// A local server that speaks the dialects of providers over backends of ours, and misbehaves by script.
namespace pentimento::emulator {

/// One request and what became of it.
struct RequestLog {
  /// The number of its connection, and its own over all connections; from 1.
  std::uint64_t connection = 0;
  std::uint64_t number = 0;
  /// Empty for a request of which no whole head arrived.
  std::string method{};
  /// Without its query.
  std::string path{};
  /// The status of the reply; 0 for none, and for raw bytes.
  int status = 0;
  /// From its first byte to the last of the reply.
  std::chrono::milliseconds duration{0};
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  /// Whether the request arrived whole and a reply was sent as it was meant to be.
  bool complete = false;
  /// The name of the scenario's rule that fired, or its place: "requests[2]"; empty where none did.
  std::string rule{};
};

/// What has arrived.
struct RequestCounts {
  /// The requests of which at least one byte arrived.
  std::uint64_t total = 0;
  /// Those that arrived whole.
  std::uint64_t whole = 0;
  /// Their bytes, heads and bodies, as they are without TLS.
  std::uint64_t bytes = 0;
  /// The requests whose head arrived, by path (without the query).
  std::map<std::string, std::uint64_t> by_path{};
};

struct EmulatorOptions {
  /// 0 takes any that is free.
  std::uint16_t port = 0;
  /// Whether it listens at [::1] besides 127.0.0.1, with the same port. It never listens anywhere else.
  bool ipv6 = false;
  /// The one key that is accepted; where it is empty, every key is that is not empty itself.
  std::string api_key{};
  /// Whether connections are encrypted. The certificates come from an authority that is made for this emulator alone.
  bool tls = false;
  Scenario scenario{};

  /// Whether it is an HTTP proxy besides, for `CONNECT` and for whole addresses in the first line; only to this
  /// machine, which every name that ends with ".test" means as well: clients do not go to loopback by a proxy. The
  /// certificates are for "origin.test" too.
  bool proxy = false;
  /// The `Proxy-Authorization` that the proxy wants to see, if any.
  std::string proxy_authorization{};

  /// Makes a picture of another format, for requests that want JPEG or WebP; may block for a moment. Without it every
  /// picture comes as the generator made it, under its true media type.
  std::function<Result<Image>(const Image& image, MediaType type)> encode{};
  /// Makes a mask in which white may change (ours) of one whose transparent pixels may (OpenAI's). Without it masks are
  /// validated, and the whole picture may change.
  std::function<Result<Image>(const Image& mask)> mask_of_transparency{};

  /// Called when the head of a request has arrived, and when it is done with: one at a time, on whatever thread runs
  /// the executor, and not after `stop` has returned. They must not throw, block or destroy the emulator.
  std::function<void(const RequestLog& request)> on_begin{};
  std::function<void(const RequestLog& request)> on_request{};
};

/**
 * Speaks Stability v2beta, OpenAI Images and Chat Completions on this machine, over HTTP/1.1, plain or with TLS.
 *
 * It validates each request as strictly as the provider documents it, answers in the provider's shape, counts what
 * arrives, and does what its `Scenario` says, byte by byte. The pictures are the generator's, the answers the critic's:
 * with the offline backends it is free of charge and deterministic. Prompts with the word "forbidden" are refused as by
 * the provider's moderation.
 *
 * **What it is not**: there are no limits of rate and no prices (but Stability's balance goes down); settings that
 * steer a model (quality, style, cfg_scale, effort...) are checked and have no effect; of several pictures to edit the
 * first is the base; partial pictures of a stream are the finished one; a picture that is filtered is not blurred; a
 * question that is not one of a Pentimento critic gets the smallest answer that its schema allows.
 *
 * **Executor**: each connection runs on a strand of it; there is no thread besides. **Threads**: any, for all
 * functions.
 * **Lifetime**: it may be destroyed at any time, which stops it; the context of the executor must outlive it, and the
 * backends live as long as the last request. **Blocking**: the constructor makes keys, which takes some milliseconds.
 */
class Emulator {
 public:
  /// Listens when it returns. Throws `Failure`: `io_failed` for a port that cannot be had.
  Emulator(boost::asio::any_io_executor executor, std::shared_ptr<Generator> generator, std::shared_ptr<Critic> critic,
           EmulatorOptions options = {});
  /// Stops.
  ~Emulator();
  Emulator(Emulator&&) noexcept;
  Emulator& operator=(Emulator&&) noexcept;

  std::uint16_t port() const noexcept;
  /// "https://127.0.0.1:41234"
  std::string base_url() const;
  /// The certificate of the authority, as PEM text; what a client has to trust. Empty without TLS.
  std::string ca_pem() const;

  /// Another scenario from now on, its counts at zero. Requests under way go on by the old one.
  void play(Scenario scenario);

  /// How many connections were accepted, and how many are open.
  std::uint64_t connections() const;
  std::uint64_t open_connections() const;
  RequestCounts requests() const;
  /// Begins the counts of requests and connections anew; the numbers in the log and those that the scenario goes by run
  /// on.
  void reset_counts();

  /// What it listens to and speaks, for people: a few lines.
  std::string describe() const;

  /// Closes everything at once. When it returns, no connection is accepted and none carries anything any more.
  void stop() noexcept;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace pentimento::emulator
