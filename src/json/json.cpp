// The public functions, instantiated for every type with a JSON form.

#include "json/codec.hpp"
#include <pentimento/json.hpp>

#include <utility>

namespace pentimento {

namespace json = boost::json;

template <detail::JsonWritable T>
json::value to_json(const T& object) {
  return json_form::write(object);
}

template <detail::JsonReadable T>
Result<T> from_json(const json::value& value, const ImageSource& images) {
  try {
    // In place: an `Error` that was read is the value here, not the error.
    return {boost::system::in_place_value, json_form::read(json_form::Node{value, images}, json_form::As<T>{})};
  } catch (const Failure& failure) {
    return {boost::system::in_place_error, failure.error()};
  }
}

template <detail::JsonWritable T>
std::string to_text(const T& object, JsonLayout layout) {
  return to_text(json_form::write(object), layout);
}

template <detail::JsonReadable T>
Result<T> from_text(std::string_view text, const ImageSource& images, const JsonLimits& limits) {
  const Result<json::value> value = parse_json(text, limits);
  if (!value) return {boost::system::in_place_error, value.error()};
  return from_json<T>(*value, images);
}

template <detail::JsonWritable T>
void tag_invoke(const json::value_from_tag&, json::value& value, const T& object) {
  value = json_form::write(object);
}

template <detail::JsonReadable T>
T tag_invoke(const json::value_to_tag<T>&, const json::value& value) {
  return from_json<T>(value).value();
}

Result<Event> parse_event(std::string_view line, const ImageSource& images, const JsonLimits& limits) {
  return from_text<Event>(line, images, limits);
}

Result<std::vector<Event>> parse_events(std::string_view lines, const ImageSource& images, const JsonLimits& limits) {
  if (lines.size() > limits.total_bytes) {
    return Error{errc::too_large, "the events have " + std::to_string(lines.size()) + " bytes; at most " +
                                      std::to_string(limits.total_bytes) + " are accepted"};
  }
  std::vector<Event> events;
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(line.size() < lines.size() ? line.size() + 1 : line.size());
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    Result<Event> event = parse_event(line, images, limits);
    if (!event) return Error{event.error().code(), "line " + std::to_string(number) + ": " + event.error().message()};
    events.push_back(std::move(*event));
  }
  return events;
}

#define PENTIMENTO_WRITABLE(T)                        \
  template json::value to_json(const T&);             \
  template std::string to_text(const T&, JsonLayout); \
  template void tag_invoke(const json::value_from_tag&, json::value&, const T&);
#define PENTIMENTO_READABLE(T)                                                              \
  PENTIMENTO_WRITABLE(T)                                                                    \
  template Result<T> from_json<T>(const json::value&, const ImageSource&);                  \
  template Result<T> from_text<T>(std::string_view, const ImageSource&, const JsonLimits&); \
  template T tag_invoke(const json::value_to_tag<T>&, const json::value&);

PENTIMENTO_JSON_READABLE(PENTIMENTO_READABLE)
PENTIMENTO_READABLE(TimePoint)
PENTIMENTO_JSON_WRITABLE(PENTIMENTO_WRITABLE)

#undef PENTIMENTO_READABLE
#undef PENTIMENTO_WRITABLE

}  // namespace pentimento
