#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace pentimento::emulator {

/// Bytes that are described rather than held: texts one after the other, each repeated a number of times or without end.
/// Cheap to copy.
class ByteScript {
 public:
  static constexpr std::uint64_t endless = std::numeric_limits<std::uint64_t>::max();

  /// No bytes.
  ByteScript() = default;
  /// Appends a text, repeated.
  ByteScript& add(std::string text, std::uint64_t times = 1);
  /// Appends bytes that look random and are the same on every machine.
  ByteScript& add_random(std::size_t count);

  /// The number of bytes, or `endless`.
  std::uint64_t size() const noexcept { return size_; }
  /// The bytes, at most `limit` of them.
  std::string to_string(std::size_t limit) const;

 private:
  friend class ByteScriptReader;
  struct Piece {
    std::shared_ptr<const std::string> text;  // not empty
    std::uint64_t times;
  };

  std::vector<Piece> pieces_;
  std::uint64_t size_ = 0;
};

static_assert(!std::is_aggregate_v<ByteScript>);

/// Adds two sizes. The sum is endless if one of them is, or if it does not fit.
inline std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  return a > ByteScript::endless - b ? ByteScript::endless : a + b;
}

/// Reads the bytes of a script in order.
class ByteScriptReader {
 public:
  explicit ByteScriptReader(ByteScript script) : script_{std::move(script)} {}

  /// Fills `into` as far as there are bytes. Returns how many were written: 0 at the end.
  std::size_t read(std::span<std::byte> into);

 private:
  ByteScript script_;
  std::size_t piece_ = 0;
  std::uint64_t turn_ = 0;
  std::size_t offset_ = 0;
};

static_assert(!std::is_aggregate_v<ByteScriptReader>);

}  // namespace pentimento::emulator
