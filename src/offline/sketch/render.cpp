#include "offline/sketch/render.hpp"

#include "offline/pixels/libvips.hpp"
#include "offline/pixels/workers.hpp"

#include <vips/vips8>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace pentimento::offline::sketch {
namespace {

struct FreeArea {
  void operator()(VipsBlob* blob) const noexcept { vips_area_unref(VIPS_AREA(blob)); }
};
using Blob = std::unique_ptr<VipsBlob, FreeArea>;

Error failed(const char* why) {
  Error error{errc::backend_failed, "the sketch could not be rendered"};
  error.provider_message(why);
  return error;
}

// `work` turns the flattened RGB picture into what is wanted. No exception of libvips leaves.
template <class T, class Work>
Result<T> rendered(const std::string& svg, const std::stop_token& stop, Work work) {
  if (!start_vips()) return failed("libvips did not start");
  try {
    const Blob source{vips_blob_new(nullptr, svg.data(), svg.size())};  // not copied: `svg` outlives the picture
    const vips::VImage drawn =
        vips::VImage::svgload_buffer(source.get(), vips::VImage::option()->set("unlimited", true));
    const EndsEarly ends_early{drawn, stop};
    const vips::VImage flat =
        drawn.flatten(vips::VImage::option()->set("background", std::vector<double>{255, 255, 255}));
    return work(flat);
  } catch (const vips::VError& error) {
    vips_error_clear();
    if (stop.stop_requested()) return no_longer_wanted();
    if (lacked_resources(error)) return resources_lacking("render the sketch", error);
    return failed(error.what());
  }
}

}  // namespace

Result<std::vector<std::byte>> render_png(const std::string& svg, const std::stop_token& stop) {
  return rendered<std::vector<std::byte>>(svg, stop, [](const vips::VImage& flat) {
    const Blob png{flat.pngsave_buffer(vips::VImage::option()->set("compression", 6)->set("strip", true))};
    std::size_t size = 0;
    const void* data = vips_blob_get(png.get(), &size);
    const auto* bytes = static_cast<const std::byte*>(data);
    return std::vector<std::byte>(bytes, bytes + size);
  });
}

Result<Pixels> render_pixels(const std::string& svg, const std::stop_token& stop) {
  return rendered<Pixels>(svg, stop, [](const vips::VImage& flat) {
    std::size_t size = 0;
    const std::unique_ptr<void, decltype(&g_free)> memory{flat.write_to_memory(&size), &g_free};
    const auto* bytes = static_cast<const std::uint8_t*>(memory.get());
    return Pixels::from_samples(flat.width(), flat.height(), std::vector<std::uint8_t>(bytes, bytes + size));
  });
}

}  // namespace pentimento::offline::sketch
