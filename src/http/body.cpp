#include "json/spelling.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/http/body.hpp>

#include <algorithm>
#include <iterator>

namespace pentimento::http {

Body& Body::add(std::string text) {
  if (text.empty()) return *this;
  size_ += text.size();
  if (!pieces_.empty()) {
    if (auto* last = std::get_if<std::string>(&pieces_.back())) {
      *last += text;
      return *this;
    }
  }
  pieces_.emplace_back(std::move(text));
  return *this;
}

Body& Body::add(const Image& image) {
  if (!image.has_bytes()) return *this;
  size_ += image.bytes().size();
  pieces_.emplace_back(ImagePiece{image, false});
  return *this;
}

Body& Body::add_base64(const Image& image) {
  if (!image.has_bytes()) return *this;
  size_ += detail::base64_size(image.bytes().size());
  pieces_.emplace_back(ImagePiece{image, true});
  return *this;
}

Body& Body::add(Body other) {
  size_ += other.size_;
  pieces_.insert(pieces_.end(), std::move_iterator{other.pieces_.begin()}, std::move_iterator{other.pieces_.end()});
  return *this;
}

std::string Body::to_string() const {
  std::string text;
  text.reserve(size_);
  for (const Piece& piece : pieces_) {
    if (const auto* plain = std::get_if<std::string>(&piece)) {
      text += *plain;
      continue;
    }
    const auto& part = std::get<ImagePiece>(piece);
    const std::span<const std::byte> bytes = part.image.bytes();
    if (part.base64) {
      const std::size_t before = text.size();
      text.resize(before + detail::base64_size(bytes.size()));
      detail::encode_base64(bytes, text.data() + before);
    } else {
      text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
  }
  return text;
}

std::span<const std::byte> BodyReader::next(std::span<std::byte> scratch) {
  if (piece_ == body_->pieces_.size()) return {};
  const Body::Piece& piece = body_->pieces_[piece_];
  if (const auto* text = std::get_if<std::string>(&piece)) {
    ++piece_;
    return std::as_bytes(std::span{*text});
  }
  const auto& part = std::get<Body::ImagePiece>(piece);
  const std::span<const std::byte> bytes = part.image.bytes();
  if (!part.base64) {
    ++piece_;
    return bytes;
  }
  // Whole groups of three bytes: only the end of an image is padded.
  const std::size_t count = std::min(scratch.size() / 4 * 3, bytes.size() - offset_);
  char* const begin = reinterpret_cast<char*>(scratch.data());
  const char* const end = detail::encode_base64(bytes.subspan(offset_, count), begin);
  offset_ += count;
  if (offset_ == bytes.size()) {
    offset_ = 0;
    ++piece_;
  }
  return scratch.first(static_cast<std::size_t>(end - begin));
}

std::string json_escaped(std::string_view text) {
  std::string quoted = json_form::quoted(text);
  quoted.pop_back();
  quoted.erase(0, 1);
  return quoted;
}

}  // namespace pentimento::http
