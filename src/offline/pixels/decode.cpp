#include "offline/pixels/libvips.hpp"
#include "offline/pixels/workers.hpp"
#include <pentimento/detail/picture_header.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace pentimento::offline {

namespace {

constexpr std::size_t max_bytes = std::size_t{32} << 20;
constexpr int max_side = 32'768;
// Decoded bytes for each encoded one. An image of one colour compresses beyond any such bound and is harmless while it is
// small, so the ratio counts only above the floor.
constexpr std::uint64_t max_ratio = 1'000;
constexpr std::uint64_t ratio_floor = std::uint64_t{32} << 20;

const char* name_of(MediaType type) {
  switch (type) {
    case MediaType::png: return "PNG";
    case MediaType::jpeg: return "JPEG";
    case MediaType::webp: return "WebP";
    case MediaType::gif: return "GIF";
  }
  return "image";
}

Error unreadable(std::string sentence) { return {errc::unreadable_image, std::move(sentence)}; }
Error too_large(std::string sentence) { return {errc::too_large, std::move(sentence)}; }

/// Reads the header only. Each format has its one loader; libvips is never asked to guess.
vips::VImage open(const Blob& bytes, MediaType type) {
  auto* options = vips::VImage::option()->set("access", VIPS_ACCESS_SEQUENTIAL)->set("fail_on", VIPS_FAIL_ON_ERROR);
  switch (type) {
    case MediaType::png: return vips::VImage::pngload_buffer(bytes.get(), options);
    case MediaType::jpeg: return vips::VImage::jpegload_buffer(bytes.get(), options);
    case MediaType::webp: return vips::VImage::webpload_buffer(bytes.get(), options);
    case MediaType::gif: break;
  }
  return vips::VImage::gifload_buffer(bytes.get(), options);
}

/// What the size that libvips reads from the header speaks against decoding, if anything.
std::optional<Error> validate_size(const vips::VImage& image, std::size_t bytes, const std::string& name) {
  const int width = image.width();
  const int height = image.height();
  const std::string size = std::to_string(width) + "x" + std::to_string(height) + " pixels";
  if (width > max_side || height > max_side)
    return too_large("the " + name + " is " + size + "; up to " + std::to_string(max_side) + " a side are accepted");
  const std::uint64_t pixels = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
  if (pixels > detail::max_image_pixels) {
    return too_large("the " + name + " is " + size + "; up to " + std::to_string(detail::max_image_pixels) +
                     " pixels in all are accepted");
  }
  if (pixels * 3 > ratio_floor && pixels * 3 / bytes > max_ratio) {
    return too_large("the " + name + " would grow from " + std::to_string(bytes) + " bytes to " +
                     std::to_string(pixels * 3 >> 20) + " MiB; up to " + std::to_string(max_ratio) +
                     " times its size are accepted");
  }
  return std::nullopt;
}

/// Eight-bit sRGB without alpha, upright.
vips::VImage as_srgb(vips::VImage image, bool use_profile) {
  const int orientation = image.get_typeof(VIPS_META_ORIENTATION) != 0 ? image.get_int(VIPS_META_ORIENTATION) : 1;
  if (use_profile) {
    image = image.icc_transform("srgb", vips::VImage::option()
                                            ->set("embedded", true)
                                            ->set("intent", VIPS_INTENT_RELATIVE)
                                            ->set("black_point_compensation", true));
  }
  image = image.colourspace(VIPS_INTERPRETATION_sRGB);
  if (image.has_alpha())
    image = image.flatten(vips::VImage::option()->set("background", std::vector<double>{255.0, 255.0, 255.0}));
  if (image.format() != VIPS_FORMAT_UCHAR) image = image.cast(VIPS_FORMAT_UCHAR);
  // Turning reads pixels out of order, which a sequential source cannot give: hold the (now small) pixels in memory first.
  if (orientation > 1 && orientation <= 8) image = image.copy_memory().autorot();
  return image;
}

Result<Pixels> decode_with(const Image& source, bool allow_profile, const std::stop_token& stop) {
  const std::string name = name_of(source.media_type());
  bool use_profile = false;
  try {
    // The blob borrows the bytes; every image made of it ends before this function does.
    const Blob bytes{vips_blob_new(nullptr, source.bytes().data(), source.bytes().size())};
    const vips::VImage image = open(bytes, source.media_type());
    const EndsEarly ends_early{image, stop};
    if (std::optional<Error> error = validate_size(image, source.byte_count(), name)) return *std::move(error);
    use_profile = allow_profile && image.get_typeof(VIPS_META_ICC_NAME) != 0;
    const vips::VImage srgb = as_srgb(image, use_profile);
    if (srgb.bands() != 3) {
      return unreadable("the " + name + " has " + std::to_string(srgb.bands()) +
                        " channels; grey, RGB or CMYK, with or without alpha, are accepted");
    }
    return pixels_of(srgb);
  } catch (const vips::VError& error) {
    vips_error_clear();
    if (stop.stop_requested()) return no_longer_wanted();
    if (lacked_resources(error)) return resources_lacking("decode a " + name, error);
    if (use_profile) return decode_with(source, false, stop);  // a broken profile must not cost the image
    return unreadable("the " + name + " is damaged or truncated (" + reason_of(error) +
                      "); a complete PNG, JPEG, WebP or GIF is accepted");
  }
}

}  // namespace

Result<Pixels> decode(const Image& image, const std::stop_token& stop) {
  if (!image.has_bytes())
    return Error{errc::invalid_argument, "the image is only recorded; one with its bytes is needed to decode it"};
  if (image.byte_count() > max_bytes) {
    return too_large("the image has " + std::to_string(image.byte_count()) + " bytes; up to " +
                     std::to_string(max_bytes >> 20) + " MiB are accepted");
  }
  if (!start_vips()) return Error{errc::backend_failed, "libvips, which decodes images, could not be started"};
  return decode_with(image, true, stop);
}

}  // namespace pentimento::offline
