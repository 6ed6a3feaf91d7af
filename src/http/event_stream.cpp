#include <pentimento/http/event_stream.hpp>

#include <algorithm>

namespace pentimento::http {

Result<std::vector<ServerEvent>> EventStreamParser::feed(std::string_view bytes) {
  std::vector<ServerEvent> events;
  const auto next = [&](char c, std::size_t from) { return std::min(bytes.find(c, from), bytes.size()); };
  const auto too_large = [&](std::string_view what) {
    return Error{errc::too_large, std::string{what} + " of the event stream has more than " +
                                      std::to_string(max_event_bytes_) + " bytes"};
  };
  std::size_t at = 0;
  if (after_cr_ && !bytes.empty()) {
    after_cr_ = false;
    if (bytes.front() == '\n') at = 1;
  }
  // Each is searched for again only when it has been passed: a stream without one of them is searched once.
  std::size_t lf = next('\n', at);
  std::size_t cr = next('\r', at);
  while (at < bytes.size()) {
    const std::size_t end = std::min(lf, cr);
    const std::string_view part = bytes.substr(at, end - at);
    if (part.size() > max_event_bytes_ - line_.size()) return too_large("a line");
    if (end == bytes.size()) {
      line_ += part;
      break;
    }
    // A line in one piece is not copied.
    const bool whole = line_.empty();
    if (!whole) line_ += part;
    if (!end_line(whole ? part : std::string_view{line_}, events)) return too_large("an event");
    line_.clear();
    at = end + 1;
    if (end == cr) {
      after_cr_ = at == bytes.size();
      if (!after_cr_ && bytes[at] == '\n') ++at;
    }
    if (lf < at) lf = next('\n', at);
    if (cr < at) cr = next('\r', at);
  }
  return events;
}

bool EventStreamParser::end_line(std::string_view line, std::vector<ServerEvent>& events) {
  if (at_start_) {
    at_start_ = false;
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  }
  if (line.empty()) {
    if (has_data_) events.emplace_back(type_.empty() ? "message" : std::move(type_), std::move(data_));
    type_.clear();
    data_.clear();
    has_data_ = false;
    return true;
  }
  const std::string_view name = line.substr(0, line.find(':'));
  std::string_view value = line.substr(std::min(name.size() + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "event") {
    type_ = value;
  } else if (name == "data") {
    if (has_data_) {
      if (value.size() >= max_event_bytes_ - data_.size()) return false;
      data_ += '\n';
      data_ += value;
    } else if (line.data() == line_.data()) {
      // A line in many pieces is mostly an image: it is moved, not copied.
      line_.erase(0, line_.size() - value.size());
      data_.swap(line_);
    } else {
      data_ = value;
    }
    has_data_ = true;
  }
  return true;
}

}  // namespace pentimento::http
