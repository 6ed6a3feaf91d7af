#include "offline/sketch/render.hpp"

#include "offline/pixels/libvips.hpp"
#include "offline/pixels/workers.hpp"

#include <vips/vips8>

#include <vector>

namespace pentimento::offline::sketch {
namespace {

Error failed(const char* why) {
  Error error{errc::backend_failed, "the sketch cannot be rendered"};
  error.provider_message(why);
  return error;
}

}  // namespace

Result<Pixels> render(const std::string& svg, const std::stop_token& stop) {
  if (const Result<void> started = start_vips(); !started) return started.error();
  try {
    // Not copied: `svg` outlives the image.
    const Blob source{vips_blob_new(nullptr, svg.data(), svg.size())};
    const vips::VImage drawn =
        vips::VImage::svgload_buffer(source.get(), vips::VImage::option()->set("unlimited", true));
    const EndsEarly ends_early{drawn, stop};
    const vips::VImage flat =
        drawn.flatten(vips::VImage::option()->set("background", std::vector<double>{255, 255, 255}));
    return pixels_of(flat);
  } catch (const vips::VError& error) {
    vips_error_clear();
    if (stop.stop_requested()) return no_longer_wanted();
    if (lacked_resources(error)) return resources_lacking("render the sketch", error);
    return failed(error.what());
  }
}

}  // namespace pentimento::offline::sketch
