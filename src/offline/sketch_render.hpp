//
// SVG to pixels. Only the sketch's own SVG comes here: libvips counts its SVG loader as untrusted. Private to sketch_*.cpp.
#pragma once

#include "pixels.hpp"
#include <pentimento/error.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace pentimento::offline::sketch {

/// The picture as PNG. Errors: `backend_failed`. Blocks. Thread-safe.
[[nodiscard]] Result<std::vector<std::byte>> render_png(const std::string& svg);

/// The picture as pixels. Errors: `backend_failed`. Blocks. Thread-safe.
[[nodiscard]] Result<Pixels> render_pixels(const std::string& svg);

}  // namespace pentimento::offline::sketch
