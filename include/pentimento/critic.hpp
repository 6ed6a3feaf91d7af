#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/critique_request.hpp>
#include <pentimento/error.hpp>
#include <pentimento/ledger.hpp>
#include <pentimento/money.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace pentimento {

/// Returns a plan that claims all of the brief's own requirements and adds none.
Plan claim_requirements(const Brief& brief);

/**
 * Judges images. Derive from it and override the private `do_` functions; users call the public ones.
 *
 * If a critic cannot tell, the verdict is `unknown`; if it fails, it returns an error. Neither becomes a pass or a fail.
 * Executor, cancellation, thread safety, exceptions and the cost of a call that reports none are as for `Generator`.
 */
class Critic {
 public:
  virtual ~Critic() = default;

  /// The critic's name in records and messages. Constant over its life.
  std::string name() const;

  /// Returns the worst-case cost of a call of this kind (`plan`, `critique` or `compare`). Unbounded if the override throws, zero
  /// if it is negative.
  Money estimate(CallKind kind) const noexcept;

  /**
   * Returns why this critic could not judge images of a brief; nothing if it can. Costs nothing. A run asks before it pays for
   * anything, with the brief's own requirements as the checklist, and again when the checklist is complete.
   */
  std::optional<Error> validate(const Brief& brief, const Checklist& checklist) const;

  /// Announces that a call will probably follow soon: see `Generator::warm_up`.
  void warm_up() noexcept;

  /// True if `compare` is supported.
  bool can_compare() const;

  /**
   * Returns the requirements that this critic can judge for a brief. Called once in a run, before the first image. To claim
   * one of the brief's own requirements, plan one with the same id. A requirement without an owner gets this critic's
   * name. Never throws.
   *
   * **Errors**: those of the override; `unusable_reply` for two requirements with one id, or a weight that is not above 0
   * and at most `max_weight`.
   */
  boost::asio::awaitable<Result<Plan>> plan(Brief brief);

  /**
   * Judges one image against the checklist. A requirement without a finding counts as `unknown`; a finding on a requirement
   * whose dependencies do not pass becomes `unknown`. Never throws.
   *
   * **Errors**: those of the override; `unusable_reply` for a finding that is not about an item of the checklist, or for two
   * findings about the same one.
   */
  boost::asio::awaitable<Result<Critique>> critique(CritiqueRequest request);

  /// Returns which of two images meets the brief better. The loop asks in both orders and accepts two equal answers only. Never
  /// throws. **Errors**: `unsupported` unless `can_compare`; those of the override.
  boost::asio::awaitable<Result<Comparison>> compare(ComparisonRequest request);

 protected:
  Critic() = default;
  Critic(const Critic&) = default;
  Critic& operator=(const Critic&) = default;

 private:
  virtual std::string do_name() const = 0;
  /// Free by default.
  virtual Money do_estimate(CallKind) const { return {}; }
  virtual bool do_can_compare() const { return false; }
  /// Accepts everything by default. Must not block.
  virtual std::optional<Error> do_validate(const Brief&, const Checklist&) const { return std::nullopt; }
  /// Does nothing by default. Must not block.
  virtual void do_warm_up() {}
  /// Claims the brief's own requirements by default (`claim_requirements`). A critic that only remarks and suggests plans
  /// nothing: a run whose stop policy needs verdicts then ends before the first image.
  virtual boost::asio::awaitable<Result<Plan>> do_plan(Brief brief);
  virtual boost::asio::awaitable<Result<Critique>> do_critique(CritiqueRequest request) = 0;
  virtual boost::asio::awaitable<Result<Comparison>> do_compare(ComparisonRequest request);
};

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/critic.ipp>
#endif
