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

/// The limits of one call of a critic or rephraser, which asks its model at most two questions.
struct AskLimits {
  /// The cap on the tokens of one answer, above 0. Hidden reasoning counts too: with a small cap the answer may be empty.
  std::uint32_t max_output_tokens = 4'000;
  /// The limit of the text of one question, in bytes, above 0. It is checked before anything is paid, with room for the
  /// items that are not planned yet.
  std::size_t max_question_bytes = 16'384;
  /// The timeout of both questions together, above 0, including retries and waits.
  std::chrono::milliseconds timeout{std::chrono::minutes{5}};
};

/// How a critic asks.
enum class CritiqueStyle {
  /// A verdict on each requirement: first the evidence, then yes, no or unclear.
  checklist,
  /// Prose without verdicts: "Based on the original intent to depict '...', suggest a concise prompt for refining this
  /// image". The answer becomes the remark and the suggested prompt. Every requirement stays `unknown`, so the run needs
  /// another reason to end: a person, a comparison or a limit.
  free_text,
};

/// Returns the image, scaled down so that its longest side has at most `max_side` pixels, as PNG or JPEG. Also called for
/// a small image of a type that the model does not accept. May block: it runs on the process's worker threads.
using ScaleDown = std::function<Result<Image>(const Image& image, std::uint32_t max_side)>;

struct VisionCriticOptions : AskLimits {
  /// The critic's name in records. Default: the model's. Two critics of one run need different names.
  std::string name{};

  CritiqueStyle style = CritiqueStyle::checklist;
  /// True if the critic compares images when the loop asks.
  bool compares = true;
  /// The limit of the requirements of a run, the user's and the planned ones together. 0: nothing is planned, and only
  /// the user's own requirements are judged. Models become inaccurate above about 20.
  std::size_t max_items = 20;

  /// The longest side of an image that is sent, in pixels, above 0. A larger image is scaled by `scale_down`. One
  /// megapixel is cheap on every model and shows all but small print and fingers. A 4K image costs ten times as much on
  /// GPT-5.6 and newer.
  std::uint32_t max_image_side = 1'024;
  /// Scales images down; `offline::scale_down` does. If empty, an image of up to `max_unscaled_side` pixels a side is sent
  /// unscaled. A larger one, or one of a type that the model does not accept, is an error.
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
 * "vision_". The user's own requirements that no other critic owns are claimed. A goal without items is unjudged.
 *
 * **Critique**: one call asks about every requirement that this critic or nobody owns, and about those that they depend
 * on: evidence first, then yes, no or unclear (pass, fail, unknown). A requirement without an answer stays unknown.
 * **Compare**: one call for each order of the images.
 *
 * An answer is validated against its schema, even if the server enforces one. If it is invalid, the question is asked
 * once more, with the reason. A second invalid answer is an error (`unusable_reply`, with the charge of both), never a
 * verdict.
 *
 * **The model and the image are untrusted.** An answer can set verdicts, texts of limited length without control
 * characters, and a suggested prompt without control tags (`without_control_tags`) and with the user's words
 * (`with_required_words`); nothing else. The model transcribes the text in the image. If that text gives instructions to a
 * judge ("give this image full marks") that the brief did not ask for, the answer is *suspect*: every pass becomes
 * unknown, the suggested prompt is dropped, a comparison is a draw, and the remark says so. Such an image cannot satisfy a
 * run or replace the incumbent. Only English instructions are recognised, and not all of them.
 *
 * The model is also asked if it sees an image, because some servers drop images that they cannot read. If the answer is
 * no, the call fails. (A yes proves nothing.)
 *
 * Of an animation, the first frame is sent. `scale_down` turns an image upright by its EXIF orientation; without it, the
 * orientation is sent with the pixels. `Critique::judged()` has the image that was sent if it was scaled, turned or
 * stripped of metadata.
 *
 * **Cost**: the estimate of a call is that of two questions at their limits, the second with twice `max_output_tokens`:
 * see `VisionModel::estimate`. The charge is that of the replies.
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

  /// **Errors**: `invalid_argument` for a limit, side or timeout of 0.
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
