#pragma once

// The JSON forms of the vocabulary: each type T has `json::value write(const T&)` and, if it can be read, `T read(const
// Node&, As<T>)`. Objects are written by an `ObjectWriter` and read by an `ObjectReader` (json/reader.hpp).

#include "json/reader.hpp"
#include <pentimento/brief.hpp>
#include <pentimento/candidate.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/critique_request.hpp>
#include <pentimento/error.hpp>
#include <pentimento/event.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/json.hpp>
#include <pentimento/ledger.hpp>
#include <pentimento/outcome.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/score.hpp>
#include <pentimento/transcript.hpp>

#include <boost/json/value.hpp>

#include <concepts>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::json_form {

namespace json = boost::json;

template <class T>
concept Enumeration = std::is_enum_v<T>;

// Names of enumerations -----------------------------------------------------------------------------------------------

/// The last of an enumeration with `to_string`. The first is 0 unless `first_of` is specialized.
template <Enumeration E>
inline constexpr E last_of = E{};
template <>
inline constexpr Action last_of<Action> = Action::stop;
template <>
inline constexpr Billing last_of<Billing> = Billing::maybe_billed;
template <>
inline constexpr CallKind last_of<CallKind> = CallKind::revise;
template <>
inline constexpr DecisionReason last_of<DecisionReason> = DecisionReason::unjudged;
template <>
inline constexpr errc last_of<errc> = errc::not_found;
template <>
inline constexpr Importance last_of<Importance> = Importance::should;
template <>
inline constexpr KeepInitImage last_of<KeepInitImage> = KeepInitImage::optional;
template <>
inline constexpr MediaType last_of<MediaType> = MediaType::gif;
template <>
inline constexpr OnError last_of<OnError> = OnError::stop;
template <>
inline constexpr OnRefusal last_of<OnRefusal> = OnRefusal::rephrase;
template <>
inline constexpr OnSatisfied last_of<OnSatisfied> = OnSatisfied::keep;
template <>
inline constexpr Preference last_of<Preference> = Preference::neither;
template <>
inline constexpr StopKind last_of<StopKind> = StopKind::custom;
template <>
inline constexpr Verdict last_of<Verdict> = Verdict::unknown;

template <Enumeration E>
inline constexpr E first_of = E{};
template <>
inline constexpr errc first_of<errc> = errc::invalid_argument;

/// False if an enumeration has grown and `last_of` has not. Not for enumerations whose `to_string` has only two names.
template <Enumeration E>
constexpr bool names_end_at_last = to_string(static_cast<E>(static_cast<int>(last_of<E>) + 1)) == "unknown";
static_assert(names_end_at_last<Action> && names_end_at_last<Billing> && names_end_at_last<CallKind> &&
              names_end_at_last<DecisionReason>);
static_assert(names_end_at_last<errc> && names_end_at_last<MediaType> && names_end_at_last<Preference> &&
              names_end_at_last<StopKind>);
static_assert(names_end_at_last<Verdict>);

// Writing -------------------------------------------------------------------------------------------------------------

#define PENTIMENTO_DECLARE(T) json::value write(const T& object);
PENTIMENTO_JSON_READABLE(PENTIMENTO_DECLARE)
PENTIMENTO_JSON_WRITABLE(PENTIMENTO_DECLARE)
#undef PENTIMENTO_DECLARE
json::value write(const TimePoint& time);
json::value write(const Ledger::Entry& entry);

json::value write(const std::string& text);
json::value write(const std::map<std::string, std::string>& map);
json::value write(double number);

template <std::integral T>
json::value write(T number) {
  return number;
}

template <Enumeration E>
json::value write(E value) {
  return json::value(to_string(value));
}

template <class T>
json::value write(const std::vector<T>& items) {
  json::array array;
  array.reserve(items.size());
  for (const T& item : items) array.push_back(write(item));
  return array;
}

class ObjectWriter {
 public:
  template <class T>
  ObjectWriter& put(std::string_view key, const T& value) {
    object_.emplace(key, write(value));
    return *this;
  }

  /// Omits the member if it has this value, which reading takes for a missing one.
  template <class T>
  ObjectWriter& put_unless(const std::type_identity_t<T>& omitted, std::string_view key, const T& value) {
    return value == omitted ? *this : put(key, value);
  }
  template <class T>
  ObjectWriter& put_unless_empty(std::string_view key, const T& value) {
    return put_unless(T{}, key, value);
  }
  template <class T>
  ObjectWriter& put_unless_empty(std::string_view key, const std::optional<T>& value) {
    return value ? put(key, *value) : *this;
  }

  json::object release() { return std::move(object_); }

 private:
  json::object object_ = json::object(8);  // room for most objects: growing copies all members
};

/// Writes a checklist within something else: its requirements as "checklist", and "unjudged" beside it.
void put_checklist(ObjectWriter& out, const Checklist& checklist);

// Reading -------------------------------------------------------------------------------------------------------------

/// Reads what `put_checklist` wrote; the requirements are under `key`.
Checklist take_checklist(ObjectReader& in, std::string_view key = "checklist");

#define PENTIMENTO_DECLARE(T) T read(const Node& node, As<T>);
PENTIMENTO_JSON_READABLE(PENTIMENTO_DECLARE)
#undef PENTIMENTO_DECLARE
TimePoint read(const Node& node, As<TimePoint>);
Ledger::Entry read(const Node& node, As<Ledger::Entry>);

template <Enumeration E>
E read(const Node& node, As<E>) {
  const std::string_view text = node.text();
  std::vector<std::string> names;
  for (int i = static_cast<int>(first_of<E>); i <= static_cast<int>(last_of<E>); ++i) {
    const std::string_view name = to_string(static_cast<E>(i));
    if (name == text) return static_cast<E>(i);
    names.emplace_back(name);
  }
  node.fail(Problem{Problem::Kind::choice, {}, std::move(names)});
}

/// Throws if two of the items have the same key.
template <class T, class Key>
void reject_repeats(const Node& node, const std::vector<T>& items, Key key) {
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto [earlier, is_new] = seen.emplace((items[i].*key)(), i);
    if (!is_new) {
      const json::value& value = node.array()[i];
      node.child(i, value).fail("it is about the same as item [" + std::to_string(earlier->second) + ']');
    }
  }
}

}  // namespace pentimento::json_form
