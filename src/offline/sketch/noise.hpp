//
// Chance without a generator's state: every draw is a hash of what it is for, so that a picture is a function of the text, the
// seed and the size, on every machine. Private to sketch_*.cpp.
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

/// Named draws from one source: `noise.uniform("tilt", 3)` is the same number whenever it is asked.
class Noise {
 public:
  explicit constexpr Noise(std::uint64_t source) noexcept : source_{mixed(source)} {}

  [[nodiscard]] constexpr std::uint64_t bits(std::string_view what, std::uint64_t index = 0) const noexcept {
    return mixed(hash(what, source_ ^ mixed(index)));
  }
  /// In [0, 1).
  [[nodiscard]] constexpr double uniform(std::string_view what, std::uint64_t index = 0) const noexcept {
    return static_cast<double>(bits(what, index) >> 11U) * 0x1.0p-53;
  }
  [[nodiscard]] constexpr double between(double low, double high, std::string_view what,
                                         std::uint64_t index = 0) const noexcept {
    return low + (high - low) * uniform(what, index);
  }
  /// In [0, size).
  [[nodiscard]] constexpr std::uint64_t pick(std::uint64_t size, std::string_view what,
                                             std::uint64_t index = 0) const noexcept {
    return bits(what, index) % size;
  }
  /// Nearly normal, mean 0, standard deviation 1: the sum of twelve uniform draws, which is the same on every machine.
  [[nodiscard]] constexpr double normal(std::string_view what, std::uint64_t index = 0) const noexcept {
    double sum = -6;
    for (std::uint64_t i = 0; i < 12; ++i) sum += uniform(what, mixed(index) + i);
    return sum;
  }

 private:
  std::uint64_t source_;
};

}  // namespace pentimento::offline::sketch
