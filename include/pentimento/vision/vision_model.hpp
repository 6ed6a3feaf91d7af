#pragma once

#include <pentimento/error.hpp>
#include <pentimento/image.hpp>
#include <pentimento/media_type.hpp>
#include <pentimento/money.hpp>
#include <pentimento/providers/prices.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace pentimento {

/// The size of a question, for the estimate of its cost.
struct QuestionSize {
  /// Bytes of text: the instructions, the parts and the schema.
  std::size_t text_bytes = 0;
  std::size_t images = 0;
  /// The longest side of the largest image, in pixels.
  std::uint32_t image_side = 0;
  std::uint32_t max_output_tokens = 0;
};

/// A question to a vision model: instructions, then texts and images in their order.
class Question {
 public:
  using Part = std::variant<std::string, Image>;

  explicit Question(std::string instructions) : instructions_{std::move(instructions)} {}

  /// The instructions that come first (the system message): the role and the rules of the model.
  const std::string& instructions() const noexcept { return instructions_; }

  /// Appends a text, or an image.
  Question& add(std::string text) { return parts_.emplace_back(std::move(text)), *this; }
  Question& add(Image image) { return parts_.emplace_back(std::move(image)), *this; }
  const std::vector<Part>& parts() const noexcept { return parts_; }

  /// Asks for one JSON object of this JSON Schema. By default the answer is prose. `name` consists of ASCII letters,
  /// digits, '_' and '-'. A model that cannot enforce a schema ignores it: validate what comes back.
  Question& schema(std::string name, std::string json) {
    schema_name_ = std::move(name);
    schema_ = std::move(json);
    return *this;
  }
  const std::string& schema_name() const noexcept { return schema_name_; }
  /// The text of the JSON Schema; empty for prose.
  const std::string& schema() const noexcept { return schema_; }

  /// The cap on the tokens of the answer, hidden reasoning included. Default: 4,000.
  Question& max_output_tokens(std::uint32_t tokens) { return max_output_tokens_ = tokens, *this; }
  std::uint32_t max_output_tokens() const noexcept { return max_output_tokens_; }

  /// The deadline of the question, retries and waits included. Default: five minutes.
  Question& timeout(std::chrono::milliseconds timeout) { return timeout_ = timeout, *this; }
  std::chrono::milliseconds timeout() const noexcept { return timeout_; }

  QuestionSize size() const noexcept;

 private:
  std::string instructions_;
  std::vector<Part> parts_;
  std::string schema_name_;
  std::string schema_;
  std::uint32_t max_output_tokens_ = 4'000;
  std::chrono::milliseconds timeout_ = std::chrono::minutes{5};
};

static_assert(!std::is_aggregate_v<Question>);

/// Why a reply ended: the model was done; it reached the cap on tokens; the provider or the model refused to answer; or
/// a reason that this library does not know.
enum class ReplyEnd { stop, length, refusal, other };

/// What a vision model answered. All of its text is untrusted.
class Reply {
 public:
  Reply() = default;

  /// The answer; may be empty.
  const std::string& text() const noexcept { return text_; }
  Reply& text(std::string text) { return text_ = std::move(text), *this; }
  /// The reasoning that the server showed. Some local servers put the answer there.
  const std::vector<std::string>& thoughts() const noexcept { return thoughts_; }
  Reply& think(std::string text) { return thoughts_.push_back(std::move(text)), *this; }

  ReplyEnd end() const noexcept { return end_; }
  Reply& end(ReplyEnd end) { return end_ = end, *this; }
  /// The words of a refusal; may be empty.
  const std::string& refusal() const noexcept { return refusal_; }
  Reply& refusal(std::string words) { return refusal_ = std::move(words), *this; }

  /// The tokens that the server counted, if it said so.
  const std::optional<TokenUsage>& usage() const noexcept { return usage_; }
  Reply& usage(std::optional<TokenUsage> usage) { return usage_ = usage, *this; }
  const Charge& charge() const noexcept { return charge_; }
  Reply& charge(Charge charge) { return charge_ = charge, *this; }
  /// The provider's id of the request; empty if it gave none.
  const std::string& request_id() const noexcept { return request_id_; }
  Reply& request_id(std::string id) { return request_id_ = std::move(id), *this; }

 private:
  std::string text_;
  std::vector<std::string> thoughts_;
  ReplyEnd end_ = ReplyEnd::stop;
  std::string refusal_;
  std::optional<TokenUsage> usage_;
  Charge charge_;
  std::string request_id_;
};

static_assert(!std::is_aggregate_v<Reply>);

/// What a vision model accepts.
struct ModelLimits {
  std::vector<MediaType> image_types{MediaType::png, MediaType::jpeg, MediaType::webp, MediaType::gif};
  /// Images in one question.
  std::size_t max_images = 20;
  /// Encoded bytes of one image.
  std::size_t max_image_bytes = std::size_t{20} << 20;
  /// Pixels a side.
  std::uint32_t max_image_side = std::numeric_limits<std::uint32_t>::max();
  /// Bytes of a whole question, its images in base64.
  std::size_t max_question_bytes = std::size_t{64} << 20;
  /// True if a text right before an image names that image. False for a server that splits a question into one message
  /// a part: put the images first there, and let one text name them all.
  bool labels_images = true;
};

/**
 * A model that looks at images and answers: the seam between judging (`VisionCritic`, `Rephraser`) and the wire format
 * of a server (`ChatCompletionsModel`, `MessagesModel`). Derive from it for a model of your own, and override the
 * private `do_` functions; users call the public ones.
 *
 * **Executor**: `ask` may be awaited on any. **Cancellation**: `total`; the error is `cancelled` and says what may have
 * been billed. **Thread safety**: a model may be asked by several coroutines at a time.
 */
class VisionModel {
 public:
  virtual ~VisionModel() = default;

  /// The model's name in records and messages: "openai:gpt-6.1-sol". Constant over its life.
  std::string name() const { return do_name(); }

  ModelLimits limits() const { return do_limits(); }

  /// Returns the worst-case cost of one question of this size. An override that throws counts as unbounded.
  Money estimate(const QuestionSize& size) const noexcept;

  /// Says that a question will probably follow soon, so that a connection can be warmed up. Does not block.
  void warm_up() noexcept;

  /**
   * Asks one question. Never throws.
   *
   * **Returns** the reply. A refusal and an answer that was cut off are replies too: see `Reply::end`. A reply without
   * a charge is charged its estimate.
   *
   * **Errors**, before anything is sent: `invalid_argument` for a question without parts, a cap of 0 tokens, a timeout
   * of 0 or an image without bytes; `unsupported` for an image type that the model does not accept; `too_large` for too
   * many images, or one with too many bytes or pixels. After that: what the model reports. An exception becomes
   * `backend_failed`, charged as maybe billed.
   *
   * **Cost**: one question, at most `estimate(question.size())`.
   */
  boost::asio::awaitable<Result<Reply>> ask(Question question);

 protected:
  VisionModel() = default;
  VisionModel(const VisionModel&) = default;
  VisionModel& operator=(const VisionModel&) = default;

 private:
  virtual std::string do_name() const = 0;
  virtual ModelLimits do_limits() const { return {}; }
  /// Free by default.
  virtual Money do_estimate(const QuestionSize&) const { return {}; }
  virtual void do_warm_up() {}
  virtual boost::asio::awaitable<Result<Reply>> do_ask(Question question) = 0;
};

}  // namespace pentimento
