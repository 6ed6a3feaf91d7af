#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/critique_request.hpp>
#include <pentimento/error.hpp>
#include <pentimento/ledger.hpp>
#include <pentimento/money.hpp>

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pentimento {

/**
 * Judges pictures. Derive from it and override the private `do_` functions; users call the public ones.
 *
 * What a critic does not know it says is `unknown`; what broke it returns as an error. Neither may become a pass or a
 * fail. Executor, cancellation, thread safety, what an exception becomes and what counts as the cost of a call that does
 * not say it are as for `Generator`.
 */
class Critic {
 public:
  virtual ~Critic() = default;

  /// The critic's name in records and messages. Constant over its life.
  std::string name() const { return do_name(); }

  /// The most that one call of this kind (`plan`, `critique` or `compare`) may cost.
  /// An override that throws counts as a cost without bound.
  Money estimate(CallKind kind) const noexcept {
    try {
      return std::max(do_estimate(kind), Money{});
    } catch (...) {
      return Money::unbounded();
    }
  }

  /// Says that a call will probably follow soon: see `Generator::prepare`.
  void prepare() noexcept {
    try {
      do_prepare();
    } catch (...) {}
  }

  /// Whether `compare` can be asked.
  bool can_compare() const { return do_can_compare(); }

  /**
   * The requirements that this critic is competent to judge for a brief: asked once, before the first picture. To claim
   * one of the brief's own requirements, plan one with the same id. Never throws. Errors: what the override reports;
   * `unusable_reply` for two requirements with one id, or a weight that is not above 0 and at most a million.
   */
  boost::asio::awaitable<Result<Plan>> plan(Brief brief) {
    try {
      Result<Plan> plan = co_await do_plan(std::move(brief));
      if (plan) {
        if (plan->charge() == Charge{}) plan->charge(Charge::from_estimate(estimate(CallKind::plan)));
        if (std::optional<Error> error = fault(*plan)) co_return std::move(*error);
      }
      co_return plan;
    } catch (...) {
      co_return error_from_current_exception("the critic's plan", estimate(CallKind::plan));
    }
  }

  /**
   * Judges one picture against the checklist. A requirement that the critique has no finding on counts as `unknown`; a
   * finding on a requirement whose dependencies do not pass becomes `unknown`. Never throws. Errors: what the override
   * reports; `unusable_reply` for a finding on something that is not in the checklist, or two on the same thing.
   */
  boost::asio::awaitable<Result<Critique>> critique(CritiqueRequest request) {
    try {
      Result<Critique> critique = co_await do_critique(request);
      if (critique) {
        if (critique->charge() == Charge{}) critique->charge(Charge::from_estimate(estimate(CallKind::critique)));
        if (std::optional<Error> error = fault(*critique, request.checklist())) co_return std::move(*error);
        co_return with_dependencies(std::move(*critique), request.checklist());
      }
      co_return critique;
    } catch (...) {
      co_return error_from_current_exception("the critic", estimate(CallKind::critique));
    }
  }

  /// Says which of two pictures meets the brief better. The loop asks in both orders and takes only two equal answers.
  /// Never throws. Errors: `unsupported` unless the critic can compare; what the override reports.
  boost::asio::awaitable<Result<Comparison>> compare(ComparisonRequest request) {
    try {
      if (!can_compare()) co_return Error{errc::unsupported, name() + " does not compare pictures"};
      Result<Comparison> comparison = co_await do_compare(std::move(request));
      if (comparison && comparison->charge() == Charge{})
        comparison->charge(Charge::from_estimate(estimate(CallKind::compare)));
      co_return comparison;
    } catch (...) {
      co_return error_from_current_exception("the critic's comparison", estimate(CallKind::compare));
    }
  }

 protected:
  Critic() = default;
  Critic(const Critic&) = default;
  Critic& operator=(const Critic&) = default;

 private:
  virtual std::string do_name() const = 0;
  /// Free unless overridden.
  virtual Money do_estimate(CallKind) const { return {}; }
  virtual bool do_can_compare() const { return false; }
  /// Does nothing unless overridden. Must not wait.
  virtual void do_prepare() {}
  /// Plans nothing unless overridden: such a critic judges the brief's own requirements, or only remarks and suggests.
  virtual boost::asio::awaitable<Result<Plan>> do_plan(Brief) { co_return Plan{}; }
  virtual boost::asio::awaitable<Result<Critique>> do_critique(CritiqueRequest request) = 0;
  virtual boost::asio::awaitable<Result<Comparison>> do_compare(ComparisonRequest) {
    co_return Error{errc::unsupported, name() + " does not compare pictures"};
  }

  std::optional<Error> fault(const Plan& plan) const {
    const std::vector<Requirement>& items = plan.requirements();
    for (std::size_t i = 0; i < items.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (items[i].id() == items[j].id())
          return unusable("planned two requirements with the id \"" + items[i].id() + '"', plan.charge());
      }
      if (!(items[i].weight() > 0 && items[i].weight() <= max_weight)) {
        return unusable("planned \"" + items[i].id() + "\" with a weight that is not above 0 and at most a million",
                        plan.charge());
      }
    }
    return std::nullopt;
  }

  std::optional<Error> fault(const Critique& critique, const Checklist& checklist) const {
    for (const Finding& finding : critique.findings()) {
      if (checklist.find(finding.requirement()) == nullptr) {
        return unusable("judged \"" + finding.requirement() + "\", which is not in the checklist", critique.charge());
      }
      if (critique.find(finding.requirement()) != &finding) {
        return unusable("judged \"" + finding.requirement() + "\" twice", critique.charge());
      }
    }
    return std::nullopt;
  }

  Error unusable(std::string what, const Charge& charge) const {
    Error error{errc::unusable_reply, name() + ' ' + std::move(what)};
    return error.charge(charge);
  }

  /// A question whose premise does not hold has no answer: its finding becomes `unknown`, and so do those below it.
  static Critique with_dependencies(Critique critique, const Checklist& checklist) {
    std::vector<Finding> findings = critique.findings();
    bool changed = false;
    for (bool again = true; std::exchange(again, false);) {
      for (Finding& finding : findings) {
        if (finding.verdict() == Verdict::unknown) continue;
        for (const std::string& parent : checklist.find(finding.requirement())->depends_on()) {
          const auto on_parent = std::ranges::find(findings, parent, &Finding::requirement);
          if (on_parent != findings.end() && on_parent->verdict() == Verdict::pass) continue;
          Finding unknown{finding.requirement(), Verdict::unknown};
          unknown.observed(finding.observed()).wanted(finding.wanted()).where(finding.where());
          unknown.reason("it depends on \"" + parent + "\", which does not pass");
          finding = std::move(unknown);
          changed = again = true;
          break;
        }
      }
    }
    if (changed) critique.findings(std::move(findings));
    return critique;
  }
};

}  // namespace pentimento
