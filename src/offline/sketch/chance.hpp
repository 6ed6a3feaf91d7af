//
// Chance without the state of a generator: every draw is a hash of what it is for. So an image is a function of prompt, seed
// and size, the same on every machine. Private to this folder.
#pragma once

#include <cstdint>
#include <string_view>

namespace pentimento::offline::sketch {

/// FNV-1a, 64 bits.
[[nodiscard]] constexpr std::uint64_t hash(std::string_view text,
                                           std::uint64_t start = 0xcbf29ce484222325ULL) noexcept {
  for (const char c : text) {
    start ^= static_cast<std::uint8_t>(c);
    start *= 0x100000001b3ULL;
  }
  return start;
}

/// The finalizer of SplitMix64: every bit of the result depends on every bit of `value`.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t value) noexcept {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

/// Named draws from one source: `chance.uniform("tilt", 3)` is the same number whenever it is asked.
class Chance {
 public:
  explicit constexpr Chance(std::uint64_t source) noexcept : source_{mixed(source)} {}

  /// In [0, 1).
  [[nodiscard]] constexpr double uniform(std::string_view what, std::uint64_t index = 0) const noexcept {
    return static_cast<double>(mixed(hash(what, source_ ^ mixed(index))) >> 11U) * 0x1.0p-53;
  }
  [[nodiscard]] constexpr double between(double low, double high, std::string_view what,
                                         std::uint64_t index = 0) const noexcept {
    return low + (high - low) * uniform(what, index);
  }
  /// In [0, size).
  [[nodiscard]] constexpr std::size_t pick(std::size_t size, std::string_view what,
                                           std::uint64_t index = 0) const noexcept {
    return static_cast<std::size_t>(uniform(what, index) * static_cast<double>(size));
  }

 private:
  std::uint64_t source_;
};

}  // namespace pentimento::offline::sketch
