// A stream gives the same events however it is cut, and the same as a simple line-by-line parser. Streams above the limit are
// rejected. Input: the limit, the size of the pieces, the stream.

#include <pentimento/http/event_stream.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using pentimento::Result;
using pentimento::http::EventStreamParser;
using pentimento::http::ServerEvent;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

using Events = std::vector<ServerEvent>;

/// Nothing where the limit is passed.
std::optional<Events> in_pieces(std::string_view stream, std::size_t limit, std::size_t piece) {
  EventStreamParser parser{limit};
  Events events;
  while (!stream.empty()) {
    const std::string_view next = stream.substr(0, piece);
    stream.remove_prefix(next.size());
    Result<Events> more = parser.feed(next);
    if (!more) {
      check(more.error().code() == pentimento::errc::too_large);
      return std::nullopt;
    }
    for (ServerEvent& event : *more) events.push_back(std::move(event));
  }
  return events;
}

/// The same by the letter of the standard, with no thought of speed.
std::optional<Events> by_lines(std::string_view stream, std::size_t limit) {
  std::vector<std::string> lines{""};
  for (std::size_t i = 0; i < stream.size(); ++i) {
    if (stream[i] == '\n' && i > 0 && stream[i - 1] == '\r') continue;
    if (stream[i] == '\n' || stream[i] == '\r') {
      lines.emplace_back();
    } else {
      lines.back() += stream[i];
    }
  }
  for (const std::string& line : lines) {
    if (line.size() > limit) return std::nullopt;
  }
  lines.pop_back();  // unfinished
  if (!lines.empty() && lines.front().starts_with("\xEF\xBB\xBF")) lines.front().erase(0, 3);
  Events events;
  std::string type;
  std::string data;
  for (const std::string& line : lines) {
    if (line.empty()) {
      if (!data.empty()) events.emplace_back(type.empty() ? "message" : type, data.substr(0, data.size() - 1));
      type.clear();
      data.clear();
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == 0) continue;
    std::string value = colon == line.npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) value.erase(0, 1);
    const std::string name = line.substr(0, colon);
    if (name == "event") type = value;
    if (name != "data") continue;
    data += value + '\n';
    if (data.size() - 1 > limit) return std::nullopt;
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t limit = data[0];
  const std::size_t piece = data[1] + std::size_t{1};
  const std::string_view stream{reinterpret_cast<const char*>(data) + 2, size - 2};
  for (std::size_t most : {limit, size}) {
    const std::optional<Events> expected = by_lines(stream, most);
    check(in_pieces(stream, most, std::string_view::npos) == expected);
    check(in_pieces(stream, most, piece) == expected);
    check(in_pieces(stream, most, 1) == expected);
  }
  return 0;
}
