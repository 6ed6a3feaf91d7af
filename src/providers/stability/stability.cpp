#include "detail/image_to_send.hpp"
#include "providers/stability/codec.hpp"
#include <pentimento/http/url.hpp>
#include <pentimento/providers/stability.hpp>

#include <optional>
#include <utility>

namespace pentimento {

Result<StabilityGenerator> StabilityGenerator::create(const http::Client& client, StabilityOptions options) {
  if (const Result<void> valid = stability::validate(options); !valid) return valid.error();
  return StabilityGenerator{client, std::move(options)};
}

StabilityGenerator::StabilityGenerator(const http::Client& client, StabilityOptions options)
    : client_{client}, options_{std::move(options)} {
  stability::validate(options_).value();
}

Capabilities StabilityGenerator::do_capabilities() const { return stability::capabilities_of(options_); }

Money StabilityGenerator::do_estimate(const GenerationRequest&) const { return stability::price_of(options_); }

std::optional<Error> StabilityGenerator::do_validate(const GenerationRequest& request) const {
  const Result<http::Request> wire = stability::encode(request, options_);
  return wire ? std::nullopt : std::optional{wire.error()};
}

void StabilityGenerator::do_warm_up() { client_.warm_up(http::Url::parse(options_.base_url).value()); }

boost::asio::awaitable<Result<Generation>> StabilityGenerator::do_generate(GenerationRequest request) {
  const std::optional<Image> given = request.init_image();
  if (given) {
    Result<Image> sent = co_await detail::image_to_send(*given, options_.scale_down, options_.send_metadata);
    if (!sent) co_return std::move(sent).error();
    request.init_image(std::move(*sent));
  }
  Result<http::Request> wire = stability::encode(request, options_);
  if (!wire) co_return std::move(wire).error();
  http::Request call = std::move(*wire);
  Result<http::Response> response = co_await client_.send(std::move(call));
  if (!response) co_return std::move(response).error();
  Result<Generation> generation = stability::decode(std::move(*response), options_);
  if (generation && request.init_image() != given) generation->sent_init_image(request.init_image());
  co_return generation;
}

}  // namespace pentimento
