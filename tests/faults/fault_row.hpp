#pragma once

#include "fault_bench.hpp"
#include <pentimento/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pentimento::test {

/// A set of roles.
using Roles = unsigned;

inline constexpr Roles generators = stability | openai;
/// The roles whose calls cost money.
inline constexpr Roles paid = generators | critic;
inline constexpr Roles all_roles = paid | local_critic;

/// The charge of a call. Ignored for roles whose calls are free.
enum class Bill {
  nothing,
  maybe,            ///< maybe billed: the worst case of one request
  charged,          ///< some charge, as for a call that succeeds
  estimated,        ///< the worst case of one request that was carried out
  estimated_twice,  ///< the same for two
};

/// The expected result of a call.
struct Expected {
  /// Empty if it succeeds.
  std::optional<errc> error{};
  Bill bill = Bill::nothing;
  /// The number of requests of which the server received anything.
  std::uint64_t requests = 1;
  /// Parts of the error's message and of the provider's message in it.
  std::string says{};
  std::string quotes{};
};

inline Expected succeeds(std::uint64_t requests = 1) { return {std::nullopt, Bill::charged, requests, {}, {}}; }

inline Expected fails(errc code, Bill bill, std::uint64_t requests = 1, std::string says = {},
                      std::string quotes = {}) {
  return {code, bill, requests, std::move(says), std::move(quotes)};
}

/// A fault and its expected result for each role, by the documentation.
class FaultRow {
 public:
  /// **Parameters**: the id of its line in the fault matrix ("N13"), a short description, the scenario of the emulator.
  FaultRow(std::string id, std::string name, std::string scenario)
      : id_{std::move(id)}, name_{std::move(name)}, scenario_{std::move(scenario)} {}

  const std::string& id() const noexcept { return id_; }
  const std::string& name() const noexcept { return name_; }
  const std::string& scenario() const noexcept { return scenario_; }

  /// Sets the result for some roles. Overrides earlier ones.
  FaultRow& then(Roles roles, const Expected& expected) {
    outcomes_.emplace_back(roles, expected);
    return *this;
  }
  /// Sets the result for every role.
  FaultRow& then(const Expected& expected) { return then(all_roles, expected); }
  /// Sets an unknown outcome: a request that costs money is not sent again and may be billed; a free one is sent as often
  /// as the retry policy allows.
  FaultRow& unsettled(errc code, const std::string& says = {}) {
    then(paid | openai_stream, fails(code, Bill::maybe, 1, says));
    return then(local_critic, fails(code, Bill::nothing, 4, says));
  }
  /// Returns null if the row does not apply to the role. The critic at Anthropic expects what the critic expects.
  const Expected* expected(Role role) const noexcept {
    if (role == anthropic_critic) {
      if (!with_anthropic_ || is_about_openai_) return nullptr;
      role = critic;
    }
    for (auto outcome = outcomes_.rbegin(); outcome != outcomes_.rend(); ++outcome) {
      if ((outcome->first & role) != 0) return &outcome->second;
    }
    return nullptr;
  }
  /// Includes the critic at Anthropic, unless the row is about OpenAI.
  FaultRow& with_anthropic() { return with_anthropic_ = true, *this; }
  FaultRow& about_openai() { return is_about_openai_ = true, *this; }

  FaultRow& plain_only() { return with_tls_ = false, *this; }
  FaultRow& tls_only() { return without_tls_ = false, *this; }
  /// The critic at Anthropic runs plain only, to save time: TLS is the same for every role.
  bool takes(Role role, bool tls) const noexcept { return tls ? with_tls_ && role != anthropic_critic : without_tls_; }

  FaultRow& options(CallOptions options) { return options_ = std::move(options), *this; }
  const CallOptions& options() const noexcept { return options_; }

  /// The call must end after this time, and not before.
  FaultRow& hangs(std::chrono::milliseconds limit) { return hangs_ = true, limit_ = limit, *this; }
  bool hangs() const noexcept { return hangs_; }
  /// The call must end within this time. Default: its timeout.
  FaultRow& within(std::chrono::milliseconds limit) { return limit_ = limit, *this; }
  std::chrono::milliseconds limit() const noexcept { return limit_.count() > 0 ? limit_ : options_.timeout; }

  /// So many calls succeed before. `closed`: the server has closed all connections afterwards.
  FaultRow& after(int calls, bool closed = false) { return good_calls_ = calls, closed_before_ = closed, *this; }
  int good_calls() const noexcept { return good_calls_; }
  bool is_closed_before() const noexcept { return closed_before_; }
  /// Makes so many calls in sequence, each with this result. The requests are those of all calls.
  FaultRow& calls(int calls) { return calls_ = calls, *this; }
  int calls() const noexcept { return calls_; }
  /// The call makes two requests: a critic asks again after an invalid answer.
  FaultRow& asks_twice() { return asks_twice_ = true, *this; }
  bool is_asked_twice() const noexcept { return asks_twice_; }
  /// The server has stopped listening.
  FaultRow& deserted() { return deserted_ = true, *this; }
  bool is_deserted() const noexcept { return deserted_; }
  /// The number of connections that the server accepts.
  FaultRow& connections(std::uint64_t count) { return connections_ = count, *this; }
  const std::optional<std::uint64_t>& connections() const noexcept { return connections_; }

 private:
  std::string id_;
  std::string name_;
  std::string scenario_;
  std::vector<std::pair<Roles, Expected>> outcomes_;
  CallOptions options_;
  std::chrono::milliseconds limit_{0};
  bool hangs_ = false;
  bool with_anthropic_ = false;
  bool is_about_openai_ = false;
  bool with_tls_ = true;
  bool without_tls_ = true;
  bool closed_before_ = false;
  bool deserted_ = false;
  bool asks_twice_ = false;
  int good_calls_ = 0;
  int calls_ = 1;
  std::optional<std::uint64_t> connections_;
};

}  // namespace pentimento::test
