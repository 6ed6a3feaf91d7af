#include "vision/asker.hpp"

#include <limits>

namespace pentimento {

std::optional<Error> Asker::validate(const AskLimits& limits) {
  const auto invalid = [](const char* what) { return Error{errc::invalid_argument, what}; };
  if (limits.max_output_tokens == 0) return invalid("max_output_tokens is 0; it must be above 0");
  if (limits.max_question_bytes == 0) return invalid("max_question_bytes is 0; it must be above 0");
  if (limits.timeout.count() <= 0) return invalid("the timeout is 0; it must be above 0");
  return std::nullopt;
}

std::optional<Error> Asker::validate(const Question& question) const {
  const std::size_t bytes = question.size().text_bytes;
  if (bytes <= limits_.max_question_bytes) return std::nullopt;
  return Error{errc::too_large, model_->name() + ": the brief and its checklist make a question of " +
                                    std::to_string(bytes) + " bytes; at most " +
                                    std::to_string(limits_.max_question_bytes) +
                                    " are accepted: shorten the brief, or raise max_question_bytes"};
}

Money Asker::estimate(std::size_t images, std::uint32_t image_side) const {
  QuestionSize size;
  size.text_bytes = limits_.max_question_bytes + max_correction;
  size.images = images;
  size.image_side = image_side;
  size.max_output_tokens = limits_.max_output_tokens;
  const Money first = model_->estimate(size);
  size.max_output_tokens = larger_cap();
  return first + model_->estimate(size);
}

std::uint32_t Asker::larger_cap() const noexcept {
  constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
  return limits_.max_output_tokens > most / 2 ? most : 2 * limits_.max_output_tokens;
}

Error Asker::billed(const Error& error, const Charge& charge) {
  std::string message = error.message();
  if (charge.billing() == Billing::paid && !charge.amount().is_zero())
    message += "; " + to_string(charge.amount()) + " was charged";
  if (charge.billing() > Billing::paid) {
    message += charge.amount() == Money::unbounded()
                   ? "; it may have been charged"
                   : "; up to " + to_string(charge.amount()) + " may have been charged";
  }
  Error with_bill{error.code(), std::move(message)};
  return with_bill.provider_message(error.provider_message()).request_id(error.request_id()).charge(charge);
}

std::optional<Error> Asker::stop_reason(boost::asio::cancellation_type cancelled, std::chrono::milliseconds left) {
  if (cancelled != boost::asio::cancellation_type::none)
    return Error{errc::cancelled, "the call was cancelled between two questions"};
  if (left.count() <= 0) return Error{errc::deadline_exceeded, "the deadline passed before there was a valid answer; allow more time"};
  return std::nullopt;
}

Error Asker::refused(const Reply& reply, const Charge& charge) const {
  const bool in_words = !reply.refusal().empty();
  return billed(provider_refusal(in_words ? "the model will not answer" : "the answer was filtered",
                                 in_words ? reply.refusal() : reply.text(), reply.request_id(), provider_call()),
                charge);
}

Error Asker::after_cut(Error error, std::uint32_t cap) {
  Error longer{error.code(), "the first answer was cut, and the question with a cap of " + std::to_string(cap) +
                                 " tokens failed: " + error.message() +
                                 "; if the model has a smaller cap, set max_output_tokens to half of it"};
  return longer.provider_message(error.provider_message())
      .request_id(error.request_id())
      .charge(error.charge())
      .transient(error.transient());
}

Error Asker::unusable(const std::string& why, const Reply& reply, const Charge& charge) const {
  return billed(unusable_reply(why, reply.text(), reply.request_id(), provider_call()), charge);
}

ProviderCall Asker::provider_call() const {
  ProviderCall call;
  call.provider = model_->name();
  return call;
}

}  // namespace pentimento
