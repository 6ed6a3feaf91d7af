#pragma once

#include <pentimento/detail/json_types.hpp>
#include <pentimento/error.hpp>
#include <pentimento/image.hpp>
#include <pentimento/time.hpp>

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

/**
 * The JSON form of every type.
 *
 * - Names are those of the vocabulary in snake_case. Empty values and most defaults are omitted.
 * - Money is a whole number of micro-dollars, in members that are called `micros` or end in `_micros`.
 * - A time is RFC 3339 in UTC with six decimals: "2026-11-22T10:00:00.000000Z".
 * - The id of a candidate is its text: "3b.2".
 * - Integers have up to 64 bits and are exact. Other numbers have as many digits as are needed to be exact.
 * - An image is {"media_type", "width", "height", "bytes", "sha256"}, where "bytes" is their number. The bytes are not in the
 *   JSON: what is read back is a recorded image, unless an `ImageSource` supplies the bytes.
 * - An event is one flat object: "sequence", "time", "type", "text" and the members of its type. "text" is one line for
 *   people (`to_string`). Its wording may change; it is ignored on reading.
 * - Text that is not UTF-8 is written with U+FFFD for what is invalid. A number that is not finite is written as the nearest
 *   one that is, and NaN as 0.
 *
 * Reading is strict: an unknown, missing or repeated member, a wrong type, a number out of range and an unknown name are
 * errors with the code `parse_failed` and the path: `$.requirements[2].importance: "maybe" is not one of must, should`.
 * Derived members ("accepted" of a decision, the sums of a ledger) are optional; if present, they are checked.
 *
 * `boost::json::value_from` and `value_to` work with the same types; `value_to` throws `Failure`.
 */
namespace pentimento {

#define PENTIMENTO_DECLARE(T) class T;
PENTIMENTO_JSON_READABLE(PENTIMENTO_DECLARE)
PENTIMENTO_JSON_WRITABLE(PENTIMENTO_DECLARE)
#undef PENTIMENTO_DECLARE

namespace detail {

template <class T>
inline constexpr bool is_json_readable = false;
template <class T>
inline constexpr bool is_json_writable = is_json_readable<T>;

#define PENTIMENTO_DECLARE(T) \
  template <>                 \
  inline constexpr bool is_json_readable<T> = true;
PENTIMENTO_JSON_READABLE(PENTIMENTO_DECLARE)
PENTIMENTO_DECLARE(TimePoint)
#undef PENTIMENTO_DECLARE

#define PENTIMENTO_DECLARE(T) \
  template <>                 \
  inline constexpr bool is_json_writable<T> = true;
PENTIMENTO_JSON_WRITABLE(PENTIMENTO_DECLARE)
#undef PENTIMENTO_DECLARE

template <class T>
concept JsonReadable = is_json_readable<T>;
template <class T>
concept JsonWritable = is_json_writable<T>;

}  // namespace detail

/// Supplies the bytes of recorded images on reading: returns the image with its bytes (see `restore` of
/// pentimento/content_hash.hpp), or an error, which ends the reading.
using ImageSource = std::function<Result<Image>(const Image& recorded)>;

/// Limits for untrusted text.
struct JsonLimits {
  /// Bytes of one JSON text, or of one line of events.
  std::size_t bytes = std::size_t{8} << 20;
  /// Bytes of all lines of events.
  std::size_t total_bytes = std::size_t{256} << 20;
  /// Depth of nested arrays and objects.
  std::size_t depth = 32;
  /// Values, those in arrays and objects included. A value takes up to some 80 bytes of memory, however short its text.
  std::size_t values = std::numeric_limits<std::size_t>::max();
};

/// The layout of JSON text: one line without spaces, or indented by two spaces.
enum class JsonLayout { line, indented };

/// Returns the JSON form of an object.
template <detail::JsonWritable T>
boost::json::value to_json(const T& object);

/// Reads an object from its JSON form.
/// **Errors**: `parse_failed`, and those of the image source.
template <detail::JsonReadable T>
Result<T> from_json(const boost::json::value& json, const ImageSource& images = {});

/// Returns JSON as text. The same value always gives the same text.
std::string to_text(const boost::json::value& json, JsonLayout layout = JsonLayout::line);

/// Returns the JSON form of an object as text.
template <detail::JsonWritable T>
std::string to_text(const T& object, JsonLayout layout = JsonLayout::line);

/// Parses JSON text. Unlike `boost::json::parse` it rejects repeated members, reads every number exactly and says where the text
/// is invalid. An object may have 4096 members.
/// **Errors**: `parse_failed`; `too_large` for more bytes than the limit.
Result<boost::json::value> parse_json(std::string_view text, const JsonLimits& limits = {});

/// Reads an object from text.
/// **Errors**: as for `parse_json` and `from_json`.
template <detail::JsonReadable T>
Result<T> from_text(std::string_view text, const ImageSource& images = {}, const JsonLimits& limits = {});

/// Reads one line of recorded events.
/// **Errors**: as for `from_text`.
Result<Event> parse_event(std::string_view line, const ImageSource& images = {}, const JsonLimits& limits = {});

/// Reads recorded events, one on each line; empty lines are skipped. `fold` makes a transcript of them.
/// **Errors**: as for `from_text`, with the number of the line; `too_large` for more bytes than the limit.
Result<std::vector<Event>> parse_events(std::string_view lines, const ImageSource& images = {},
                                        const JsonLimits& limits = {});

/// For `boost::json::value_from`.
template <detail::JsonWritable T>
void tag_invoke(const boost::json::value_from_tag&, boost::json::value& json, const T& object);

/// For `boost::json::value_to` and `try_value_to`. Throws `Failure`.
template <detail::JsonReadable T>
T tag_invoke(const boost::json::value_to_tag<T>&, const boost::json::value& json);

}  // namespace pentimento
