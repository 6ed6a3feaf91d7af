#include "detail/image_container.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace pentimento;
using namespace std::string_literals;
using namespace std::string_view_literals;
using detail::ImageContainer;

namespace {

std::string big32(std::uint32_t value) {
  std::string text;
  for (const int shift : {24, 16, 8, 0}) text += static_cast<char>(value >> shift & 0xFFU);
  return text;
}

std::string little32(std::uint32_t value) {
  std::string text = big32(value);
  std::ranges::reverse(text);
  return text;
}

/// A chunk of a PNG; its checksum is not checked here.
std::string chunk(std::string_view name, std::string_view data) {
  return big32(static_cast<std::uint32_t>(data.size())) + std::string{name} + std::string{data} + "sum ";
}

std::string png(std::string_view before_data, char interlace = 0, char depth = 8, char type = 2) {
  const std::string header = big32(1'000) + big32(500) + depth + type + std::string(2, '\0') + interlace;
  return "\x89PNG\r\n\x1A\n" + chunk("IHDR", header) + std::string{before_data} + chunk("IDAT", "data") +
         chunk("IEND", {});
}

std::string segment(unsigned char marker, std::string_view data) {
  const auto length = static_cast<std::uint32_t>(data.size() + 2);
  return "\xFF" + std::string{static_cast<char>(marker)} + big32(length).substr(2) + std::string{data};
}

const std::string frame_of_three = "\x08\x01\xF4\x03\xE8\x03"s + "\x01\x22\x00"s + "\x02\x11\x00"s + "\x03\x11\x00"s;
const std::string scan = segment(0xDA, "\x01\x01\x00\x00\x3F\x00"sv) + "data\xFF\x00more\xFF\xD0rest"s;

std::string jpeg(std::string_view before_frame, int scans = 1, unsigned char frame = 0xC0) {
  std::string text = "\xFF\xD8" + std::string{before_frame} + segment(frame, frame_of_three);
  for (int i = 0; i < scans; ++i) text += scan;
  return text + "\xFF\xD9";
}

/// EXIF of an image that is shown turned by a quarter, with a camera; big-endian.
const std::string exif =
    "MM\0*\0\0\0\x08\0\x02\x01\x10\0\x02\0\0\0\x04"
    "Cam\0\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"s;

std::string webp_chunk(std::string_view name, std::string_view data) {
  return std::string{name} + little32(static_cast<std::uint32_t>(data.size())) + std::string{data} +
         std::string(data.size() % 2, '\0');
}

std::string webp(std::string_view chunks) {
  return "RIFF" + little32(static_cast<std::uint32_t>(chunks.size() + 4)) + "WEBP" + std::string{chunks};
}

/// An extended WebP of 100 by 50 pixels.
std::string extended(char flags) { return webp_chunk("VP8X", flags + "\0\0\0\x63\0\0\x31\0\0"s); }

const std::string gif_start = "GIF89a\x02\0\x02\0\x80\0\0\1\2\3\4\5\6"s;
const std::string gif_control = "\x21\xF9\x04\0\x0A\0\0\0"s;
const std::string gif_image = "\x2C\0\0\0\0\x02\0\x02\0\0\x02\x02\x4C\x01\0"s;
const std::string gif_comment = "\x21\xFE\x05hello\0"s;

Image image(std::string_view text) {
  const auto bytes = std::as_bytes(std::span{text});
  return Image{{bytes.begin(), bytes.end()}};
}

ImageContainer read(std::string_view text) { return ImageContainer::read(image(text)).value(); }

std::string bare(std::string_view text, bool keeps_orientation = false) {
  const std::vector<std::byte> bytes = read(text).bare(keeps_orientation);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

void check_damaged(std::string_view text) {
  CHECK(ImageContainer::read(image(text)).error().code() == errc::unreadable_image);
}

}  // namespace

TEST_SUITE("ImageContainer") {
  TEST_CASE("an image without metadata stays as it is") {
    for (const std::string& text : {png(chunk("PLTE", "abc")), jpeg(segment(0xEE, "Adobe")),
                                    gif_start + gif_image + ";", webp(webp_chunk("VP8L", "\x2F\x63\x40\x0C\0"sv))}) {
      CHECK(bare(text) == text);
      CHECK_FALSE(read(text).has_metadata());
      CHECK_FALSE(read(text).is_animated());
      CHECK(read(text).orientation() == 1);
    }
  }

  TEST_CASE("drops the metadata of a PNG") {
    const std::string text =
        png(chunk("iCCP", "profile") + chunk("tEXt", "secret") + chunk("zTXt", "secret") + chunk("eXIf", exif)) +
        "more";
    CHECK(bare(text) == png(chunk("iCCP", "profile")));
    CHECK(read(text).has_metadata());
    CHECK(read(text).orientation() == 6);
    CHECK(holds(bare(text, true), "eXIf"));
    CHECK(read(bare(text, true)).orientation() == 6);
    CHECK_FALSE(read(bare(text, true)).has_metadata());
  }

  TEST_CASE("drops the metadata of a JPEG") {
    const std::string needed = segment(0xE0, "JFIF\0rest"sv) + segment(0xE2, "ICC_PROFILE\0rest"sv);
    const std::string text =
        jpeg(needed + segment(0xE1, "Exif\0\0"s + exif) + segment(0xE1, "http://ns.adobe.com/xap") +
             segment(0xED, "Photoshop") + segment(0xFE, "comment")) +
        "and a film";
    CHECK(bare(text) == jpeg(needed));
    CHECK(read(text).has_metadata());
    CHECK(read(text).orientation() == 6);
    CHECK(read(bare(text, true)).orientation() == 6);
    CHECK_FALSE(read(bare(text, true)).has_metadata());
    CHECK_FALSE(holds(bare(text, true), "Cam"));
  }

  TEST_CASE("drops the metadata of a WebP") {
    const std::string pixels = webp_chunk("VP8L", "\x2F\x63\x40\x0C\0"sv);
    const std::string text = webp(extended(0x0C) + pixels + webp_chunk("EXIF", exif) + webp_chunk("XMP ", "secret"));
    CHECK(bare(text) == webp(extended(0) + pixels));
    CHECK(read(text).has_metadata());
    CHECK(read(text).orientation() == 6);
    CHECK(read(bare(text, true)).orientation() == 6);
    CHECK_FALSE(read(bare(text, true)).has_metadata());
  }

  TEST_CASE("drops the comments of a GIF") {
    const std::string text = gif_start + gif_comment + gif_control + gif_image + ";";
    CHECK(bare(text) == gif_start + gif_control + gif_image + ";");
    CHECK(read(text).has_metadata());
  }

  TEST_CASE("keeps the first frame of an animation") {
    const std::string gif = gif_start + gif_control + gif_image + gif_control + gif_image + ";";
    CHECK(read(gif).is_animated());
    CHECK(bare(gif) == gif_start + gif_control + gif_image + ";");
    CHECK_FALSE(read(bare(gif)).is_animated());

    const std::string apng = png(chunk("acTL", "12345678") + chunk("fcTL", "control"));
    CHECK(read(apng).is_animated());
    CHECK(bare(apng) == png({}));

    const std::string pixels = webp_chunk("VP8L", "\x2F\x63\x40\x0C\0"sv);
    const std::string whole = webp_chunk("ANMF", "\0\0\0\0\0\0\x63\0\0\x31\0\0\0\0\0\0"s + pixels);
    const std::string animated = webp(extended(0x02) + webp_chunk("ANIM", "123456") + whole + whole);
    CHECK(read(animated).is_animated());
    CHECK_FALSE(read(animated).stays_animated());
    CHECK_FALSE(read(bare(animated)).is_animated());

    const std::string part = webp_chunk("ANMF", "\1\0\0\0\0\0\x10\0\0\x10\0\0\0\0\0\0"s + pixels);
    const std::string patched = webp(extended(0x02) + webp_chunk("ANIM", "123456") + part + whole);
    CHECK(read(patched).stays_animated());
    CHECK(bare(patched) == patched);
  }

  TEST_CASE("estimates what a decoder holds") {
    constexpr std::uint64_t pixels = 500'000;
    CHECK(read(png({})).held_bytes() == 0);
    CHECK(read(png({}, 1)).held_bytes() == 3 * pixels);
    CHECK(read(png({}, 1, 16, 6)).held_bytes() == 8 * pixels);
    CHECK(read(jpeg({})).held_bytes() == 0);
    CHECK(read(jpeg({}, 1, 0xC2)).held_bytes() == 3 * pixels);  // 4:2:0: six samples for four pixels, 16 bits each
    CHECK(read(jpeg({}, 3)).held_bytes() == 3 * pixels);
  }

  TEST_CASE("rejects a JPEG of many scans") {
    CHECK(ImageContainer::read(image(jpeg({}, 64, 0xC2))).has_value());
    const Result<ImageContainer> container = ImageContainer::read(image(jpeg({}, 65, 0xC2)));
    REQUIRE_FALSE(container.has_value());
    CHECK(container.error().code() == errc::too_large);
    CHECK(holds(container.error().message(), "64 scans"));
  }

  TEST_CASE("rejects what is truncated") {
    for (const std::string& text : {png(chunk("tEXt", "text")), jpeg(segment(0xFE, "comment")),
                                    webp(extended(0) + webp_chunk("VP8L", "\x2F\x63\x40\x0C\0"sv))}) {
      for (std::size_t size = text.size() - 1; Image::from_bytes([&] {
             const auto bytes = std::as_bytes(std::span{text}.first(size));
             return std::vector<std::byte>{bytes.begin(), bytes.end()};
           }());
           --size) {
        CAPTURE(size);
        check_damaged(std::string_view{text}.substr(0, size));
      }
    }
    check_damaged(gif_start);
    check_damaged(gif_start + ";");
    check_damaged(gif_start + gif_image.substr(0, 12));
  }
}
