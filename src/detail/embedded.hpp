// Text files of the source tree that the build embeds: see cmake/PentimentoEmbed.cmake.
#pragma once

#include <span>
#include <string_view>

namespace pentimento::detail {

struct EmbeddedFile {
  std::string_view name;  ///< without its folder
  std::string_view text;
};

/// src/offline/sketch/symbols/*.svg, in the order of their names. Thread-safe.
[[nodiscard]] std::span<const EmbeddedFile> sketch_symbols() noexcept;

}  // namespace pentimento::detail
