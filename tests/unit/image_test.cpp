#include "support/images.hpp"
#include <pentimento/image.hpp>

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

using namespace pentimento;
using pentimento::test::Bytes;
using pentimento::test::put;

namespace {

using namespace std::string_view_literals;
using test::operator<<;

/// A JPEG segment: marker, length, and so many bytes of rubbish.
void segment(Bytes& bytes, unsigned marker, unsigned content) {
  put(bytes, {0xFF, marker, (content + 2) >> 8, (content + 2) & 0xFF});
  for (unsigned i = 0; i < content; ++i) put(bytes, {i & 0xFF});
}

void frame_header(Bytes& bytes, unsigned marker, unsigned width, unsigned height) {
  put(bytes, {0xFF, marker, 0, 11, 8, height >> 8, height & 0xFF, width >> 8, width & 0xFF, 1, 1, 0x11, 0});
}

Bytes jpeg_bytes(unsigned frame = 0xC0) {
  Bytes bytes;
  put(bytes, {0xFF, 0xD8});
  segment(bytes, 0xE0, 14);
  segment(bytes, 0xDB, 65);
  frame_header(bytes, frame, 640, 480);
  return bytes;
}

Bytes riff(std::string_view chunk) {
  Bytes bytes;
  bytes << "RIFF";
  put(bytes, {0xFF, 0, 0, 0});
  bytes << "WEBP" << chunk;
  put(bytes, {0x10, 0, 0, 0});
  return bytes;
}

Bytes webp_lossy() {
  Bytes bytes = riff("VP8 ");
  // Frame tag, start code, then 14 bits of each side with 2 bits of scaling.
  put(bytes, {0x30, 0x01, 0x00, 0x9D, 0x01, 0x2A, 0x80, 0x42, 0xE0, 0x81});
  return bytes;
}

Bytes webp_lossless() {
  Bytes bytes = riff("VP8L");
  // 640 and 480, less one, in 14 bits each.
  const unsigned bits = 639U | 479U << 14;
  put(bytes, {0x2F, bits & 0xFF, bits >> 8 & 0xFF, bits >> 16 & 0xFF, bits >> 24 & 0xFF});
  return bytes;
}

Bytes webp_extended(unsigned width, unsigned height) {
  Bytes bytes = riff("VP8X");
  const unsigned w = width - 1;
  const unsigned h = height - 1;
  put(bytes, {0, 0, 0, 0, w & 0xFF, w >> 8 & 0xFF, w >> 16, h & 0xFF, h >> 8 & 0xFF, h >> 16});
  return bytes;
}

Bytes gif_bytes(std::string_view signature = "GIF89a") {
  Bytes bytes;
  bytes << signature;
  put(bytes, {0x80, 0x02, 0xE0, 0x01, 0, 0, 0});
  return bytes;
}

void check_image(const Bytes& bytes, MediaType type, PixelSize size) {
  const Result<Image> image = Image::from_bytes(bytes);
  REQUIRE_MESSAGE(image.has_value(), image.error().message());
  CHECK(image->media_type() == type);
  CHECK(image->size() == size);
  CHECK(image->byte_count() == bytes.size());
}

void check_rejected(const Bytes& bytes) {
  const Result<Image> image = Image::from_bytes(bytes);
  REQUIRE(!image.has_value());
  CHECK(image.error().code() == errc::unreadable_image);
  CHECK(!image.error().message().empty());
}

/// Every beginning of the image that ends before `complete` bytes is rejected; longer ones are read.
void check_truncated(const Bytes& bytes, std::size_t complete) {
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    // A vector of its own size, so that reading past the end is seen by a sanitizer.
    const Bytes head(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK_MESSAGE(Image::from_bytes(head).has_value() == (length >= complete), length);
  }
}

}  // namespace

TEST_SUITE("Image") {
  TEST_CASE("reads PNG") {
    check_image(test::png_bytes(640, 480), MediaType::png, {640, 480});
    check_image(test::png_bytes(1, 1), MediaType::png, {1, 1});
    check_truncated(test::png_bytes(640, 480), 29);
    check_rejected(test::png_bytes(0, 480));
    check_rejected(test::png_bytes(640, 0));
    Bytes other = test::png_bytes(640, 480);
    other[12] = std::byte{'J'};
    check_rejected(other);
    Bytes hostile = test::png_bytes(640, 480);
    hostile[8] = std::byte{0xFF};
    check_rejected(hostile);
  }

  TEST_CASE("reads JPEG of every frame type") {
    check_image(jpeg_bytes(), MediaType::jpeg, {640, 480});
    for (unsigned frame : {0xC1U, 0xC2U, 0xC3U, 0xC5U, 0xC6U, 0xC7U, 0xC9U, 0xCAU, 0xCBU, 0xCDU, 0xCEU, 0xCFU}) {
      check_image(jpeg_bytes(frame), MediaType::jpeg, {640, 480});
    }
    // Huffman tables, the reserved marker and arithmetic conditioning look like frames and are none.
    for (unsigned table : {0xC4U, 0xC8U, 0xCCU}) {
      Bytes bytes;
      put(bytes, {0xFF, 0xD8});
      segment(bytes, table, 30);
      frame_header(bytes, 0xC0, 640, 480);
      check_image(bytes, MediaType::jpeg, {640, 480});
    }
    // 2 + 18 + 2 + 67, then the frame header as far as its width.
    check_truncated(jpeg_bytes(), 2 + 18 + 69 + 9);
  }

  TEST_CASE("reads JPEG with a late frame header") {
    Bytes filled;
    put(filled, {0xFF, 0xD8, 0xFF, 0xFF, 0xFF});
    filled.pop_back();
    segment(filled, 0xE1, 10);
    put(filled, {0xFF, 0xFF, 0xFF});
    frame_header(filled, 0xC0, 640, 480);
    check_image(filled, MediaType::jpeg, {640, 480});

    Bytes restarts;
    put(restarts, {0xFF, 0xD8, 0xFF, 0x01, 0xFF, 0xD0, 0xFF, 0xD7});
    frame_header(restarts, 0xC2, 640, 480);
    check_image(restarts, MediaType::jpeg, {640, 480});

    Bytes late;
    put(late, {0xFF, 0xD8});
    for (int i = 0; i < 20; ++i) segment(late, 0xE2, 65533);
    frame_header(late, 0xC0, 640, 480);
    check_image(late, MediaType::jpeg, {640, 480});
  }

  TEST_CASE("rejects hostile JPEG") {
    Bytes zero;
    put(zero, {0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0, 0, 0});
    check_rejected(zero);
    Bytes one;
    put(one, {0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 0, 0, 0, 0});
    check_rejected(one);
    Bytes beyond;
    put(beyond, {0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF, 0, 0});
    check_rejected(beyond);
    Bytes scan_first;
    put(scan_first, {0xFF, 0xD8, 0xFF, 0xDA, 0, 8});
    frame_header(scan_first, 0xC0, 640, 480);
    check_rejected(scan_first);
    Bytes short_frame;
    put(short_frame, {0xFF, 0xD8, 0xFF, 0xC0, 0, 7, 8, 1, 0xE0, 2, 0x80, 1});
    check_rejected(short_frame);
    Bytes no_marker;
    put(no_marker, {0xFF, 0xD8, 0xFF, 0xE0, 0, 2, 0x12, 0x34, 0, 0, 0, 0});
    check_rejected(no_marker);
    Bytes no_height;
    put(no_height, {0xFF, 0xD8});
    frame_header(no_height, 0xC0, 640, 0);
    check_rejected(no_height);
    Bytes only_fill;
    put(only_fill, {0xFF, 0xD8});
    for (int i = 0; i < 1000; ++i) put(only_fill, {0xFF});
    check_rejected(only_fill);
  }

  TEST_CASE("reads WebP") {
    // 0x4280 is 640 with scaling bits, 0x81E0 is 480 with scaling bits.
    check_image(webp_lossy(), MediaType::webp, {640, 480});
    check_image(webp_lossless(), MediaType::webp, {640, 480});
    check_image(webp_extended(640, 480), MediaType::webp, {640, 480});
    check_image(webp_extended(1U << 24, 1U << 24), MediaType::webp, {1U << 24, 1U << 24});
    check_truncated(webp_lossy(), 30);
    check_truncated(webp_lossless(), 25);
    check_truncated(webp_extended(640, 480), 30);

    Bytes no_start_code = webp_lossy();
    no_start_code[23] = std::byte{0};
    check_rejected(no_start_code);
    Bytes no_signature = webp_lossless();
    no_signature[20] = std::byte{0};
    check_rejected(no_signature);
    Bytes no_width = webp_lossy();
    no_width[26] = std::byte{0};
    no_width[27] = std::byte{0x40};
    check_rejected(no_width);
    Bytes other_chunk = riff("ALPH");
    for (int i = 0; i < 30; ++i) put(other_chunk, {0});
    check_rejected(other_chunk);
  }

  TEST_CASE("reads GIF") {
    check_image(gif_bytes("GIF87a"), MediaType::gif, {640, 480});
    check_image(gif_bytes("GIF89a"), MediaType::gif, {640, 480});
    check_truncated(gif_bytes(), 13);
    check_rejected(gif_bytes("GIF88a"));
  }

  TEST_CASE("rejects what is not an image") {
    check_rejected({});
    Bytes text;
    text << "<svg xmlns='http://www.w3.org/2000/svg'/>";
    check_rejected(text);

    std::mt19937 random{7};
    const std::vector<Bytes> kinds{test::png_bytes(640, 480), jpeg_bytes(), webp_lossy(), webp_lossless(),
                                   webp_extended(640, 480),   gif_bytes()};
    for (int run = 0; run < 20'000; ++run) {
      Bytes bytes = kinds[random() % kinds.size()];
      for (auto changes = random() % 6; changes > 0; --changes)
        bytes[random() % bytes.size()] = static_cast<std::byte>(random());
      bytes.resize(random() % (bytes.size() + 1));
      bytes.shrink_to_fit();
      const Result<Image> image = Image::from_bytes(std::move(bytes));
      if (image) {
        CHECK(image->size().area() > 0);
      } else {
        CHECK(image.error().code() == errc::unreadable_image);
      }
    }
  }

  TEST_CASE("copies share the bytes") {
    const Bytes bytes = test::png_bytes(640, 480, 42);
    const Image image{bytes};
    const Image copy = image;
    CHECK(copy.bytes().data() == image.bytes().data());
    CHECK(std::ranges::equal(image.bytes(), bytes));
    CHECK(copy == image);
    CHECK(Image{bytes} == image);
    CHECK(test::picture(1) != test::picture(2));
    CHECK_THROWS_AS(Image{Bytes{}}, Failure);
  }

  TEST_CASE("a recorded image has no bytes") {
    const std::string hash(64, 'a');
    const Image recorded = Image::recorded(MediaType::webp, {10, 20}, 1234, hash);
    CHECK(!recorded.has_bytes());
    CHECK(recorded.bytes().empty());
    CHECK(recorded.byte_count() == 1234);
    CHECK(recorded.media_type() == MediaType::webp);
    CHECK(recorded.size() == PixelSize{10, 20});
    CHECK(recorded == Image::recorded(MediaType::webp, {10, 20}, 1234, hash));
    CHECK(recorded != Image::recorded(MediaType::webp, {10, 20}, 1234, std::string(64, 'b')));
    CHECK(recorded != test::picture(1));
  }

  TEST_CASE("media types have names") {
    for (MediaType type : {MediaType::png, MediaType::jpeg, MediaType::webp, MediaType::gif}) {
      CHECK(media_type_from_string(to_string(type)) == type);
    }
    CHECK(to_string(MediaType::jpeg) == "image/jpeg");
    CHECK(file_extension(MediaType::jpeg) == "jpg");
    CHECK(file_extension(MediaType::png) == "png");
    CHECK(file_extension(MediaType::webp) == "webp");
    CHECK(!media_type_from_string("image/svg+xml"));
    CHECK(to_string(PixelSize{1024, 768}) == "1024x768");
    CHECK(PixelSize{0xFFFFFFFF, 0xFFFFFFFF}.area() == 0xFFFFFFFE00000001ULL);
  }
}
