#pragma once

#include <pentimento/error.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/money.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/transcript.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace pentimento {

/// What a reviser receives: the run so far and what the generator supports. Cheap to copy.
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
 * Writes the next request, to repair the faults of the incumbent. Derive from it and override the private
 * `do_` functions. Executor, cancellation, thread safety, exceptions and the cost of a call that reports none are as for
 * `Generator`.
 *
 * The seed of a revision is that of the first draft of the round; the run chooses those of the others. The run fits the
 * revision to the generator: see `fit_revision`.
 */
class Reviser {
 public:
  virtual ~Reviser() = default;

  /// The reviser's name in records and messages. Constant over its life.
  std::string name() const;

  /// Returns the worst-case cost of a revision. Unbounded if the override throws, zero if it is negative.
  Money estimate() const noexcept;

  /// Returns the next revision. Never throws. **Errors**: those of the override; `unusable_reply` for a revision without a
  /// prompt.
  boost::asio::awaitable<Result<Revision>> revise(RevisionRequest request);

 protected:
  Reviser() = default;
  Reviser(const Reviser&) = default;
  Reviser& operator=(const Reviser&) = default;

 private:
  virtual std::string do_name() const = 0;
  /// Free by default.
  virtual Money do_estimate() const { return {}; }
  virtual boost::asio::awaitable<Result<Revision>> do_revise(RevisionRequest request) = 0;
};

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/reviser.ipp>
#endif
