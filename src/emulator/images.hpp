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
#include <string>
#include <string_view>
#include <type_traits>

// What the dialects that make pictures have in common.

namespace pentimento::emulator {

/// The bytes that go out for a picture: those of the picture or, where a scenario wants it, others in their place.
class SentPicture {
 public:
  explicit SentPicture(Image image) : image_{std::move(image)} {}
  SentPicture(Image image, std::string instead)
      : image_{std::move(image)}, instead_{std::move(instead)}, is_other_{true} {}

  /// The picture that was made.
  const Image& image() const noexcept { return image_; }
  void add_to(http::Body& body) const;
  void add_base64_to(http::Body& body) const;

 private:
  Image image_;
  std::string instead_;
  bool is_other_ = false;
};

static_assert(!std::is_aggregate_v<SentPicture>);

/// Asks the generator for a picture in a format. The prompt is cut to what the generator takes, and a size that it
/// cannot make is left to it. Errors: the generator's.
boost::asio::awaitable<Result<Generation>> make_picture(std::shared_ptr<const Backends> backends,
                                                        GenerationRequest request, MediaType format);

/// What goes out for the first picture of a generation.
SentPicture sent_picture(const Generation& generation, const Twist& twist);

/// "png", "jpeg" or "webp" as a type; PNG for anything else.
MediaType format_of(std::string_view name);

/// A picture from bytes of a request. Errors: `unreadable_image`.
Result<Image> picture_of(std::string_view bytes);

}  // namespace pentimento::emulator
