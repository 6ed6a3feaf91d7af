#pragma once

#include "emulator/dialects/dialect.hpp"
#include <pentimento/error.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/http/body.hpp>
#include <pentimento/image.hpp>
#include <pentimento/media_type.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

// What the dialects that make images have in common.

namespace pentimento::emulator {

/// The bytes that are sent for an image: its own, or the payload of the scenario.
class SentImage {
 public:
  SentImage(Image image, const ReplyOverrides& overrides) : image_{std::move(image)}, payload_{overrides.payload} {}

  /// The image that was made.
  const Image& image() const noexcept { return image_; }
  void add_to(http::Body& body) const;
  void add_base64_to(http::Body& body) const;

 private:
  Image image_;
  std::optional<std::string> payload_;
};

static_assert(!std::is_aggregate_v<SentImage>);

/// Asks the generator for an image in a format. The prompt is cut to the length that the generator accepts; a size that
/// it cannot make is dropped. Errors: those of the generator.
boost::asio::awaitable<Result<Generation>> make_image(std::shared_ptr<const Backends> backends,
                                                      GenerationRequest request, MediaType format);

/// "png", "jpeg" or "webp" as a type. PNG for anything else.
MediaType format_of(std::string_view name);

/// An image from bytes of a request. Errors: `unreadable_image`.
Result<Image> image_of(std::string_view bytes);

}  // namespace pentimento::emulator
