#pragma once

#include "emulator/scenario/byte_script.hpp"
#include <pentimento/http/body.hpp>
#include <pentimento/http/headers.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::emulator {

/// What is to be answered: a status, header fields without those of the length, and a body, which may be a stream of
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
  EmulatedReply& status(int status) { return status_ = status, *this; }

  /// Makes it a stream, of this event after those before it.
  EmulatedReply& event(http::Body event) {
    streamed_ = true;
    return parts_.push_back(std::move(event)), *this;
  }
  bool is_streamed() const noexcept { return streamed_; }
  /// The body, or the events of a stream.
  std::vector<http::Body>& parts() noexcept { return parts_; }

 private:
  int status_;
  std::vector<http::Headers::Field> headers_;
  std::vector<http::Body> parts_;
  bool streamed_ = false;
};

static_assert(!std::is_aggregate_v<EmulatedReply>);

/// The bytes of a body, from wherever they are: described by a scenario, or the parts of a dialect's reply one after
/// the other.
class BodySource {
 public:
  explicit BodySource(ByteScript script) : size_{script.size()}, script_{std::move(script)} {}
  /// The parts must outlive it.
  explicit BodySource(const std::vector<http::Body>& parts) : parts_{&parts} {
    for (const http::Body& part : parts) size_ += part.size();
    if (!parts.empty()) reader_.emplace(parts.front());
  }

  /// `ByteScript::endless` where there is no end.
  std::uint64_t size() const noexcept { return size_; }

  /// The next bytes, no more than `most`; empty at the end. They may stand in `scratch`, which has at least 4 bytes.
  std::span<const std::byte> next(std::span<std::byte> scratch, std::uint64_t most) {
    if (!look(scratch)) return {};
    const auto count = static_cast<std::size_t>(most < left_.size() ? most : left_.size());
    const std::span<const std::byte> bytes = left_.first(count);
    left_ = left_.subspan(count);
    begun_ = true;
    return bytes;
  }

  /// Whether what comes next begins another part, and not the first. Once true for each.
  bool begins_another(std::span<std::byte> scratch) {
    return look(scratch) && begun_ && std::exchange(moved_on_, false);
  }

 private:
  bool look(std::span<std::byte> scratch) {
    if (!left_.empty()) return true;
    if (parts_ == nullptr) {
      left_ = scratch.first(script_.read(scratch));
      return !left_.empty();
    }
    while (reader_) {
      left_ = reader_->next(scratch);
      if (!left_.empty()) return true;
      reader_.reset();
      if (++part_ < parts_->size()) reader_.emplace((*parts_)[part_]);
      moved_on_ = true;
    }
    return false;
  }

  std::uint64_t size_ = 0;
  ByteScriptReader script_{ByteScript{}};
  const std::vector<http::Body>* parts_ = nullptr;
  std::optional<http::BodyReader> reader_;
  std::size_t part_ = 0;
  std::span<const std::byte> left_;
  bool begun_ = false;
  bool moved_on_ = false;
};

static_assert(!std::is_aggregate_v<BodySource>);

}  // namespace pentimento::emulator
