#include "offline/pixels/libvips.hpp"
#include "offline/pixels/workers.hpp"
#include <pentimento/offline/convert.hpp>

#include <string>

namespace pentimento::offline {

namespace {

Blob save(const vips::VImage& image, MediaType type) {
  vips::VOption* options = vips::VImage::option()->set("strip", true);
  if (type == MediaType::jpeg) return Blob{image.jpegsave_buffer(options->set("Q", 90))};
  if (type == MediaType::webp) return Blob{image.webpsave_buffer(options->set("Q", 90))};
  return Blob{image.pngsave_buffer(options->set("compression", 6))};
}

}  // namespace

Result<Image> encode(const Pixels& pixels, MediaType type, const std::stop_token& stop) {
  if (type == MediaType::gif) return Error{errc::unsupported, "GIF is not written; PNG, JPEG or WebP are"};
  if (pixels.empty()) return Error{errc::invalid_argument, "an image of 0 pixels cannot be encoded"};
  if (const Result<void> started = start_vips(); !started) return started.error();
  return encode(view(pixels), type, stop);
}

Result<Image> encode(const vips::VImage& image, MediaType type, const std::stop_token& stop) {
  const std::string what = "encode " + std::string{to_string(type)};
  try {
    const EndsEarly ends_early{image, stop};
    return Image::from_bytes(bytes_of(save(image, type)));
  } catch (const vips::VError& error) {
    vips_error_clear();
    if (stop.stop_requested()) return no_longer_wanted();
    if (lacked_resources(error)) return resources_lacking(what, error);
    return Error{errc::backend_failed, "libvips could not " + what + " (" + reason_of(error) + ")"};
  }
}

Result<Image> encode_png(const Pixels& pixels, const std::stop_token& stop) {
  return encode(pixels, MediaType::png, stop);
}

Result<Image> convert(const Image& image, MediaType type) {
  if (image.media_type() == type) return image;
  const Result<Pixels> pixels = decode(image);
  if (!pixels) return pixels.error();
  return encode(*pixels, type);
}

Result<Image> scale_down(const Image& image, std::uint32_t max_side) {
  constexpr std::uint32_t largest = 16'384;
  if (max_side < 1 || max_side > largest) {
    return Error{errc::invalid_argument,
                 "a side of " + std::to_string(max_side) + " pixels is out of range; 1 to 16384 are accepted"};
  }
  const Result<Pixels> pixels = decode(image);
  if (!pixels) return pixels.error();
  const Pixels fitted = pixels->fitted(static_cast<int>(max_side));
  // A photograph as PNG is five times as large, which many servers reject.
  const bool is_photograph = image.media_type() == MediaType::jpeg && fitted.width() == pixels->width();
  return encode(fitted, is_photograph ? MediaType::jpeg : MediaType::png);
}

}  // namespace pentimento::offline
