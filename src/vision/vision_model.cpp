#include <pentimento/vision/vision_model.hpp>

#include <algorithm>
#include <string_view>

namespace pentimento {
namespace {

std::string in_bytes(std::size_t count) { return std::to_string(count) + " bytes"; }

std::optional<Error> validate(const Image& image, const ModelLimits& limits, const std::string& model) {
  if (!image.has_bytes())
    return Error{errc::invalid_argument, "the image is only a record; an image with its bytes is needed"};
  if (std::ranges::find(limits.image_types, image.media_type()) == limits.image_types.end()) {
    std::string accepted;
    for (const MediaType type : limits.image_types)
      accepted += (accepted.empty() ? "" : ", ") + std::string{to_string(type)};
    return Error{errc::unsupported,
                 "the image is " + std::string{to_string(image.media_type())} + "; " + model + " accepts " + accepted};
  }
  if (image.byte_count() > limits.max_image_bytes) {
    return Error{errc::too_large, "the image has " + in_bytes(image.byte_count()) + "; " + model + " accepts up to " +
                                      in_bytes(limits.max_image_bytes)};
  }
  if (image.size().longest_side() > limits.max_image_side) {
    return Error{errc::too_large, "the image is " + to_string(image.size()) + "; " + model + " accepts up to " +
                                      std::to_string(limits.max_image_side) + " pixels a side"};
  }
  return std::nullopt;
}

std::optional<Error> validate(const Question& question, const ModelLimits& limits, const std::string& model) {
  const auto invalid = [](const char* what) { return Error{errc::invalid_argument, what}; };
  if (question.parts().empty()) return invalid("the question is empty; it needs a text or an image");
  if (question.max_output_tokens() == 0) return invalid("max_output_tokens is 0; it must be above 0");
  if (question.timeout().count() <= 0) return invalid("the timeout of the question is 0; it must be above 0");
  const QuestionSize size = question.size();
  if (size.images > limits.max_images) {
    return Error{errc::too_large, "the question has " + std::to_string(size.images) + " images; " + model +
                                      " accepts up to " + std::to_string(limits.max_images)};
  }
  std::size_t bytes = size.text_bytes;
  for (const Question::Part& part : question.parts()) {
    const auto* const image = std::get_if<Image>(&part);
    if (image == nullptr) continue;
    if (std::optional<Error> error = validate(*image, limits, model)) return error;
    bytes += (image->byte_count() + 2) / 3 * 4;  // in base64
  }
  if (bytes > limits.max_question_bytes) {
    return Error{errc::too_large, "the question has " + in_bytes(bytes) + "; " + model + " accepts up to " +
                                      in_bytes(limits.max_question_bytes)};
  }
  return std::nullopt;
}

}  // namespace

QuestionSize Question::size() const noexcept {
  QuestionSize size{instructions_.size() + schema_name_.size() + schema_.size(), 0, 0, max_output_tokens_};
  for (const Part& part : parts_) {
    if (const auto* text = std::get_if<std::string>(&part)) {
      size.text_bytes += text->size();
    } else {
      ++size.images;
      size.image_side = std::max(size.image_side, std::get<Image>(part).size().longest_side());
    }
  }
  return size;
}

Money VisionModel::estimate(const QuestionSize& size) const noexcept {
  try {
    return std::max(do_estimate(size), Money{});
  } catch (...) {
    return Money::unbounded();
  }
}

void VisionModel::warm_up() noexcept {
  try {
    do_warm_up();
  } catch (...) {}
}

boost::asio::awaitable<Result<Reply>> VisionModel::ask(Question question) {
  const Money worst_case = estimate(question.size());
  try {
    if (std::optional<Error> error = validate(question, limits(), name())) co_return std::move(*error);
    Result<Reply> reply = co_await do_ask(std::move(question));
    if (reply && reply->charge() == Charge{}) reply->charge(Charge::from_estimate(worst_case));
    co_return reply;
  } catch (...) {
    co_return error_from_current_exception("the vision model", worst_case);
  }
}

}  // namespace pentimento
