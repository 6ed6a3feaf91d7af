#pragma once

#include <pentimento/error.hpp>
#include <pentimento/money.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pentimento::test {

/// Who makes a call. Roles can be combined with `|`.
enum Role : unsigned {
  stability = 1,      ///< `StabilityGenerator`
  openai = 2,         ///< `OpenAiImagesGenerator`
  openai_stream = 4,  ///< the same with a streamed reply
  critic = 8,         ///< `VisionCritic` at a server that costs money
  local_critic = 16,  ///< the same at one that does not
  anthropic_critic = 32,  ///< `VisionCritic` at Anthropic
};

std::string_view to_string(Role role) noexcept;

/// The options of a call: those of the client and of the role.
struct CallOptions {
  std::chrono::milliseconds timeout{20'000};
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds max_idle{5'000};
  std::size_t low_speed_floor = 64;
  std::chrono::milliseconds low_speed_window{30'000};
  int max_attempts = 4;
  /// The limit of the wait before the first retry. It doubles for later ones, up to the cap.
  std::chrono::milliseconds retry_base{1};
  std::chrono::milliseconds retry_cap{4};
  int retry_quota = 50;
  /// True to send an image of 6 MB: more than the socket buffers hold for a server that does not read.
  bool is_large = false;
  /// Appended to the key.
  std::string key_suffix{};
  std::string host = "127.0.0.1";
  /// The address for the client. Default: that of the emulator.
  std::string base_url{};
  bool proxy_from_environment = false;
  /// Called with "127.0.0.1:PORT" of the emulator before the client is created, to set the environment.
  std::function<void(const std::string& address)> environment{};
  /// True if the client has its own thread.
  bool has_own_thread = false;
};

/// The options of a bench.
struct BenchOptions {
  Role role = stability;
  bool tls = false;
  /// Placeholders: @KEY@, @KEY64@ and @KEYURL@ are the key, plain, in base64 and percent-encoded. @HERE@ is the address of
  /// the emulator, @PLAIN@ the same with http, @OTHER@ that of a second emulator.
  std::string scenario{};
  bool ipv6 = false;
  bool proxy = false;
  CallOptions call{};
};

/// The result of a call.
struct CallEnd {
  /// Empty if it succeeded.
  std::optional<Error> error{};
  Charge charge{};
  /// All texts of the result, also as JSON.
  std::string words{};
  std::chrono::milliseconds duration{0};
};

/// An emulator, and a role that calls it through its own client on another thread. The threads are shared by all benches.
class FaultBench {
 public:
  explicit FaultBench(BenchOptions options);
  ~FaultBench();
  FaultBench(const FaultBench&) = delete;
  FaultBench& operator=(const FaultBench&) = delete;

  /// Makes a call and waits for its result. Fails the test if there is none.
  CallEnd call();
  /// The same in two steps.
  void begin();
  CallEnd await_end();
  /// The number of results of all calls.
  int ends() const;
  /// Cancels the last call. Thread-safe.
  void cancel();
  /// Sets a function that is called on the client's thread when a call ends, before `await_end` returns.
  void on_end(std::function<void()> function);
  /// Warms up a connection for the next call.
  void warm_up();
  /// Blocks the client's thread, until it is released.
  void hold_client();
  void release_client();
  /// Destroys the role and the client.
  void drop_client();

  /// The worst-case cost of one request.
  Money worst_case() const;
  const std::string& key() const;

  std::uint16_t port() const;
  std::uint64_t connections() const;
  std::uint64_t open_connections() const;
  std::uint64_t requests() const;
  std::uint64_t whole_requests() const;
  std::uint64_t bytes() const;
  /// The complete requests whose reply did not say that nothing was done.
  std::uint64_t unsettled_requests() const;
  /// The connections of the second emulator.
  std::uint64_t connections_elsewhere() const;
  void reset_counts();
  void stop_server();
  /// Sets functions that are called on the server's thread when the head of a request has arrived, and when it is done.
  void on_request_begin(std::function<void()> function);
  void on_request_end(std::function<void()> function);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// True if a text contains the key, plain, in base64 or percent-encoded.
bool shows_key(std::string_view text, std::string_view key);

}  // namespace pentimento::test
