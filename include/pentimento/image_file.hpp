#pragma once

#include <pentimento/error.hpp>
#include <pentimento/image.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace pentimento {

/// The largest file that `load_image` reads: 32 MiB.
inline constexpr std::size_t max_image_bytes = std::size_t{32} << 20;

namespace detail {

/// True if the path names something other than a regular file: a folder, a pipe, a device.
inline bool is_no_regular_file(const std::filesystem::path& path) {
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(path, ignored);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

/**
 * Reads at most `most` bytes of a regular file. Never blocks: pipes and devices are rejected.
 * **Errors**: `io_failed` with the path and the reason.
 */
inline Result<std::vector<std::byte>> beginning_of_file(const std::filesystem::path& path, std::size_t most) {
  const auto failed = [&](const std::string& why) {
    return Error{errc::io_failed, "cannot read " + path.string() + ": " + why};
  };
  // Checked before it is opened: opening a device may have side effects.
  if (is_no_regular_file(path)) {
    std::error_code ignored;
    return failed(std::filesystem::is_directory(path, ignored) ? "it is a folder; a file is needed"
                                                               : "it is a pipe or a device; a regular file is needed");
  }
  // Some regular files of /proc block.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (descriptor < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return failed("there is no such file");
    if (errno == EACCES || errno == EPERM) return failed("permission denied");
    return failed(std::generic_category().message(errno));
  }
  struct Closer {
    explicit Closer(int d) : descriptor{d} {}
    Closer(const Closer&) = delete;
    Closer& operator=(const Closer&) = delete;
    ~Closer() { ::close(descriptor); }
    int descriptor;
  };
  const Closer closer{descriptor};
  // Read in steps: the size that the file system reports may change while the file grows.
  std::vector<std::byte> bytes;
  constexpr std::size_t step = 64 * 1024;
  while (bytes.size() < most) {
    const std::size_t before = bytes.size();
    const std::size_t wanted = std::min(step, most - before);
    bytes.resize(before + wanted);
    const ssize_t count = ::read(descriptor, bytes.data() + before, wanted);
    bytes.resize(before + (count > 0 ? static_cast<std::size_t>(count) : 0));
    if (count == 0) break;
    if (count > 0 || errno == EINTR) continue;
    if (errno == EAGAIN) return failed("it has nothing to read for now; a regular file is needed");
    return failed("reading it broke off: " + std::generic_category().message(errno));
  }
  return bytes;
}

}  // namespace detail

/**
 * Writes the bytes of an image to a file. Atomic: they are written to a temporary file beside `path`, which is then
 * renamed.
 *
 * **Errors**: `io_failed` with the path and the reason; `invalid_argument` for a recorded image.
 */
inline Result<void> save(const Image& image, const std::filesystem::path& path) {
  if (!image.has_bytes())
    return Error{errc::invalid_argument, "cannot write " + path.string() + ": the image's bytes are kept elsewhere"};
  std::filesystem::path temporary = path;
  temporary += ".part";
  const auto reject = [&](std::string why) {
    return Error{errc::io_failed, "cannot write " + path.string() + ": " + std::move(why)};
  };
  if (detail::is_no_regular_file(temporary)) return reject(temporary.filename().string() + " is in the way");
  std::ofstream file{temporary, std::ios::binary | std::ios::trunc};
  if (!file) return reject("the file cannot be created there");
  const auto failed = [&](std::string why) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    return reject(std::move(why));
  };
  const auto bytes = image.bytes();
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return failed("the bytes could not be written; is the disk full?");
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (error) return failed(error.message());
  return {};
}

/// Reads an image from a regular file of at most `max_image_bytes`.
/// **Errors**: `io_failed`, also for a pipe or a device; `too_large`; `unreadable_image`.
inline Result<Image> load_image(const std::filesystem::path& path) {
  const auto failed = [&](errc code, const std::string& why) {
    return Error{code, "cannot read " + path.string() + ": " + why};
  };
  Result<std::vector<std::byte>> bytes = detail::beginning_of_file(path, max_image_bytes + 1);
  if (!bytes) return bytes.error();
  if (bytes->size() > max_image_bytes) return failed(errc::too_large, "it is larger than 32 MiB");
  bytes->shrink_to_fit();
  Result<Image> image = Image::from_bytes(std::move(*bytes));
  if (!image) return failed(image.error().code(), image.error().message());
  return image;
}

}  // namespace pentimento
