#include "detail/descriptor.hpp"
#include "secrets/wipe.hpp"
#include <pentimento/secrets/dotenv.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

namespace pentimento::http {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_{text} {}

  Result<std::vector<Assignment>> parse() {
    if (text_.size() > max_dotenv_bytes)
      return Error{errc::too_large, "the text is larger than 64 KiB, the most that is accepted"};
    take("\xEF\xBB\xBF");
    while (!error_) {
      while (take_space() || take_line_end()) {}
      if (at_ == text_.size()) return std::move(assignments_);
      read_line();
    }
    return *error_;
  }

 private:
  void read_line() {
    const std::size_t line = line_;
    if (text_.substr(at_).starts_with("export") && is_space_at(at_ + 6)) {
      at_ += 6;
      skip_spaces();
    }
    if (peek() != '#') {
      std::string name = read_name();
      skip_spaces();
      std::optional<std::string> value;
      if (!error_ && take("=")) {
        skip_spaces();
        value = read_value();
      }
      assignments_.emplace_back(std::move(name), std::move(value), line);
    }
    skip_spaces();
    if (peek() == '#') take_line();
    if (error_ || at_ == text_.size() || take_line_end()) return;
    fail(line_, "only a comment may follow here; write NAME=value, with quotes around a value that goes over lines");
  }

  std::string read_name() {
    if (take("'")) {
      const std::string_view line = text_.substr(at_, line_size());
      const std::string_view name = line.substr(0, line.find('\''));
      if (name.empty() || name.size() == line.size()) return fail(line_, "a name in single quotes was expected");
      at_ += name.size() + 1;
      return std::string{name};
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && peek() != '=' && peek() != '#' && !is_space_at(at_) && !is_line_end()) ++at_;
    if (at_ == begin) return fail(line_, "a name was expected, as in NAME=value");
    return std::string{text_.substr(begin, at_ - begin)};
  }

  std::string read_value() {
    if (take("'")) return read_quoted('\'', "\\'", "\\'");
    if (take("\"")) return read_quoted('"', "\\'\"abfnrtv", "\\'\"\a\b\f\n\r\t\v");
    std::string_view value = take_line();
    for (std::size_t i = 1; i < value.size(); ++i) {
      if (value[i] == '#' && is_space(value[i - 1])) value = value.substr(0, i);
    }
    while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
    return std::string{value};
  }

  /// The rest of a value in quotes. A backslash and one of `escapes` are the character at the same place of `meanings`.
  std::string read_quoted(char quote, std::string_view escapes, std::string_view meanings) {
    const std::size_t line = line_;
    std::string value;
    value.reserve(std::min(text_.size() - at_, text_.find(quote, at_) - at_) + 1);
    while (at_ < text_.size()) {
      if (take_line_end()) {
        value += '\n';
        continue;
      }
      const char c = text_[at_++];
      if (c == quote) return value;
      const std::size_t escape = c == '\\' && at_ < text_.size() ? escapes.find(text_[at_]) : std::string_view::npos;
      value += escape == std::string_view::npos ? c : meanings[escape];
      if (escape != std::string_view::npos) ++at_;
    }
    wipe(value);
    return fail(line, "the value begins with a quotation mark that is not closed");
  }

  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f'; }
  bool is_space_at(std::size_t at) const { return at < text_.size() && is_space(text_[at]); }
  bool is_line_end() const { return peek() == '\n' || peek() == '\r'; }
  /// The character that comes next; NUL, which is nowhere accepted, at the end.
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool take(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }
  bool take_space() {
    if (!is_space_at(at_)) return false;
    ++at_;
    return true;
  }
  bool take_line_end() {
    if (!take("\r\n") && !take("\n") && !take("\r")) return false;
    ++line_;
    return true;
  }
  void skip_spaces() {
    while (take_space()) {}
  }
  std::size_t line_size() const { return std::min(text_.find_first_of("\r\n", at_), text_.size()) - at_; }
  std::string_view take_line() {
    const std::string_view line = text_.substr(at_, line_size());
    at_ += line.size();
    return line;
  }

  std::string fail(std::size_t line, std::string_view why) {
    if (!error_) error_ = Error{errc::parse_failed, "line " + std::to_string(line) + ": " + std::string{why}};
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::vector<Assignment> assignments_;
  std::optional<Error> error_;
};

}  // namespace

Assignment::~Assignment() {
  if (value_) wipe(*value_);
}

Result<std::vector<Assignment>> parse_dotenv(std::string_view text) {
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos && text.size() <= max_dotenv_bytes) {
    const auto line = std::ranges::count(text.substr(0, nul), '\n') + 1;
    return Error{errc::parse_failed, "line " + std::to_string(line) + ": it holds a NUL, so that it is no text"};
  }
  return Parser{text}.parse();
}

const Assignment* DotenvFile::find(std::string_view name) const noexcept {
  const auto found = std::find_if(assignments_.rbegin(), assignments_.rend(),
                                  [&](const Assignment& assignment) { return assignment.name() == name; });
  return found == assignments_.rend() ? nullptr : &*found;
}

Result<DotenvFile> read_dotenv(const std::filesystem::path& path) {
  const auto refuse = [&](errc code, std::string_view why) {
    return Error{code, "cannot read " + path.string() + ": " + std::string{why}};
  };
  struct stat facts {};
  const auto is_readable_kind = [&] { return S_ISREG(facts.st_mode) || S_ISFIFO(facts.st_mode); };
  constexpr std::string_view other_kind = "it is neither a file nor a FIFO";
  // Opening a device may have effects of its own, so it is looked at before.
  if (::stat(path.c_str(), &facts) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return DotenvFile{};
    return refuse(errc::io_failed, detail::system_reason());
  }
  if (!is_readable_kind()) return refuse(errc::io_failed, other_kind);
  const detail::Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  if (!file.is_open() || ::fstat(file.get(), &facts) != 0) return refuse(errc::io_failed, detail::system_reason());
  if (!is_readable_kind()) return refuse(errc::io_failed, other_kind);

  std::string text(max_dotenv_bytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(file.get(), text.data() + size, text.size() - size);
    if (count == 0) break;
    if (count < 0 && errno != EINTR) {
      const std::string reason = detail::system_reason();
      wipe(text);
      return refuse(errc::io_failed, reason);
    }
    if (count > 0) size += static_cast<std::size_t>(count);
  }
  Result<std::vector<Assignment>> assignments = parse_dotenv(std::string_view{text}.substr(0, size));
  wipe(text);
  if (!assignments) return refuse(assignments.error().code(), assignments.error().message());
  return DotenvFile{*std::move(assignments), (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0};
}

}  // namespace pentimento::http
