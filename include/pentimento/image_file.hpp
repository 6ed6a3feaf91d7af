#pragma once

#include <pentimento/error.hpp>
#include <pentimento/image.hpp>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace pentimento {

/// The largest picture file that `load_image` reads: 32 MiB.
inline constexpr std::size_t max_image_bytes = std::size_t{32} << 20;

/**
 * Writes the bytes of a picture, as they were received, to a file.
 *
 * The file appears whole or not at all: the bytes go to a temporary neighbour that is then renamed over `path`.
 * Errors: `io_failed` with the path and the system's reason; `invalid_argument` for a recorded image without bytes.
 */
inline Result<void> save(const Image& image, const std::filesystem::path& path) {
  if (!image.has_bytes())
    return Error{errc::invalid_argument, "cannot write " + path.string() + ": the image's bytes are kept elsewhere"};
  std::filesystem::path temporary = path;
  temporary += ".part";
  const auto refuse = [&](std::string why) {
    return Error{errc::io_failed, "cannot write " + path.string() + ": " + std::move(why)};
  };
  std::ofstream file{temporary, std::ios::binary | std::ios::trunc};
  if (!file) return refuse("the file cannot be created there");
  const auto failed = [&](std::string why) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    return refuse(std::move(why));
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

/// Reads a picture from a file of at most `max_image_bytes`. Errors: `io_failed`, `too_large`, `unreadable_image`.
inline Result<Image> load_image(const std::filesystem::path& path) {
  const auto failed = [&](errc code, std::string why) {
    return Error{code, "cannot read " + path.string() + ": " + std::move(why)};
  };
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    return failed(errc::io_failed, "it is a folder; a PNG, JPEG, WebP or GIF file is needed");
  std::ifstream file{path, std::ios::binary};
  if (!file)
    return failed(errc::io_failed,
                  std::filesystem::exists(path, error) ? "permission denied" : "there is no such file");
  // Read in steps and count: what a file system says of a file's size need not hold for a pipe or a growing file.
  std::vector<std::byte> bytes;
  constexpr std::size_t step = 64 * 1024;
  while (file) {
    const std::size_t before = bytes.size();
    bytes.resize(before + step);
    file.read(reinterpret_cast<char*>(bytes.data() + before), static_cast<std::streamsize>(step));
    bytes.resize(before + static_cast<std::size_t>(file.gcount()));
    if (bytes.size() > max_image_bytes) return failed(errc::too_large, "it is larger than 32 MiB");
  }
  if (file.bad()) return failed(errc::io_failed, "reading it broke off");
  bytes.shrink_to_fit();
  Result<Image> image = Image::from_bytes(std::move(bytes));
  if (!image) return failed(image.error().code(), image.error().message());
  return image;
}

}  // namespace pentimento
