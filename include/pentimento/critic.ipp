#pragma once

#include <pentimento/critic.hpp>
#include <pentimento/detail/inline.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace pentimento {

namespace detail {

PENTIMENTO_INLINE Error unusable_reply(const std::string& critic, const std::string& what, const Charge& charge) {
  Error error{errc::unusable_reply, critic + ' ' + what};
  return error.charge(charge);
}

PENTIMENTO_INLINE std::optional<Error> validate(const Plan& plan, const std::string& critic) {
  const std::vector<Requirement>& items = plan.requirements();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string item = "planned the requirement \"" + items[i].id() + '"';
    for (std::size_t j = 0; j < i; ++j) {
      if (items[i].id() == items[j].id()) return unusable_reply(critic, item + " twice", plan.charge());
    }
    if (!(items[i].weight() > 0 && items[i].weight() <= max_weight)) {
      return unusable_reply(critic, item + " with a weight out of range; above 0 and at most a million are accepted",
                            plan.charge());
    }
  }
  return std::nullopt;
}

PENTIMENTO_INLINE std::optional<Error> validate(const Critique& critique, const Checklist& checklist,
                                                const std::string& critic) {
  for (const Finding& finding : critique.findings()) {
    const std::string item = "judged \"" + finding.requirement() + '"';
    if (checklist.find(finding.requirement()) == nullptr)
      return unusable_reply(critic, item + ", which is not in the checklist", critique.charge());
    if (critique.find(finding.requirement()) != &finding)
      return unusable_reply(critic, item + " twice", critique.charge());
  }
  return std::nullopt;
}

/// Sets the finding on a requirement to `unknown` if a requirement that it depends on does not pass.
PENTIMENTO_INLINE Critique with_dependencies(Critique critique, const Checklist& checklist) {
  std::vector<Finding> findings = critique.findings();
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
        again = true;
        break;
      }
    }
  }
  return critique.findings(std::move(findings));
}

}  // namespace detail

PENTIMENTO_INLINE Plan claim_requirements(const Brief& brief) { return Plan{brief.requirements()}; }

PENTIMENTO_INLINE std::string Critic::name() const { return do_name(); }

PENTIMENTO_INLINE Money Critic::estimate(CallKind kind) const noexcept {
  try {
    return std::max(do_estimate(kind), Money{});
  } catch (...) {
    return Money::unbounded();
  }
}

PENTIMENTO_INLINE std::optional<Error> Critic::validate(const Brief& brief, const Checklist& checklist) const {
  try {
    return do_validate(brief, checklist);
  } catch (...) {
    return error_from_current_exception("the critic");
  }
}

PENTIMENTO_INLINE void Critic::warm_up() noexcept {
  try {
    do_warm_up();
  } catch (...) {}
}

PENTIMENTO_INLINE bool Critic::can_compare() const { return do_can_compare(); }

PENTIMENTO_INLINE boost::asio::awaitable<Result<Plan>> Critic::plan(Brief brief) {
  try {
    Result<Plan> plan = co_await do_plan(std::move(brief));
    if (plan) {
      if (plan->charge() == Charge{}) plan->charge(Charge::from_estimate(estimate(CallKind::plan)));
      if (std::optional<Error> error = detail::validate(*plan, name())) co_return std::move(*error);
      std::vector<Requirement> items = plan->requirements();
      for (Requirement& item : items) {
        if (item.owner().empty()) item.owner(name());
      }
      plan->requirements(std::move(items));
    }
    co_return plan;
  } catch (...) {
    co_return error_from_current_exception("the critic's plan", estimate(CallKind::plan));
  }
}

PENTIMENTO_INLINE boost::asio::awaitable<Result<Critique>> Critic::critique(CritiqueRequest request) {
  try {
    Result<Critique> critique = co_await do_critique(request);
    if (critique) {
      if (critique->charge() == Charge{}) critique->charge(Charge::from_estimate(estimate(CallKind::critique)));
      if (std::optional<Error> error = detail::validate(*critique, request.checklist(), name()))
        co_return std::move(*error);
      co_return detail::with_dependencies(std::move(*critique), request.checklist());
    }
    co_return critique;
  } catch (...) {
    co_return error_from_current_exception("the critic", estimate(CallKind::critique));
  }
}

PENTIMENTO_INLINE boost::asio::awaitable<Result<Comparison>> Critic::compare(ComparisonRequest request) {
  try {
    if (!can_compare()) co_return Error{errc::unsupported, name() + " does not compare images"};
    Result<Comparison> comparison = co_await do_compare(std::move(request));
    if (comparison && comparison->charge() == Charge{})
      comparison->charge(Charge::from_estimate(estimate(CallKind::compare)));
    co_return comparison;
  } catch (...) {
    co_return error_from_current_exception("the critic's comparison", estimate(CallKind::compare));
  }
}

PENTIMENTO_INLINE boost::asio::awaitable<Result<Plan>> Critic::do_plan(Brief brief) {
  co_return claim_requirements(brief);
}

PENTIMENTO_INLINE boost::asio::awaitable<Result<Comparison>> Critic::do_compare(ComparisonRequest) {
  co_return Error{errc::unsupported, name() + " does not compare images"};
}

}  // namespace pentimento
