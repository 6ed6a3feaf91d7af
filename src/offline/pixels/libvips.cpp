#include "offline/pixels/libvips.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace pentimento::offline {

namespace {

/// libvips keeps some memory for each thread that used it and must be told when such a thread ends.
struct VipsThread {
  VipsThread() = default;
  VipsThread(const VipsThread&) = delete;
  VipsThread& operator=(const VipsThread&) = delete;
  ~VipsThread() { vips_thread_shutdown(); }
};

// Address space of all threads of the offline backends with their stacks and heaps; measured are up to 1,020 MiB, of which
// a program has taken a part before it starts libvips.
constexpr std::uint64_t needed_by_all = std::uint64_t{768} << 20;
constexpr std::uint64_t needed_by_a_call = std::uint64_t{192} << 20;

/// How many bytes of address space this process may still take; nothing if there is no limit.
std::optional<std::uint64_t> address_space_left() {
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  std::uint64_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> pages;  // the first number is the size of the whole
  const std::uint64_t taken = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return limit.rlim_cur > taken ? limit.rlim_cur - taken : 0;
}

// Called by libvips now and then, from the thread that asked for the pixels.
void on_progress(VipsImage* image, VipsProgress* /*progress*/, const std::stop_token* stop) {
  if (stop->stop_requested()) vips_image_set_kill(image, 1);
}

}  // namespace

Result<void> start_vips(std::uint64_t memory) {
  static std::atomic<bool> started = false;
  const std::optional<std::uint64_t> left = address_space_left();
  const std::uint64_t needed = (started ? needed_by_a_call : needed_by_all) + memory;
  if (left && *left < needed) {
    return Error{errc::backend_failed, "libvips needs " + std::to_string(needed >> 20) +
                                           " MiB of address space, and this process may use only " +
                                           std::to_string(*left >> 20) + " MiB more; raise its limit (ulimit -v)"};
  }
  static const bool usable = vips_init("pentimento") == 0;
  started = true;
  thread_local const VipsThread thread;
  static_cast<void>(thread);
  if (!usable) return Error{errc::backend_failed, "libvips could not be started"};
  return {};
}

vips::VImage view(const Pixels& pixels) {
  const std::span<const std::uint8_t> samples = pixels.bytes();
  // libvips only reads through this pointer; the binding lacks a const form.
  vips::VImage image = vips::VImage::new_from_memory(const_cast<std::uint8_t*>(samples.data()), samples.size(),
                                                     pixels.width(), pixels.height(), 3, VIPS_FORMAT_UCHAR);
  return image.copy(vips::VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
}

Pixels pixels_of(const vips::VImage& image) {
  std::size_t length = 0;
  const auto free = [](void* memory) { g_free(memory); };
  const std::unique_ptr<void, decltype(free)> memory{image.write_to_memory(&length), free};
  const auto samples = static_cast<std::size_t>(image.width()) * static_cast<std::size_t>(image.height()) * 3;
  if (length != samples) throw vips::VError{"not three 8-bit channels"};
  const auto* first = static_cast<const std::uint8_t*>(memory.get());
  return Pixels::from_samples(image.width(), image.height(), std::vector<std::uint8_t>(first, first + length));
}

std::vector<std::byte> bytes_of(const Blob& blob) {
  std::size_t length = 0;
  const auto* first = static_cast<const std::byte*>(vips_blob_get(blob.get(), &length));
  return {first, first + length};
}

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
  return {errc::backend_failed, "libvips has not enough threads or memory to " + what + " (" + reason_of(error) + ")"};
}

}  // namespace pentimento::offline
