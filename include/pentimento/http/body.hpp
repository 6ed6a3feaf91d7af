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
 * The body of a request: a row of pieces, each some text, a picture's bytes, or a picture's bytes in base64.
 *
 * A picture is never copied into the body: its bytes go to the socket from where they are, and base64 is made from them
 * piece by piece while the body is written.
 */
class Body {
 public:
  Body() = default;
  explicit Body(std::string text) { add(std::move(text)); }

  Body& add(std::string text);
  /// A recorded image has no bytes and adds nothing, here and below; whoever makes a request refuses it before.
  Body& add(const Image& image);
  Body& add_base64(const Image& image);
  Body& add(Body other);

  /// How many bytes will be written.
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

  /// The whole body as text; for tests and for small bodies.
  std::string to_string() const;

 private:
  friend class BodyReader;

  struct Picture {
    Picture(Image i, bool b) : image{std::move(i)}, base64{b} {}
    Image image;
    bool base64;
  };
  using Piece = std::variant<std::string, Picture>;

  std::vector<Piece> pieces_;
  std::size_t size_ = 0;
};

static_assert(!std::is_aggregate_v<Body>);

/// Gives out the bytes of a body, one run after the other. The body must outlive it.
class BodyReader {
 public:
  explicit BodyReader(const Body& body) noexcept : body_{&body} {}

  /// The next bytes, empty at the end. They stand where they are, or have been written to `scratch`, which must hold at
  /// least 4 bytes; valid until the next call.
  std::span<const std::byte> next(std::span<std::byte> scratch);

 private:
  const Body* body_;
  std::size_t piece_ = 0;
  std::size_t offset_ = 0;
};

static_assert(!std::is_aggregate_v<BodyReader>);

/// The text as it stands between the quotation marks of a JSON string.
std::string json_escaped(std::string_view text);

}  // namespace pentimento::http
