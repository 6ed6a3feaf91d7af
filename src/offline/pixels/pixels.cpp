#include "offline/pixels/pixels.hpp"

#include "offline/pixels/vips_work.hpp"
#include "offline/pixels/workers.hpp"

#include <vips/vips8>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace pentimento::offline {

namespace {

std::size_t sample_count(int width, int height) {
  return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
}

/// libvips keeps some memory for each thread that used it and asks to be told when such a thread ends.
struct VipsThread {
  VipsThread() = default;
  VipsThread(const VipsThread&) = delete;
  VipsThread& operator=(const VipsThread&) = delete;
  ~VipsThread() { vips_thread_shutdown(); }
};

enum class Format { png, jpeg, webp, gif, other };

Format format_of(std::span<const std::byte> bytes) {
  const auto begins = [&](std::size_t offset, std::string_view magic) {
    return bytes.size() >= offset + magic.size() && std::memcmp(bytes.data() + offset, magic.data(), magic.size()) == 0;
  };
  if (begins(0, std::string_view{"\x89PNG\r\n\x1a\n", 8})) return Format::png;
  if (begins(0, "\xff\xd8\xff")) return Format::jpeg;
  if (begins(0, "RIFF") && begins(8, "WEBP")) return Format::webp;
  if (begins(0, "GIF87a") || begins(0, "GIF89a")) return Format::gif;
  return Format::other;
}

const char* name_of(Format format) {
  switch (format) {
    case Format::png: return "PNG";
    case Format::jpeg: return "JPEG";
    case Format::webp: return "WebP";
    case Format::gif: return "GIF";
    case Format::other: break;
  }
  return "picture";
}

std::string mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

Error unreadable(std::string sentence) { return {errc::unreadable_image, std::move(sentence)}; }

/// Opens the picture: reads the header only. Each format has its one loader; libvips is never asked to guess.
vips::VImage open(std::span<const std::byte> bytes, Format format) {
  const auto done_with = [](VipsBlob* blob) { vips_area_unref(VIPS_AREA(blob)); };
  // The blob borrows the bytes; every image made of it ends before `decode` returns.
  std::unique_ptr<VipsBlob, decltype(done_with)> blob{vips_blob_new(nullptr, bytes.data(), bytes.size()), done_with};
  auto* options = vips::VImage::option()->set("access", VIPS_ACCESS_SEQUENTIAL)->set("fail_on", VIPS_FAIL_ON_ERROR);
  switch (format) {
    case Format::png: return vips::VImage::pngload_buffer(blob.get(), options);
    case Format::jpeg: return vips::VImage::jpegload_buffer(blob.get(), options);
    case Format::webp: return vips::VImage::webpload_buffer(blob.get(), options);
    default: return vips::VImage::gifload_buffer(blob.get(), options);
  }
}

/// Eight-bit sRGB without alpha, upright.
vips::VImage as_srgb(vips::VImage picture, bool use_profile) {
  const int orientation = picture.get_typeof(VIPS_META_ORIENTATION) != 0 ? picture.get_int(VIPS_META_ORIENTATION) : 1;
  if (use_profile) {
    picture = picture.icc_transform("srgb", vips::VImage::option()
                                                ->set("embedded", true)
                                                ->set("intent", VIPS_INTENT_RELATIVE)
                                                ->set("black_point_compensation", true));
  }
  picture = picture.colourspace(VIPS_INTERPRETATION_sRGB);
  if (picture.has_alpha()) {
    picture = picture.flatten(vips::VImage::option()->set("background", std::vector<double>{255.0, 255.0, 255.0}));
  }
  if (picture.format() != VIPS_FORMAT_UCHAR) picture = picture.cast(VIPS_FORMAT_UCHAR);
  // Turning reads pixels out of order, which a sequential source cannot give: hold the (now small) pixels in memory first.
  if (orientation > 1 && orientation <= 8) picture = picture.copy_memory().autorot();
  return picture;
}

Result<Pixels> decode_with(std::span<const std::byte> bytes, Format format, const DecodeLimits& limits,
                           bool allow_profile, const std::stop_token& stop) {
  const std::string name = name_of(format);
  bool use_profile = false;
  try {
    vips::VImage picture = open(bytes, format);
    const EndsEarly ends_early{picture, stop};
    const auto width = static_cast<std::uint64_t>(std::max(picture.width(), 0));
    const auto height = static_cast<std::uint64_t>(std::max(picture.height(), 0));
    const std::string size = std::to_string(width) + "x" + std::to_string(height) + " pixels";
    if (width == 0 || height == 0) return unreadable("the " + name + " has no pixels (" + size + ")");
    if (width > limits.max_side || height > limits.max_side) {
      return Error{errc::too_large, "the " + name + " is " + size + "; each side may be " +
                                        std::to_string(limits.max_side) + " pixels at most"};
    }
    if (width * height > limits.max_pixels) {
      return Error{errc::too_large, "the " + name + " is " + size + "; " + std::to_string(limits.max_pixels) +
                                        " pixels in all are accepted"};
    }
    const std::uint64_t decoded = width * height * 3;
    if (decoded > limits.ratio_floor && decoded / bytes.size() > limits.max_ratio) {
      return Error{errc::too_large, "the " + name + " would grow from " + std::to_string(bytes.size()) + " bytes to " +
                                        mebibytes(decoded) + "; at most " + std::to_string(limits.max_ratio) +
                                        " times its size is accepted"};
    }
    use_profile = allow_profile && picture.get_typeof(VIPS_META_ICC_NAME) != 0;
    picture = as_srgb(picture, use_profile);
    if (picture.bands() != 3)
      return unreadable("the " + name + " has " + std::to_string(picture.bands()) +
                        " channels; grey, RGB or CMYK, with or without alpha, are accepted");
    std::size_t length = 0;
    const auto give_back = [](void* memory) { g_free(memory); };
    const std::unique_ptr<void, decltype(give_back)> memory{picture.write_to_memory(&length), give_back};
    if (length != sample_count(picture.width(), picture.height()))
      return unreadable("the " + name + " decodes to a wrong number of bytes");
    const auto* first = static_cast<const std::uint8_t*>(memory.get());
    return Pixels::from_samples(picture.width(), picture.height(), std::vector<std::uint8_t>(first, first + length));
  } catch (const vips::VError& error) {
    vips_error_clear();
    if (stop.stop_requested()) return no_longer_wanted();
    if (lacked_resources(error)) return resources_lacking("decode a " + name, error);
    if (use_profile)
      return decode_with(bytes, format, limits, false, stop);  // a broken profile must not cost the picture
    return unreadable("the " + name + " is damaged or truncated (" + reason_of(error) +
                      "); a complete PNG, JPEG, WebP or GIF is accepted");
  }
}

/// The weights with which old samples along one axis make new ones.
struct Reach {
  int first = 0;
  std::vector<float> weights;
};

std::vector<Reach> reaches(int from, int to) {
  std::vector<Reach> all(static_cast<std::size_t>(to));
  const double step = static_cast<double>(from) / to;
  for (int place = 0; place < to; ++place) {
    const double begin = place * step;
    const double end = std::min((place + 1) * step, static_cast<double>(from));
    Reach& reach = all[static_cast<std::size_t>(place)];
    reach.first = std::min(static_cast<int>(begin), from - 1);
    const int last = std::max(std::min(static_cast<int>(std::ceil(end)), from), reach.first + 1);
    for (int old = reach.first; old < last; ++old) {
      const double covered = std::min(end, old + 1.0) - std::max(begin, static_cast<double>(old));
      reach.weights.push_back(static_cast<float>(std::max(covered, 1e-6) / (end - begin)));
    }
  }
  return all;
}

}  // namespace

Pixels::Pixels(int width, int height, Rgb colour) {
  if (width <= 0 || height <= 0) return;
  width_ = width;
  height_ = height;
  bytes_.resize(sample_count(width, height));
  for (std::size_t place = 0; place < bytes_.size(); place += 3) {
    bytes_[place] = colour.red;
    bytes_[place + 1] = colour.green;
    bytes_[place + 2] = colour.blue;
  }
}

Pixels Pixels::from_samples(int width, int height, std::vector<std::uint8_t> samples) {
  if (width < 0 || height < 0 || samples.size() != sample_count(width, height)) {
    throw std::invalid_argument{"Pixels: the number of samples is not 3 * width * height"};
  }
  Pixels pixels;
  pixels.width_ = width;
  pixels.height_ = height;
  pixels.bytes_ = std::move(samples);
  return pixels;
}

Pixels Pixels::scaled(int width, int height) const {
  if (empty() || width <= 0 || height <= 0) return {};
  if (width == width_ && height == height_) return *this;
  const std::vector<Reach> columns = reaches(width_, width);
  const std::vector<Reach> rows = reaches(height_, height);
  const auto line = static_cast<std::size_t>(width) * 3;
  // Narrow each old row once when it is first needed; consecutive new rows share at most one old row.
  std::vector<float> narrow(line);
  std::vector<float> sum(line);
  int narrowed = -1;
  const auto narrow_row = [&](int y) {
    if (narrowed == y) return;
    narrowed = y;
    for (int x = 0; x < width; ++x) {
      const Reach& reach = columns[static_cast<std::size_t>(x)];
      std::array<float, 3> mean{};
      const std::uint8_t* old = bytes_.data() + index(reach.first, y);
      for (const float weight : reach.weights) {
        for (std::size_t channel = 0; channel < 3; ++channel)
          mean[channel] += weight * static_cast<float>(old[channel]);
        old += 3;
      }
      std::copy(mean.begin(), mean.end(), narrow.begin() + static_cast<std::ptrdiff_t>(x) * 3);
    }
  };
  std::vector<std::uint8_t> bytes(sample_count(width, height));
  for (int y = 0; y < height; ++y) {
    const Reach& reach = rows[static_cast<std::size_t>(y)];
    std::fill(sum.begin(), sum.end(), 0.0F);
    for (std::size_t step = 0; step < reach.weights.size(); ++step) {
      narrow_row(reach.first + static_cast<int>(step));
      for (std::size_t place = 0; place < line; ++place) sum[place] += reach.weights[step] * narrow[place];
    }
    for (std::size_t place = 0; place < line; ++place) {
      bytes[static_cast<std::size_t>(y) * line + place] =
          static_cast<std::uint8_t>(std::clamp(std::lround(sum[place]), 0L, 255L));
    }
  }
  return from_samples(width, height, std::move(bytes));
}

Pixels Pixels::fitted(int side) const {
  const int longest = std::max(width_, height_);
  if (longest <= side || side <= 0) return *this;
  const auto shrunk = [&](int length) {
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(length) * side / longest)));
  };
  return scaled(shrunk(width_), shrunk(height_));
}

Pixels Pixels::cropped(int left, int top, int width, int height) const {
  const int first_x = std::clamp(left, 0, width_);
  const int first_y = std::clamp(top, 0, height_);
  const int wide = std::clamp(width, 0, width_ - first_x);
  const int high = std::clamp(height, 0, height_ - first_y);
  if (wide == 0 || high == 0) return {};
  std::vector<std::uint8_t> bytes;
  bytes.reserve(sample_count(wide, high));
  for (int y = first_y; y < first_y + high; ++y) {
    const auto begin = bytes_.begin() + static_cast<std::ptrdiff_t>(index(first_x, y));
    bytes.insert(bytes.end(), begin, begin + static_cast<std::ptrdiff_t>(wide) * 3);
  }
  return from_samples(wide, high, std::move(bytes));
}

bool start_vips() noexcept {
  static std::once_flag once;
  static bool usable = false;
  std::call_once(once, [] { usable = vips_init("pentimento") == 0; });
  thread_local const VipsThread thread;
  static_cast<void>(thread);
  return usable;
}

Result<Pixels> decode(std::span<const std::byte> bytes, const DecodeLimits& limits, const std::stop_token& stop) {
  if (bytes.empty()) return unreadable("the picture is empty (0 bytes); PNG, JPEG, WebP or GIF is accepted");
  if (bytes.size() > limits.max_bytes) {
    return Error{errc::too_large, "the picture has " + std::to_string(bytes.size()) + " bytes; " +
                                      mebibytes(limits.max_bytes) + " at most are accepted"};
  }
  const Format format = format_of(bytes);
  if (format == Format::other)
    return unreadable("the bytes are no picture of an accepted kind; PNG, JPEG, WebP or GIF is accepted");
  if (!start_vips()) return Error{errc::backend_failed, "libvips, which decodes pictures, could not be started"};
  return decode_with(bytes, format, limits, true, stop);
}

Result<Pixels> decode(const Image& image, const DecodeLimits& limits, const std::stop_token& stop) {
  if (!image.has_bytes())
    return Error{errc::invalid_argument, "the picture is only recorded: its bytes are not at hand"};
  return decode(image.bytes(), limits, stop);
}

namespace {

VipsBlob* save(const vips::VImage& picture, MediaType type) {
  vips::VOption* options = vips::VImage::option()->set("strip", true);
  if (type == MediaType::jpeg) return picture.jpegsave_buffer(options->set("Q", 90));
  if (type == MediaType::webp) return picture.webpsave_buffer(options->set("Q", 90));
  return picture.pngsave_buffer(options->set("compression", 6));
}

/// The name of a format in messages.
std::string format_of(MediaType type) {
  return type == MediaType::jpeg ? "JPEG" : type == MediaType::webp ? "WebP" : "PNG";
}

}  // namespace

Result<std::vector<std::byte>> encode_bytes(const Pixels& pixels, MediaType type, const std::stop_token& stop) {
  if (type == MediaType::gif) return Error{errc::unsupported, "pictures are written as PNG, JPEG or WebP, not as GIF"};
  if (pixels.empty()) return Error{errc::invalid_argument, "a picture of no pixels cannot be encoded"};
  if (!start_vips()) return Error{errc::backend_failed, "libvips, which encodes pictures, could not be started"};
  try {
    const std::span<const std::uint8_t> samples_of = pixels.bytes();
    // libvips only reads through this pointer; the binding lacks a const form.
    const vips::VImage picture =
        vips::VImage::new_from_memory(const_cast<std::uint8_t*>(samples_of.data()), samples_of.size(), pixels.width(),
                                      pixels.height(), 3, VIPS_FORMAT_UCHAR)
            .copy(vips::VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
    const EndsEarly ends_early{picture, stop};
    VipsBlob* blob = save(picture, type);
    const auto done_with = [](VipsBlob* finished) { vips_area_unref(VIPS_AREA(finished)); };
    const std::unique_ptr<VipsBlob, decltype(done_with)> owner{blob, done_with};
    std::size_t length = 0;
    const auto* first = static_cast<const std::byte*>(vips_blob_get(blob, &length));
    return std::vector<std::byte>(first, first + length);
  } catch (const vips::VError& error) {
    vips_error_clear();
    if (stop.stop_requested()) return no_longer_wanted();
    if (lacked_resources(error)) return resources_lacking("encode a " + format_of(type), error);
    return Error{errc::backend_failed, "the " + format_of(type) + " encoder failed (" + reason_of(error) + ")"};
  }
}

Result<std::vector<std::byte>> encode_png_bytes(const Pixels& pixels, const std::stop_token& stop) {
  return encode_bytes(pixels, MediaType::png, stop);
}

Result<Image> encode(const Pixels& pixels, MediaType type, const std::stop_token& stop) {
  Result<std::vector<std::byte>> bytes = encode_bytes(pixels, type, stop);
  if (!bytes) return bytes.error();
  return Image::from_bytes(std::move(*bytes));
}

Result<Image> encode_png(const Pixels& pixels, const std::stop_token& stop) {
  return encode(pixels, MediaType::png, stop);
}

}  // namespace pentimento::offline
