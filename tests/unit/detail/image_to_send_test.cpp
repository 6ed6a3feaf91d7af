#include "detail/image_to_send.hpp"

#include "detail/image_container.hpp"
#include "support/images.hpp"
#include "support/wait_for.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace pentimento;
using namespace std::string_literals;

namespace {

using ScaleDown = std::function<Result<Image>(const Image&, std::uint32_t)>;

/// A JPEG of 8 by 8 pixels that is shown turned by a quarter, or upright, with the name of a camera.
Image photograph(bool is_turned = true) {
  const std::string exif = "Exif\0\0MM\0*\0\0\0\x08\0\x02\x01\x10\0\x02\0\0\0\x04"s +
                           "Cam\0\x01\x12\0\x03\0\0\0\x01\0"s + (is_turned ? '\6' : '\1') + "\0\0\0\0\0\0"s;
  const std::string text = "\xFF\xD8\xFF\xE1\0"s + static_cast<char>(exif.size() + 2) + exif +
                           "\xFF\xC0\0\x0B\x08\0\x08\0\x08\x01\x01\x11\0"s + "\xFF\xDA\0\x08\x01\x01\0\0\x3F\0"s +
                           "data\xFF\xD9";
  const auto bytes = std::as_bytes(std::span{text});
  return Image{{bytes.begin(), bytes.end()}};
}

Image gif(std::string_view more = {}) {
  const std::string text =
      "GIF89a\x02\0\x02\0\0\0\0"s + "\x2C\0\0\0\0\x02\0\x02\0\0\x02\x02\x4C\x01\0"s + std::string{more} + ";";
  const auto bytes = std::as_bytes(std::span{text});
  return Image{{bytes.begin(), bytes.end()}};
}

bool holds(const Image& image, std::string_view part) {
  const std::string_view text{reinterpret_cast<const char*>(image.bytes().data()), image.byte_count()};
  return text.find(part) != std::string_view::npos;
}

Result<Image> sent(const Image& image, const ScaleDown& scale_down = {}, bool sends_metadata = false) {
  return test::wait_for(detail::image_to_send(image, scale_down, sends_metadata));
}

}  // namespace

TEST_SUITE("image_to_send") {
  TEST_CASE("sends what holds no metadata as it is") {
    CHECK(sent(test::picture(1)).value() == test::picture(1));
    CHECK(sent(gif()).value() == gif());
  }

  TEST_CASE("drops metadata but for the orientation") {
    const Image image = sent(photograph()).value();
    CHECK(holds(photograph(), "Cam"));
    CHECK_FALSE(holds(image, "Cam"));
    CHECK(image.media_type() == MediaType::jpeg);
    CHECK(detail::ImageContainer::read(image)->orientation() == 6);
    CHECK_FALSE(holds(sent(photograph(false)).value(), "Exif"));
  }

  TEST_CASE("sends metadata if that is wanted") { CHECK(sent(photograph(), {}, true).value() == photograph()); }

  TEST_CASE("turns upright with a decoder") {
    const ScaleDown upright = [](const Image&, std::uint32_t side) -> Result<Image> { return test::picture(side); };
    CHECK(sent(photograph(), upright).value() == test::picture(16'384));
    CHECK_FALSE(holds(sent(photograph(false), upright).value(), "Cam"));
    const ScaleDown failing = [](const Image&, std::uint32_t) -> Result<Image> { throw std::runtime_error{"no"}; };
    CHECK_FALSE(sent(photograph(), failing).has_value());
  }

  TEST_CASE("sends the first frame of an animation") {
    const Image animation = gif("\x2C\0\0\0\0\x02\0\x02\0\0\x02\x02\x54\x01\0"s);
    CHECK(sent(animation).value() == gif());
    CHECK(sent(animation, {}, true).value() == gif());
  }

  TEST_CASE("rejects a damaged image") {
    test::Bytes bytes = test::png_bytes(8, 8);
    bytes.resize(bytes.size() - 4);
    CHECK(sent(Image{bytes}).error().code() == errc::unreadable_image);
  }
}
