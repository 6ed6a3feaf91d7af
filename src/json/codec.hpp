#pragma once

// What the conversions of the single types are written with: objects are put together by an `ObjectWriter` and taken apart
// by an `ObjectReader`. Each type T has `json::value write(const T&)` and, where it can be read, `T read(Node, As<T>)`.
// Inside, what is wrong is thrown as a `Failure`; `from_json` turns it into a `Result`.

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
#include <cstdint>
#include <limits>
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

/// The last of an enumeration whose names `to_string` gives; the first has the number 0 unless `first_of` says otherwise.
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

/// Whether an enumeration has grown and `last_of` has not. Two names that fall back to another name cannot be told.
template <Enumeration E>
constexpr bool names_end_at_last = to_string(static_cast<E>(static_cast<int>(last_of<E>) + 1)) == "unknown";
static_assert(names_end_at_last<Action> && names_end_at_last<Billing> && names_end_at_last<CallKind> &&
              names_end_at_last<DecisionReason>);
static_assert(names_end_at_last<errc> && names_end_at_last<MediaType> && names_end_at_last<Preference> &&
              names_end_at_last<StopKind>);
static_assert(names_end_at_last<Verdict>);

// Writing -------------------------------------------------------------------------------------------------------------

json::value write(const AspectRatio& ratio);
json::value write(const Brief& brief);
json::value write(const Call& call);
json::value write(const Candidate& candidate);
json::value write(const CandidateId& id);
json::value write(const Capabilities& can);
json::value write(const Charge& charge);
json::value write(const Checklist& checklist);
json::value write(const Comparison& comparison);
json::value write(const ComparisonRequest& request);
json::value write(const Critique& critique);
json::value write(const CritiqueRequest& request);
json::value write(const Decision& decision);
json::value write(const Draft& draft);
json::value write(const Error& error);
json::value write(const Event& event);
json::value write(const Finding& finding);
json::value write(const Generation& generation);
json::value write(const GenerationRequest& request);
json::value write(const Image& image);
json::value write(const Ledger& ledger);
json::value write(const Ledger::Entry& entry);
json::value write(const Money& money);
json::value write(const Outcome& outcome);
json::value write(const PixelSize& size);
json::value write(const Plan& plan);
json::value write(const Requirement& requirement);
json::value write(const Revision& revision);
json::value write(const RevisionRequest& request);
json::value write(const Round& round);
json::value write(const RunSettings& settings);
json::value write(const Score& score);
json::value write(const StopReason& reason);
json::value write(const TimePoint& time);
json::value write(const Transcript& transcript);

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

  /// Leaves the field out when the value is what reading takes it for then.
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
  json::object object_ = json::object(8);  // what most have, at once: each growth is made of everything anew
};

// Reading -------------------------------------------------------------------------------------------------------------

template <class T>
struct As {};

/// A value and the way to it. Lives no longer than the value, and the node it is a child of.
class Node {
 public:
  Node(const json::value& value, const ImageSource& images) noexcept : value_{value}, images_{images} {}
  Node child(std::string_view key, const json::value& value) const noexcept { return {*this, key, 0, value}; }
  Node child(std::size_t index, const json::value& value) const noexcept { return {*this, {}, index, value}; }

  const json::value& value() const noexcept { return value_; }
  const ImageSource& images() const noexcept { return images_; }
  /// `$.brief.requirements[2]`.
  std::string path() const;
  /// The value in a few words: `"maybe"`, `3.5`, `an array`.
  std::string described() const;
  /// Throws the error that names the path.
  [[noreturn]] void fail(const std::string& why) const;

  const json::object& object() const;
  const json::array& array() const;
  std::string_view text() const;
  bool truth() const;
  double number(double least, double most) const;

 private:
  Node(const Node& parent, std::string_view key, std::size_t index, const json::value& value) noexcept
      : value_{value}, images_{parent.images_}, parent_{&parent}, key_{key}, index_{index} {}

  const json::value& value_;
  const ImageSource& images_;
  const Node* parent_ = nullptr;
  std::string_view key_;
  std::size_t index_ = 0;
};

AspectRatio read(const Node& node, As<AspectRatio>);
Brief read(const Node& node, As<Brief>);
Call read(const Node& node, As<Call>);
Candidate read(const Node& node, As<Candidate>);
CandidateId read(const Node& node, As<CandidateId>);
Capabilities read(const Node& node, As<Capabilities>);
Charge read(const Node& node, As<Charge>);
Checklist read(const Node& node, As<Checklist>);
Comparison read(const Node& node, As<Comparison>);
ComparisonRequest read(const Node& node, As<ComparisonRequest>);
Critique read(const Node& node, As<Critique>);
CritiqueRequest read(const Node& node, As<CritiqueRequest>);
Decision read(const Node& node, As<Decision>);
Draft read(const Node& node, As<Draft>);
Error read(const Node& node, As<Error>);
Event read(const Node& node, As<Event>);
Finding read(const Node& node, As<Finding>);
Generation read(const Node& node, As<Generation>);
GenerationRequest read(const Node& node, As<GenerationRequest>);
Image read(const Node& node, As<Image>);
Ledger read(const Node& node, As<Ledger>);
Ledger::Entry read(const Node& node, As<Ledger::Entry>);
Money read(const Node& node, As<Money>);
PixelSize read(const Node& node, As<PixelSize>);
Plan read(const Node& node, As<Plan>);
Requirement read(const Node& node, As<Requirement>);
Revision read(const Node& node, As<Revision>);
RunSettings read(const Node& node, As<RunSettings>);
StopReason read(const Node& node, As<StopReason>);
TimePoint read(const Node& node, As<TimePoint>);

std::string read(const Node& node, As<std::string>);
std::map<std::string, std::string> read(const Node& node, As<std::map<std::string, std::string>>);
bool read(const Node& node, As<bool>);
double read(const Node& node, As<double>, double least = std::numeric_limits<double>::lowest(),
            double most = std::numeric_limits<double>::max());

template <std::integral T>
T read(const Node& node, As<T>, T least = std::numeric_limits<T>::min(), T most = std::numeric_limits<T>::max()) {
  const auto within = [&](auto number) {
    return std::in_range<T>(number) && static_cast<T>(number) >= least && static_cast<T>(number) <= most;
  };
  const json::value& value = node.value();
  if (value.is_int64() && within(value.get_int64())) return static_cast<T>(value.get_int64());
  if (value.is_uint64() && within(value.get_uint64())) return static_cast<T>(value.get_uint64());
  node.fail("a whole number from " + std::to_string(least) + " to " + std::to_string(most) + " is needed, not " +
            node.described());
}

template <Enumeration E>
E read(const Node& node, As<E>) {
  const std::string_view text = node.text();
  std::string names;
  for (int i = static_cast<int>(first_of<E>); i <= static_cast<int>(last_of<E>); ++i) {
    const std::string_view name = to_string(static_cast<E>(i));
    if (name == text) return static_cast<E>(i);
    names += (names.empty() ? "" : ", ") + std::string{name};
  }
  node.fail(node.described() + " is not one of " + names);
}

template <class T>
std::vector<T> read(const Node& node, As<std::vector<T>>) {
  std::vector<T> items;
  for (std::size_t i = 0; const json::value& value : node.array())
    items.push_back(read(node.child(i++, value), As<T>{}));
  return items;
}

/// Takes the fields of an object one by one and, at the end, complains of those that nobody asked for.
class ObjectReader {
 public:
  explicit ObjectReader(const Node& node) : node_{node}, object_{node.object()} { known_.reserve(16); }

  const Node& node() const noexcept { return node_; }

  /// The field, which has to be there.
  template <class T, class... Range>
  T get(std::string_view key, Range... range) {
    if (const json::value* value = look_up(key)) return read(node_.child(key, *value), As<T>{}, range...);
    node_.fail(quoted_key(key) + " is missing");
  }
  /// The field, or what it is when it is left out.
  template <class T, class... Range>
  T get_or(T omitted, std::string_view key, Range... range) {
    if (const json::value* value = look_up(key)) return read(node_.child(key, *value), As<T>{}, range...);
    return omitted;
  }
  template <class T>
  std::optional<T> find(std::string_view key) {
    if (const json::value* value = look_up(key)) return read(node_.child(key, *value), As<T>{});
    return std::nullopt;
  }
  /// The field as it stands, if it is there.
  std::optional<Node> node_of(std::string_view key) {
    if (const json::value* value = look_up(key)) return node_.child(key, *value);
    return std::nullopt;
  }
  /// Allows a derived field without reading it.
  void ignore(std::string_view key) { look_up(key); }
  std::string text(std::string_view key) { return get_or(std::string{}, key); }
  std::vector<std::string> texts(std::string_view key) { return get_or(std::vector<std::string>{}, key); }

  /// A field that follows from the others: it may be left out, and may not say anything else.
  template <class T>
  void check(std::string_view key, const T& derived) {
    const json::value* value = look_up(key);
    if (value != nullptr && *value != write(derived))
      node_.child(key, *value).fail("this does not agree with the other fields");
  }

  /// Throws when a key is left over.
  void done() const;

 private:
  const json::value* look_up(std::string_view key);
  static std::string quoted_key(std::string_view key) { return '"' + std::string{key} + '"'; }

  const Node& node_;
  const json::object& object_;
  std::vector<std::string_view> known_;
};

/// Throws when two of the items have the same key.
template <class T, class Key>
void refuse_repeats(const Node& node, const std::vector<T>& items, Key key) {
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
