#include "detail/image_to_send.hpp"
#include "detail/worker_pool.hpp"
#include "vision/answers.hpp"
#include "vision/asker.hpp"
#include "vision/questions.hpp"
#include <pentimento/offload.hpp>
#include <pentimento/vision/vision_critic.hpp>

#include <algorithm>

namespace pentimento {
namespace {

namespace asio = boost::asio;

std::optional<Error> validate_options(const VisionCriticOptions& options) {
  if (options.max_image_side == 0 || options.max_unscaled_side == 0)
    return Error{errc::invalid_argument, "max_image_side or max_unscaled_side is 0; both must be above 0"};
  return Asker::validate(options);
}

}  // namespace

class VisionCritic::Impl {
 public:
  Impl(std::shared_ptr<VisionModel> model, VisionCriticOptions options)
      : asker_{std::move(model), options}, options_{std::move(options)} {}

  std::string name() const { return options_.name.empty() ? asker_.model().name() : options_.name; }

  bool compares() const { return options_.compares; }

  void warm_up() const { asker_.model().warm_up(); }

  Money estimate(CallKind kind) const {
    if (kind == CallKind::plan && plans()) return asker_.estimate(0, 0);
    if (kind == CallKind::critique) return asker_.estimate(1, largest_side());
    if (kind == CallKind::compare) return asker_.estimate(2, largest_side());
    return {};
  }

  std::optional<Error> validate(const Brief& brief, const Checklist& checklist) const {
    const std::size_t mine = brief.requirements().size();
    const bool is_planned = checklist.size() > mine;
    if (options_.style == CritiqueStyle::free_text) return asker_.validate(free_text_question(brief, still_to_come()));
    const std::size_t room = !is_planned && plans() && mine < options_.max_items ? options_.max_items - mine : 0;
    if (room > 0) {
      if (std::optional<Error> error = asker_.validate(plan_question(brief, room))) return error;
    }
    std::vector<Requirement> asked = questions(checklist);
    for (std::size_t i = 0; i < room; ++i) asked.emplace_back("planned", std::string(planned_item_bytes, ' '));
    return asked.empty() ? std::nullopt : asker_.validate(critique_question(brief, asked, still_to_come()));
  }

  asio::awaitable<Result<Plan>> plan(Brief brief) {
    Plan plan;
    if (options_.style == CritiqueStyle::free_text) co_return plan.unjudged({brief.goal()});
    const std::size_t mine = brief.requirements().size();
    for (const Requirement& requirement : brief.requirements()) {
      Requirement claimed = requirement;
      if (claimed.owner().empty()) plan.add(std::move(claimed.owner(name())));
    }
    if (!plans()) co_return plan.unjudged({brief.goal()});
    if (mine >= options_.max_items) co_return plan.unjudged({brief.goal()}).charge(Charge::paid(Money{}));
    const std::size_t room = options_.max_items - mine;
    PlanReader reader{brief, room};
    Question question = plan_question(brief, room);
    auto answered = co_await asker_.ask(std::move(question), std::move(reader));
    if (!answered) co_return answered.error();
    for (Requirement& requirement : answered->first) plan.add(std::move(requirement.owner(name())));
    plan.charge(answered->second);
    co_return plan;
  }

  asio::awaitable<Result<Critique>> critique(CritiqueRequest request) {
    Result<Image> image = co_await fitted(request.image());
    if (!image) co_return image.error();
    Result<Critique> critique = Critique{};
    if (options_.style == CritiqueStyle::free_text) {
      critique = co_await in_prose(request, *image);
    } else {
      critique = co_await by_checklist(request, *image);
    }
    if (critique && *image != request.image()) critique->judged(*image);
    co_return critique;
  }

  asio::awaitable<Result<Comparison>> compare(ComparisonRequest request) {
    const Result<Image> first = co_await fitted(request.first().image());
    if (!first) co_return first.error();
    const Result<Image> second = co_await fitted(request.second().image());
    if (!second) co_return second.error();
    ComparisonReader reader{request.brief()};
    Question question = comparison_question(request.brief(), request.checklist().requirements(), *first, *second,
                                            asker_.model().limits().labels_images);
    auto answered = co_await asker_.ask(std::move(question), std::move(reader));
    if (!answered) co_return answered.error();
    auto& [answer, charge] = *answered;
    if (!answer.sees()) co_return blind(charge);
    Comparison comparison = std::move(answer.value());
    co_return comparison.charge(charge);
  }

 private:
  /// The bytes of a planned item, for a question that is checked before the plan: 15 words.
  static constexpr std::size_t planned_item_bytes = 100;

  bool plans() const { return options_.style == CritiqueStyle::checklist && options_.max_items > 0; }

  asio::awaitable<Result<Critique>> in_prose(CritiqueRequest request, Image image) {
    ProseReader reader{request.brief()};
    Question question = free_text_question(request.brief(), image);
    auto answered = co_await asker_.ask(std::move(question), std::move(reader));
    if (!answered) co_return answered.error();
    Critique critique = std::move(answered->first);
    co_return critique.charge(answered->second);
  }

  asio::awaitable<Result<Critique>> by_checklist(CritiqueRequest request, Image image) {
    const std::vector<Requirement> asked = questions(request.checklist());
    if (asked.empty()) co_return Critique{}.charge(Charge::paid(Money{}));
    CritiqueReader reader{request.brief(), asked};
    Question question = critique_question(request.brief(), asked, image);
    auto answered = co_await asker_.ask(std::move(question), std::move(reader));
    if (!answered) co_return answered.error();
    auto& [answer, charge] = *answered;
    if (!answer.sees()) co_return blind(charge);
    Critique critique = std::move(answer.value());
    co_return critique.charge(charge);
  }

  /// Stands for an image in a question whose length is checked.
  static Image still_to_come() { return Image::recorded(MediaType::png, PixelSize{1, 1}, 0, std::string(64, '0')); }

  /// What is asked about: what this critic owns or nobody does, and what that depends on, whoever owns it.
  std::vector<Requirement> questions(const Checklist& checklist) const {
    std::vector<std::string> ids;
    for (const Requirement& requirement : checklist) {
      if (requirement.owner().empty() || requirement.owner() == name()) ids.push_back(requirement.id());
    }
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const Requirement* const requirement = checklist.find(ids[i]);
      if (requirement == nullptr) continue;
      for (const std::string& need : requirement->depends_on()) {
        if (std::ranges::find(ids, need) == ids.end()) ids.push_back(need);
      }
    }
    std::vector<Requirement> asked;
    for (const Requirement& requirement : checklist) {
      if (std::ranges::find(ids, requirement.id()) != ids.end()) asked.push_back(requirement);
    }
    return asked;
  }

  Error blind(const Charge& charge) const {
    Error error{errc::unusable_reply,
                "the model " + asker_.model().name() +
                    " says that it was shown no image; its server may have dropped an image that it could not read, "
                    "or the model accepts no images"};
    return Asker::billed(error, charge);
  }

  /// The longest side of an image that may be sent.
  std::uint32_t largest_side() const {
    const std::uint32_t side =
        options_.scale_down ? options_.max_image_side : std::max(options_.max_image_side, options_.max_unscaled_side);
    return std::min(side, asker_.model().limits().max_image_side);
  }

  /// Returns the image as it can be sent.
  asio::awaitable<Result<Image>> fitted(Image image) {
    if (!image.has_bytes())
      co_return Error{errc::invalid_argument, "the image is only a record; an image with its bytes is needed"};
    const ModelLimits limits = asker_.model().limits();
    const bool is_accepted = std::ranges::find(limits.image_types, image.media_type()) != limits.image_types.end();
    const std::uint32_t most = largest_side();
    if (options_.scale_down &&
        (image.size().longest_side() > std::min(most, options_.max_image_side) || !is_accepted)) {
      Result<Image> scaled = co_await scaled_down(image, most);
      if (!scaled) co_return scaled.error();
      image = std::move(*scaled);
    } else if (!is_accepted) {
      co_return Error{errc::unsupported, asker_.model().name() + " does not accept " +
                                             std::string{to_string(image.media_type())} +
                                             "; give the critic a scale_down, which converts it"};
    }
    Result<Image> sent = co_await detail::image_to_send(image, options_.scale_down, options_.send_metadata);
    if (!sent) co_return sent.error();
    image = std::move(*sent);
    if (image.size().longest_side() > most) {
      co_return Error{errc::too_large, "the image is " + to_string(image.size()) + "; up to " + std::to_string(most) +
                                           " pixels a side are sent" +
                                           (options_.scale_down ? "" : ": give the critic a scale_down")};
    }
    co_return image;
  }

  asio::awaitable<Result<Image>> scaled_down(Image image, std::uint32_t side) {
    const asio::any_io_executor pool = detail::worker_pool();
    auto job = [scale_down = options_.scale_down, image = std::move(image), side] { return scale_down(image, side); };
    try {
      Result<Image> scaled = co_await offload(pool, job);
      co_return scaled;
    } catch (...) {
      // Nothing was sent, so nothing was paid.
      co_return error_from_current_exception("scaling an image for the critic");
    }
  }

  Asker asker_;
  VisionCriticOptions options_;
};

VisionCritic::VisionCritic(detail::RolePointer<VisionModel> model, VisionCriticOptions options)
    : VisionCritic{create(std::move(model), std::move(options)).value()} {}

VisionCritic::VisionCritic(std::shared_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {}

Result<VisionCritic> VisionCritic::create(detail::RolePointer<VisionModel> model, VisionCriticOptions options) {
  if (std::optional<Error> error = validate_options(options)) return std::move(*error);
  return VisionCritic{std::make_shared<Impl>(std::move(model).share(), std::move(options))};
}

std::string VisionCritic::do_name() const { return impl_->name(); }

Money VisionCritic::do_estimate(CallKind kind) const { return impl_->estimate(kind); }

bool VisionCritic::do_can_compare() const { return impl_->compares(); }

std::optional<Error> VisionCritic::do_validate(const Brief& brief, const Checklist& checklist) const {
  return impl_->validate(brief, checklist);
}

void VisionCritic::do_warm_up() { impl_->warm_up(); }

asio::awaitable<Result<Plan>> VisionCritic::do_plan(Brief brief) { return impl_->plan(std::move(brief)); }

asio::awaitable<Result<Critique>> VisionCritic::do_critique(CritiqueRequest request) {
  return impl_->critique(std::move(request));
}

asio::awaitable<Result<Comparison>> VisionCritic::do_compare(ComparisonRequest request) {
  return impl_->compare(std::move(request));
}

}  // namespace pentimento
