//
// Work of libvips: ending it early, and why it failed.
#pragma once

#include <pentimento/error.hpp>

#include <vips/vips8>

#include <stop_token>
#include <string>

namespace pentimento::offline {

/// While it lives, every computation of libvips that goes back to `image` fails soon after `stop` is requested. To be
/// made before anything is made of the image.
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

/// What libvips said last, as part of one sentence: first line, printable, short. It comes from libraries that quote
/// the file.
[[nodiscard]] std::string reason_of(const vips::VError& error);

/// Whether libvips failed for want of threads or memory, and not because of what it was given.
[[nodiscard]] bool lacked_resources(const vips::VError& error);

/// That libvips could not do `what` ("decode a PNG") for want of threads or memory.
[[nodiscard]] Error resources_lacking(const std::string& what, const vips::VError& error);

}  // namespace pentimento::offline
