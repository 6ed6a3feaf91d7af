#pragma once

#include "caller_call.hpp"
#include <pentimento.h>
#include <pentimento/critic.hpp>
#include <pentimento/generator.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace pentimento::capi {

/// The functions of a backend of the caller's, and the calls of it that are open.
class CallerBackend {
 public:
  explicit CallerBackend(const ptm_backend& functions) : functions_{functions} {}
  CallerBackend(const CallerBackend&) = delete;
  CallerBackend& operator=(const CallerBackend&) = delete;
  /// Tells the caller, if the backend was ever taken. The handles of its calls die.
  ~CallerBackend();

  /// It was added: from now on its end is told.
  void taken() noexcept { taken_ = true; }

  /// Gives a call a handle and hands it to the caller. Throws what the caller throws, and `std::bad_alloc`.
  void start(const std::shared_ptr<CallerCall>& call);
  /// Tells the caller that the result is not wanted any more, if the call is open.
  void cancel(const CallerCall& call) noexcept;

 private:
  ptm_backend functions_;
  bool taken_ = false;
  std::mutex mutex_;
  std::set<ptm_call*> started_;  // whose handles are to die with the backend; those that died before do no harm
};

/// What a caller says of a generator: its capabilities, and what a call may cost.
struct CallerGeneratorTerms {
  Capabilities capabilities;
  Money estimate;
};
/// Reads it. Throws `Failure`.
CallerGeneratorTerms read_generator_terms(std::string_view text);

/// What a caller says of a critic.
struct CallerCriticTerms {
  std::string name;
  bool plans = false;
  bool compares = false;
  Money plan;
  Money critique;
  Money compare;
};
/// Reads it. Throws `Failure`.
CallerCriticTerms read_critic_terms(std::string_view text);

std::shared_ptr<Generator> caller_generator(std::shared_ptr<CallerBackend> backend, CallerGeneratorTerms terms);
std::shared_ptr<Critic> caller_critic(std::shared_ptr<CallerBackend> backend, CallerCriticTerms terms);

}  // namespace pentimento::capi
