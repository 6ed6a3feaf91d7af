// Images that cost a decoder much more than their bytes suggest.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bombs {

using Bytes = std::vector<std::byte>;

inline Bytes letters(std::string_view text) {
  Bytes bytes;
  for (const char letter : text) bytes.push_back(static_cast<std::byte>(letter));
  return bytes;
}

inline void append_number(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::byte>(value >> shift & 0xffU));
}

inline void append_chunk(Bytes& png, std::string_view type, const Bytes& data) {
  append_number(png, static_cast<std::uint32_t>(data.size()));
  Bytes checked = letters(type);
  checked.insert(checked.end(), data.begin(), data.end());
  std::uint32_t sum = 0xffffffffU;
  for (const std::byte byte : checked) {
    sum ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ (0xedb88320U & (0U - (sum & 1U)));
  }
  png.insert(png.end(), checked.begin(), checked.end());
  append_number(png, ~sum);
}

/// A PNG that promises `width` by `height` pixels of RGB and holds next to nothing.
inline Bytes promising_png(std::uint32_t width, std::uint32_t height) {
  Bytes png = letters("\x89PNG\r\n\x1a\n");
  Bytes header;
  append_number(header, width);
  append_number(header, height);
  for (const int value : {8, 2, 0, 0, 0}) header.push_back(static_cast<std::byte>(value));
  append_chunk(png, "IHDR", header);
  append_chunk(png, "IDAT", letters(std::string_view{"\x78\x9c\x03\x00\x00\x00\x00\x01", 8}));
  append_chunk(png, "IEND", {});
  return png;
}

/// An interlaced PNG of 16-bit RGBA with just enough bytes for its size.
inline Bytes interlaced_png(std::uint32_t width, std::uint32_t height) {
  Bytes png = letters("\x89PNG\r\n\x1a\n");
  Bytes header;
  append_number(header, width);
  append_number(header, height);
  for (const int value : {16, 6, 0, 0, 1}) header.push_back(static_cast<std::byte>(value));
  append_chunk(png, "IHDR", header);
  append_chunk(png, "IDAT", Bytes(std::size_t{width} * height * 3 / 1'000 + 1));
  append_chunk(png, "IEND", {});
  return png;
}

/// Puts bits into bytes, the first into the lowest.
class Bits {
 public:
  void add(std::string_view bits) {
    for (const char bit : bits) {
      if (count_ % 8 == 0) bytes_.push_back(std::byte{0});
      if (bit == '1') bytes_.back() |= static_cast<std::byte>(1U << count_ % 8);
      ++count_;
    }
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
  std::size_t count_ = 0;
};

/// Zeros as a zlib stream of about a four hundredth of their number (RFC 1950, RFC 1951 3.2.6).
inline Bytes deflated_zeros(std::size_t count) {
  Bits bits;
  bits.add("0001111000111001");       // the header of zlib: 0x78, 0x9c
  bits.add("110");                    // the last block, with fixed codes
  bits.add("00110000");               // a zero
  constexpr std::size_t match = 258;  // bytes that one code stands for
  const std::size_t matches = (count - 1) / match;
  for (std::size_t i = 0; i < matches; ++i) bits.add("1100010100000");
  bits.add("0000000");
  Bytes bytes = bits.bytes();
  append_number(bytes, static_cast<std::uint32_t>((1 + matches * match) % 65'521 << 16 | 1));
  return bytes;
}

/// A grey progressive JPEG of `side` by `side` pixels: one scan of the means, and `scans` that hold nothing (ITU-T T.81, G).
inline Bytes scan_bomb(std::uint32_t side, int scans) {
  Bytes jpeg = letters("\xff\xd8");
  const auto append = [&](unsigned char marker, const std::string& data) {
    const std::size_t length = data.size() + 2;
    const std::string head{'\xff', static_cast<char>(marker), static_cast<char>(length >> 8),
                           static_cast<char>(length)};
    for (const std::string& part : {head, data}) {
      const Bytes bytes = letters(part);
      jpeg.insert(jpeg.end(), bytes.begin(), bytes.end());
    }
  };
  const auto table = [](char place, char code) { return place + std::string{'\1'} + std::string(15, '\0') + code; };
  const std::string length{static_cast<char>(side >> 8), static_cast<char>(side)};
  append(0xdb, '\0' + std::string(64, '\1'));
  append(0xc2, '\x08' + length + length + std::string{"\1\1\x11\0", 4});
  append(0xc4, table('\0', '\0'));
  append(0xc4, table('\x10', '\xe0'));  // a run of 16,384 empty blocks and more
  const std::size_t blocks = std::size_t{side / 8} * (side / 8);
  append(0xda, std::string{"\1\1\0\0\0\0", 6});
  jpeg.insert(jpeg.end(), (blocks + 7) / 8, std::byte{0});
  for (int i = 0; i < scans - 1; ++i) {
    append(0xda, std::string{"\1\1\0\1\x3f\0", 6});
    // The code is 0; 14 bits say how many blocks more than 16,384. A byte of ones is followed by a zero.
    std::string bits;
    for (std::size_t left = blocks; left > 0; left -= std::min<std::size_t>(left, 32'767))
      bits += '0' + std::string(14, '1');
    bits.resize((bits.size() + 7) / 8 * 8, '0');
    for (std::size_t at = 0; at < bits.size(); at += 8) {
      const auto byte = static_cast<std::byte>(std::stoi(bits.substr(at, 8), nullptr, 2));
      jpeg.push_back(byte);
      if (byte == std::byte{0xff}) jpeg.push_back(std::byte{0});
    }
  }
  jpeg.push_back(std::byte{0xff});
  jpeg.push_back(std::byte{0xd9});
  return jpeg;
}

}  // namespace bombs
