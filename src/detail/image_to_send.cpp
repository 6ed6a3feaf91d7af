#include "detail/image_to_send.hpp"

#include "detail/image_container.hpp"
#include "detail/worker_pool.hpp"
#include <pentimento/offload.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <utility>

namespace pentimento::detail {

boost::asio::awaitable<Result<Image>> image_to_send(
    Image image, std::function<Result<Image>(const Image& image, std::uint32_t max_side)> scale_down,
    bool sends_metadata) {
  if (!image.has_bytes()) co_return image;
  const Result<ImageContainer> container = ImageContainer::read(image);
  if (!container) co_return container.error();
  const bool needs_decoder = container->orientation() != 1 || container->stays_animated();
  if (needs_decoder && scale_down) {
    constexpr std::uint32_t largest_side = 16'384;
    auto job = [scale_down = std::move(scale_down), image] { return scale_down(image, largest_side); };
    const boost::asio::any_io_executor pool = worker_pool();
    try {
      Result<Image> upright = co_await offload(pool, job);
      co_return upright;
    } catch (...) {
      // Nothing was sent, so nothing was paid.
      co_return error_from_current_exception("turning an image upright");
    }
  }
  if (container->stays_animated())
    co_return Error{errc::unsupported,
                    "the image is an animation whose frames build on each other; a still is accepted"};
  const bool drops_metadata = container->has_metadata() && !sends_metadata;
  if (!drops_metadata && !container->is_animated()) co_return image;
  co_return Image::from_bytes(container->bare(true));
}

}  // namespace pentimento::detail
