#include "offline/pixels/vips_work.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace pentimento::offline {

namespace {

// Called by libvips now and then, from the thread that asked for the pixels.
void on_progress(VipsImage* image, VipsProgress* /*progress*/, const std::stop_token* stop) {
  if (stop->stop_requested()) vips_image_set_kill(image, 1);
}

}  // namespace

EndsEarly::EndsEarly(const vips::VImage& image, const std::stop_token& stop) : image_{image}, stop_{stop} {
  if (!stop_.stop_possible()) return;
  VipsImage* watched = image_.get_image();
  vips_image_set_progress(watched, 1);
  handler_ = g_signal_connect(watched, "eval", G_CALLBACK(on_progress), &stop_);
  if (stop_.stop_requested()) vips_image_set_kill(watched, 1);
}

EndsEarly::~EndsEarly() {
  // libvips may keep the image in its cache.
  if (handler_ != 0) g_signal_handler_disconnect(image_.get_image(), handler_);
}

std::string reason_of(const vips::VError& error) {
  std::string reason;
  for (const char letter : std::string_view{error.what()}) {
    if (letter == '\n' || reason.size() == 120) break;
    reason += letter >= ' ' && letter <= '~' ? letter : ' ';
  }
  while (!reason.empty() && (reason.back() == ' ' || reason.back() == '.')) reason.pop_back();
  return reason.empty() ? "libvips gave no reason" : reason;
}

bool lacked_resources(const vips::VError& error) {
  static constexpr std::array<std::string_view, 5> signs{"creating thread", "create thread", "out of memory",
                                                         "Cannot allocate memory", "Resource temporarily unavailable"};
  const std::string_view said{error.what()};
  return std::ranges::any_of(signs, [&](std::string_view sign) { return said.find(sign) != std::string_view::npos; });
}

Error resources_lacking(const std::string& what, const vips::VError& error) {
  return {errc::backend_failed, "libvips lacked the threads or the memory to " + what + " (" + reason_of(error) + ")"};
}

}  // namespace pentimento::offline
