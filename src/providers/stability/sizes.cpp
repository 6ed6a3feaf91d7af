#include "providers/image_wire.hpp"
#include "providers/stability/codec.hpp"

#include <array>

namespace pentimento::stability {
namespace {

constexpr std::array<std::string_view, 9> aspect_ratios{"21:9", "16:9", "3:2",  "5:4", "1:1",
                                                        "4:5",  "2:3",  "9:16", "9:21"};

}  // namespace

std::uint32_t longest_init_side(Service service) {
  return service == Service::ultra ? longest_side : std::uint32_t{1} << 30;
}

std::string_view aspect_ratio_for(PixelSize size) { return nearest_ratio(size, aspect_ratios); }

}  // namespace pentimento::stability
