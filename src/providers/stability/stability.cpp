#include "providers/stability/codec.hpp"
#include <pentimento/http/url.hpp>
#include <pentimento/providers/stability.hpp>

#include <utility>

namespace pentimento {

StabilityGenerator::StabilityGenerator(const http::Client& client, StabilityOptions options)
    : client_{client}, options_{std::move(options)} {}

Capabilities StabilityGenerator::do_capabilities() const { return stability::capabilities_of(options_); }

Money StabilityGenerator::do_estimate(const GenerationRequest&) const { return stability::price_of(options_); }

void StabilityGenerator::do_prepare() {
  if (const Result<http::Url> url = http::Url::parse(options_.base_url)) client_.warm(*url);
}

boost::asio::awaitable<Result<Generation>> StabilityGenerator::do_generate(GenerationRequest request) {
  Result<http::Request> wire = stability::encode(request, options_);
  if (!wire) co_return std::move(wire).error();
  http::Request call = std::move(*wire);
  Result<http::Response> response = co_await client_.send(std::move(call));
  if (!response) co_return std::move(response).error();
  co_return stability::decode(std::move(*response), options_);
}

}  // namespace pentimento
