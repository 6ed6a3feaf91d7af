#pragma once

#include "providers/provider_error.hpp"
#include "vision/model_text.hpp"
#include "vision/questions.hpp"
#include <pentimento/error.hpp>
#include <pentimento/money.hpp>
#include <pentimento/vision/vision_critic.hpp>
#include <pentimento/vision/vision_model.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace pentimento {

/// What a reader returns for a valid answer.
template <class Reader>
using AnswerOf = typename decltype(std::declval<const Reader&>().read(std::declval<const Reply&>()))::value_type;

/// Asks a model within limits: once, and a second time if the first answer is invalid, or was cut at the cap on tokens: then
/// with twice the cap.
class Asker {
 public:
  Asker(std::shared_ptr<VisionModel> model, AskLimits limits) : model_{std::move(model)}, limits_{limits} {}

  /// Errors: `invalid_argument` for a cap or timeout of 0.
  static std::optional<Error> validate(const AskLimits& limits);

  VisionModel& model() const noexcept { return *model_; }

  /// Returns why a question cannot be asked; nothing if it can. **Errors**: `too_large`.
  std::optional<Error> validate(const Question& question) const;

  /// The worst-case cost of a call with so many images of at most `image_side` pixels: that of two questions, the second with
  /// twice the cap on tokens.
  Money estimate(std::size_t images, std::uint32_t image_side) const;

  /// Returns the answer and the charge of everything that was asked for it. Errors carry that charge too.
  template <class Reader>
  boost::asio::awaitable<Result<std::pair<AnswerOf<Reader>, Charge>>> ask(Question question, Reader reader) const;

  /// Returns an error with the charge in its message as well.
  static Error billed(const Error& error, const Charge& charge);

 private:
  /// The most bytes that a correction adds to a question.
  static constexpr std::size_t max_correction = 512;

  /// Why there may be no further question, if that is so.
  static std::optional<Error> stop_reason(boost::asio::cancellation_type cancelled, std::chrono::milliseconds left);
  Error refused(const Reply& reply, const Charge& charge) const;
  /// The error of a second question, which was asked because the first answer was cut.
  static Error after_cut(Error error, std::uint32_t cap);
  Error unusable(const std::string& why, const Reply& reply, const Charge& charge) const;
  ProviderCall provider_call() const;
  /// The cap on tokens of a second question.
  std::uint32_t larger_cap() const noexcept;

  std::shared_ptr<VisionModel> model_;
  AskLimits limits_;
};

template <class Reader>
boost::asio::awaitable<Result<std::pair<AnswerOf<Reader>, Charge>>> Asker::ask(Question question, Reader reader) const {
  using Clock = std::chrono::steady_clock;
  if (std::optional<Error> error = validate(question)) co_return std::move(*error);
  question.max_output_tokens(limits_.max_output_tokens);
  const Clock::time_point deadline = Clock::now() + limits_.timeout;
  Charge charge;
  bool was_cut = false;
  for (bool again = false;; again = true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
    if (std::optional<Error> error = stop_reason(cancellation.cancelled(), left))
      co_return std::move(error->charge(charge));
    Question asked = question;
    asked.timeout(left);
    Result<Reply> reply = co_await model_->ask(std::move(asked));
    if (!reply) {
      Error error = was_cut ? after_cut(reply.error(), question.max_output_tokens()) : reply.error();
      co_return std::move(error.charge(charge + error.charge()));
    }
    charge = charge + reply->charge();
    if (reply->end() == ReplyEnd::refusal) co_return refused(*reply, charge);
    auto answer = reader.read(*reply);
    if (answer) {
      std::pair<AnswerOf<Reader>, Charge> answered{std::move(*answer), charge};
      co_return answered;
    }
    const bool cut = reply->end() == ReplyEnd::length;
    if (again && cut) {
      co_return unusable("asked twice, and the answer was cut both times, at last after " +
                             std::to_string(question.max_output_tokens()) +
                             " tokens; raise max_output_tokens, or lower reasoning_effort",
                         *reply, charge);
    }
    if (again) {
      co_return unusable("asked twice, and the second answer is invalid too: " + answer.error().message(), *reply,
                         charge);
    }
    was_cut = cut;
    if (cut) {
      question.max_output_tokens(larger_cap());
    } else {
      question.add(correction(shortened_text(answer.error().message(), max_correction - 200)));
    }
  }
}

}  // namespace pentimento
