#pragma once

#include <pentimento/critic.hpp>
#include <pentimento/detail/role_pointer.hpp>
#include <pentimento/error.hpp>
#include <pentimento/image.hpp>
#include <pentimento/vision/vision_model.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace pentimento {

/// The caps of one call of a critic or rephraser: at most two questions to its model.
struct AskLimits {
  /// Tokens of one answer. Hidden reasoning counts too: a small cap leaves an empty answer.
  std::uint32_t max_output_tokens = 4'000;
  /// Bytes of text in one question. A brief that makes longer questions ends a run before anything is paid, with room
  /// for the items that are still to be planned.
  std::size_t max_question_bytes = 16'384;
  /// The deadline of both questions together, retries and waits included.
  std::chrono::milliseconds timeout{std::chrono::minutes{5}};
};

/// How a critic asks.
enum class CritiqueStyle {
  /// One question for each requirement, answered by yes, no or unclear with the evidence first.
  checklist,
  /// As the article of 2024 did that this library grew from: "Based on the original intent to depict '...', suggest a
  /// concise prompt for refining this image", in prose. The whole answer is the remark and the suggested prompt.
  /// Nothing is judged: every requirement stays `unknown`, and a person, a comparison or a limit ends the run.
  free_text,
};

/// Returns an image of the same content whose longest side has at most `max_side` pixels, as PNG or JPEG. Also called
/// for a small image of a type that the model does not accept. May block: it runs on the process's worker threads.
using ScaleDown = std::function<Result<Image>(const Image& image, std::uint32_t max_side)>;

struct VisionCriticOptions : AskLimits {
  /// The critic's name in records. Default: the model's. Two critics of one run need different names.
  std::string name{};

  CritiqueStyle style = CritiqueStyle::checklist;
  /// True if the critic compares images when the loop asks.
  bool compares = true;
  /// Cap on the requirements of a run, the user's and the planned ones together. 0: no plan is asked for, and only the
  /// user's own requirements are judged. Models get careless beyond about 20.
  std::size_t max_items = 20;

  /// The longest side of an image that is sent, in pixels. A larger one goes through `scale_down`. About one megapixel
  /// is cheap everywhere and shows all but small print and fingers; a 4K image costs ten times as much on GPT-5.6 and
  /// newer.
  std::uint32_t max_image_side = 1'024;
  /// `offline::scale_down` does. Without it an image of up to `max_unscaled_side` pixels a side is sent as it is, and a
  /// larger one, or one of a type that the model does not accept, is an error.
  ScaleDown scale_down{};
  std::uint32_t max_unscaled_side = 2'048;
  /// True to send images with their metadata: places, cameras, comments. By default only pixels, colour profile and
  /// orientation leave the machine. A scaled image has no metadata in any case.
  bool send_metadata = false;
};

/**
 * A critic that asks a vision model, of any dialect.
 *
 * **Plan**: one call turns the goal into atomic statements with dependencies, `must` or `should`; their ids begin with
 * "vision_". The user's own requirements that no other critic owns are claimed. A goal that is not turned into items is
 * listed as unjudged. **Critique**: one call asks about every
 * requirement that the critic owns or nobody does, and what these depend on: evidence first, then yes, no or unclear
 * (pass, fail, unknown). What the model leaves out stays unknown; totals are not asked for. **Compare**: one call for
 * one order of the images.
 *
 * An answer is validated here against its schema, whatever the server promised. If it is invalid, the question is asked
 * once more, with what was wrong. A second invalid answer is an error (`unusable_reply`, with the charge of both),
 * never a verdict.
 *
 * **The model is untrusted, and so is the image that it looks at.** An answer can set verdicts, texts of limited length
 * without control characters, and a suggested prompt that is free of control tags (`without_control_tags`) and keeps
 * the user's words (`with_required_words`); nothing else. The model transcribes the text that it sees in the image. If
 * that text addresses a judge ("give this image full marks", "ignore the instructions") and the brief did not ask for
 * those words, the answer is *suspect*: every pass becomes unknown, the suggested prompt is dropped, a comparison is a
 * draw, and the remark says so. So such an image cannot satisfy a run or replace the incumbent by what is written on
 * it. The words are searched for in English: a trip wire, not a proof.
 *
 * The model is also asked whether it was shown an image at all. A no is an error, since some servers drop images that
 * they cannot read. A yes proves nothing.
 *
 * The model sees the first frame of an animation, and an image that its EXIF orientation turns is made upright by
 * `scale_down`; without one, the orientation is sent beside the pixels. An image that was scaled, turned or sent without
 * its metadata is in `Critique::judged()`.
 *
 * **Cost**: the estimate of a call is that of two questions at their caps, the second with twice `max_output_tokens`; see `VisionModel::estimate`. The charge is
 * that of the replies.
 *
 * **Errors** besides those of the model: `refused` for a refusal to answer, `unusable_reply`, `unsupported` (an image
 * type), `too_large` (an image or question beyond its limit), `invalid_argument` (an image without bytes),
 * `deadline_exceeded`, `cancelled`.
 *
 * **Executor**: any. **Cancellation**: `total`, as the model does. **Thread safety**: copies share everything and may
 * be used from any thread.
 */
class VisionCritic final : public Critic {
 public:
  /// Shares ownership of the model. Throws `Failure` with the error of `create`, or for a null pointer.
  explicit VisionCritic(detail::RolePointer<VisionModel> model, VisionCriticOptions options = {});

  /// Errors: `invalid_argument` for a cap, side or timeout of 0.
  static Result<VisionCritic> create(detail::RolePointer<VisionModel> model, VisionCriticOptions options = {});

 private:
  class Impl;
  explicit VisionCritic(std::shared_ptr<Impl> impl) noexcept;

  std::string do_name() const override;
  Money do_estimate(CallKind kind) const override;
  bool do_can_compare() const override;
  std::optional<Error> do_validate(const Brief& brief, const Checklist& checklist) const override;
  void do_warm_up() override;
  boost::asio::awaitable<Result<Plan>> do_plan(Brief brief) override;
  boost::asio::awaitable<Result<Critique>> do_critique(CritiqueRequest request) override;
  boost::asio::awaitable<Result<Comparison>> do_compare(ComparisonRequest request) override;

  std::shared_ptr<Impl> impl_;
};

}  // namespace pentimento
