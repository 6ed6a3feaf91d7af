#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/critique_request.hpp>
#include <pentimento/emulator/emulator.hpp>
#include <pentimento/generation.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// An emulator to be tested, and a client that writes and reads bytes as they are.

namespace pentimento::test {

/// The least that can be asked.
inline constexpr std::string_view get_models =
    "GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer key-for-tests\r\n\r\n";

/// How a connection ended.
enum class Ended {
  not_yet,
  in_order,  ///< with `close_notify`, where there is TLS
  cut_off,   ///< by a reset, or an end without `close_notify`
};

/// A client that blocks, for 20 seconds at the most; what takes longer fails the test.
class RawClient {
 public:
  /// Connects; with TLS where `ca_pem` is not empty. `handshake` is whether that went well.
  explicit RawClient(std::uint16_t port, const std::string& ca_pem = {}, const std::string& host = "127.0.0.1");
  RawClient(RawClient&&) noexcept;
  ~RawClient();

  bool handshake() const;
  /// Why not.
  const std::string& complaint() const;
  /// Returns whether all went.
  bool write(std::string_view bytes);
  /// Reads so many bytes, or less where the connection ends.
  std::string read(std::size_t count);
  std::string read_until(std::string_view end);
  std::string read_all();
  /// A reply with a length that is told: head and body.
  std::string read_reply();
  Ended ended() const;
  /// Says farewell, closes, or resets.
  void close(bool reset = false);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

std::string status_line(std::string_view reply);
/// The value of the first field of this name in a reply; "(none)" where there is none.
std::string field(std::string_view reply, std::string_view name);
/// What follows the head, as it stands.
std::string body_of(std::string_view reply);
/// The body without its chunks.
std::string unchunked(std::string_view body);

/// "POST path HTTP/1.1" with a key, these headers ("name: value\r\n"...) and this body.
std::string post(std::string_view path, std::string_view headers, std::string_view body);

/// An emulator on a thread of its own, or on several. Its generator makes PNG headers of the size that it is asked for, its critic
/// passes what is asked for with an even number and fails the rest; both keep what they were asked.
class Rig {
 public:
  explicit Rig(std::string_view scenario = {}, emulator::EmulatorOptions options = {}, int threads = 1);
  ~Rig();

  emulator::Emulator& emulator();
  /// A connection to it, by TLS where it has that.
  RawClient connect(const std::string& host = "127.0.0.1");
  /// One request on a connection of its own, and its reply.
  std::string ask(std::string_view request);

  /// The logs of all requests that are done with; waits until there are so many.
  std::vector<emulator::RequestLog> logs(std::size_t count);
  /// Waits until so many requests have begun.
  void await_begun(std::size_t count);
  /// Waits until all connections have been closed.
  void await_closed();

  std::vector<GenerationRequest> generated() const;
  std::vector<CritiqueRequest> judged() const;
  std::vector<Brief> planned() const;

  /// What the generator does instead; before the first request.
  std::function<Result<Generation>(const GenerationRequest&)> generate{};

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pentimento::test
