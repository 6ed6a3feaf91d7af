#include "detail/image_to_send.hpp"
#include "providers/openai_images/codec.hpp"
#include <pentimento/http/url.hpp>
#include <pentimento/providers/openai_images.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace pentimento {

namespace {

boost::asio::awaitable<Result<Generation>> send(http::Client client, std::shared_ptr<const OpenAiImagesOptions> options,
                                                GenerationRequest request) {
  Result<http::Request> wire = openai_images::encode(request, *options);
  if (!wire) co_return std::move(wire).error();
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + options->timeout;
  http::Request call = std::move(*wire);
  std::shared_ptr<openai_images::Stream> stream;
  if (options->stream) {
    stream = std::make_shared<openai_images::Stream>(request, options);
    call.listener(stream);
  }
  Result<http::Response> response = co_await client.send(std::move(call));
  // An image that has arrived is kept, even if the connection broke afterwards.
  if (!response && stream && stream->has_image()) co_return stream->take({});
  if (!response) co_return std::move(response).error();
  const bool streamed = stream && response->is_success() && response->media_type() == "text/event-stream";
  if (streamed) {
    std::optional<http::Response> reply = stream->as_reply_with_address(response->headers());
    if (!reply) co_return stream->take(response->request_id());
    response = std::move(*reply);
  }
  Result<Generation> generation = openai_images::decode(*response, request, *options);
  if (generation || generation.error().code() != errc::unusable_reply) co_return generation;
  const std::string address = openai_images::image_address(*response);
  if (address.empty()) co_return generation;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  Result<http::Request> fetch =
      openai_images::fetch_request(address, *options, std::max(left, std::chrono::milliseconds{1}));
  Result<http::Response> fetched = Error{errc::invalid_argument, fetch ? std::string{} : fetch.error().message()};
  if (fetch) {
    http::Request image = std::move(*fetch);
    fetched = co_await client.send(std::move(image));
  }
  co_return openai_images::decode(*response, request, *options, &fetched);
}

}  // namespace

Result<OpenAiImagesGenerator> OpenAiImagesGenerator::create(const http::Client& client, OpenAiImagesOptions options) {
  if (const Result<void> valid = openai_images::validate(options); !valid) return valid.error();
  return OpenAiImagesGenerator{client, std::move(options)};
}

OpenAiImagesGenerator::OpenAiImagesGenerator(const http::Client& client, OpenAiImagesOptions options)
    : client_{client}, options_{std::make_shared<const OpenAiImagesOptions>(std::move(options))} {
  openai_images::validate(*options_).value();
}

Capabilities OpenAiImagesGenerator::do_capabilities() const { return openai_images::capabilities_of(*options_); }

Money OpenAiImagesGenerator::do_estimate(const GenerationRequest& request) const {
  return openai_images::estimate(request, *options_);
}

std::optional<Error> OpenAiImagesGenerator::do_validate(const GenerationRequest& request) const {
  return openai_images::validate_first(request, *options_);
}

void OpenAiImagesGenerator::do_warm_up() {
  client_.warm_up(http::Url::parse(openai_images::base_url_of(*options_)).value());
}

boost::asio::awaitable<Result<Generation>> OpenAiImagesGenerator::do_generate(GenerationRequest request) {
  const std::optional<Image> given = request.init_image();
  if (given) {
    // A mask has the pixels of the image as it is stored.
    const decltype(options_->scale_down) none;
    const auto scale_down = request.mask() ? none : options_->scale_down;
    Result<Image> sent = co_await detail::image_to_send(*given, scale_down, options_->send_metadata);
    if (!sent) co_return std::move(sent).error();
    request.init_image(std::move(*sent));
  }
  if (request.mask()) {
    const decltype(options_->scale_down) none;
    Result<Image> sent = co_await detail::image_to_send(*request.mask(), none, options_->send_metadata);
    if (!sent) co_return std::move(sent).error();
    request.mask(std::move(*sent));
  }
  Result<Generation> generation = co_await send(client_, options_, request);
  if (generation && request.init_image() != given) generation->sent_init_image(request.init_image());
  co_return generation;
}

}  // namespace pentimento
