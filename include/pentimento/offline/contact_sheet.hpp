#pragma once

#include <pentimento/error.hpp>
#include <pentimento/image.hpp>
#include <pentimento/transcript.hpp>

namespace pentimento::offline {

/**
 * Draws a run as one PNG: a row for each round, with a thumbnail of every image, its id, its score and its decision. The
 * incumbent has an outline. A draft without an image, and an image without bytes or that cannot be decoded, has an empty
 * place that says so.
 *
 * A sheet has at most 48 million pixels and is at most 32,000 high. If the rounds do not all fit with the smallest
 * thumbnails, the first and the last ones are shown and that of the best image, and the sheet says how many are left out.
 * It shows at most 512 images of a round.
 *
 * Text of users, models or providers is not drawn. Images are untrusted: decoded as by `MeasuringCritic`.
 *
 * **Errors**: `invalid_argument` for a run without rounds; `backend_failed` if libvips fails. Blocks for the time of
 * decoding. **Thread safety**: thread-safe.
 */
Result<Image> contact_sheet(const Transcript& run);

}  // namespace pentimento::offline
