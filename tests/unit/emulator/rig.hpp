#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/critic.hpp>
#include <pentimento/critique_request.hpp>
#include <pentimento/emulator/emulator.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/image.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

// An emulator to be tested, and a client that writes and reads plain bytes.

namespace pentimento::test {

/// The shortest request that is answered.
inline constexpr std::string_view get_models =
    "GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer key-for-tests\r\n\r\n";

/// How a connection ended.
enum class Ended {
  not_yet,
  in_order,  ///< with `close_notify` if there is TLS
  cut_off,   ///< by a reset, or without `close_notify`
};

/// A client that blocks for at most 20 seconds. What takes longer fails the test.
class RawClient {
 public:
  /// Connects, with TLS if `ca_pem` is not empty.
  explicit RawClient(std::uint16_t port, const std::string& ca_pem = {}, const std::string& host = "127.0.0.1");
  RawClient(RawClient&&) noexcept;
  ~RawClient();

  /// True if the handshake succeeded.
  bool handshake() const;
  /// Why the handshake failed.
  const std::string& complaint() const;
  /// Returns true if everything was written.
  bool write(std::string_view bytes);
  /// Reads so many bytes, or less if the connection ends.
  std::string read(std::size_t count);
  std::string read_until(std::string_view end);
  std::string read_all();
  /// Reads a reply that has a length or chunks: head and body.
  std::string read_reply();
  Ended ended() const;
  /// Closes the connection in order, or resets it.
  void close(bool reset = false);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

std::string status_line(std::string_view reply);
/// The status of a reply: "200".
std::string status_of(std::string_view reply);
/// The value of the first field of this name in a reply, or "(none)".
std::string field(std::string_view reply, std::string_view name);
/// What follows the head, unchanged.
std::string body_of(std::string_view reply);
/// A body without its chunks.
std::string unchunked(std::string_view body);
/// The body as JSON. Fails the test if it is not JSON.
boost::json::value json_of(std::string_view reply);
/// An error of OpenAI as "400 invalid_value n $.n: ...": status, code, param and message. Only the status if it is none.
std::string error_of(std::string_view reply);

/// "POST path HTTP/1.1" with a key, these headers ("name: value\r\n"...) and this body.
std::string post(std::string_view path, std::string_view headers, std::string_view body);
std::string post_json(std::string_view path, std::string_view json);

/// A scenario whose only rule does this to every request, or connection.
std::string request_rule(std::string_view then);
std::string connection_rule(std::string_view then);
emulator::EmulatorOptions with_tls();

/// "data:image/png;base64,..."
std::string data_url(const Image& image);

/// A critic that plans two requirements, passes every other requirement from the first on, and fails the rest.
class EvenCritic final : public Critic {
 public:
  std::vector<CritiqueRequest> judged() const;
  std::vector<Brief> planned() const;

 private:
  std::string do_name() const override { return "even"; }
  boost::asio::awaitable<Result<Plan>> do_plan(Brief brief) override;
  boost::asio::awaitable<Result<Critique>> do_critique(CritiqueRequest request) override;

  mutable std::mutex mutex_;
  std::vector<CritiqueRequest> judged_;
  std::vector<Brief> planned_;
};

/// An emulator on threads of its own. Its generator makes PNG headers of the requested size and keeps the requests.
class Rig {
 public:
  explicit Rig(std::string_view scenario = {}, emulator::EmulatorOptions options = {}, int threads = 1);
  ~Rig();

  emulator::Emulator& emulator();
  /// A connection, with TLS if the emulator has it.
  RawClient connect(const std::string& host = "127.0.0.1");
  /// Sends a request on a connection of its own. Returns the reply.
  std::string ask(std::string_view request);

  /// Waits until so many requests are done. Returns the logs of all.
  std::vector<emulator::RequestLog> logs(std::size_t count);
  /// Waits until so many requests have begun.
  void await_begun(std::size_t count);
  /// Waits until all connections are closed.
  void await_closed();

  std::vector<GenerationRequest> generated() const;

  /// Replaces the generator. Set it before the first request.
  std::function<Result<Generation>(const GenerationRequest&)> generate{};

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pentimento::test
