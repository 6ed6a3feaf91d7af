#pragma once

#include "emulator/scenario/byte_script.hpp"
#include <pentimento/http/body.hpp>
#include <pentimento/http/headers.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::emulator {

/// A reply of a dialect: a status, header fields without those for the length, and a body, which may be a stream of
/// events.
class EmulatedReply {
 public:
  explicit EmulatedReply(int status) : status_{status} {}
  EmulatedReply(int status, std::string content_type, http::Body body) : status_{status} {
    header("content-type", std::move(content_type));
    parts_.push_back(std::move(body));
  }

  int status() const noexcept { return status_; }
  const std::vector<http::Headers::Field>& headers() const noexcept { return headers_; }
  EmulatedReply& header(std::string name, std::string value) {
    return headers_.emplace_back(std::move(name), std::move(value)), *this;
  }

  /// Appends an event, which makes the body a stream.
  EmulatedReply& event(http::Body event) {
    is_streamed_ = true;
    return parts_.push_back(std::move(event)), *this;
  }
  bool is_streamed() const noexcept { return is_streamed_; }
  /// The body, or the events of a stream.
  const std::vector<http::Body>& parts() const noexcept { return parts_; }

 private:
  int status_;
  std::vector<http::Headers::Field> headers_;
  std::vector<http::Body> parts_;
  bool is_streamed_ = false;
};

static_assert(!std::is_aggregate_v<EmulatedReply>);

/// Reads the bytes of a body, which a scenario describes or a dialect gives in parts.
class BodySource {
 public:
  explicit BodySource(ByteScript script) : size_{script.size()}, script_{std::move(script)} {}
  /// The parts must outlive the source.
  explicit BodySource(const std::vector<http::Body>& parts) : parts_{&parts} {
    for (const http::Body& part : parts) size_ += part.size();
    if (!parts.empty()) reader_.emplace(parts.front());
  }

  /// May be `ByteScript::endless`.
  std::uint64_t size() const noexcept { return size_; }

  /// The next bytes, at most `most`. Empty at the end. They may lie in `scratch`, which has at least 4 bytes.
  std::span<const std::byte> next(std::span<std::byte> scratch, std::uint64_t most) {
    if (left_.empty() && !refill(scratch)) return {};
    const std::span<const std::byte> bytes =
        left_.first(static_cast<std::size_t>(std::min<std::uint64_t>(most, left_.size())));
    left_ = left_.subspan(bytes.size());
    return bytes;
  }

 private:
  bool refill(std::span<std::byte> scratch) {
    if (parts_ == nullptr) left_ = scratch.first(script_.read(scratch));
    while (left_.empty() && reader_) {
      left_ = reader_->next(scratch);
      if (!left_.empty()) break;
      reader_.reset();
      if (++part_ < parts_->size()) reader_.emplace((*parts_)[part_]);
    }
    return !left_.empty();
  }

  std::uint64_t size_ = 0;
  ByteScriptReader script_{ByteScript{}};
  const std::vector<http::Body>* parts_ = nullptr;
  std::optional<http::BodyReader> reader_;
  std::size_t part_ = 0;
  std::span<const std::byte> left_;
};

static_assert(!std::is_aggregate_v<BodySource>);

}  // namespace pentimento::emulator
