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

/// Who makes a call. A set of them is a sum.
enum Role : unsigned {
  stability = 1,      ///< `StabilityGenerator`
  openai = 2,         ///< `OpenAiImagesGenerator`
  openai_stream = 4,  ///< the same with a streamed reply
  critic = 8,         ///< `VisionCritic` at a server that costs money
  local_critic = 16,  ///< the same at one that does not
  anthropic_critic = 32,  ///< `VisionCritic` at Anthropic
};

std::string_view to_string(Role role) noexcept;

/// What a call goes by, in the terms of the client's and the role's own options.
struct CallOptions {
  std::chrono::milliseconds timeout{20'000};
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds max_idle{5'000};
  std::size_t low_speed_floor = 64;
  std::chrono::milliseconds low_speed_window{30'000};
  int max_attempts = 4;
  /// Ceiling of the wait before the first retry; later ones double it, up to the cap.
  std::chrono::milliseconds retry_base{1};
  std::chrono::milliseconds retry_cap{4};
  int retry_quota = 50;
  /// Whether a picture of 6 MB goes along, more than the system takes in for a server that does not read.
  bool is_large = false;
  /// Behind the key.
  std::string key_suffix{};
  std::string host = "127.0.0.1";
  /// In place of the emulator's own address: what the client is told to use.
  std::string base_url{};
  bool proxy_from_environment = false;
  /// Is called with "127.0.0.1:PORT" of the emulator before the client is made, to set the environment.
  std::function<void(const std::string& address)> environment{};
  /// Whether the client runs on a thread of its own, which it ends itself.
  bool has_own_thread = false;
};

/// What stands around a call.
struct BenchOptions {
  Role role = stability;
  bool tls = false;
  /// May hold @KEY@, @KEY64@ and @KEYURL@ for the key as it is, in base64 and percent-encoded, @HERE@ for the address
  /// of the emulator, @PLAIN@ for the same with http, and @OTHER@ for that of another one, which is there if named.
  std::string scenario{};
  bool ipv6 = false;
  bool proxy = false;
  CallOptions call{};
};

/// How a call ended.
struct CallEnd {
  /// None if it succeeded.
  std::optional<Error> error{};
  Charge charge{};
  /// All texts that came of it, also as JSON.
  std::string words{};
  std::chrono::milliseconds duration{0};
};

/// An emulator on a thread of its own, and one role that calls it through a client of its own on another thread. The
/// threads are those of the process; all else goes with the bench.
class FaultBench {
 public:
  explicit FaultBench(BenchOptions options);
  ~FaultBench();
  FaultBench(const FaultBench&) = delete;
  FaultBench& operator=(const FaultBench&) = delete;

  /// Makes a call and waits for its end; fails the test if it has none.
  CallEnd call();
  /// The same in two steps.
  void begin();
  CallEnd await_end();
  /// How many ends the calls have had together.
  int ends() const;
  /// Cancels the call that was begun last. Any thread.
  void cancel();
  /// Is called on the client's thread when a call ends, before `await_end` returns.
  void on_end(std::function<void()> function);
  /// Says that a call will follow soon.
  void prepare();
  /// Keeps the client's thread busy from now on, and no longer.
  void hold_client();
  void release_client();
  /// Lets role and client go.
  void drop_client();

  /// What one request may cost at most.
  Money worst_case() const;
  const std::string& key() const;

  std::uint16_t port() const;
  std::uint64_t connections() const;
  std::uint64_t open_connections() const;
  std::uint64_t requests() const;
  std::uint64_t whole_requests() const;
  std::uint64_t bytes() const;
  /// The requests that arrived whole and were not told that nothing was done.
  std::uint64_t unsettled_requests() const;
  /// The same counts of the other emulator.
  std::uint64_t connections_elsewhere() const;
  void reset_counts();
  void stop_server();
  /// Is called on the server's thread when the head of a request has come, and when one is done with.
  void on_request_begin(std::function<void()> function);
  void on_request_end(std::function<void()> function);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// What no output may hold: the key as it stands, in base64, and percent-encoded.
bool shows_key(std::string_view text, std::string_view key);

}  // namespace pentimento::test
