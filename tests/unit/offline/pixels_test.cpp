#include "bombs.hpp"
#include "measure_pictures.hpp"
#include "offline/pixels/libvips.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

using namespace pentimento;
using namespace pentimento::offline;
using namespace bombs;

namespace {

/// Two frames of one pixel each: red, then blue. Palette black, red, blue, white.
Bytes animated_gif() {
  constexpr std::array<unsigned char, 67> gif{
      'G', 'I',  'F',  '8',  '9',  'a', 1, 0,  1, 0, 0x81, 0,    0, 0, 0, 0, 255,  0,    0, 0,   0, 255,
      255, 255,  255,  0x21, 0xf9, 4,   0, 10, 0, 0, 0,    0x2c, 0, 0, 0, 0, 1,    0,    1, 0,   0, 2,
      2,   0x4c, 0x01, 0,    0x2c, 0,   0, 0,  0, 1, 0,    1,    0, 0, 2, 2, 0x54, 0x01, 0, 0x3b};
  Bytes bytes;
  for (const unsigned char value : gif) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

Bytes taken(VipsBlob* blob) { return bytes_of(Blob{blob}); }

/// As a program decodes what it received: the header first.
Result<Pixels> decode_bytes(const Bytes& bytes) {
  const Result<Image> image = Image::from_bytes(bytes);
  if (!image) return image.error();
  return decode(*image);
}

/// Left half red, right half blue.
vips::VImage halves(int width = 64, int height = 32) {
  REQUIRE(start_vips());
  return vips::VImage::black(width, height)
      .new_from_image(std::vector<double>{200, 20, 30})
      .insert(vips::VImage::black(width / 2, height).new_from_image(std::vector<double>{20, 40, 200}), width / 2, 0)
      .cast(VIPS_FORMAT_UCHAR)
      .copy(vips::VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
}

bool near(Rgb one, Rgb other, int reach) {
  return std::abs(one.red - other.red) <= reach && std::abs(one.green - other.green) <= reach &&
         std::abs(one.blue - other.blue) <= reach;
}

constexpr Rgb left{200, 20, 30};
constexpr Rgb right{20, 40, 200};

void check_halves(const Result<Pixels>& pixels, int reach) {
  REQUIRE_MESSAGE(pixels.has_value(), pixels.error().message());
  CHECK(pixels->width() == 64);
  CHECK(pixels->height() == 32);
  CHECK(near(pixels->at(5, 16), left, reach));
  CHECK(near(pixels->at(58, 16), right, reach));
}

void check_rejected(const Bytes& bytes, errc code, std::string_view part) {
  const Result<Pixels> pixels = decode_bytes(bytes);
  REQUIRE_FALSE(pixels.has_value());
  CHECK(pixels.error().code() == code);
  CAPTURE(pixels.error().message());
  CHECK(pixels.error().message().find(part) != std::string::npos);
  CHECK(pixels.error().message().find('\n') == std::string::npos);
}

}  // namespace

TEST_SUITE("decode") {
  TEST_CASE("each format") {
    check_halves(decode_bytes(taken(halves().pngsave_buffer())), 0);
    check_halves(decode_bytes(taken(halves().jpegsave_buffer(vips::VImage::option()->set("Q", 95)))), 12);
    check_halves(decode_bytes(taken(halves().webpsave_buffer(vips::VImage::option()->set("lossless", true)))), 0);
  }

  TEST_CASE("the first frame of a GIF") {
    const Result<Pixels> pixels = decode_bytes(animated_gif());
    REQUIRE_MESSAGE(pixels.has_value(), pixels.error().message());
    CHECK(pixels->width() == 1);
    CHECK(pixels->height() == 1);
    CHECK(pixels->at(0, 0) == Rgb{255, 0, 0});
  }

  TEST_CASE("any pixel format becomes 8-bit sRGB on white") {
    const vips::VImage deep = (halves().cast(VIPS_FORMAT_USHORT) * 257)
                                  .cast(VIPS_FORMAT_USHORT)
                                  .copy(vips::VImage::option()->set("interpretation", VIPS_INTERPRETATION_RGB16));
    check_halves(decode_bytes(taken(deep.pngsave_buffer())), 1);

    const Result<Pixels> grey =
        decode_bytes(taken(vips::VImage::black(20, 10).new_from_image(128).cast(VIPS_FORMAT_UCHAR).pngsave_buffer()));
    REQUIRE(grey.has_value());
    CHECK(grey->at(3, 3) == Rgb{128, 128, 128});

    const Result<Pixels> cmyk = decode_bytes(
        taken(halves().colourspace(VIPS_INTERPRETATION_CMYK).jpegsave_buffer(vips::VImage::option()->set("Q", 95))));
    REQUIRE_MESSAGE(cmyk.has_value(), cmyk.error().message());
    CHECK(cmyk->at(5, 16).red > 150);  // inks cannot do sRGB's red and blue, but red is red
    CHECK(cmyk->at(5, 16).blue < 90);
    CHECK(cmyk->at(58, 16).blue > 100);
    CHECK(cmyk->at(58, 16).red < 90);

    const Result<Pixels> palette = decode_bytes(pictures::photograph_bytes("palette_color.png"));
    REQUIRE(palette.has_value());
    CHECK(palette->width() == 10);

    const vips::VImage glass = halves().bandjoin(0);
    const Result<Pixels> clear = decode_bytes(taken(glass.pngsave_buffer()));
    REQUIRE(clear.has_value());
    CHECK(clear->at(5, 5) == Rgb{255, 255, 255});
  }

  TEST_CASE("EXIF orientation") {
    vips::VImage turned = halves().copy();
    turned.set(VIPS_META_ORIENTATION, 6);  // shown turned clockwise by a quarter
    const Bytes bytes = taken(turned.jpegsave_buffer(vips::VImage::option()->set("Q", 95)));
    CHECK(upright_size(Image{bytes}) == PixelSize{32, 64});
    const Result<Pixels> pixels = decode_bytes(bytes);
    REQUIRE_MESSAGE(pixels.has_value(), pixels.error().message());
    CHECK(pixels->width() == 32);
    CHECK(pixels->height() == 64);
    CHECK(near(pixels->at(16, 5), left, 12));
    CHECK(near(pixels->at(16, 58), right, 12));
  }

  TEST_CASE("rejects other formats") {
    check_rejected({}, errc::unreadable_image, "no bytes");
    check_rejected(letters("hello"), errc::unreadable_image, "PNG, JPEG, WebP or GIF");
    check_rejected(
        letters("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>"),
        errc::unreadable_image, "PNG, JPEG");
    check_rejected(letters("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"></svg>"),
                   errc::unreadable_image, "PNG, JPEG");
    check_rejected(letters("%PDF-1.7"), errc::unreadable_image, "PNG, JPEG");
    check_rejected(letters(std::string_view{"II*\0\x08\0\0\0", 8}), errc::unreadable_image, "PNG, JPEG");  // TIFF
    check_rejected(letters("\x89PNG\r\n\x1a\n"), errc::unreadable_image, "PNG");
    check_rejected(letters("\xff\xd8\xff\xe0"), errc::unreadable_image, "JPEG");
    check_rejected(letters("GIF89a"), errc::unreadable_image, "GIF");
    check_rejected(letters(std::string_view{"RIFF\x04\0\0\0WEBP", 12}), errc::unreadable_image, "WebP");
  }

  TEST_CASE("rejects an SVG behind the magic number of a PNG") {
    // A PNG's magic number and an SVG behind it: the PNG loader gets it, and nothing else.
    Bytes bytes = letters("\x89PNG\r\n\x1a\n");
    const Bytes svg = letters("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"></svg>");
    bytes.insert(bytes.end(), svg.begin(), svg.end());
    check_rejected(bytes, errc::unreadable_image, "PNG");
  }

  TEST_CASE("rejects truncated images") {
    for (const char* name : {"coffee.png", "rocket.jpg"}) {
      CAPTURE(name);
      const Bytes whole = pictures::photograph_bytes(name);
      for (const std::size_t kept : {whole.size() / 2, whole.size() * 9 / 10, std::size_t{100}}) {
        check_rejected(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(kept)), errc::unreadable_image,
                       "damaged");
      }
    }
    Bytes webp = taken(halves(200, 200).webpsave_buffer());
    webp.resize(webp.size() / 2);
    check_rejected(webp, errc::unreadable_image, "WebP");
  }

  TEST_CASE("rejects by the header") {
    check_rejected(promising_png(100'000, 100'000), errc::too_large, "100000x100000");
    check_rejected(promising_png(20'000, 20'000), errc::too_large, "pixels in all");
    check_rejected(promising_png(7'000, 7'000), errc::too_large, "times its size");
    check_rejected(promising_png(0xffffffffU, 0xffffffffU), errc::too_large, "4294967295");
    check_rejected(promising_png(0, 5), errc::unreadable_image, "0 pixels");
    // Within the limits, but the data is not there.
    check_rejected(promising_png(500, 500), errc::unreadable_image, "damaged or truncated");
  }

  TEST_CASE("rejects a bomb of one colour") {
    const Bytes bomb = taken(vips::VImage::black(8'000, 8'000).cast(VIPS_FORMAT_UCHAR).pngsave_buffer());
    CHECK(bomb.size() < 120'000);
    check_rejected(bomb, errc::too_large, "times its size");
    const Result<Pixels> flat =
        decode_bytes(taken(vips::VImage::black(1'500, 1'500).cast(VIPS_FORMAT_UCHAR).pngsave_buffer()));
    CHECK(flat.has_value());
  }

  TEST_CASE("rejects a GIF of a huge canvas") {
    Bytes gif = animated_gif();
    for (const std::size_t at : {6u, 7u, 8u, 9u}) gif[at] = std::byte{0xff};
    check_rejected(gif, errc::too_large, "65535x65535");
  }

  TEST_CASE("rejects an interlaced PNG that needs too much memory") {
    check_rejected(interlaced_png(8'000, 8'000), errc::too_large, "MiB of memory");
    // Within the limits, but the data is not there.
    check_rejected(interlaced_png(2'000, 1'500), errc::unreadable_image, "damaged or truncated");
  }

  TEST_CASE("rejects a progressive JPEG of many empty scans") {
    check_rejected(scan_bomb(8'000, 1'000), errc::too_large, "scans");
    const Result<Pixels> few = decode_bytes(scan_bomb(800, 64));
    REQUIRE_MESSAGE(few.has_value(), few.error().message());
    CHECK(few->width() == 800);
  }

  TEST_CASE("does not inflate the texts of a PNG") {
    Bytes png = taken(halves().pngsave_buffer());
    Bytes text = letters(std::string_view{"Comment\0\0", 9});
    const Bytes zeros = deflated_zeros(7'000'000);
    text.insert(text.end(), zeros.begin(), zeros.end());
    Bytes chunk;
    append_chunk(chunk, "zTXt", text);
    constexpr std::ptrdiff_t after_header = 33;
    Bytes texts;
    for (int i = 0; i < 200; ++i) texts.insert(texts.end(), chunk.begin(), chunk.end());
    png.insert(png.begin() + after_header, texts.begin(), texts.end());
    const std::clock_t begin = std::clock();  // the work of this process: inflating them takes it over 5 s
    check_halves(decode_bytes(png), 0);
    CHECK(std::clock() - begin < 2 * CLOCKS_PER_SEC);
  }

  TEST_CASE("stops when it is cancelled") {
    std::stop_source source;
    source.request_stop();
    const Image image{taken(halves().pngsave_buffer())};
    CHECK(decode(image, source.get_token()).error().code() == errc::cancelled);
  }

  TEST_CASE("survives flipped bits") {
    const Bytes whole = taken(halves(120, 90).pngsave_buffer());
    const Bytes jpeg = taken(halves(120, 90).jpegsave_buffer());
    std::uint32_t state = 7;
    for (int i = 0; i < 200; ++i) {
      Bytes bytes = i % 2 == 0 ? whole : jpeg;
      for (int flips = 0; flips < 4; ++flips) {
        state = state * 1664525U + 1013904223U;
        bytes[(state >> 8) % bytes.size()] ^= static_cast<std::byte>(1U << (state >> 28U) % 8U);
      }
      const Result<Pixels> pixels = decode_bytes(bytes);
      if (!pixels) CHECK_FALSE(pixels.error().message().empty());
    }
  }

  TEST_CASE("encodes what it decodes") {
    Pixels picture{37, 21};
    pictures::paint(picture, {12, 200, 99}, pictures::ellipse(18, 10, 9, 7));
    const Result<Image> image = encode_png(picture);
    REQUIRE(image.has_value());
    CHECK(image->media_type() == MediaType::png);
    CHECK(image->size() == PixelSize{37, 21});
    CHECK(decode(*image).value() == picture);
    CHECK(encode_png(picture).value() == *image);
    CHECK(encode_png(Pixels{}).error().code() == errc::invalid_argument);
    CHECK(decode(Image::recorded(MediaType::png, {1, 1}, 5, "")).error().code() == errc::invalid_argument);
  }
}

TEST_SUITE("Pixels") {
  TEST_CASE("crops within the image") {
    Pixels picture{4, 4};
    picture.set(3, 3, pictures::red);
    const Pixels part = picture.cropped(2, 2, 10, 10);
    CHECK(part.width() == 2);
    CHECK(part.at(1, 1) == pictures::red);
    CHECK(picture.cropped(4, 0, 1, 1).empty());
    CHECK(picture.cropped(-3, -3, 2, 2).width() == 2);
  }

  TEST_CASE("rejects samples that do not fit the size") {
    CHECK_THROWS_AS(Pixels::from_samples(2, 2, std::vector<std::uint8_t>(11)), std::invalid_argument);
    CHECK(Pixels::from_samples(2, 2, std::vector<std::uint8_t>(12)).width() == 2);
    CHECK(Pixels{}.empty());
    CHECK(Pixels{-1, 5}.empty());
  }
}
