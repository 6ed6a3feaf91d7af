#pragma once

#include <cstdint>

namespace pentimento::detail {

/// The seed of a draft: spread evenly by SplitMix64 (Steele, Lea, Flood 2014), and within the 31 bits that every
/// generator takes.
constexpr std::uint64_t draft_seed(std::uint64_t run_seed, int round, int draft) noexcept {
  std::uint64_t z = run_seed + 0x9E3779B97F4A7C15ULL *
                                   (static_cast<std::uint64_t>(round) * 1000 + static_cast<std::uint64_t>(draft) + 1);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return (z ^ (z >> 31)) & 0x7FFFFFFF;
}

}  // namespace pentimento::detail
