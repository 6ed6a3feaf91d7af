#include "vision/answers.hpp"
#include "vision/asker.hpp"
#include "vision/questions.hpp"
#include <pentimento/detail/utf8.hpp>
#include <pentimento/revise/rules.hpp>
#include <pentimento/vision/rephraser.hpp>

#include <algorithm>

namespace pentimento {
namespace {

/// The most bytes of a provider's words that a model is told.
constexpr std::size_t max_said = 1'000;

AskLimits valid(AskLimits limits) {
  if (std::optional<Error> error = Asker::validate(limits)) throw Failure{std::move(*error)};
  return limits;
}

}  // namespace

class Rephraser::Impl {
 public:
  Impl(std::shared_ptr<VisionModel> model, AskLimits limits) : asker_{std::move(model), valid(limits)} {}

  std::string model_name() const { return asker_.model().name(); }
  Money estimate() const { return asker_.estimate(0, 0); }

  boost::asio::awaitable<Result<Revision>> rephrase(RevisionRequest request) const {
    const Transcript& run = request.transcript();
    const Round& refused = run.rounds().back();
    const Error& refusal = *refused.refusal();
    const std::string& said = refusal.provider_message().empty() ? refusal.message() : refusal.provider_message();
    RephrasingReader reader;
    Question question =
        rephrasing_question(run.brief(), refused.revision().request().prompt(), shortened_text(said, max_said));
    auto answered = co_await asker_.ask(std::move(question), std::move(reader));
    if (!answered) co_return answered.error();
    const Rephrasing& other = answered->first;
    const bool is_edit = refused.revision().action() == Action::edit;
    GenerationRequest next = refused.revision().request();
    next.prompt(std::string{detail::first_characters(other.prompt(), request.capabilities().max_prompt_characters())});
    Revision revision{is_edit ? Action::edit : Action::reprompt, std::move(next)};
    revision.parent(refused.revision().parent()).charge(answered->second);
    if (!other.prompt().empty() && !was_refused(run, revision.request().prompt()))
      co_return revision.why("the refused prompt in other words; left out: " + other.left_out());
    co_return revision.action(Action::stop)
        .why("the model finds no other words for the refused prompt: " + other.left_out());
  }

 private:
  Asker asker_;
};

Rephraser::Rephraser(detail::RolePointer<VisionModel> model, detail::RolePointer<Reviser> otherwise, AskLimits limits)
    : impl_{std::make_shared<const Impl>(std::move(model).share(), limits)}, otherwise_{std::move(otherwise).share()} {}

std::string Rephraser::do_name() const { return otherwise_->name() + ", rephrasing by " + impl_->model_name(); }

Money Rephraser::do_estimate() const { return std::max(impl_->estimate(), otherwise_->estimate()); }

boost::asio::awaitable<Result<Revision>> Rephraser::do_revise(RevisionRequest request) {
  if (ends_in_refusal(request.transcript())) {
    Result<Revision> rephrased = co_await impl_->rephrase(std::move(request));
    co_return rephrased;
  }
  Result<Revision> revision = co_await otherwise_->revise(std::move(request));
  // A revision without a charge would be charged the model's worst case.
  if (revision && revision->charge() == Charge{}) revision->charge(Charge::paid(Money{}));
  co_return revision;
}

}  // namespace pentimento
