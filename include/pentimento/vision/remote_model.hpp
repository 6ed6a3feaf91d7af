#pragma once

#include <pentimento/http/client.hpp>
#include <pentimento/money.hpp>
#include <pentimento/providers/prices.hpp>
#include <pentimento/secrets/secret.hpp>
#include <pentimento/vision/vision_model.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace pentimento {

/// What the models on a network have in common.
struct RemoteModelOptions {
  /// May be empty for a server that needs none.
  Secret api_key{};
  /// The model's name as the server knows it; at Azure the name of the deployment. Required: names change several times
  /// a year, so there is no default. The model must accept images.
  std::string model{};
  /// Overrides the server's own `base_url` unless it is empty.
  std::string base_url{};

  /// "low", "medium", ...: how long the model thinks. By default the field is not sent, and the model's own default
  /// holds.
  std::string reasoning_effort{};

  /// Upper bound of the tokens billed for one image. 0 (default): the price table's figure, else the dialect's rule.
  std::uint32_t image_tokens = 0;
  PriceTable prices = PriceTable::builtin();
  /// Worst-case cost of one question. Overrides the price table; required for a budget if the table does not know the
  /// model.
  std::optional<Money> worst_case{};
};

/**
 * A vision model behind HTTP: one request a question. What differs between dialects is in the derived classes.
 *
 * **Cost**: the estimate is the worst case of a question: text as one token for two bytes (English has one for four),
 * images and answer at their caps, by the price table; unbounded for a model without a price. The charge is what the
 * reply says that it cost, else its usage by the prices, else (`estimated`) the estimate.
 *
 * **Errors** besides those of `VisionModel::ask` and `http::Client::send`: `unauthorized`, `payment_required`,
 * `rate_limited`, `not_found`, `refused`, `invalid_argument`, `too_large`, `backend_failed`; `unusable_reply` for a
 * reply that is not of the dialect; `unsupported` for a server without a vision model.
 *
 * **Cancellation**: at once. **Thread safety**: copies share everything and may be used from any thread.
 */
class RemoteModel : public VisionModel {
 protected:
  class Impl;
  explicit RemoteModel(std::shared_ptr<const Impl> impl) noexcept : impl_{std::move(impl)} {}

 private:
  std::string do_name() const final;
  ModelLimits do_limits() const final;
  Money do_estimate(const QuestionSize& size) const final;
  void do_warm_up() final;
  boost::asio::awaitable<Result<Reply>> do_ask(Question question) final;

  std::shared_ptr<const Impl> impl_;
};

}  // namespace pentimento
