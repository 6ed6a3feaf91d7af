//
// SVG to pixels. Only the sketch's own SVG comes here: libvips counts its SVG loader as untrusted. Private to sketch_*.cpp.
#pragma once

#include "offline/pixels/pixels.hpp"
#include <pentimento/error.hpp>

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

namespace pentimento::offline::sketch {

/// The picture as PNG. Errors: `backend_failed`; `cancelled` if `stop` was requested. Blocks. Thread-safe.
[[nodiscard]] Result<std::vector<std::byte>> render_png(const std::string& svg, const std::stop_token& stop = {});

/// The picture as pixels. Errors: as above. Blocks. Thread-safe.
[[nodiscard]] Result<Pixels> render_pixels(const std::string& svg, const std::stop_token& stop = {});

}  // namespace pentimento::offline::sketch
