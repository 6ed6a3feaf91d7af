#include "dry_run.hpp"

#include "findings_view.hpp"
#include "terminal.hpp"
#include "wording.hpp"
#include <pentimento/json.hpp>
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

/// A run that has not ended after so many rounds counts as one that nothing but the clock, a person or success ends.
constexpr int most_rounds = 200;
/// Nor is it followed beyond so many pictures: that would take longer than anybody waits for a forecast.
constexpr int most_pictures = 400;
/// How long the prompts of later rounds may get, in bytes, as far as their length has a price.
constexpr std::size_t prompt_bytes = 2'000;

/// What the calls of a rehearsal are said to have cost.
enum class Costs { nothing, worst };

Charge charge_of(Money worst, Costs costs) {
  return costs == Costs::worst ? Charge::estimated(worst) : Charge::paid(Money{});
}

/// Nothing was drawn; but it has the size that was asked for.
Image no_picture(const GenerationRequest& request) {
  return Image::recorded(MediaType::png, request.size().value_or(PixelSize{1024, 1024}), 1, std::string(64, '0'));
}

class StandInGenerator final : public Generator {
 public:
  StandInGenerator(std::shared_ptr<Generator> real, Costs costs) : real_{std::move(real)}, costs_{costs} {}

 private:
  Capabilities do_capabilities() const override { return real_->capabilities(); }

  /// The dearest that the reviser could ask for: a long prompt, from the best picture so far.
  Money do_estimate(const GenerationRequest& request) const override {
    GenerationRequest longest = request;
    std::string prompt = request.prompt();
    const std::size_t allowed = real_->capabilities().max_prompt_bytes();
    prompt.resize(std::max(prompt.size(), std::min(prompt_bytes, allowed)), 'x');
    longest.prompt(prompt);
    const Money plain = real_->estimate(longest);
    if (request.init_image() || !real_->capabilities().image_to_image()) return plain;
    return std::max(plain, real_->estimate(longest.init_image(no_picture(request))));
  }

  asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) override {
    Generation generation{no_picture(request)};
    generation.charge(charge_of(estimate(request), costs_));
    co_return generation;
  }

  std::shared_ptr<Generator> real_;
  Costs costs_;
};

/// Finds that every picture is a little better than the one before, and none good enough.
class StandInCritic final : public Critic {
 public:
  StandInCritic(std::shared_ptr<Critic> real, Costs costs) : real_{std::move(real)}, costs_{costs} {}

 private:
  std::string do_name() const override { return real_->name(); }

  /// With a critique come the two orders of a comparison: the run may ask for them.
  Money do_estimate(CallKind kind) const override {
    Money money = real_->estimate(kind);
    if (kind == CallKind::critique && real_->can_compare()) {
      money += real_->estimate(CallKind::compare);
      money += real_->estimate(CallKind::compare);
    }
    return money;
  }

  asio::awaitable<Result<Plan>> do_plan(Brief) override {
    Plan plan;
    for (int i = 0; i <= most_rounds; ++i) plan.add(Requirement{id(i), id(i)});
    // What is never met outweighs all that is: no score is reached.
    plan.add(Requirement{"never", "never"}.weight(max_weight));
    plan.charge(charge_of(estimate(CallKind::plan), costs_));
    co_return plan;
  }

  asio::awaitable<Result<Critique>> do_critique(CritiqueRequest request) override {
    Critique critique;
    for (int i = 0; i <= request.candidate().id().round(); ++i) critique.add(Finding{id(i), Verdict::pass});
    critique.charge(charge_of(estimate(CallKind::critique), costs_));
    co_return critique;
  }

  static std::string id(int number) { return "item-" + std::to_string(number); }

  std::shared_ptr<Critic> real_;
  Costs costs_;
};

/// Never writes the same twice.
class StandInReviser final : public Reviser {
 public:
  StandInReviser(std::shared_ptr<Reviser> real, Costs costs) : real_{std::move(real)}, costs_{costs} {}

 private:
  std::string do_name() const override { return real_ ? real_->name() : "ask"; }
  Money do_estimate() const override { return real_ ? real_->estimate() : Money{}; }
  asio::awaitable<Result<Revision>> do_revise(RevisionRequest request) override {
    GenerationRequest next = request.transcript().rounds().front().revision().request();
    next.prompt("round " + std::to_string(request.transcript().rounds().size()));
    Revision revision{Action::reprompt, std::move(next)};
    revision.charge(charge_of(estimate(), costs_));
    co_return revision;
  }

  std::shared_ptr<Reviser> real_;
  Costs costs_;
};

/// The calls of one kind.
struct Calls {
  std::size_t count = 0;
  Money cost;
};

struct Forecast {
  std::optional<std::size_t> rounds;    ///< The most there can be, if anything bounds them.
  std::optional<std::size_t> pictures;  ///< The same.
  std::optional<Money> cost;            ///< The same.
  std::map<CallKind, Calls> calls;      ///< Of the dearest run; only where rounds are bounded.
  std::string ends;                     ///< Why it ends before the first picture, if it does.
};

/// A run that never satisfies, in which calls cost the most that they can, or nothing.
Outcome rehearse(const RefineSetup& setup, Costs costs) {
  RefinementLoop loop{std::make_shared<StandInGenerator>(setup.generator, costs),
                      std::make_shared<StandInCritic>(setup.critic, costs),
                      AnyStopPolicy{setup.policy || MaxRounds{most_rounds + 1} || MaxImages{most_pictures + 1}}};
  RunSettings settings = setup.settings;
  loop.settings(settings.on_satisfied(OnSatisfied::keep));
  loop.reviser(std::make_shared<StandInReviser>(setup.reviser, costs));
  return run(loop, setup.brief);
}

/// The dollars of "usd(0.60)".
std::optional<Money> limit_of(const StopReason& reason) {
  constexpr std::string_view before = "usd(";
  // One clause of this kind: several that have to hold together end the run later than the first of them says.
  const bool is_one = reason.clause().starts_with(before) && reason.clause().find(')') + 1 == reason.clause().size();
  if (reason.kind() != StopKind::money || !is_one) return std::nullopt;
  return usd(std::strtod(reason.clause().c_str() + before.size(), nullptr));
}

std::size_t pictures_of(const Transcript& run) {
  std::size_t pictures = 0;
  for (const Round& round : run.rounds()) pictures += round.drafts().size();
  return pictures;
}

/// Whether a rehearsal ended by itself.
bool has_ended(const Transcript& run) {
  return run.rounds().size() <= most_rounds && pictures_of(run) <= most_pictures;
}

Forecast forecast(const RefineSetup& setup) {
  Forecast forecast;
  // The less calls cost, the more there can be of them.
  const Outcome longest = rehearse(setup, Costs::nothing);
  if (has_ended(longest.transcript())) {
    forecast.rounds = longest.transcript().rounds().size();
    forecast.pictures = pictures_of(longest.transcript());
    if (forecast.pictures == 0) forecast.ends = words_of(longest.reason());
  }
  const Outcome dearest = rehearse(setup, Costs::worst);
  const Transcript& run = dearest.transcript();
  // What ends for money ends before its limit; how near to it is a matter of what each call really costs.
  forecast.cost = limit_of(dearest.reason());
  if (!forecast.cost && has_ended(run)) forecast.cost = run.ledger().spent();
  if (!forecast.rounds) return forecast;
  for (const Ledger::Entry& entry : run.ledger().entries()) {
    Calls& calls = forecast.calls[entry.call().kind()];
    ++calls.count;
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
                                   amount(setup.generator->estimate(first)) + " for the first picture"});
  std::string judge = critic.name() + ": plan " + amount(critic.estimate(CallKind::plan)) + ", critique " +
                      amount(critic.estimate(CallKind::critique));
  if (critic.can_compare()) judge += ", comparison twice " + amount(critic.estimate(CallKind::compare));
  rows.push_back({"critic", judge});
  rows.push_back({"reviser", setup.reviser ? setup.reviser->name() + ": " + amount(setup.reviser->estimate())
                                           : std::string{"ask: you, each round"}});
  rows.push_back({"until", describe(setup.policy)});
  if (forecast.pictures == 0) {
    rows.push_back({"ends", "before the first picture: " + forecast.ends});
    return rows;
  }
  const bool priced = forecast.cost && *forecast.cost != Money::unbounded();
  if (!forecast.rounds && !priced) {
    rows.push_back(
        {"at most", "more than " + std::to_string(most_rounds) + " rounds or " + std::to_string(most_pictures) +
                        " pictures, and how much is not reckoned: rounds(6), images(8) or usd(0.50) bounds it"});
    return rows;
  }
  std::string most = forecast.rounds
                         ? counted(*forecast.rounds, "round") + ", " + counted(*forecast.pictures, "picture") + ", "
                         : std::string{"as many rounds as the money lasts for, "};
  rows.push_back({"at most", most + (priced ? to_string(*forecast.cost) : "and a cost without bound")});
  return rows;
}

void print(const RefineSetup& setup, const Forecast& forecast) {
  Terminal terminal{stdout};
  for (const Row& row : rows_of(setup, forecast)) terminal.print_hanging(label(row.name), {{printable(row.value)}}, 6);
  terminal.print_hanging(label(""),
                         {{"a dry run: nobody was called, nothing was written. Prompts of up to " +
                               std::to_string(prompt_bytes) + " bytes are reckoned with; limits of time are not",
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
  object["rounds"] = forecast.rounds ? boost::json::value(*forecast.rounds) : nullptr;
  object["pictures"] = forecast.pictures ? boost::json::value(*forecast.pictures) : nullptr;
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
