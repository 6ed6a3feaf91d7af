#pragma once

#include <pentimento/error.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/money.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/transcript.hpp>

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace pentimento {

/// What a reviser goes by: the run so far and what the generator can do. Cheap to copy.
class RevisionRequest {
 public:
  RevisionRequest(std::shared_ptr<const Transcript> transcript, Capabilities capabilities)
      : transcript_{std::move(transcript)}, capabilities_{std::move(capabilities)} {}
  RevisionRequest(Transcript transcript, Capabilities capabilities)
      : RevisionRequest{std::make_shared<const Transcript>(std::move(transcript)), std::move(capabilities)} {}

  const Transcript& transcript() const noexcept { return *transcript_; }
  const Capabilities& capabilities() const noexcept { return capabilities_; }

 private:
  std::shared_ptr<const Transcript> transcript_;
  Capabilities capabilities_;
};

static_assert(!std::is_aggregate_v<RevisionRequest>);

/**
 * Writes the next request: chooses what to do about the faults of the incumbent. Derive from it and override the private
 * `do_` functions. Executor, cancellation and thread safety are as for `Generator`.
 *
 * A revision's seed goes to the first draft of the round; the run gives the others seeds of their own. The run fits the
 * revision to the generator: what that cannot do is asked for in another way, and the revision then says so.
 */
class Reviser {
 public:
  virtual ~Reviser() = default;

  /// The reviser's name in records and messages. Constant over its life.
  std::string name() const { return do_name(); }

  /// The most that one revision may cost. An override that throws counts as a cost without bound.
  Money estimate() const noexcept {
    try {
      return std::max(do_estimate(), Money{});
    } catch (...) {
      return Money::unbounded();
    }
  }

  /// What to ask next. Never throws. Errors: what the override reports; an exception becomes `backend_failed`;
  /// `unusable_reply` for a revision without a prompt.
  boost::asio::awaitable<Result<Revision>> revise(RevisionRequest request) {
    try {
      Result<Revision> revision = co_await do_revise(std::move(request));
      if (revision && revision->action() != Action::stop &&
          revision->request().prompt().find_first_not_of(" \t\r\n") == std::string::npos) {
        Error error{errc::unusable_reply, name() + " wrote an empty prompt"};
        error.charge(revision->charge());
        co_return error;
      }
      if (revision && revision->author().empty()) revision->author(name());
      if (revision && revision->charge() == Charge{}) revision->charge(Charge::from_estimate(estimate()));
      co_return revision;
    } catch (...) {
      co_return error_from_current_exception("the reviser", estimate());
    }
  }

 protected:
  Reviser() = default;
  Reviser(const Reviser&) = default;
  Reviser& operator=(const Reviser&) = default;

 private:
  virtual std::string do_name() const = 0;
  /// Free unless overridden.
  virtual Money do_estimate() const { return {}; }
  virtual boost::asio::awaitable<Result<Revision>> do_revise(RevisionRequest request) = 0;
};

}  // namespace pentimento
