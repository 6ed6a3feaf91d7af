// A text is parsed or rejected with one of its lines. Parsed entries can be written in quotes and parsed again.

#include <pentimento/secrets/dotenv.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using pentimento::DotenvEntry;
using pentimento::errc;
using pentimento::Result;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

std::string written(const DotenvEntry& entry) {
  std::string text = entry.name() + "=\"";
  for (char c : entry.value()) {
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text + "\" # comment\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto lines = 1 + static_cast<std::size_t>(std::ranges::count(text, '\n'));
  const Result<std::vector<DotenvEntry>> entries = pentimento::parse_dotenv(text);
  if (!entries) {
    const std::string message = entries.error().message();
    if (entries.error().code() == errc::too_large) {
      check(size > pentimento::max_dotenv_bytes);
      return 0;
    }
    check(entries.error().code() == errc::parse_failed && message.starts_with("line "));
    std::size_t line = 0;
    std::from_chars(message.data() + 5, message.data() + message.size(), line);
    check(line >= 1 && line <= lines);
    return 0;
  }
  check(size <= pentimento::max_dotenv_bytes);
  std::string again;
  std::size_t before = 0;
  for (const DotenvEntry& entry : *entries) {
    check(!entry.name().empty() && entry.line() > before && entry.line() <= lines);
    before = entry.line();
    again += written(entry);
  }
  if (again.size() > pentimento::max_dotenv_bytes) return 0;
  const Result<std::vector<DotenvEntry>> second = pentimento::parse_dotenv(again);
  check(second.has_value() && second->size() == entries->size());
  for (std::size_t i = 0; i < second->size(); ++i)
    check((*second)[i].name() == (*entries)[i].name() && (*second)[i].value() == (*entries)[i].value());
  return 0;
}
