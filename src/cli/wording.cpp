#include "wording.hpp"

#include <pentimento/detail/utf8.hpp>

#include <time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <sstream>

namespace pentimento::cli {

std::string printable(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const char32_t c = detail::take_character(text);
    if (c == U'\n' || c == U'\r' || c == U'\t') {
      clean += ' ';
    } else if (detail::controls_display(c)) {
      detail::append_utf8(clean, detail::replacement_character);
    } else {
      detail::append_utf8(clean, c);
    }
  }
  return clean;
}

namespace {

std::string quoted(const std::vector<std::string>& ids, const Checklist& checklist) {
  if (ids.empty()) return "nothing";
  std::string text;
  for (const std::string& id : ids) {
    const Requirement* requirement = checklist.find(id);
    text += (text.empty() ? "\"" : ", \"") + printable(requirement != nullptr ? requirement->text() : id) + '"';
  }
  return text;
}

}  // namespace

std::string words_of(const Decision& decision, const Checklist& checklist) {
  const std::string gained = quoted(decision.gained(), checklist);
  const std::string lost = quoted(decision.lost(), checklist);
  const std::string against = decision.against() ? to_string(*decision.against()) : "the incumbent";
  switch (decision.reason()) {
    case DecisionReason::first: return "kept: the first to be judged";
    case DecisionReason::more_musts: return "kept: gained " + gained + ", lost " + lost;
    case DecisionReason::better_score: return "kept: a better score than " + against + ", gained " + gained;
    case DecisionReason::preferred: return "kept: preferred to " + against + " in both orders";
    case DecisionReason::lost_must: return "rejected: lost " + lost + " that " + against + " has";
    case DecisionReason::worse_score: return "rejected: a worse score than " + against + ", lost " + lost;
    case DecisionReason::within_dead_band: return "rejected: no clear gain over " + against;
    case DecisionReason::tie: return "rejected: a tie with " + against;
    case DecisionReason::not_preferred: return "rejected: not preferred to " + against + " in both orders";
    case DecisionReason::unjudged: return "not judged, so it cannot be kept";
  }
  return {};
}

std::string words_of(const Finding& finding) {
  std::string text = printable(finding.observed());
  if (!finding.wanted().empty() && finding.verdict() != Verdict::pass) {
    text += (text.empty() ? "wanted: " : "; wanted: ") + printable(finding.wanted());
  }
  if (!finding.reason().empty()) text += (text.empty() ? "" : "; ") + printable(finding.reason());
  // A place in words helps a reader; one in pixels ("141,372 426x51") does not.
  const bool in_words = !finding.where().empty() && (finding.where().front() < '0' || finding.where().front() > '9');
  if (in_words) text += (text.empty() ? "" : "; ") + printable(finding.where());
  return text;
}

std::string words_of(const Revision& revision) {
  if (revision.author() == "brief") return printable(revision.why());  // round 0
  std::string text{to_string(revision.action())};
  if (revision.parent()) text += " from " + to_string(*revision.parent());
  if (revision.author() == "person") text += ", by you";
  if (!revision.why().empty()) text += ": " + printable(revision.why());
  if (revision.downgraded_from()) text += " (instead of " + std::string{to_string(*revision.downgraded_from())} + ')';
  return text;
}

std::string words_of(const StopReason& reason) {
  std::ostringstream text;
  text << reason;
  return printable(text.str());
}

std::string words_of(Duration duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  std::array<char, 40> text{};
  if (seconds < 9.95) {
    std::snprintf(text.data(), text.size(), "%.1f s", seconds);
  } else if (seconds < 99.5) {
    std::snprintf(text.data(), text.size(), "%.0f s", seconds);
  } else {
    const auto whole = static_cast<long>(seconds + 0.5);
    std::snprintf(text.data(), text.size(), "%ld min %02ld s", whole / 60, whole % 60);
  }
  return text.data();
}

std::string words_of(const http::RetryWait& wait, Duration passed) {
  const Duration left = std::max(std::chrono::duration_cast<Duration>(wait.duration()) - passed, Duration::zero());
  const std::time_t end = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + left);
  std::tm local{};
  ::localtime_r(&end, &local);
  std::array<char, 16> time{};
  std::strftime(time.data(), time.size(), "%H:%M:%S", &local);
  return "waiting " + words_of(left) + ", until " + time.data() + ", for " + printable(wait.origin());
}

std::string words_of(const Ledger& ledger) {
  std::string text = to_string(ledger.spent());
  const Money uncertain = ledger.total(Billing::maybe_billed);
  if (!uncertain.is_zero()) return text + ", of which " + to_string(uncertain) + " may not have been billed";
  if (!ledger.total(Billing::estimated).is_zero()) text += " by the price list";
  return text;
}

Money cost_of(const Ledger& ledger, CandidateId id) {
  Money sum;
  for (const Ledger::Entry& entry : ledger.entries()) {
    if (entry.charge().billing() != Billing::unpaid && entry.call().candidate() == id) sum += entry.charge().amount();
  }
  return sum;
}

std::string counted(std::size_t count, std::string_view one) {
  return std::to_string(count) + ' ' + std::string{one} + (count == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : separator).append(part);
  return text;
}

}  // namespace pentimento::cli
