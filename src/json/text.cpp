// JSON text: written exactly and always the same, read strictly.

#include "json/spelling.hpp"
#include <pentimento/json.hpp>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

namespace pentimento {
namespace {

namespace json = boost::json;

// Writing -------------------------------------------------------------------------------------------------------------

class TextWriter {
 public:
  explicit TextWriter(JsonLayout layout) : indented_{layout == JsonLayout::indented} { text_.reserve(500); }

  void write(const json::value& value) {
    switch (value.kind()) {
      case json::kind::null: text_ += "null"; break;
      case json::kind::bool_: text_ += value.get_bool() ? "true" : "false"; break;
      case json::kind::int64: text_ += std::to_string(value.get_int64()); break;
      case json::kind::uint64: text_ += std::to_string(value.get_uint64()); break;
      case json::kind::double_: text_ += json_form::number_text(value.get_double()); break;
      case json::kind::string: write(std::string_view{value.get_string().data(), value.get_string().size()}); break;
      case json::kind::array:
        write_all('[', ']', value.get_array(), [this](const json::value& item) { write(item); });
        break;
      case json::kind::object:
        write_all('{', '}', value.get_object(), [this](const json::key_value_pair& item) {
          write(std::string_view{item.key().data(), item.key().size()});
          text_ += indented_ ? ": " : ":";
          write(item.value());
        });
        break;
    }
  }

  std::string release() { return std::move(text_); }

 private:
  void write(std::string_view text) { json_form::append_quoted(text_, text); }

  template <class Items, class WriteItem>
  void write_all(char open, char close, const Items& items, WriteItem write_item) {
    text_ += open;
    ++level_;
    for (bool first = true; const auto& item : items) {
      if (!std::exchange(first, false)) text_ += ',';
      break_line();
      write_item(item);
    }
    --level_;
    if (!items.empty()) break_line();
    text_ += close;
  }

  void break_line() {
    if (indented_) text_.append(1, '\n').append(2 * level_, ' ');
  }

  std::string text_;
  std::size_t level_ = 0;
  bool indented_;
};

// Reading -------------------------------------------------------------------------------------------------------------

/// Builds the value during parsing. Unlike `boost::json::parse` it rejects repeated members, of which that takes the
/// last, and reads every digit of a number.
class Builder {
 public:
  static constexpr std::size_t max_object_size = 4096;  // keys made to collide would otherwise take quadratic time
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = 4096;
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  void most_values(std::size_t most) { most_values_ = most; }

  /// The value, once the text has been read to its end.
  json::value release() { return std::move(root_); }
  /// The error, if it is not one of the grammar; else empty.
  const std::string& error() const { return error_; }

  bool on_document_begin(boost::system::error_code&) { return true; }
  bool on_document_end(boost::system::error_code&) { return true; }
  bool on_object_begin(boost::system::error_code&) { return frames_.emplace_back(json::object{}), true; }
  bool on_array_begin(boost::system::error_code&) { return frames_.emplace_back(json::array{}), true; }
  bool on_object_end(std::size_t, boost::system::error_code& ec) { return close(ec); }
  bool on_array_end(std::size_t, boost::system::error_code& ec) { return close(ec); }

  bool on_key_part(json::string_view part, std::size_t, boost::system::error_code&) { return keep(part); }
  bool on_key(json::string_view part, std::size_t, boost::system::error_code& ec) {
    keep(part);
    Frame& frame = frames_.back();
    frame.key = std::exchange(text_, {});
    if (!frame.value.get_object().contains(frame.key)) return true;
    return fail(path() + ": the member is repeated", ec);
  }
  bool on_string_part(json::string_view part, std::size_t, boost::system::error_code&) { return keep(part); }
  bool on_string(json::string_view part, std::size_t, boost::system::error_code& ec) {
    if (text_.empty()) return add(json::string{part}, ec);  // in one piece: megabytes of base64 are not copied twice
    keep(part);
    return add(json::string{std::exchange(text_, {})}, ec);
  }
  bool on_number_part(json::string_view part, boost::system::error_code&) { return keep(part); }
  bool on_int64(std::int64_t number, json::string_view, boost::system::error_code& ec) {
    return text_.clear(), add(number, ec);
  }
  bool on_uint64(std::uint64_t number, json::string_view, boost::system::error_code& ec) {
    return text_.clear(), add(number, ec);
  }
  bool on_double(double, json::string_view part, boost::system::error_code& ec) {
    keep(part);
    const std::string text = std::exchange(text_, {});
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) return add(number, ec);
    return fail(path() + ": the number " + json_form::shortened(text, 40) + " is out of range", ec);
  }
  bool on_bool(bool truth, boost::system::error_code& ec) { return add(truth, ec); }
  bool on_null(boost::system::error_code& ec) { return add(nullptr, ec); }
  bool on_comment_part(json::string_view, boost::system::error_code&) { return true; }
  bool on_comment(json::string_view, boost::system::error_code&) { return true; }

 private:
  /// An array or object that is not closed yet, and the key that is being filled.
  struct Frame {
    explicit Frame(json::value v) : value(std::move(v)) {}  // braces would make an array of it
    json::value value;
    std::string key;
  };

  bool keep(json::string_view part) { return text_.append(part.data(), part.size()), true; }

  bool add(json::value value, boost::system::error_code& ec) {
    if (values_++ == most_values_)
      return fail("the JSON has more than " + std::to_string(most_values_) + " values", ec);
    if (frames_.empty()) {
      root_ = std::move(value);
    } else if (Frame& frame = frames_.back(); frame.value.is_array()) {
      frame.value.get_array().push_back(std::move(value));
    } else {
      frame.value.get_object().emplace(frame.key, std::move(value));
    }
    return true;
  }

  bool close(boost::system::error_code& ec) {
    json::value value = std::move(frames_.back().value);
    frames_.pop_back();
    return add(std::move(value), ec);
  }

  bool fail(std::string why, boost::system::error_code& ec) {
    error_ = std::move(why);
    ec = make_error_code(errc::parse_failed);
    return false;
  }

  std::string path() const {
    std::string path = "$";
    for (const Frame& frame : frames_) {
      path += frame.value.is_array() ? json_form::path_step(frame.value.get_array().size())
                                     : json_form::path_step(frame.key);
    }
    return path;
  }

  std::vector<Frame> frames_;
  std::string text_;
  json::value root_;
  std::string error_;
  std::size_t values_ = 0;
  std::size_t most_values_ = 0;
};

/// "line 2, column 7" of a place in a text.
std::string place(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = std::ranges::count(before, '\n');
  const std::size_t line_start = lines == 0 ? 0 : before.rfind('\n') + 1;
  const std::string column = "column " + std::to_string(offset - line_start + 1);
  return lines == 0 ? column : "line " + std::to_string(lines + 1) + ", " + column;
}

}  // namespace

std::string to_text(const json::value& value, JsonLayout layout) {
  TextWriter writer{layout};
  writer.write(value);
  return writer.release();
}

Result<json::value> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return Error{errc::too_large, "the JSON has " + std::to_string(text.size()) + " bytes; at most " +
                                      std::to_string(limits.bytes) + " are accepted"};
  }
  json::parse_options options;
  options.max_depth = limits.depth;
  json::basic_parser<Builder> parser{options};
  parser.handler().most_values(limits.values);
  boost::system::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && read < text.size()) error = json::error::extra_data;
  if (!error) return parser.handler().release();
  if (!parser.handler().error().empty()) return Error{errc::parse_failed, parser.handler().error()};
  const std::string why =
      error == json::error::too_deep ? "nested deeper than " + std::to_string(limits.depth) : error.message();
  return Error{errc::parse_failed, "this is not JSON, at " + place(text, std::min(read, text.size())) + ": " + why};
}

}  // namespace pentimento
