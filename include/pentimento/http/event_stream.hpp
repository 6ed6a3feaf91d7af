#pragma once

#include <pentimento/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::http {

/// An event of a `text/event-stream`.
class ServerEvent {
 public:
  ServerEvent(std::string type, std::string data) : type_{std::move(type)}, data_{std::move(data)} {}
  /// The type; "message" by default.
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
 * An incremental parser of server-sent events.
 *
 * Lines end with CR LF, LF or CR, also across calls. A byte order mark at the start, comments, unknown fields and events
 * without data are ignored, and so is an unfinished event at the end.
 *
 * **Cost**: time and memory are linear in the size of one event. A data line may have many megabytes.
 * **Source**: WHATWG HTML, "Server-sent events".
 */
class EventStreamParser {
 public:
  /// **Parameters**: the limit of the data of one event, and of one line, in bytes.
  explicit EventStreamParser(std::size_t max_event_bytes = std::size_t{64} << 20) : max_event_bytes_{max_event_bytes} {}

  /// Returns the events that these bytes complete, in order. **Errors**: `too_large`, after which the parser is unusable.
  Result<std::vector<ServerEvent>> feed(std::string_view bytes);

 private:
  /// Returns false if the data of the event exceeds the limit.
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
