#include "dry_run.hpp"

#include "findings_view.hpp"
#include "terminal.hpp"
#include "wording.hpp"
#include <pentimento/json.hpp>
#include <pentimento/offline/measure.hpp>
#include <pentimento/refinement_loop.hpp>
#include <pentimento/revise/rules.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento::cli {

namespace asio = boost::asio;

namespace {

/// A rehearsal that is longer than this counts as unbounded: only time, a person or success would end the run.
constexpr int most_rounds = 200;
constexpr int most_images = 400;
/// The assumed length of later prompts, for providers whose price depends on it.
constexpr std::size_t prompt_characters = 2'000;

/// What the calls of a rehearsal report as their charge.
enum class Costs { nothing, worst };

Charge charge_of(Money worst, Costs costs) {
  return costs == Costs::worst ? Charge::estimated(worst) : Charge::paid(Money{});
}

/// An image without bytes, of the requested size.
Image blank_image(const GenerationRequest& request) {
  return Image::recorded(MediaType::png, request.size().value_or(PixelSize{1024, 1024}), 1, std::string(64, '0'));
}

class StandInGenerator final : public Generator {
 public:
  StandInGenerator(std::shared_ptr<Generator> real, Costs costs) : real_{std::move(real)}, costs_{costs} {}

 private:
  Capabilities do_capabilities() const override { return real_->capabilities(); }
  std::optional<Error> do_validate(const GenerationRequest& request) const override { return real_->validate(request); }

  /// The most expensive request that the reviser could make: a long prompt, with the best image so far as the init
  /// image.
  Money do_estimate(const GenerationRequest& request) const override {
    GenerationRequest longest = request;
    std::string prompt = request.prompt();
    const std::size_t allowed = real_->capabilities().max_prompt_characters();
    prompt.resize(std::max(prompt.size(), std::min(prompt_characters, allowed)), 'x');
    longest.prompt(prompt);
    const Money plain = real_->estimate(longest);
    if (request.init_image() || !real_->capabilities().image_to_image()) return plain;
    return std::max(plain, real_->estimate(longest.init_image(blank_image(request))));
  }

  asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) override {
    Generation generation{blank_image(request)};
    generation.charge(charge_of(estimate(request), costs_));
    co_return generation;
  }

  std::shared_ptr<Generator> real_;
  Costs costs_;
};

/**
 * Never satisfied, but finds each image better than the one before, so that no plateau ends the run. If the real critic
 * can compare, its critiques are all alike and a comparison decides: so that the run makes the comparisons too.
 */
class StandInCritic final : public Critic {
 public:
  /// A plan or critique is charged as so many attempts.
  StandInCritic(std::shared_ptr<Critic> real, Costs costs, int attempts)
      : real_{std::move(real)}, costs_{costs}, attempts_{attempts} {}

 private:
  std::string do_name() const override { return real_->name(); }
  Money do_estimate(CallKind kind) const override { return real_->estimate(kind); }
  bool do_can_compare() const override { return real_->can_compare(); }
  std::optional<Error> do_validate(const Brief& brief, const Checklist& checklist) const override {
    const bool is_rehearsed = checklist.size() > brief.requirements().size();
    return is_rehearsed ? std::nullopt : real_->validate(brief, checklist);
  }

  asio::awaitable<Result<Plan>> do_plan(Brief brief) override {
    Plan plan;
    // The measuring critic plans without a call, so what it cannot judge is known already.
    if (dynamic_cast<const offline::MeasuringCritic*>(real_.get()) != nullptr) {
      const Result<Plan> planned = co_await real_->plan(std::move(brief));
      if (!planned || planned->requirements().empty()) co_return planned;
      plan.unjudged(planned->unjudged());
    }
    for (int i = 0; i <= most_rounds; ++i) plan.add(Requirement{id(i), id(i)});
    // The weight of what never passes keeps the score near 0.
    plan.add(Requirement{"never", "never"}.weight(max_weight));
    plan.charge(charge_of(with_retries(CallKind::plan), costs_));
    co_return plan;
  }

  asio::awaitable<Result<Critique>> do_critique(CritiqueRequest request) override {
    const int passed = can_compare() ? 0 : request.candidate().id().round() + 1;
    Critique critique;
    for (int i = 0; i < passed && !request.checklist().empty(); ++i) critique.add(Finding{id(i), Verdict::pass});
    critique.charge(charge_of(with_retries(CallKind::critique), costs_));
    co_return critique;
  }

  asio::awaitable<Result<Comparison>> do_compare(ComparisonRequest request) override {
    Comparison comparison{request.first().id() > request.second().id() ? Preference::first : Preference::second};
    comparison.charge(charge_of(with_retries(CallKind::compare), costs_));
    co_return comparison;
  }

  Money with_retries(CallKind kind) const {
    Money worst;
    for (int i = 0; i < attempts_; ++i) worst += estimate(kind);
    return worst;
  }

  static std::string id(int number) { return "item-" + std::to_string(number); }

  std::shared_ptr<Critic> real_;
  Costs costs_;
  int attempts_;
};

/// Never proposes the same prompt twice.
class StandInReviser final : public Reviser {
 public:
  StandInReviser(std::shared_ptr<Reviser> real, Costs costs, int attempts)
      : real_{std::move(real)}, costs_{costs}, attempts_{attempts} {}

 private:
  std::string do_name() const override { return real_ ? real_->name() : "ask"; }
  Money do_estimate() const override { return real_ ? real_->estimate() : Money{}; }
  asio::awaitable<Result<Revision>> do_revise(RevisionRequest request) override {
    GenerationRequest next = request.transcript().rounds().front().revision().request();
    next.prompt("round " + std::to_string(request.transcript().rounds().size()));
    Revision revision{Action::reprompt, std::move(next)};
    Money worst;
    for (int i = 0; i < attempts_; ++i) worst += estimate();
    revision.charge(charge_of(worst, costs_));
    co_return revision;
  }

  std::shared_ptr<Reviser> real_;
  Costs costs_;
  int attempts_;
};

/// The calls of one kind.
struct Calls {
  std::size_t count = 0;
  Money cost;
};

struct Forecast {
  std::optional<std::size_t> rounds;  ///< The most that there can be; none if unbounded.
  std::optional<std::size_t> images;  ///< The same.
  std::optional<Money> cost;          ///< The same.
  std::map<CallKind, Calls> calls;    ///< Of the most expensive run; empty if rounds are unbounded.
  std::string ends;                   ///< Why the run ends before its first image, if it does.
  std::vector<std::string> unjudged;  ///< The parts of the brief that nobody judges, as far as that is known.
};

/// How often a call of this kind may be made, with its retries.
int attempts(const RefineSetup& setup, CallKind kind) {
  return kind == CallKind::generate ? 1 : 1 + setup.settings.critique_retries();
}

/// Runs the loop without satisfying it. Each call costs its worst case, or nothing.
Outcome rehearse(const RefineSetup& setup, Costs costs) {
  RefinementLoop loop{std::make_shared<StandInGenerator>(setup.generator, costs),
                      std::make_shared<StandInCritic>(setup.critic, costs, attempts(setup, CallKind::critique)),
                      AnyStopPolicy{setup.policy || MaxRounds{most_rounds + 1} || MaxImages{most_images + 1}}};
  RunSettings settings = setup.settings;
  loop.settings(settings.on_satisfied(OnSatisfied::keep));
  loop.reviser(std::make_shared<StandInReviser>(setup.reviser, costs, attempts(setup, CallKind::revise)));
  return run(loop, setup.brief);
}

/// The dollars of "usd(0.60)".
std::optional<Money> limit_of(const StopReason& reason) {
  constexpr std::string_view before = "usd(";
  // Only for a single clause: several that are joined by && end the run later than the first of them.
  const bool is_one = reason.clause().starts_with(before) && reason.clause().find(')') + 1 == reason.clause().size();
  if (reason.kind() != StopKind::money || !is_one) return std::nullopt;
  return usd(std::strtod(reason.clause().c_str() + before.size(), nullptr));
}

std::size_t images_of(const Transcript& run) {
  std::size_t images = 0;
  for (const Round& round : run.rounds()) images += round.drafts().size();
  return images;
}

/// True if a rehearsal ended within the limits above.
bool has_ended(const Transcript& run) { return run.rounds().size() <= most_rounds && images_of(run) <= most_images; }

Forecast forecast(const RefineSetup& setup) {
  Forecast forecast;
  // If calls turn out free, a limit on money allows the most of them.
  const Outcome longest = rehearse(setup, Costs::nothing);
  forecast.unjudged = longest.transcript().checklist().unjudged();
  if (has_ended(longest.transcript())) {
    forecast.rounds = longest.transcript().rounds().size();
    forecast.images = images_of(longest.transcript());
    if (forecast.images == 0)
      forecast.ends = longest.error() ? printable(longest.error()->message()) : words_of(longest.reason());
  }
  const Outcome dearest = rehearse(setup, Costs::worst);
  const Transcript& run = dearest.transcript();
  // A run that ends for money ends below its limit; how near depends on what each call really costs.
  forecast.cost = limit_of(dearest.reason());
  if (!forecast.cost && has_ended(run)) forecast.cost = run.ledger().spent();
  if (!forecast.rounds) return forecast;
  for (const Ledger::Entry& entry : run.ledger().entries()) {
    Calls& calls = forecast.calls[entry.call().kind()];
    calls.count += static_cast<std::size_t>(attempts(setup, entry.call().kind()));
    calls.cost += entry.charge().amount();
  }
  return forecast;
}

std::string amount(Money money) {
  if (money == Money::unbounded()) return "no bound is known";
  return money.is_zero() ? "free" : "at most " + to_string(money);
}

struct Row {
  std::string name;
  std::string value;
};

std::vector<Row> rows_of(const RefineSetup& setup, const Forecast& forecast) {
  const Critic& critic = *setup.critic;
  GenerationRequest first = request_for(setup.brief);
  std::vector<Row> rows;
  rows.push_back({"generator", setup.generator->capabilities().name() + ": " +
                                   amount(setup.generator->estimate(first)) + " for the first image"});
  std::string judge = critic.name() + ": plan " + amount(critic.estimate(CallKind::plan)) + ", critique " +
                      amount(critic.estimate(CallKind::critique));
  if (critic.can_compare()) judge += ", comparison twice " + amount(critic.estimate(CallKind::compare));
  if (!critic.estimate(CallKind::critique).is_zero() && setup.settings.critique_retries() > 0)
    judge += ", each retried up to " + counted(static_cast<std::size_t>(setup.settings.critique_retries()), "time");
  rows.push_back({"critic", judge});
  rows.push_back({"reviser", setup.reviser ? setup.reviser->name() + ": " + amount(setup.reviser->estimate())
                                           : std::string{"ask: you, each round"}});
  rows.push_back({"until", describe(setup.policy)});
  if (!forecast.unjudged.empty()) rows.push_back({"not judged", joined(forecast.unjudged, ", ")});
  if (forecast.images == 0) {
    rows.push_back({"ends", "before the first image: " + forecast.ends});
    return rows;
  }
  const bool priced = forecast.cost && *forecast.cost != Money::unbounded();
  if (!forecast.rounds && !priced) {
    rows.push_back({"at most", "more than " + std::to_string(most_rounds) + " rounds or " +
                                   std::to_string(most_images) +
                                   " images; rounds(6), images(8) or usd(0.50) would bound it"});
    return rows;
  }
  std::string most = forecast.rounds
                         ? counted(*forecast.rounds, "round") + ", " + counted(*forecast.images, "image") + ", "
                         : std::string{"as many rounds as the money allows, "};
  rows.push_back({"at most", most + (priced ? to_string(*forecast.cost) : "and no bound of the cost is known")});
  return rows;
}

void print(const RefineSetup& setup, const Forecast& forecast) {
  Terminal terminal{stdout};
  for (const Row& row : rows_of(setup, forecast)) terminal.print_hanging(label(row.name), {{printable(row.value)}}, 6);
  terminal.print_hanging(label(""),
                         {{"a dry run: no call was made and nothing was written. It assumes prompts of up to " +
                               std::to_string(prompt_characters) + " characters and ignores limits of time",
                           Style::faint}},
                         6);
}

boost::json::value json_of(Money money) {
  if (money == Money::unbounded()) return nullptr;
  return static_cast<double>(money.micros()) / 1e6;
}

void print_json(const RefineSetup& setup, const Forecast& forecast) {
  boost::json::object calls;
  for (const auto& [kind, each] : forecast.calls) {
    if (each.count == 0) continue;
    calls[to_string(kind)] = boost::json::object{{"count", each.count}, {"usd", json_of(each.cost)}};
  }
  boost::json::object object;
  object["generator"] = setup.generator->capabilities().name();
  object["critic"] = setup.critic->name();
  object["reviser"] = setup.reviser ? setup.reviser->name() : "ask";
  object["until"] = describe(setup.policy);
  object["unjudged"] = boost::json::array(forecast.unjudged.begin(), forecast.unjudged.end());
  object["rounds"] = forecast.rounds ? boost::json::value(*forecast.rounds) : nullptr;
  object["images"] = forecast.images ? boost::json::value(*forecast.images) : nullptr;
  object["usd"] = forecast.cost ? json_of(*forecast.cost) : nullptr;
  if (!calls.empty()) object["calls"] = std::move(calls);
  std::printf("%s\n", to_text(boost::json::value(std::move(object))).c_str());
}

}  // namespace

ExitCode run_dry(const RefineSetup& setup, bool json) {
  const Forecast worst = forecast(setup);
  json ? print_json(setup, worst) : print(setup, worst);
  return ExitCode::satisfied;
}

}  // namespace pentimento::cli
