#include <pentimento/detail/base64.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

namespace pentimento::detail {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The two characters of each number of 12 bits, one pair after the other: half as many look-ups as with single ones.
constexpr auto pairs = [] {
  std::array<char, std::size_t{4096} * 2> table{};
  for (std::size_t i = 0; i < 4096; ++i) {
    table[2 * i] = alphabet[i >> 6];
    table[2 * i + 1] = alphabet[i & 63];
  }
  return table;
}();

/// Stands in the table below for what is no character of the alphabet: it is larger than any 24 bits.
constexpr std::uint32_t no_sextet = std::uint32_t{1} << 24;

/// The six bits of each character, moved to where they belong for its place in a group of four.
constexpr auto sextets = [] {
  std::array<std::array<std::uint32_t, 256>, 4> table{};
  for (std::array<std::uint32_t, 256>& place : table) place.fill(no_sextet);
  for (std::uint32_t i = 0; i < alphabet.size(); ++i) {
    const auto c = static_cast<unsigned char>(alphabet[i]);
    for (std::size_t place = 0; place < 4; ++place) table[place][c] = i << (18 - 6 * place);
  }
  return table;
}();

constexpr bool is_white(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f'; }

Error wrong(std::size_t offset, std::string_view why) {
  return {errc::parse_failed, "this is not base64, at offset " + std::to_string(offset) + ": " + std::string{why}};
}

/// How many bytes so many characters stand for, white space and padding left out.
constexpr std::size_t bytes_in(std::size_t characters) { return characters / 4 * 3 + characters % 4 * 3 / 4; }

class Decoder {
 public:
  Decoder(std::string_view text, std::byte* out) : text_{text}, begin_{out}, out_{out} {}

  /// Writes the bytes. Returns what is wrong with the text, if anything.
  std::optional<Error> decode() {
    while (true) {
      if (count_ == 0 && padding_ == 0) take_groups();
      if (at_ == text_.size()) return finish();
      if (std::optional<Error> error = take_character()) return error;
    }
  }

  std::size_t written() const { return static_cast<std::size_t>(out_ - begin_); }

 private:
  /// Goes through groups of four characters until something else comes.
  void take_groups() {
    const auto* in = reinterpret_cast<const unsigned char*>(text_.data()) + at_;
    std::byte* out = out_;  // a member might be written through it, as far as the compiler knows
    std::size_t groups = (text_.size() - at_) / 4;
    for (; groups > 0; --groups, in += 4, out += 3) {
      const std::uint32_t bits = sextets[0][in[0]] | sextets[1][in[1]] | sextets[2][in[2]] | sextets[3][in[3]];
      if (bits >= no_sextet) break;
      out[0] = static_cast<std::byte>(bits >> 16);
      out[1] = static_cast<std::byte>(bits >> 8 & 0xFF);
      out[2] = static_cast<std::byte>(bits & 0xFF);
    }
    out_ = out;
    at_ = static_cast<std::size_t>(in - reinterpret_cast<const unsigned char*>(text_.data()));
  }

  std::optional<Error> take_character() {
    const char c = text_[at_];
    if (c == '=') {
      if (count_ < 2 || padding_ == 4 - count_) return wrong(at_, "there is nothing to pad here");
      ++padding_;
    } else if (!is_white(c)) {
      const std::uint32_t sextet = sextets[3][static_cast<unsigned char>(c)];
      if (sextet == no_sextet) return wrong(at_, "A to Z, a to z, 0 to 9, '+' and '/' are accepted");
      if (padding_ > 0) return wrong(at_, "nothing may come after the padding");
      held_ = held_ << 6 | sextet;
      last_ = at_;
      if (++count_ == 4) {
        write(held_, 3);
        held_ = 0;
        count_ = 0;
      }
    }
    ++at_;
    return std::nullopt;
  }

  std::optional<Error> finish() {
    if (count_ == 0) return std::nullopt;
    if (count_ == 1) return wrong(text_.size(), "it breaks off in the middle of a byte");
    if (padding_ > 0 && padding_ != 4 - count_) return wrong(text_.size(), "a second '=' is missing");
    const std::uint32_t bits = held_ << 6 * (4 - count_);
    const std::size_t bytes = count_ - 1;
    // Every text of bytes has one form: the bits that no byte takes are zero.
    if (bits & (0xFFFFFFU >> 8 * bytes)) return wrong(last_, "the last character has bits that belong to no byte");
    write(bits, bytes);
    return std::nullopt;
  }

  void write(std::uint32_t bits, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) *out_++ = static_cast<std::byte>(bits >> (16 - 8 * i) & 0xFF);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::byte* begin_;
  std::byte* out_;
  std::uint32_t held_ = 0;  // of a group that is not whole yet
  std::size_t count_ = 0;
  std::size_t padding_ = 0;
  std::size_t last_ = 0;
};

}  // namespace

char* encode_base64(std::span<const std::byte> bytes, char* out) noexcept {
  const std::byte* in = bytes.data();
  std::size_t left = bytes.size();
  const auto bits = [&](std::size_t i) { return std::to_integer<std::uint32_t>(in[i]); };
  for (; left >= 3; left -= 3, in += 3, out += 4) {
    const std::uint32_t group = bits(0) << 16 | bits(1) << 8 | bits(2);
    std::memcpy(out, &pairs[std::size_t{group >> 12} * 2], 2);
    std::memcpy(out + 2, &pairs[std::size_t{group & 0xFFF} * 2], 2);
  }
  if (left == 0) return out;
  const std::uint32_t group = bits(0) << 16 | (left == 2 ? bits(1) << 8 : 0);
  std::memcpy(out, &pairs[std::size_t{group >> 12} * 2], 2);
  out[2] = left == 2 ? alphabet[group >> 6 & 63] : '=';
  out[3] = '=';
  return out + 4;
}

std::string encode_base64(std::span<const std::byte> bytes) {
  std::string text(base64_size(bytes.size()), '\0');
  encode_base64(bytes, text.data());
  return text;
}

Result<std::vector<std::byte>> decode_base64(std::string_view text, std::size_t max_bytes) {
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::size_t most = bytes_in(text.size() - padding);
  if (most > max_bytes) {
    // White space, and padding that it comes after, stand for nothing: it may be fewer.
    std::size_t characters = 0;
    for (char c : text) characters += is_white(c) || c == '=' ? 0U : 1U;
    most = bytes_in(characters);
    if (most > max_bytes) {
      return Error{errc::too_large, "the base64 text stands for " + std::to_string(most) + " bytes; at most " +
                                        std::to_string(max_bytes) + " are accepted"};
    }
  }
  std::vector<std::byte> bytes(most);
  Decoder decoder{text, bytes.data()};
  if (std::optional<Error> error = decoder.decode()) return *std::move(error);
  bytes.resize(decoder.written());
  return bytes;
}

}  // namespace pentimento::detail
