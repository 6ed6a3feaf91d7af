#pragma once

#include <pentimento/image.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace pentimento::http {

/**
 * The body of a request: a sequence of pieces. Each is text, an image's bytes, or an image's bytes in base64.
 *
 * **Cost**: image bytes are not copied into the body. They are written to the socket from where they are; base64 is encoded
 * piece by piece while the body is written.
 */
class Body {
 public:
  Body() = default;
  explicit Body(std::string text) { add(std::move(text)); }

  Body& add(std::string text);
  /// An image without bytes (one of a record) adds nothing, here and below. Reject it before.
  Body& add(const Image& image);
  Body& add_base64(const Image& image);
  Body& add(Body other);

  /// The number of bytes to be written.
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

  /// Returns the whole body as text. For tests and small bodies.
  std::string to_string() const;

 private:
  friend class BodyReader;

  struct ImagePiece {
    ImagePiece(Image i, bool b) : image{std::move(i)}, base64{b} {}
    Image image;
    bool base64;
  };
  using Piece = std::variant<std::string, ImagePiece>;

  std::vector<Piece> pieces_;
  std::size_t size_ = 0;
};

static_assert(!std::is_aggregate_v<Body>);

/// Reads the bytes of a body in order. **Lifetime**: the body must outlive it.
class BodyReader {
 public:
  explicit BodyReader(const Body& body) noexcept : body_{&body} {}

  /// Returns the next bytes; empty at the end. They may have been written to `scratch`, which needs at least 4 bytes.
  /// **Lifetime**: valid until the next call.
  std::span<const std::byte> next(std::span<std::byte> scratch);

 private:
  const Body* body_;
  std::size_t piece_ = 0;
  std::size_t offset_ = 0;
};

static_assert(!std::is_aggregate_v<BodyReader>);

/// Escapes a text for a place between the quotation marks of a JSON string.
std::string json_escaped(std::string_view text);

}  // namespace pentimento::http
