#pragma once

#include <pentimento/error.hpp>
#include <pentimento/image.hpp>
#include <pentimento/time.hpp>

#include <boost/json/fwd.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/**
 * The one JSON form of every type. Reference to the form:
 *
 * - Names are those of the vocabulary in snake_case; what is empty, or as it is unless told, is left out.
 * - Money is a whole number of micro-dollars, in fields that end in `_micros` or are called `micros`.
 * - A time is RFC 3339 in UTC with six decimals: "2026-11-22T10:00:00.000000Z".
 * - The id of a candidate is its text: "3b.2".
 * - Whole numbers have up to 64 bits and are exact; other numbers have as many digits as it takes to be exact.
 * - A picture is {"media_type", "width", "height", "bytes", "sha256"}, where "bytes" is their number. The bytes are not
 *   in the JSON: what is read back is a recorded image, unless an `ImageSource` brings the bytes.
 * - An event is one flat object: "sequence", "time", "type", then what the type of event adds.
 * - Text that is not UTF-8 is written with U+FFFD in place of what is wrong; read and written again it stays the same.
 *   A number that is not finite is written as the nearest one that is, and "not a number" as 0.
 *
 * Reading is strict: an unknown, missing or repeated key, a wrong type, a number out of range and an unknown name are
 * errors of the code `parse_failed`, each with the path to it: `$.requirements[2].importance: "maybe" is not one of must,
 * should`. Derived fields ("accepted" of a decision, the sums of a ledger) may be left out and are otherwise checked.
 *
 * `boost::json::value_from` and `value_to` work with the same types; `value_to` throws `Failure`.
 */
namespace pentimento {

class AspectRatio;
class Brief;
class Call;
class Candidate;
class CandidateId;
class Capabilities;
class Charge;
class Checklist;
class Comparison;
class ComparisonRequest;
class Critique;
class CritiqueRequest;
class Decision;
class Draft;
class Event;
class Finding;
class Generation;
class GenerationRequest;
class Ledger;
class Money;
class Outcome;
class PixelSize;
class Plan;
class Requirement;
class Revision;
class RevisionRequest;
class Round;
class RunSettings;
class Score;
class StopReason;
class Transcript;

namespace detail {

template <class T, class... Ts>
concept OneOf = (std::same_as<T, Ts> || ...);

template <class T>
concept JsonReadable = OneOf<T, AspectRatio, Brief, Call, Candidate, CandidateId, Capabilities, Charge, Checklist,
                             Comparison, ComparisonRequest, Critique, CritiqueRequest, Decision, Draft, Error, Event,
                             Finding, Generation, GenerationRequest, Image, Ledger, Money, PixelSize, Plan, Requirement,
                             Revision, RunSettings, StopReason, TimePoint>;

/// What is worked out from other things can be written and not read: the record to read back is the events.
template <class T>
concept JsonWritable = JsonReadable<T> || OneOf<T, Outcome, RevisionRequest, Round, Score, Transcript>;

}  // namespace detail

/// Brings a picture back when its record is read: gets the recorded image and gives one with bytes, usually by `restore`
/// of pentimento/content_hash.hpp, or an error, which ends the reading.
using ImageSource = std::function<Result<Image>(const Image& recorded)>;

/// How much text is read, for text that nobody vouches for.
struct JsonLimits {
  /// The bytes of one JSON text; of one line, where each line is one.
  std::size_t bytes = std::size_t{8} << 20;
  /// The bytes of all lines together.
  std::size_t total_bytes = std::size_t{256} << 20;
  /// How many arrays and objects may stand one inside the other.
  std::size_t depth = 32;
};

/// How JSON text is laid out: on one line without spaces, or indented by two spaces for people.
enum class JsonLayout { line, indented };

/// The JSON form of an object of the vocabulary.
template <detail::JsonWritable T>
boost::json::value to_json(const T& object);

/// An object from its JSON form. Errors: `parse_failed`, and those of the image source. Throws only for want of memory.
template <detail::JsonReadable T>
Result<T> from_json(const boost::json::value& json, const ImageSource& images = {});

/// JSON as text. The same value always gives the same text.
std::string to_text(const boost::json::value& json, JsonLayout layout = JsonLayout::line);

/// The JSON form of an object, as text.
template <detail::JsonWritable T>
std::string to_text(const T& object, JsonLayout layout = JsonLayout::line);

/// Reads JSON text. Unlike `boost::json::parse` it refuses repeated keys, takes every number exactly, and says where the
/// text is wrong. An object has at most 4096 keys. Errors: `parse_failed`; `too_large` past the limit of bytes.
Result<boost::json::value> parse_json(std::string_view text, const JsonLimits& limits = {});

/// Reads an object from text. Errors: as for `parse_json` and `from_json`.
template <detail::JsonReadable T>
Result<T> from_text(std::string_view text, const ImageSource& images = {}, const JsonLimits& limits = {});

/// Reads one line of recorded events. Errors: as for `from_text`.
Result<Event> parse_event(std::string_view line, const ImageSource& images = {}, const JsonLimits& limits = {});

/// Reads recorded events, one on each line; empty lines are skipped. `fold` makes the transcript of them.
/// Errors: as for `from_text`, with the number of the line; `too_large` past the limit of all lines.
Result<std::vector<Event>> parse_events(std::string_view lines, const ImageSource& images = {},
                                        const JsonLimits& limits = {});

/// Lets `boost::json::value_from` take objects of the vocabulary.
template <detail::JsonWritable T>
void tag_invoke(const boost::json::value_from_tag&, boost::json::value& json, const T& object);

/// Lets `boost::json::value_to` and `try_value_to` give objects of the vocabulary. Throws `Failure`.
template <detail::JsonReadable T>
T tag_invoke(const boost::json::value_to_tag<T>&, const boost::json::value& json);

}  // namespace pentimento
