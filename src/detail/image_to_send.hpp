// What of a user's image leaves the machine.
#pragma once

#include <pentimento/error.hpp>
#include <pentimento/image.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>

namespace pentimento::detail {

/**
 * Returns an image as it is sent to a provider: its first frame, and without metadata unless `sends_metadata`.
 *
 * Nothing is re-encoded as long as the image is upright. If its EXIF orientation turns it, `scale_down` makes an upright
 * image of it, on the process's worker threads; without one, EXIF data of nothing but the orientation stays.
 *
 * **Parameters**: `scale_down` returns an image of the same content with a longest side of at most so many pixels; may be
 * empty. **Returns**: `image` itself if nothing has to change. **Errors**: `unreadable_image` for a damaged file;
 * `unsupported` for an animation whose first frame cannot be cut out without a decoder; those of `scale_down`.
 */
boost::asio::awaitable<Result<Image>> image_to_send(
    Image image, std::function<Result<Image>(const Image& image, std::uint32_t max_side)> scale_down,
    bool sends_metadata);

}  // namespace pentimento::detail
