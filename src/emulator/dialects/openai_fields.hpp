#pragma once

#include "emulator/dialects/openai_errors.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Reading the JSON of a request as OpenAI does: what is wrong is said in its words.

namespace pentimento::emulator::openai {

/// Thrown where a request is not taken.
struct Refused {
  Complaint complaint;
};

/// "Invalid value: 'x'. Supported values are: 'a', 'b', and 'c'."
[[noreturn]] void refuse_value(const std::string& path, std::string_view value,
                               std::span<const std::string_view> supported);
/// Any other thing that is wrong with a field.
[[noreturn]] void refuse_field(const std::string& path, const std::string& message,
                               const std::string& code = "invalid_value");
/// What a value is, with its article: "a string", "an array".
std::string kind_of(const boost::json::value& value);

/// Takes the members of an object. A member that is null counts as left out.
class Fields {
 public:
  /// `path` is that of the object in the request, "" for the whole of it: "messages[0]".
  Fields(const boost::json::object& object, std::string path) : object_{object}, path_{std::move(path)} {}

  /// "messages[0].role"
  std::string path_of(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// The member, or null where it is left out.
  const boost::json::value* find(std::string_view name) const;
  const boost::json::value& get(std::string_view name) const;

  std::optional<std::string> text(std::string_view name, std::size_t most = 0) const;
  std::string required_text(std::string_view name, std::size_t most = 0) const;
  std::optional<std::string> one_of(std::string_view name, std::initializer_list<std::string_view> supported) const;
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most) const;
  std::optional<double> number(std::string_view name, double least, double most) const;
  std::optional<bool> truth(std::string_view name) const;
  const boost::json::object* object(std::string_view name) const;
  const boost::json::array* array(std::string_view name) const;

  /// Refuses every member that is not one of these.
  void allow_only(std::initializer_list<std::string_view> names) const;

 private:
  [[noreturn]] void refuse_type(std::string_view name, std::string_view expected) const;

  const boost::json::object& object_;
  std::string path_;
};

/// The JSON object that is the body of a request, of so many bytes at the most. Throws `Refused`, also for another
/// content type.
boost::json::value parse_body(const EmulatedRequest& request, std::size_t depth);

/// Throws `Refused` unless the method is POST and the key is one that is accepted; see `complaint_about_key`.
void need_access(const EmulatedRequest& request, const std::string& accepted_key);

/// About how many tokens a text has.
std::uint64_t tokens_of(std::string_view text);
/// The tokens of a picture: one for each patch of 32 by 32 pixels.
std::uint64_t tokens_of(PixelSize size);

}  // namespace pentimento::emulator::openai
