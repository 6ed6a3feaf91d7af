#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

/// A picture of one colour as a GIF, for examples that need a real picture and no image library. Sides up to 65535.
inline std::vector<std::byte> flat_picture(std::uint16_t width, std::uint16_t height, std::uint8_t red,
                                           std::uint8_t green, std::uint8_t blue) {
  std::vector<std::byte> gif;
  const auto put = [&](std::initializer_list<unsigned> bytes) {
    for (unsigned byte : bytes) gif.push_back(static_cast<std::byte>(byte & 0xFF));
  };
  const unsigned w = width, h = height;
  put({'G', 'I', 'F', '8', '9', 'a', w, w >> 8, h, h >> 8, 0x80, 0, 0});  // a table of two colours
  put({red, green, blue, 0, 0, 0});
  put({0x2C, 0, 0, 0, 0, w, w >> 8, h, h >> 8, 0, 7});  // codes begin with eight bits
  // The pixels as codes that are never combined: a clear code (128) in time keeps every code at eight bits.
  std::vector<unsigned> codes;
  for (unsigned pixel = 0; pixel < w * h; ++pixel) {
    if (pixel % 126 == 0) codes.push_back(128);
    codes.push_back(0);
  }
  codes.push_back(129);  // the end
  for (std::size_t at = 0; at < codes.size(); at += 255) {
    const std::size_t count = codes.size() - at < 255 ? codes.size() - at : 255;
    put({static_cast<unsigned>(count)});
    for (std::size_t i = 0; i < count; ++i) put({codes[at + i]});
  }
  put({0, 0x3B});
  return gif;
}
