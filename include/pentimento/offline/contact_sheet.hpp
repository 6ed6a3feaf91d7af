#pragma once

#include <pentimento/error.hpp>
#include <pentimento/image.hpp>
#include <pentimento/transcript.hpp>

namespace pentimento::offline {

/**
 * A run at a glance, as one PNG: a row for each round, in it a thumbnail of every picture with its id, its score and
 * whether it was kept; the incumbent is outlined. Drafts that brought no picture, and pictures whose bytes are not at hand or
 * cannot be decoded, have an empty place that says so.
 *
 * A sheet has at most 48 million pixels and is at most 32,000 high. Where the rounds of a run do not all fit, however
 * small their pictures are made, the first and the last rounds are shown and that of the best picture; between them it
 * says how many are left out. Of a round no more than 512 pictures are shown.
 *
 * Nothing that a user, a model or a provider wrote stands on it. Pictures are untrusted: decoded as `MeasuringCritic` does.
 * Errors: `invalid_argument` for a run without rounds; `backend_failed` if the renderer fails or memory runs out.
 * Blocks for the time of decoding; call it from a thread that may. Thread-safe.
 */
Result<Image> contact_sheet(const Transcript& run);

/**
 * A small PNG of a picture, by area averaging, its longest side at most `side` pixels (from 1 to 4096). The whole picture is
 * decoded, so this also tells whether it can be. Errors: `unreadable_image`, `too_large`, `invalid_argument` for a side out of
 * range or a picture without bytes. Blocks. Thread-safe.
 */
Result<Image> thumbnail(const Image& image, int side);

}  // namespace pentimento::offline
