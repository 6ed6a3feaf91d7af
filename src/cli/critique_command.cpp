#include "backends.hpp"
#include "commands.hpp"
#include "findings_view.hpp"
#include "refine_setup.hpp"
#include "terminal.hpp"
#include "values.hpp"
#include "wording.hpp"
#include <pentimento/async.hpp>
#include <pentimento/json.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pentimento::cli {

namespace asio = boost::asio;

namespace {

/// A checklist and its critique.
struct Judgement {
  Checklist checklist;
  Critique critique;
  /// The charge of the plan; the critique has its own.
  Charge planning;
};

Result<Judgement> judge(const std::shared_ptr<Critic>& critic, const Brief& brief, const Image& image) {
  asio::io_context context{1};
  std::optional<Result<Plan>> plan;
  async_plan(context.get_executor(), critic, brief, [&plan](Result<Plan> result) { plan.emplace(std::move(result)); });
  context.run();
  if (!*plan) return plan->error();

  Checklist checklist = Checklist::of(brief.requirements(), **plan);
  CritiqueRequest request{brief, checklist, Candidate{CandidateId{0, 0}, GenerationRequest{brief.goal()}, image}};
  std::optional<Result<Critique>> critique;
  context.restart();
  async_critique(context.get_executor(), critic, std::move(request),
                 [&critique](Result<Critique> result) { critique.emplace(std::move(result)); });
  context.run();
  if (!*critique) {
    Error error = critique->error();
    // The plan has been paid for.
    error.charge((*plan)->charge() + error.charge());
    return error;
  }
  return Judgement{std::move(checklist), std::move(**critique), (*plan)->charge()};
}

void print(const CritiqueOptions& options, const Image& image, const Judgement& judgement) {
  Terminal terminal{stdout};
  const Score score{judgement.checklist, judgement.critique};
  terminal.print(
      {{printable(options.image), Style::strong},
       {"   " + to_string(image.size()) + ' ' + std::string{to_string(image.media_type()).substr(6)}, Style::faint}});
  if (judgement.checklist.empty()) {
    print_checklist(terminal, judgement.checklist);
    return print_unjudged(terminal, judgement.checklist.unjudged());
  }
  terminal.print(score_line(terminal, "score", score));
  print_findings(terminal, judgement.checklist, judgement.critique);
  print_unjudged(terminal, judgement.checklist.unjudged());
  const Charge cost = judgement.planning + judgement.critique.charge();
  if (!cost.amount().is_zero()) terminal.print({label("cost"), {to_string(cost.amount())}});
}

void print_json(const Image& image, const Judgement& judgement) {
  boost::json::object object;
  object["image"] = to_json(image);
  object["checklist"] = to_json(judgement.checklist).at("requirements");
  const std::vector<std::string> parts = unjudged(judgement.checklist, judgement.critique);
  object["unjudged"] = boost::json::array(parts.begin(), parts.end());
  object["planning"] = to_json(judgement.planning);
  object["critique"] = to_json(judgement.critique);
  object["score"] = to_json(Score{judgement.checklist, judgement.critique});
  std::printf("%s\n", to_text(boost::json::value(std::move(object))).c_str());
}

}  // namespace

ExitCode run_critique(const CritiqueOptions& options) {
  const auto reject = [](const std::string& sentence) {
    print_error(sentence);
    return ExitCode::usage;
  };
  if (is_blank(options.image))
    return reject("no image was given; usage: pentimento critique IMAGE --brief \"three red mugs\"");
  if (is_blank(options.brief) && options.must.empty() && options.should.empty() && options.profile.empty()) {
    return reject("there is nothing to judge by; give --brief, --must or --profile");
  }
  if (const Result<void> text = check_text("--brief", options.brief); !text) return reject(text.error().message());
  const Result<Registry> registry = make_registry(options.services, [&options](const http::RetryWait& wait) {
    if (!options.quiet && wait.duration() >= std::chrono::seconds{1}) print_error(words_of(wait) + ": " + wait.why());
  });
  if (!registry) return reject(registry.error().message());
  const Result<std::shared_ptr<Critic>> critic = make_critic(*registry, options.critic, options.profile);
  if (!critic)
    return reject((options.profile.empty() ? "--critic: " : "--critic, --profile: ") + critic.error().message());
  Brief brief{options.brief};
  const Result<void> required = add_requirements(brief, options.must, options.should, {});
  if (!required) return reject(required.error().message());
  const Result<Image> image = load_sound_image(options.image);
  if (!image) return reject(image.error().message());

  const Result<Judgement> judgement = judge(*critic, brief, *image);
  if (!judgement) {
    print_error(judgement.error());
    return exit_code(judgement.error());
  }
  if (options.json) {
    print_json(*image, *judgement);
  } else if (!options.quiet) {
    print(options, *image, *judgement);
  }
  return Score{judgement->checklist, judgement->critique}.satisfied() ? ExitCode::satisfied : ExitCode::unsatisfied;
}

}  // namespace pentimento::cli
