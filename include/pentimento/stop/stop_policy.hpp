#pragma once

#include <pentimento/stop_reason.hpp>
#include <pentimento/time.hpp>
#include <pentimento/transcript.hpp>

#include <algorithm>
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace pentimento {

namespace detail {

template <class P>
concept GivesStopReason = requires(const P& policy, const Transcript& run, TimePoint now) {
  { policy(run, now) } -> std::convertible_to<std::optional<StopReason>>;
};

}  // namespace detail

/**
 * Decides when a run ends: a copyable value that looks at the run so far and gives a reason to stop, or none.
 *
 * A policy is asked after every round, and before the plan, a draft or a revision *with that call's worst case already set
 * aside* in the ledger and not yet counted as a picture. Before a further critique or a comparison that costs something,
 * which a round needs to be judged to its end, it is asked as well; there only reasons of the kinds `money`, `time` and
 * `custom` count. It is also asked what it would say if a candidate that passes every `must` had been accepted.
 * It needs no base class; a lambda will do. Two members are optional:
 *  - `std::string describe() const`: its text; "custom" without.
 *  - `std::optional<TimePoint> deadline(TimePoint started) const`: the moment at which it will fire whatever happens;
 *    the run enforces it inside the calls that are under way.
 */
template <class P>
concept StopPolicy = detail::GivesStopReason<P> && std::copy_constructible<P>;

/// The text of a policy, as `parse_stop_policy` reads it; "custom" for a policy that does not say.
template <StopPolicy P>
std::string describe(const P& policy) {
  if constexpr (requires {
                  { policy.describe() } -> std::convertible_to<std::string>;
                }) {
    return policy.describe();
  } else {
    return "custom";
  }
}

/// The moment at which a policy will fire whatever happens, if it has one.
template <StopPolicy P>
std::optional<TimePoint> deadline(const P& policy, TimePoint started) {
  if constexpr (requires {
                  { policy.deadline(started) } -> std::convertible_to<std::optional<TimePoint>>;
                }) {
    return policy.deadline(started);
  } else {
    return std::nullopt;
  }
}

namespace detail {

/// Why a policy forbids calls that cost something but bring neither a round nor a picture: its reason, if money or time is
/// one, or where it is not known what it goes by. Of `a || b` the first reason hides the second; so each is asked.
template <StopPolicy P>
std::optional<StopReason> cost_reason(const P& policy, const Transcript& run, TimePoint now) {
  if constexpr (requires { policy.cost_reason(run, now); }) {
    return policy.cost_reason(run, now);
  } else {
    std::optional<StopReason> reason = policy(run, now);
    const bool counts = reason && (reason->kind() == StopKind::money || reason->kind() == StopKind::time ||
                                   reason->kind() == StopKind::custom);
    return counts ? reason : std::nullopt;
  }
}

/// How strongly the text of a policy binds: 1 for `||`, 2 for `&&`, 3 for all else.
template <StopPolicy P>
int precedence(const P& policy) {
  if constexpr (requires {
                  { policy.precedence() } -> std::same_as<int>;
                }) {
    return policy.precedence();
  } else {
    return 3;
  }
}

/// The text of an operand, in parentheses where it binds more weakly than the operator around it.
template <StopPolicy P>
std::string operand(const P& policy, int around) {
  return precedence(policy) < around ? '(' + describe(policy) + ')' : describe(policy);
}

}  // namespace detail

/// `a || b`: fires when either does, with the reason of the first that does.
template <StopPolicy A, StopPolicy B>
class AnyOf {
 public:
  AnyOf(A a, B b) : a_{std::move(a)}, b_{std::move(b)} {}

  std::optional<StopReason> operator()(const Transcript& run, TimePoint now) const {
    std::optional<StopReason> reason = a_(run, now);
    return reason ? reason : std::optional<StopReason>{b_(run, now)};
  }
  std::optional<StopReason> cost_reason(const Transcript& run, TimePoint now) const {
    std::optional<StopReason> reason = detail::cost_reason(a_, run, now);
    return reason ? reason : detail::cost_reason(b_, run, now);
  }
  std::string describe() const { return detail::operand(a_, 1) + " || " + detail::operand(b_, 2); }
  int precedence() const { return 1; }
  std::optional<TimePoint> deadline(TimePoint started) const {
    const std::optional<TimePoint> a = pentimento::deadline(a_, started);
    const std::optional<TimePoint> b = pentimento::deadline(b_, started);
    return a && b ? std::min(*a, *b) : a ? a : b;
  }

 private:
  [[no_unique_address]] A a_;
  [[no_unique_address]] B b_;
};

/// `a && b`: fires when both do at the same time. It enforces a deadline only if both have one.
template <StopPolicy A, StopPolicy B>
class AllOf {
 public:
  AllOf(A a, B b) : a_{std::move(a)}, b_{std::move(b)} {}

  std::optional<StopReason> operator()(const Transcript& run, TimePoint now) const {
    const std::optional<StopReason> a = a_(run, now);
    if (!a) return std::nullopt;
    const std::optional<StopReason> b = b_(run, now);
    if (!b) return std::nullopt;
    const StopKind kind = a->kind() == b->kind() ? a->kind() : StopKind::custom;
    const bool both = !a->detail().empty() && !b->detail().empty();
    return StopReason{kind, a->clause() + " && " + b->clause(), a->detail() + (both ? "; " : "") + b->detail()};
  }
  std::optional<StopReason> cost_reason(const Transcript& run, TimePoint now) const {
    const bool counts = detail::cost_reason(a_, run, now) || detail::cost_reason(b_, run, now);
    return counts ? (*this)(run, now) : std::nullopt;
  }
  std::string describe() const { return detail::operand(a_, 2) + " && " + detail::operand(b_, 3); }
  int precedence() const { return 2; }
  std::optional<TimePoint> deadline(TimePoint started) const {
    const std::optional<TimePoint> a = pentimento::deadline(a_, started);
    const std::optional<TimePoint> b = pentimento::deadline(b_, started);
    return a && b ? std::optional{std::max(*a, *b)} : std::nullopt;
  }

 private:
  [[no_unique_address]] A a_;
  [[no_unique_address]] B b_;
};

/// `!a`: fires when `a` does not.
template <StopPolicy A>
class Not {
 public:
  explicit Not(A a) : a_{std::move(a)} {}

  std::optional<StopReason> operator()(const Transcript& run, TimePoint now) const {
    if (a_(run, now)) return std::nullopt;
    return StopReason{StopKind::custom, describe()};
  }
  std::string describe() const { return '!' + detail::operand(a_, 3); }

 private:
  [[no_unique_address]] A a_;
};

template <StopPolicy A, StopPolicy B>
AnyOf<A, B> operator||(A a, B b) {
  return {std::move(a), std::move(b)};
}

template <StopPolicy A, StopPolicy B>
AllOf<A, B> operator&&(A a, B b) {
  return {std::move(a), std::move(b)};
}

template <StopPolicy A>
Not<A> operator!(A a) {
  return Not<A>{std::move(a)};
}

/// Any policy, chosen at run time. Cheap to copy: copies share the policy, which is never changed.
class AnyStopPolicy {
 public:
  // Not constrained by the whole of StopPolicy: whether P can be copied must not depend on whether it converts to this.
  template <detail::GivesStopReason P>
    requires(!std::same_as<P, AnyStopPolicy>)
  AnyStopPolicy(P policy) : held_{std::make_shared<const Holder<P>>(std::move(policy))} {}

  std::optional<StopReason> operator()(const Transcript& run, TimePoint now) const { return held_->ask(run, now); }
  std::optional<StopReason> cost_reason(const Transcript& run, TimePoint now) const {
    return held_->cost_reason(run, now);
  }
  std::string describe() const { return held_->describe(); }
  std::optional<TimePoint> deadline(TimePoint started) const { return held_->deadline(started); }
  int precedence() const { return held_->precedence(); }

 private:
  struct Base {
    virtual ~Base() = default;
    virtual std::optional<StopReason> ask(const Transcript& run, TimePoint now) const = 0;
    virtual std::optional<StopReason> cost_reason(const Transcript& run, TimePoint now) const = 0;
    virtual std::string describe() const = 0;
    virtual std::optional<TimePoint> deadline(TimePoint started) const = 0;
    virtual int precedence() const = 0;
  };
  template <class P>
  struct Holder final : Base {
    explicit Holder(P p) : policy{std::move(p)} {}
    std::optional<StopReason> ask(const Transcript& run, TimePoint now) const override { return policy(run, now); }
    std::optional<StopReason> cost_reason(const Transcript& run, TimePoint now) const override {
      return detail::cost_reason(policy, run, now);
    }
    std::string describe() const override { return pentimento::describe(policy); }
    std::optional<TimePoint> deadline(TimePoint started) const override {
      return pentimento::deadline(policy, started);
    }
    int precedence() const override { return detail::precedence(policy); }
    P policy;
  };

  std::shared_ptr<const Base> held_;
};

}  // namespace pentimento
