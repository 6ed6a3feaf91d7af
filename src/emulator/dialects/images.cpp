#include "emulator/dialects/images.hpp"

#include <pentimento/detail/base64.hpp>
#include <pentimento/detail/utf8.hpp>
#include <pentimento/generation.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace pentimento::emulator {
void SentImage::add_to(http::Body& body) const {
  if (payload_) {
    body.add(*payload_);
  } else {
    body.add(image_);
  }
}

void SentImage::add_base64_to(http::Body& body) const {
  if (payload_) {
    body.add(detail::encode_base64(std::as_bytes(std::span{*payload_})));
  } else {
    body.add_base64(image_);
  }
}

boost::asio::awaitable<Result<Generation>> make_image(std::shared_ptr<const Backends> backends,
                                                      GenerationRequest request, MediaType format) {
  const Capabilities can = backends->generator->capabilities();
  request.prompt(std::string{detail::first_characters(request.prompt(), can.max_prompt_characters())});
  if (request.size()) {
    const auto [shorter, longer] = std::minmax({request.size()->width(), request.size()->height()});
    if (shorter < can.min_side() || longer > can.max_side()) request.size(std::nullopt);
  }
  Result<Generation> generation = co_await backends->generator->generate(std::move(request));
  if (!generation || !backends->encode || generation->images().front().media_type() == format) co_return generation;
  Result<Image> encoded = backends->encode(generation->images().front(), format);
  if (!encoded) co_return encoded.error();
  Generation converted{std::move(*encoded)};
  converted.seed(generation->seed()).revised_prompt(generation->revised_prompt());
  co_return converted;
}

MediaType format_of(std::string_view name) {
  if (name == "jpeg") return MediaType::jpeg;
  return name == "webp" ? MediaType::webp : MediaType::png;
}

Result<Image> image_of(std::string_view bytes) {
  const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
  return Image::from_bytes(std::vector<std::byte>(first, first + bytes.size()));
}

}  // namespace pentimento::emulator
