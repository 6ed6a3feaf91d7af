#pragma once

#include "caller_call.hpp"
#include <pentimento.h>
#include <pentimento/critic.hpp>
#include <pentimento/event_sink.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/reviser.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace pentimento::capi {

/// Validates a caller's functions; `name` is the argument's, for messages. Throws `Rejected`.
ptm_backend backend_of(const ptm_backend* given, const char* name);

/// A backend or sink of the caller: its functions and its open calls. Thread-safe.
class CallerBackend {
 public:
  explicit CallerBackend(const ptm_backend& functions) : functions_{functions} {}
  CallerBackend(const CallerBackend&) = delete;
  CallerBackend& operator=(const CallerBackend&) = delete;
  /// Calls `destroy` if the backend was added. The handles of its calls become invalid.
  ~CallerBackend();

  /// Called when the backend was added: from now on `destroy` is owed to the caller.
  void taken() noexcept { taken_ = true; }

  /// Gives a call a handle and passes it to the caller. Throws what the caller throws.
  void start(const std::shared_ptr<CallerCall>& call);
  /// Tells the caller that the result is no longer wanted. A no-op if the call is finished.
  void cancel(const CallerCall& call) noexcept;

 private:
  ptm_backend functions_;
  bool taken_ = false;
  std::mutex mutex_;
  std::set<ptm_call*> started_;  // may contain handles of finished calls
};

/// A caller's description of a generator: its capabilities and the worst-case cost of a call.
struct CallerGeneratorTerms {
  Capabilities capabilities;
  Money estimate;
};
/// Throws `Failure`.
CallerGeneratorTerms read_generator_terms(std::string_view text);

/// A caller's description of a critic.
struct CallerCriticTerms {
  std::string name;
  bool plans = false;
  bool compares = false;
  Money plan;
  Money critique;
  Money compare;
};
/// Throws `Failure`.
CallerCriticTerms read_critic_terms(std::string_view text);

/// A caller's description of a reviser.
struct CallerReviserTerms {
  std::string name;
  Money estimate;
};
/// Throws `Failure`.
CallerReviserTerms read_reviser_terms(std::string_view text);

std::shared_ptr<Generator> caller_generator(std::shared_ptr<CallerBackend> backend, CallerGeneratorTerms terms);
std::shared_ptr<Critic> caller_critic(std::shared_ptr<CallerBackend> backend, CallerCriticTerms terms);
std::shared_ptr<Reviser> caller_reviser(std::shared_ptr<CallerBackend> backend, CallerReviserTerms terms);
std::shared_ptr<EventSink> caller_sink(std::shared_ptr<CallerBackend> backend);

}  // namespace pentimento::capi
