#include "detail/image_container.hpp"
#include "offline/pixels/libvips.hpp"
#include "offline/pixels/workers.hpp"
#include <pentimento/detail/picture_header.hpp>
#include <pentimento/image_file.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pentimento::offline {

namespace {

constexpr int max_side = 32'768;
// Decoded bytes for each encoded one. An image of one colour compresses beyond any such bound and is harmless while it is
// small, so the ratio counts only above the floor.
constexpr std::uint64_t max_ratio = 1'000;
constexpr std::uint64_t ratio_floor = std::uint64_t{32} << 20;
// What a decoder holds at once and the pixels that it returns. Enough for a progressive JPEG of 64 Mi pixels.
constexpr std::uint64_t max_memory = std::uint64_t{640} << 20;
// Decoding the largest image that is accepted takes about two seconds.
constexpr std::chrono::seconds max_time{20};

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

/// What speaks against decoding, if anything.
std::optional<Error> validate_size(PixelSize size, const std::string& name) {
  const std::string in_words = to_string(size) + " pixels";
  if (size.longest_side() > max_side)
    return too_large("the " + name + " is " + in_words + "; up to " + std::to_string(max_side) +
                     " a side are accepted");
  const std::uint64_t pixels = size.area();
  if (pixels > detail::max_image_pixels) {
    return too_large("the " + name + " is " + in_words + "; up to " + std::to_string(detail::max_image_pixels) +
                     " pixels in all are accepted");
  }
  return std::nullopt;
}

/// As above. **Parameters**: `bytes` is how many of the file hold pixels: padding with metadata must not help.
std::optional<Error> validate_ratio(PixelSize size, std::size_t bytes, const std::string& name) {
  const std::uint64_t decoded = size.area() * 3;
  if (decoded <= ratio_floor || decoded / bytes <= max_ratio) return std::nullopt;
  return too_large("the " + name + " would grow from " + std::to_string(bytes) + " bytes to " +
                   std::to_string(decoded >> 20) + " MiB; up to " + std::to_string(max_ratio) +
                   " times its size are accepted");
}

/// How many bytes of memory decoding takes.
std::uint64_t memory_of(const detail::ImageContainer& container, PixelSize size) {
  const std::uint64_t returned = size.area() * 3;
  const bool is_turned = container.orientation() != 1;
  return container.held_bytes() + (is_turned ? 2 : 1) * returned;
}

std::optional<Error> validate_memory(std::uint64_t memory, PixelSize size, const std::string& name) {
  if (memory <= max_memory) return std::nullopt;
  return too_large("the " + name + " of " + to_string(size) + " pixels needs " + std::to_string(memory >> 20) +
                   " MiB of memory to decode; up to " + std::to_string(max_memory >> 20) + " are accepted");
}

/// Eight-bit sRGB without alpha.
vips::VImage as_srgb(vips::VImage image, bool use_profile) {
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
  return image;
}

/// Computes an image a strip at a time, which libvips decodes when it is asked for, and looks between two strips whether
/// to go on.
Result<Pixels> computed(const vips::VImage& image, const std::string& name, const std::stop_token& stop) {
  using Clock = std::chrono::steady_clock;
  constexpr int strip = 64;  // rows
  const Clock::time_point end = Clock::now() + max_time;
  const auto row = static_cast<std::size_t>(image.width()) * 3;
  std::vector<std::uint8_t> samples(row * static_cast<std::size_t>(image.height()));
  const vips::VRegion region = image.region();
  for (int top = 0; top < image.height(); top += strip) {
    if (stop.stop_requested()) return no_longer_wanted();
    if (Clock::now() > end) {
      return too_large("the " + name + " takes more than " + std::to_string(max_time.count()) +
                       " s to decode; up to that are accepted");
    }
    const int rows = std::min(strip, image.height() - top);
    region.prepare(0, top, image.width(), rows);
    for (int y = top; y < top + rows; ++y)
      std::copy_n(region.addr(0, y), row, samples.data() + static_cast<std::size_t>(y) * row);
  }
  return Pixels::from_samples(image.width(), image.height(), std::move(samples));
}

Result<Pixels> decode_with(const std::vector<std::byte>& bytes, const Image& source, int orientation,
                           bool allow_profile, const std::stop_token& stop) {
  const std::string name = name_of(source.media_type());
  bool use_profile = false;
  try {
    // The blob borrows the bytes; every image made of it ends before this function does.
    const Blob blob{vips_blob_new(nullptr, bytes.data(), bytes.size())};
    const vips::VImage image = open(blob, source.media_type());
    // The header that libvips read must be the one that was validated.
    if (const PixelSize size = source.size(); static_cast<std::uint32_t>(image.width()) != size.width() ||
                                              static_cast<std::uint32_t>(image.height()) != size.height()) {
      return unreadable("the " + name + " is damaged: its headers say " + to_string(size) + " and " +
                        std::to_string(image.width()) + "x" + std::to_string(image.height()));
    }
    use_profile = allow_profile && image.get_typeof(VIPS_META_ICC_NAME) != 0;
    const vips::VImage srgb = as_srgb(image, use_profile);
    if (srgb.bands() != 3) {
      return unreadable("the " + name + " has " + std::to_string(srgb.bands()) +
                        " channels; grey, RGB or CMYK, with or without alpha, are accepted");
    }
    Result<Pixels> pixels = computed(srgb, name, stop);
    if (!pixels || orientation == 1) return pixels;
    vips::VImage turned = view(*pixels);
    turned.set(VIPS_META_ORIENTATION, orientation);
    return pixels_of(turned.autorot());
  } catch (const vips::VError& error) {
    vips_error_clear();
    if (stop.stop_requested()) return no_longer_wanted();
    if (lacked_resources(error)) return resources_lacking("decode a " + name, error);
    // A broken profile must not cost the image.
    if (use_profile) return decode_with(bytes, source, orientation, false, stop);
    return unreadable("the " + name + " is damaged or truncated (" + reason_of(error) +
                      "); a complete PNG, JPEG, WebP or GIF is accepted");
  }
}

}  // namespace

Result<Pixels> decode(const Image& image, const std::stop_token& stop) {
  if (!image.has_bytes())
    return Error{errc::invalid_argument, "the image is only recorded; one with its bytes is needed to decode it"};
  if (image.byte_count() > max_image_bytes) {
    return too_large("the image has " + std::to_string(image.byte_count()) + " bytes; up to " +
                     std::to_string(max_image_bytes >> 20) + " MiB are accepted");
  }
  const std::string name = name_of(image.media_type());
  if (std::optional<Error> error = validate_size(image.size(), name)) return *std::move(error);
  const Result<detail::ImageContainer> container = detail::ImageContainer::read(image);
  if (!container) return container.error();
  // Metadata is not shown to the decoder: compressed text takes it longer than the pixels.
  const std::vector<std::byte> bare = container->bare(false);
  if (std::optional<Error> error = validate_ratio(image.size(), bare.size(), name)) return *std::move(error);
  const std::uint64_t memory = memory_of(*container, image.size());
  if (std::optional<Error> error = validate_memory(memory, image.size(), name)) return *std::move(error);
  if (const Result<void> started = start_vips(memory); !started) return started.error();
  return decode_with(bare, image, container->orientation(), true, stop);
}

PixelSize upright_size(const Image& image) {
  const PixelSize size = image.size();
  if (!image.has_bytes()) return size;
  const Result<detail::ImageContainer> container = detail::ImageContainer::read(image);
  const bool is_on_its_side = container && container->orientation() >= 5;
  return is_on_its_side ? PixelSize{size.height(), size.width()} : size;
}

}  // namespace pentimento::offline
