// How this library uses libvips: start it, hand it pixels, end its work early, and explain why it failed.
#pragma once

#include "offline/pixels/pixels.hpp"
#include <pentimento/error.hpp>

#include <vips/vips8>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace pentimento::offline {

/// Starts libvips once in the life of the process, and says whether it may be used for work that needs `memory` bytes.
///
/// GLib, on which it stands, ends the process where memory cannot be had. So libvips is not used where the address space of
/// the process is limited (`RLIMIT_AS`) and little of it is left. **Errors**: `backend_failed`. **Cost**: small after the first
/// call. **Thread safety**: thread-safe.
[[nodiscard]] Result<void> start_vips(std::uint64_t memory = 0);

struct FreeBlob {
  void operator()(VipsBlob* blob) const noexcept { vips_area_unref(VIPS_AREA(blob)); }
};
/// Owns bytes that libvips made, or borrows bytes for it.
using Blob = std::unique_ptr<VipsBlob, FreeBlob>;

/// The pixels as an sRGB image of libvips. **Lifetime**: borrows the samples of `pixels`.
[[nodiscard]] vips::VImage view(const Pixels& pixels);
/// Computes an sRGB image of three 8-bit bands. Throws `vips::VError`, also for an image of another kind.
[[nodiscard]] Pixels pixels_of(const vips::VImage& image);
/// As `encode` of `Pixels`.
[[nodiscard]] Result<Image> encode(const vips::VImage& image, MediaType type, const std::stop_token& stop = {});
/// A copy of what `blob` holds.
[[nodiscard]] std::vector<std::byte> bytes_of(const Blob& blob);

/// While it lives, every computation of libvips that depends on `image` fails soon after `stop` is requested. Construct
/// it before anything is derived from the image.
class EndsEarly {
 public:
  EndsEarly(const vips::VImage& image, const std::stop_token& stop);
  EndsEarly(const EndsEarly&) = delete;
  EndsEarly& operator=(const EndsEarly&) = delete;
  ~EndsEarly();

 private:
  vips::VImage image_;
  std::stop_token stop_;
  gulong handler_ = 0;
};

/// The last error of libvips for use within a sentence: its first line, printable, at most 120 characters. The text comes
/// from libraries that quote the file.
[[nodiscard]] std::string reason_of(const vips::VError& error);

/// True if libvips failed because threads or memory ran out, whatever it was given.
[[nodiscard]] bool lacked_resources(const vips::VError& error);

/// The error for lacking the threads or memory to do `what`, as in "decode a PNG".
[[nodiscard]] Error resources_lacking(const std::string& what, const vips::VError& error);

}  // namespace pentimento::offline
