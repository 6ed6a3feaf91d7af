#pragma once

#include <pentimento/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::http {

/// One event of a `text/event-stream`.
class ServerEvent {
 public:
  ServerEvent(std::string type, std::string data) : type_{std::move(type)}, data_{std::move(data)} {}
  /// "message" where the stream names none.
  const std::string& type() const noexcept { return type_; }
  /// The data lines, joined by line feeds.
  const std::string& data() const noexcept { return data_; }
  friend bool operator==(const ServerEvent&, const ServerEvent&) = default;

 private:
  std::string type_;
  std::string data_;
};

static_assert(!std::is_aggregate_v<ServerEvent>);

/**
 * Takes a stream of server-sent events apart, piece by piece as it comes (WHATWG HTML, "Server-sent events").
 *
 * Lines end with CR LF, LF or CR, also across pieces; a byte order mark at the start, comments and unknown fields are
 * skipped; an event without data is none; what is unfinished at the end is no event. Work and memory are linear in
 * the bytes of one event, so that one data line may be many megabytes.
 */
class EventStreamParser {
 public:
  /// The most that the data of one event, or one line, may hold.
  explicit EventStreamParser(std::size_t max_event_bytes = std::size_t{64} << 20) : max_event_bytes_{max_event_bytes} {}

  /// The events that these bytes complete, in order. Errors: `too_large`; the parser is of no further use then.
  Result<std::vector<ServerEvent>> feed(std::string_view bytes);

 private:
  /// Whether the data of the event is still within the limit.
  bool end_line(std::string_view line, std::vector<ServerEvent>& events);

  std::size_t max_event_bytes_;
  std::string line_;
  std::string type_;
  std::string data_;
  bool has_data_ = false;
  bool after_cr_ = false;
  bool at_start_ = true;
};

static_assert(!std::is_aggregate_v<EventStreamParser>);

}  // namespace pentimento::http
