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
/// Those whose calls cost money: nobody knows what became of a request is nobody knows what was paid.
inline constexpr Roles paid = generators | critic;
inline constexpr Roles all_roles = paid | local_critic;

/// What a call says that it cost. Where calls cost nothing it is nothing, whatever stands here.
enum class Bill {
  nothing,
  maybe,            ///< maybe billed, the worst case of one request
  charged,          ///< something, as it is for a call that succeeds
  estimated,        ///< the worst case of one request that was carried out
  estimated_twice,  ///< the same for two
};

/// How a call is to end.
struct Expected {
  /// None: it succeeds.
  std::optional<errc> error{};
  Bill bill = Bill::nothing;
  /// The requests of which the server saw anything.
  std::uint64_t requests = 1;
  /// What the error's message holds, and what the provider's words in it hold.
  std::string says{};
  std::string quotes{};
};

inline Expected succeeds(std::uint64_t requests = 1) { return {std::nullopt, Bill::charged, requests, {}, {}}; }

inline Expected fails(errc code, Bill bill, std::uint64_t requests = 1, std::string says = {},
                      std::string quotes = {}) {
  return {code, bill, requests, std::move(says), std::move(quotes)};
}

/// One fault, and what it comes to in each role: by what the documentation says, not by what was seen.
class FaultRow {
 public:
  /// The number of its line in the matrix of faults ("N13"), what happens in a few words, and the emulator's script.
  FaultRow(std::string id, std::string name, std::string scenario)
      : id_{std::move(id)}, name_{std::move(name)}, scenario_{std::move(scenario)} {}

  const std::string& id() const noexcept { return id_; }
  const std::string& name() const noexcept { return name_; }
  const std::string& scenario() const noexcept { return scenario_; }

  /// What it comes to for these roles; what is said later goes before.
  FaultRow& then(Roles roles, const Expected& expected) {
    outcomes_.emplace_back(roles, expected);
    return *this;
  }
  /// The same for every role.
  FaultRow& then(const Expected& expected) { return then(all_roles, expected); }
  /// An outcome that nobody knows: what costs money is not sent again and may have been billed; what does not is sent
  /// as often as the policy has it.
  FaultRow& unsettled(errc code, const std::string& says = {}) {
    then(paid | openai_stream, fails(code, Bill::maybe, 1, says));
    return then(local_critic, fails(code, Bill::nothing, 4, says));
  }
  /// Null if the row does not concern the role. For the critic at Anthropic, what holds for the critic holds.
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

  /// The fault hangs: the call ends when this much time has passed, and no sooner.
  FaultRow& hangs(std::chrono::milliseconds limit) { return hangs_ = true, limit_ = limit, *this; }
  bool hangs() const noexcept { return hangs_; }
  /// The call has to end within this time; the time-out of the call unless told.
  FaultRow& within(std::chrono::milliseconds limit) { return limit_ = limit, *this; }
  std::chrono::milliseconds limit() const noexcept { return limit_.count() > 0 ? limit_ : options_.timeout; }

  /// So many calls go well before the one that counts; with `closed`, the server has closed all connections by then.
  FaultRow& after(int calls, bool closed = false) { return good_calls_ = calls, closed_before_ = closed, *this; }
  int good_calls() const noexcept { return good_calls_; }
  bool is_closed_before() const noexcept { return closed_before_; }
  /// So many calls one after the other, each with this end; the requests are those of all together.
  FaultRow& calls(int calls) { return calls_ = calls, *this; }
  int calls() const noexcept { return calls_; }
  /// The call takes two requests by itself: a critic asks again where the first answer does not fit.
  FaultRow& asks_twice() { return asks_twice_ = true, *this; }
  bool is_asked_twice() const noexcept { return asks_twice_; }
  /// Nobody listens at the address any more.
  FaultRow& deserted() { return deserted_ = true, *this; }
  bool is_deserted() const noexcept { return deserted_; }
  /// How many connections the server accepts.
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
