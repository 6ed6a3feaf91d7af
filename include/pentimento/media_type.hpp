#pragma once

#include <optional>
#include <string_view>

namespace pentimento {

/// The accepted image types. They are detected by their first bytes, never by a file name or a Content-Type.
enum class MediaType { png, jpeg, webp, gif };

/// `image/png`, `image/jpeg`, `image/webp` or `image/gif`.
constexpr std::string_view to_string(MediaType type) noexcept {
  switch (type) {
    case MediaType::png: return "image/png";
    case MediaType::jpeg: return "image/jpeg";
    case MediaType::webp: return "image/webp";
    case MediaType::gif: return "image/gif";
  }
  return "unknown";
}

/// The usual file extension, without the dot.
constexpr std::string_view file_extension(MediaType type) noexcept {
  return type == MediaType::jpeg ? std::string_view{"jpg"} : to_string(type).substr(6);
}

/// The type with this name (see `to_string`).
constexpr std::optional<MediaType> media_type_from_string(std::string_view name) noexcept {
  for (MediaType type : {MediaType::png, MediaType::jpeg, MediaType::webp, MediaType::gif}) {
    if (to_string(type) == name) return type;
  }
  return std::nullopt;
}

}  // namespace pentimento
