#pragma once

#include <pentimento/detail/inline.hpp>
#include <pentimento/error.hpp>
#include <pentimento/score.hpp>
#include <pentimento/stop/policies.hpp>

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

namespace pentimento {

namespace detail {

PENTIMENTO_INLINE std::string shortest(double value) {
  char text[400];  // the longest is the smallest number: "0.", 323 zeros, and its digits
  return {text, std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr};
}

/// `1 round`, `2 rounds`.
PENTIMENTO_INLINE std::string counted(int count, const char* one) {
  return std::to_string(count) + ' ' + one + (count == 1 ? "" : "s");
}

/// The number of prompts that were tried for a requirement.
PENTIMENTO_INLINE int fixes_tried(const Prospect& prospect, const std::string& requirement) {
  std::set<std::string> prompts;
  for (const Round& round : prospect.transcript().rounds()) {
    const std::vector<std::string>& targets = round.revision().targets();
    if (prospect.is_finished(round) && std::ranges::find(targets, requirement) != targets.end())
      prompts.insert(round.revision().request().prompt());
  }
  return static_cast<int>(prompts.size());
}

}  // namespace detail

PENTIMENTO_INLINE std::optional<StopReason> Satisfied::operator()(const Prospect& prospect) const {
  const Candidate* best = prospect.incumbent();
  if (best == nullptr) return std::nullopt;
  const Score score = prospect.transcript().score(*best);
  if (!score.satisfied()) return std::nullopt;
  const bool has_musts = score.musts() > 0;
  const std::string passed = std::to_string(has_musts ? score.musts_passed() : score.passed()) + " of " +
                             std::to_string(has_musts ? score.musts() : score.items());
  const std::vector<std::string> left = unjudged(prospect.transcript().checklist(), *best->critique());
  return StopReason{StopKind::satisfied, describe(),
                    left.empty()
                        ? passed + " after round " + std::to_string(prospect.transcript().rounds().back().index())
                        : passed + " judged; not judged: " + detail::listed(left)};
}
PENTIMENTO_INLINE std::string Satisfied::describe() const { return "satisfied"; }

PENTIMENTO_INLINE ScoreAtLeast::ScoreAtLeast(double percent) : percent_{percent} {
  if (!(percent >= 0.0 && percent <= 100.0))
    throw Failure{Error{errc::invalid_argument,
                        "a score of " + detail::shortest(percent) + " % is out of range; 0 to 100 are accepted"}};
}
PENTIMENTO_INLINE std::optional<StopReason> ScoreAtLeast::operator()(const Prospect& prospect) const {
  const Candidate* best = prospect.incumbent();
  if (best == nullptr) return std::nullopt;
  const Score score = prospect.transcript().score(*best);
  if (score.fraction() * 100.0 + 1e-9 < percent_) return std::nullopt;
  return StopReason{StopKind::score, describe(), std::to_string(score.percent()) + " %"};
}
PENTIMENTO_INLINE std::string ScoreAtLeast::describe() const { return "score(" + detail::shortest(percent_) + ')'; }

PENTIMENTO_INLINE std::optional<StopReason> MaxRounds::operator()(const Prospect& prospect) const {
  const int done = prospect.finished_rounds();
  if (done < rounds_) return std::nullopt;
  return StopReason{StopKind::rounds, describe(), "after " + detail::counted(done, "round")};
}
PENTIMENTO_INLINE std::string MaxRounds::describe() const { return "rounds(" + std::to_string(rounds_) + ')'; }

PENTIMENTO_INLINE std::optional<StopReason> MaxImages::operator()(const Prospect& prospect) const {
  const bool is_next = prospect.call() == CallKind::generate;
  if (prospect.images() < images_ + (is_next ? 1 : 0)) return std::nullopt;
  return StopReason{StopKind::images, describe(),
                    "after " + detail::counted(prospect.transcript().images_requested(), "image")};
}
PENTIMENTO_INLINE std::string MaxImages::describe() const { return "images(" + std::to_string(images_) + ')'; }

PENTIMENTO_INLINE std::optional<StopReason> Budget::operator()(const Prospect& prospect) const {
  const Money committed = prospect.committed();
  if (committed <= limit_) return std::nullopt;
  if (committed == Money::unbounded())
    return StopReason{StopKind::money, describe(), "the cost of the next call has no known bound"};
  return StopReason{StopKind::money, describe(),
                    "the next call could bring the cost from " + to_string(prospect.transcript().ledger().spent()) +
                        " to " + to_string(committed)};
}
PENTIMENTO_INLINE std::string Budget::describe() const { return "usd(" + to_string(limit_).substr(1) + ')'; }

PENTIMENTO_INLINE std::optional<StopReason> Deadline::operator()(const Prospect& prospect) const {
  if (prospect.now() - prospect.transcript().started() < limit_) return std::nullopt;
  return StopReason{StopKind::time, describe(), "the time is up"};
}
PENTIMENTO_INLINE std::string Deadline::describe() const {
  const double seconds = std::chrono::duration<double>(limit_).count();
  const bool whole_minutes = limit_ >= std::chrono::minutes{1} && limit_ % std::chrono::minutes{1} == Duration::zero();
  return whole_minutes ? "minutes(" + detail::shortest(seconds / 60) + ')'
                       : "seconds(" + detail::shortest(seconds) + ')';
}

PENTIMENTO_INLINE std::optional<StopReason> Plateau::operator()(const Prospect& prospect) const {
  const int idle = prospect.rounds_without_gain();
  if (idle < rounds_) return std::nullopt;
  return StopReason{StopKind::plateau, describe(), "nothing better in " + detail::counted(idle, "round")};
}
PENTIMENTO_INLINE std::string Plateau::describe() const { return "plateau(" + std::to_string(rounds_) + ')'; }

PENTIMENTO_INLINE std::optional<StopReason> Repeats::operator()(const Prospect& prospect) const {
  const std::vector<Round>& rounds = prospect.transcript().rounds();
  int same_prompt = 0;
  const std::string* last = nullptr;
  for (auto round = rounds.rbegin(); round != rounds.rend(); ++round) {
    if (!prospect.is_finished(*round) || round->revision().action() == Action::reseed) continue;
    const std::string& prompt = round->revision().request().prompt();
    if (last == nullptr) last = &prompt;
    same_prompt += prompt == *last ? 1 : 0;
  }
  if (same_prompt >= times_)
    return StopReason{StopKind::repeats, describe(), "the same prompt " + detail::counted(same_prompt, "time")};

  const Candidate* best = prospect.incumbent();
  if (best == nullptr || !best->critique()) return std::nullopt;
  for (const Finding& finding : best->critique()->findings()) {
    if (finding.verdict() != Verdict::fail) continue;
    const int fixes = detail::fixes_tried(prospect, finding.requirement());
    if (fixes >= times_) {
      return StopReason{StopKind::repeats, describe(),
                        '"' + finding.requirement() + "\" still fails after " + std::to_string(fixes) +
                            (fixes == 1 ? " fix" : " different fixes")};
    }
  }
  return std::nullopt;
}
PENTIMENTO_INLINE std::string Repeats::describe() const { return "repeats(" + std::to_string(times_) + ')'; }

}  // namespace pentimento
