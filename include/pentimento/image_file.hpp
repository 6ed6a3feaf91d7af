#pragma once

#include <pentimento/error.hpp>
#include <pentimento/image.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace pentimento {

namespace detail {

/// True if the path names something other than a regular file: a folder, a pipe, a device.
inline bool is_no_regular_file(const std::filesystem::path& path) {
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(path, ignored);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

/// Closes a file at the end of its scope, if it is open.
struct FileCloser {
  explicit FileCloser(int number) : descriptor{number} {}
  FileCloser(const FileCloser&) = delete;
  FileCloser& operator=(const FileCloser&) = delete;
  ~FileCloser() {
    if (descriptor >= 0) ::close(descriptor);
  }
  int descriptor;
};

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
  const FileCloser closer{descriptor};
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

/// The extension of the temporary files of `write_file`, by which leftovers of a killed program can be recognised.
inline constexpr std::string_view temporary_ending = ".part";

/// Returns an unpredictable name for a temporary file beside `path`: `best.png.0f3a...9c.part`. A long name is shortened:
/// names have at most 255 bytes.
inline std::filesystem::path temporary_name(const std::filesystem::path& path) {
  std::random_device device;
  std::string random;
  for (int i = 0; i < 16; ++i) random += "0123456789abcdef"[device() & 15];
  std::string name = path.filename().string().substr(0, 200);
  name.append(".").append(random).append(temporary_ending);
  return path.parent_path() / name;
}

/// `yes`: `write_file` waits until the file is on disk.
enum class Sync { no, yes };

/// Waits until the changes of a folder are on disk. Returns false if that failed; `errno` says why.
inline bool sync_folder(const std::filesystem::path& folder) {
  const FileCloser closer{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  // Some file systems have no folders to wait for.
  return closer.descriptor >= 0 && (::fsync(closer.descriptor) == 0 || errno == EINVAL);
}

/**
 * Writes a file in one step: a new file beside `path` gets the bytes and is renamed to it. A symbolic link at
 * `path` is replaced; its target does not change.
 * **Parameters**: with `Sync::yes` the file survives a power failure that follows.
 * **Errors**: `io_failed` with the path and the reason.
 */
inline Result<void> write_file(const std::filesystem::path& path, std::span<const std::byte> bytes,
                               Sync sync = Sync::no) {
  const auto failed = [&](const std::string& why) {
    return Error{errc::io_failed, "cannot write " + path.string() + ": " + why};
  };
  const auto reason = [] { return std::generic_category().message(errno); };
  // rename() would replace a pipe or a device.
  if (is_no_regular_file(path)) return failed("it is a folder, a pipe or a device; a regular file is needed");
  const std::filesystem::path temporary = temporary_name(path);
  constexpr mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;  // less the umask
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (descriptor < 0) return failed(reason());
  std::string why;
  {
    const FileCloser closer{descriptor};
    while (!bytes.empty() && why.empty()) {
      const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
      if (count >= 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(count));
      } else if (errno != EINTR) {
        why = reason();
      }
    }
    if (why.empty() && sync == Sync::yes && ::fsync(descriptor) != 0) why = reason();
  }
  if (why.empty() && ::rename(temporary.c_str(), path.c_str()) == 0) {
    if (sync == Sync::no || sync_folder(path.parent_path())) return {};
    return failed(reason());
  }
  if (why.empty()) why = reason();
  ::unlink(temporary.c_str());
  return failed(why);
}

}  // namespace detail

/**
 * Writes the bytes of an image to a file, in one step: another program sees the old file or the new one, never a part of it.
 * A symbolic link at `path` is replaced.
 *
 * **Errors**: `io_failed` with the path and the reason; `invalid_argument` for a recorded image.
 */
inline Result<void> save(const Image& image, const std::filesystem::path& path) {
  if (!image.has_bytes())
    return Error{errc::invalid_argument, "cannot write " + path.string() + ": the image's bytes are kept elsewhere"};
  return detail::write_file(path, image.bytes());
}

/// Reads an image from a regular file of at most `max_image_bytes`.
/// **Errors**: `io_failed`, also for a pipe or a device; `too_large`; `unreadable_image`.
inline Result<Image> load_image(const std::filesystem::path& path) {
  const auto failed = [&](errc code, const std::string& why) {
    return Error{code, "cannot read " + path.string() + ": " + why};
  };
  Result<std::vector<std::byte>> bytes = detail::beginning_of_file(path, max_image_bytes + 1);
  if (!bytes) return bytes.error();
  if (bytes->size() > max_image_bytes) return failed(errc::too_large, "it is larger than 64 MiB");
  bytes->shrink_to_fit();
  Result<Image> image = Image::from_bytes(std::move(*bytes));
  if (!image) return failed(image.error().code(), image.error().message());
  return image;
}

}  // namespace pentimento
