// A text is read or refused with a line that it has; what is read can be written in quotes and read again.

#include <pentimento/secrets/dotenv.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using pentimento::errc;
using pentimento::Result;
using pentimento::http::Assignment;
using pentimento::http::parse_dotenv;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

std::string written(const Assignment& assignment) {
  // A name with a quote in it can only have been bare.
  const bool bare = assignment.name().find('\'') != std::string::npos;
  std::string text = bare ? assignment.name() : '\'' + assignment.name() + '\'';
  if (!assignment.value()) return text + '\n';
  text += "=\"";
  for (char c : *assignment.value()) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\r') {
      text += "\\r";
    } else {
      text += c;
    }
  }
  return text + "\" # comment\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const std::size_t lines =
      1 + static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return c == '\n' || c == '\r'; }));
  const Result<std::vector<Assignment>> assignments = parse_dotenv(text);
  if (!assignments) {
    const std::string message = assignments.error().message();
    if (assignments.error().code() == errc::too_large) {
      check(size > pentimento::http::max_dotenv_bytes);
      return 0;
    }
    check(assignments.error().code() == errc::parse_failed && message.starts_with("line "));
    std::size_t line = 0;
    std::from_chars(message.data() + 5, message.data() + message.size(), line);
    check(line >= 1 && line <= lines);
    return 0;
  }
  check(size <= pentimento::http::max_dotenv_bytes);
  std::string again = "\n";  // so that a mark that begins a name is not at the start
  std::size_t before = 0;
  for (const Assignment& assignment : *assignments) {
    check(!assignment.name().empty() && assignment.name().find_first_of("\r\n") == std::string::npos);
    check(assignment.line() > before && assignment.line() <= lines);
    before = assignment.line();
    again += written(assignment);
  }
  if (again.size() > pentimento::http::max_dotenv_bytes) return 0;
  const Result<std::vector<Assignment>> second = parse_dotenv(again);
  check(second.has_value() && second->size() == assignments->size());
  for (std::size_t i = 0; i < second->size(); ++i) {
    check((*second)[i].name() == (*assignments)[i].name() && (*second)[i].value() == (*assignments)[i].value());
  }
  return 0;
}
