//
// SVG to pixels. Private to this folder.
#pragma once

#include "offline/pixels/pixels.hpp"
#include <pentimento/error.hpp>

#include <stop_token>
#include <string>

namespace pentimento::offline::sketch {

/// Renders the SVG text of the sketch, on white. Nothing else may come here: libvips counts its SVG loader as untrusted.
/// Blocks. Thread-safe. **Errors**: `backend_failed`; `cancelled` if `stop` was requested.
[[nodiscard]] Result<Pixels> render(const std::string& svg, const std::stop_token& stop = {});

}  // namespace pentimento::offline::sketch
