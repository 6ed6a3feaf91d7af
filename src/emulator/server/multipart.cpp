#include "emulator/server/multipart.hpp"

#include <pentimento/http/headers.hpp>

#include <algorithm>
#include <utility>

namespace pentimento::emulator {
namespace {

using http::Headers;

constexpr std::string_view line_end = "\r\n";

Error wrong(std::string why) { return {errc::parse_failed, "the form is invalid: " + std::move(why)}; }
Error too_large(std::string why) { return {errc::too_large, "the form is too large: " + std::move(why)}; }

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_token(char c) {
  return is_letter_or_digit(c) || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}
bool is_boundary(char c) {
  return is_letter_or_digit(c) || std::string_view{"'()+_,-./:=? "}.find(c) != std::string_view::npos;
}

std::string_view without_space(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

int hexadecimal(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Decodes what browsers encode in names: quotes and line breaks, as "%22", "%0D" and "%0A".
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int code = hexadecimal(text[i + 1]) * 16 + hexadecimal(text[i + 2]);
      if (code == '"' || code == '\r' || code == '\n') {
        decoded += static_cast<char>(code);
        i += 2;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

/// A value with its parameters: `form-data; name="image"; filename=in.png`.
class Parameters {
 public:
  /// Errors: `parse_failed`.
  static Result<Parameters> parse(std::string_view text) {
    Parameters result;
    const std::size_t semicolon = text.find(';');
    result.value_ = without_space(text.substr(0, semicolon));
    text.remove_prefix(std::min(semicolon, text.size()));
    while (!(text = without_space(text)).empty()) {
      if (text.front() != ';') return wrong("a parameter of a header does not follow a semicolon");
      text = without_space(text.substr(1));
      const std::size_t equals = text.find('=');
      if (equals == std::string_view::npos || equals == 0) return wrong("a parameter of a header has no value");
      std::string name{text.substr(0, equals)};
      if (!std::ranges::all_of(name, is_token)) return wrong("a parameter of a header has an invalid name");
      text.remove_prefix(equals + 1);
      std::string value;
      if (!take_value(text, value)) return wrong("a parameter of a header has an invalid value");
      if (result.find(name) != nullptr) return wrong("a parameter of a header is repeated");
      result.fields_.emplace_back(std::move(name), std::move(value));
    }
    return result;
  }

  std::string_view value() const { return value_; }
  const std::string* find(std::string_view name) const {
    for (const auto& field : fields_) {
      if (Headers::same_name(field.first, name)) return &field.second;
    }
    return nullptr;
  }

 private:
  static bool take_value(std::string_view& text, std::string& value) {
    if (!text.starts_with('"')) {
      const auto end = std::ranges::find_if_not(text, is_token);
      value.assign(text.begin(), end);
      text.remove_prefix(value.size());
      return !value.empty();
    }
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] == '"') {
        text.remove_prefix(i + 1);
        return true;
      }
      // A backslash escapes quotes and itself only: file names of Windows contain backslashes.
      if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
      value += text[i];
    }
    return false;
  }

  std::string value_;
  std::vector<Headers::Field> fields_;
};

Result<std::string> boundary_of(std::string_view content_type) {
  const Result<Parameters> type = Parameters::parse(content_type);
  if (!type) return type.error();
  if (!Headers::same_name(type->value(), "multipart/form-data")) return wrong("the content type is not multipart/form-data");
  const std::string* boundary = type->find("boundary");
  if (boundary == nullptr) return wrong("the content type names no boundary");
  if (boundary->empty() || boundary->size() > 70 || boundary->back() == ' ' ||
      !std::ranges::all_of(*boundary, is_boundary))
    return wrong("the boundary is invalid");
  return *boundary;
}

class FormReader {
 public:
  FormReader(std::string boundary, std::string_view body, const FormLimits& limits)
      : delimiter_{"\r\n--" + std::move(boundary)}, rest_{body}, limits_{limits} {}

  Result<std::vector<FormPart>> read() {
    const std::string_view first = std::string_view{delimiter_}.substr(line_end.size());
    if (!rest_.starts_with(first)) return wrong("it does not begin with its boundary");
    rest_.remove_prefix(first.size());
    std::vector<FormPart> parts;
    while (true) {
      if (rest_.starts_with("--")) {
        rest_.remove_prefix(2);
        if (!rest_.empty() && rest_ != line_end) return wrong("something follows its end");
        return parts;
      }
      if (!skip_padding()) return wrong("a boundary is not followed by a line break");
      if (parts.size() == limits_.parts)
        return too_large("it has more than " + std::to_string(limits_.parts) + " parts");
      FormPart part;
      if (Result<void> read = read_head(part); !read) return read.error();
      if (!read_content(part)) return wrong("it ends without its closing boundary");
      parts.push_back(std::move(part));
    }
  }

 private:
  /// Skips the line end after a boundary, and the blanks before it.
  bool skip_padding() {
    std::string_view after = rest_;
    while (!after.empty() && (after.front() == ' ' || after.front() == '\t')) after.remove_prefix(1);
    if (!after.starts_with(line_end)) return false;
    rest_ = after.substr(line_end.size());
    return true;
  }

  Result<void> read_head(FormPart& part) {
    bool has_disposition = false;
    bool has_type = false;
    const std::size_t before = rest_.size();
    while (true) {
      const std::size_t room = limits_.part_head_bytes - std::min(before - rest_.size(), limits_.part_head_bytes);
      const std::string_view window = rest_.substr(0, room);
      const std::size_t end = window.find(line_end);
      if (end == std::string_view::npos) {
        if (rest_.size() < room) return wrong("it ends within the head of a part");
        return too_large("the head of a part has more than " + std::to_string(limits_.part_head_bytes) + " bytes");
      }
      const std::string_view line = rest_.substr(0, end);
      rest_.remove_prefix(end + line_end.size());
      if (line.empty()) break;
      if (std::ranges::any_of(line, [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; }))
        return wrong("the head of a part holds a control character");
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos || colon == 0 || !std::ranges::all_of(line.substr(0, colon), is_token))
        return wrong("a line in the head of a part has an invalid name");
      const std::string_view name = line.substr(0, colon);
      const std::string_view value = without_space(line.substr(colon + 1));
      if (Headers::same_name(name, "content-disposition")) {
        if (std::exchange(has_disposition, true)) return wrong("a part has two dispositions");
        if (Result<void> read = read_disposition(value, part); !read) return read;
      } else if (Headers::same_name(name, "content-type")) {
        if (std::exchange(has_type, true)) return wrong("a part has two content types");
        part.content_type = std::string{value};
      } else if (Headers::same_name(name, "content-transfer-encoding")) {
        const bool is_plain = Headers::same_name(value, "binary") || Headers::same_name(value, "8bit") ||
                              Headers::same_name(value, "7bit");
        if (!is_plain) return wrong("a part has a transfer encoding");
      }
    }
    if (!has_disposition) return wrong("a part has no disposition");
    return {};
  }

  Result<void> read_disposition(std::string_view value, FormPart& part) const {
    const Result<Parameters> disposition = Parameters::parse(value);
    if (!disposition) return disposition.error();
    if (!Headers::same_name(disposition->value(), "form-data")) return wrong("a part is not form-data");
    const std::string* name = disposition->find("name");
    if (name == nullptr || name->empty()) return wrong("a part has no name");
    if (name->size() > limits_.name_bytes)
      return too_large("a name has more than " + std::to_string(limits_.name_bytes) + " bytes");
    part.name = percent_decoded(*name);
    if (const std::string* file_name = disposition->find("filename")) part.file_name = percent_decoded(*file_name);
    return {};
  }

  /// Reads the content up to the next boundary. A boundary is followed by a line end or "--".
  bool read_content(FormPart& part) {
    // The line end before a boundary may be the one that ended the head: then the content is empty.
    const std::string_view first = std::string_view{delimiter_}.substr(line_end.size());
    std::size_t from = 0;
    if (rest_.starts_with(first) && ends_line(rest_.substr(first.size()))) {
      part.content = rest_.substr(0, 0);
      rest_.remove_prefix(first.size());
      return true;
    }
    while (true) {
      const std::size_t at = rest_.find(delimiter_, from);
      if (at == std::string_view::npos) return false;
      const std::string_view after = rest_.substr(at + delimiter_.size());
      if (ends_line(after)) {
        part.content = rest_.substr(0, at);
        rest_ = after;
        return true;
      }
      from = at + 1;
    }
  }

  static bool ends_line(std::string_view after) {
    if (after.starts_with("--")) return true;
    while (!after.empty() && (after.front() == ' ' || after.front() == '\t')) after.remove_prefix(1);
    return after.starts_with(line_end);
  }

  std::string delimiter_;
  std::string_view rest_;
  const FormLimits& limits_;
};

}  // namespace

Result<std::vector<FormPart>> parse_form_data(std::string_view content_type, std::string_view body,
                                              const FormLimits& limits) {
  const Result<std::string> boundary = boundary_of(content_type);
  if (!boundary) return boundary.error();
  return FormReader{*boundary, body, limits}.read();
}

}  // namespace pentimento::emulator
