#pragma once

#include <pentimento/ledger.hpp>
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

/**
 * The state of a run on which a stop policy decides: the transcript and the time, and perhaps the next call or the
 * candidate that would be accepted next.
 *
 * **Lifetime**: refers to the transcript. A policy must not keep it.
 */
class Prospect {
 public:
  /// The run after a round, without a next call.
  Prospect(const Transcript& transcript, TimePoint now) noexcept : transcript_{&transcript}, now_{now} {}

  /// Adds the next call or calls, all of one kind, and their worst-case cost.
  Prospect& before(CallKind call, Money worst_case) noexcept { return call_ = call, cost_ = worst_case, *this; }

  /// Treats this candidate as accepted in the last round, and that round as finished.
  Prospect& supposing(CandidateId accepted) noexcept { return supposed_ = accepted, *this; }

  /// Sets how many images a call of the generator can return. At least 1; default 1.
  Prospect& images_per_call(int images) noexcept { return images_per_call_ = images, *this; }

  const Transcript& transcript() const noexcept { return *transcript_; }
  TimePoint now() const noexcept { return now_; }

  /// The kind of the next call; empty after a round.
  const std::optional<CallKind>& call() const noexcept { return call_; }

  /// Returns the money spent and reserved, with the worst-case cost of the next call.
  Money committed() const noexcept { return transcript_->ledger().committed() + cost_; }

  /// Returns the number of images requested so far, with those of the next call. A call in progress counts with all the
  /// images that it can return.
  int images() const noexcept {
    int images = transcript_->images_requested() + (call_ == CallKind::generate ? images_per_call_ : 0);
    for (const Round& round : transcript_->rounds()) {
      for (const Draft& draft : round.drafts()) images += draft.ended() ? 0 : images_per_call_ - 1;
    }
    return images;
  }

  /// Returns the best candidate; null if none has been judged.
  const Candidate* incumbent() const noexcept {
    return supposed_ ? transcript_->find(*supposed_) : transcript_->incumbent();
  }
  bool is_finished(const Round& round) const noexcept {
    return round.finished() || (supposed_ && &round == &transcript_->rounds().back());
  }
  int finished_rounds() const noexcept { return transcript_->finished_rounds() + (supposed_ ? 1 : 0); }
  int rounds_without_gain() const noexcept { return supposed_ ? 0 : transcript_->rounds_without_gain(); }

  /// True if this reason can prevent the next call. Only the kinds `money`, `time` and `custom` prevent a critique or a
  /// comparison: a limit on rounds or images must not leave a paid image unjudged.
  bool admits(const StopReason& reason) const noexcept {
    if (call_ != CallKind::critique && call_ != CallKind::compare) return true;
    return reason.kind() == StopKind::money || reason.kind() == StopKind::time || reason.kind() == StopKind::custom;
  }

 private:
  const Transcript* transcript_;
  TimePoint now_;
  std::optional<CallKind> call_;
  Money cost_;
  int images_per_call_ = 1;
  std::optional<CandidateId> supposed_;
};

namespace detail {

template <class P>
concept TakesProspect = requires(const P& policy, const Prospect& prospect) {
  { policy(prospect) } -> std::convertible_to<std::optional<StopReason>>;
};

template <class P>
concept TakesTranscript = requires(const P& policy, const Transcript& run, TimePoint now) {
  { policy(run, now) } -> std::convertible_to<std::optional<StopReason>>;
};

template <class P>
concept GivesStopReason = TakesProspect<P> || TakesTranscript<P>;

/// Calls a policy in the form that it supports.
template <GivesStopReason P>
std::optional<StopReason> ask(const P& policy, const Prospect& prospect) {
  if constexpr (TakesProspect<P>) {
    return policy(prospect);
  } else {
    return policy(prospect.transcript(), prospect.now());
  }
}

}  // namespace detail

/**
 * Decides when a run ends: a copyable object that returns a reason to stop, or none. A lambda will do.
 *
 * It is called in one of two forms:
 *  - `std::optional<StopReason> operator()(const Transcript&, TimePoint) const` for a goal: it sees the run so far.
 *  - `std::optional<StopReason> operator()(const Prospect&) const` for a limit, or for a goal that ends other drafts early:
 *    it also sees the cost of the next call and the candidate that would be accepted.
 *
 * Called: (1) after every round; (2) before a plan, draft or revision; (3) before a further critique or a comparison that
 * costs money, where only some reasons count (`Prospect::admits`); (4) when a candidate passes every `must` while other
 * drafts are in progress, as if it were accepted already: a reason cancels them (`OnSatisfied`).
 *
 * Three members are optional:
 *  - `std::string describe() const`: its text; "custom" by default.
 *  - `bool needs_verdicts() const`: true if it depends on verdicts; false by default. If no critic can judge anything, a run
 *    whose policy needs verdicts ends before its first image; any other run continues without verdicts.
 *  - `std::optional<TimePoint> deadline(TimePoint started) const`: when it fires, whatever happens before. The run also
 *    enforces it inside the calls in progress.
 */
template <class P>
concept StopPolicy = detail::GivesStopReason<P> && std::copy_constructible<P>;

/// Returns the text of a policy, as `parse_stop_policy` reads it; "custom" for a policy without `describe`.
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

/// Returns the deadline of a policy, if it has one.
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

/// Returns true if a policy, or a part of it, depends on verdicts.
template <StopPolicy P>
bool needs_verdicts(const P& policy) {
  if constexpr (requires {
                  { policy.needs_verdicts() } -> std::same_as<bool>;
                }) {
    return policy.needs_verdicts();
  } else {
    return false;
  }
}

namespace detail {

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

/// The text of an operand, in parentheses if it binds more weakly than the operator around it.
template <StopPolicy P>
std::string operand(const P& policy, int around) {
  return precedence(policy) < around ? '(' + describe(policy) + ')' : describe(policy);
}

/// Returns the reason of `a && b` if both fire. Its kind is `custom` if their kinds differ.
inline StopReason both(const StopReason& a, const StopReason& b) {
  const bool two_details = !a.detail().empty() && !b.detail().empty();
  return StopReason{a.kind() == b.kind() ? a.kind() : StopKind::custom, a.clause() + " && " + b.clause(),
                    a.detail() + (two_details ? "; " : "") + b.detail()};
}

}  // namespace detail

/// `a || b`: fires when either fires, with the first reason that counts.
template <StopPolicy A, StopPolicy B>
class AnyOf {
 public:
  AnyOf(A a, B b) : a_{std::move(a)}, b_{std::move(b)} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const {
    std::optional<StopReason> a = detail::ask(a_, prospect);
    if (a && prospect.admits(*a)) return a;
    std::optional<StopReason> b = detail::ask(b_, prospect);
    return b && (!a || prospect.admits(*b)) ? b : a;
  }
  std::string describe() const { return detail::operand(a_, 1) + " || " + detail::operand(b_, 2); }
  int precedence() const { return 1; }
  bool needs_verdicts() const { return pentimento::needs_verdicts(a_) || pentimento::needs_verdicts(b_); }
  std::optional<TimePoint> deadline(TimePoint started) const {
    const std::optional<TimePoint> a = pentimento::deadline(a_, started);
    const std::optional<TimePoint> b = pentimento::deadline(b_, started);
    return a && b ? std::min(*a, *b) : a ? a : b;
  }

 private:
  [[no_unique_address]] A a_;
  [[no_unique_address]] B b_;
};

/// `a && b`: fires when both fire at the same time and at least one reason counts. It has a deadline only if both have
/// one: the later of the two.
template <StopPolicy A, StopPolicy B>
class AllOf {
 public:
  AllOf(A a, B b) : a_{std::move(a)}, b_{std::move(b)} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const {
    const std::optional<StopReason> a = detail::ask(a_, prospect);
    if (!a) return std::nullopt;
    const std::optional<StopReason> b = detail::ask(b_, prospect);
    if (!b || !(prospect.admits(*a) || prospect.admits(*b))) return std::nullopt;
    return detail::both(*a, *b);
  }
  std::string describe() const { return detail::operand(a_, 2) + " && " + detail::operand(b_, 3); }
  int precedence() const { return 2; }
  bool needs_verdicts() const { return pentimento::needs_verdicts(a_) || pentimento::needs_verdicts(b_); }
  std::optional<TimePoint> deadline(TimePoint started) const {
    const std::optional<TimePoint> a = pentimento::deadline(a_, started);
    const std::optional<TimePoint> b = pentimento::deadline(b_, started);
    return a && b ? std::optional{std::max(*a, *b)} : std::nullopt;
  }

 private:
  [[no_unique_address]] A a_;
  [[no_unique_address]] B b_;
};

/// `!a`: fires when `a` does not fire.
template <StopPolicy A>
class Not {
 public:
  explicit Not(A a) : a_{std::move(a)} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const {
    if (detail::ask(a_, prospect)) return std::nullopt;
    return StopReason{StopKind::custom, describe()};
  }
  std::string describe() const { return '!' + detail::operand(a_, 3); }
  bool needs_verdicts() const { return pentimento::needs_verdicts(a_); }

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
  // Not constrained by StopPolicy: that P can be copied must not depend on its conversion to this class.
  template <detail::GivesStopReason P>
    requires(!std::same_as<P, AnyStopPolicy>)
  AnyStopPolicy(P policy) : held_{std::make_shared<const Holder<P>>(std::move(policy))} {}

  std::optional<StopReason> operator()(const Prospect& prospect) const { return held_->ask(prospect); }
  std::string describe() const { return held_->describe(); }
  std::optional<TimePoint> deadline(TimePoint started) const { return held_->deadline(started); }
  int precedence() const { return held_->precedence(); }
  bool needs_verdicts() const { return held_->needs_verdicts; }

 private:
  struct Base {
    explicit Base(bool needs) : needs_verdicts{needs} {}
    virtual ~Base() = default;
    virtual std::optional<StopReason> ask(const Prospect& prospect) const = 0;
    virtual std::string describe() const = 0;
    virtual std::optional<TimePoint> deadline(TimePoint started) const = 0;
    virtual int precedence() const = 0;
    const bool needs_verdicts;
  };
  template <class P>
  struct Holder final : Base {
    explicit Holder(P p) : Base{pentimento::needs_verdicts(p)}, policy{std::move(p)} {}
    std::optional<StopReason> ask(const Prospect& prospect) const override { return detail::ask(policy, prospect); }
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
