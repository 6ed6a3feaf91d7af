#include "detail/descriptor.hpp"
#include "secrets/wipe.hpp"
#include <pentimento/secrets/dotenv.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

namespace pentimento {
namespace {

using detail::Descriptor;
using detail::system_reason;
using detail::wipe;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_{text} {}

  Result<std::vector<DotenvEntry>> parse() {
    take("\xEF\xBB\xBF");
    std::vector<DotenvEntry> entries;
    while (true) {
      skip_spaces();
      skip_comment();
      const std::size_t line = line_;
      if (!is_line_end()) {
        std::string name;
        std::string value;
        if (const char* why = read_entry(name, value)) {
          wipe(value);
          return Error{errc::parse_failed, "line " + std::to_string(line) + ": " + why};
        }
        entries.emplace_back(std::move(name), std::move(value), line);
      }
      if (at_ == text_.size()) return entries;
      take("\r");
      take("\n");
      ++line_;
    }
  }

 private:
  /// Reads one entry up to the end of its line. Returns what is wrong with it, or null.
  const char* read_entry(std::string& name, std::string& value) {
    if (take("export ") || take("export\t")) skip_spaces();
    const auto is_of_name = [](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
             c == '-';
    };
    for (; is_of_name(peek()); ++at_) name += peek();
    skip_spaces();
    if (name.empty() || !take("=")) return "NAME=value was expected";
    skip_spaces();
    const bool quoted = peek() == '\'' || peek() == '"';
    if (const char* why = quoted ? read_quoted(value, text_[at_++]) : read_bare(value)) return why;
    skip_spaces();
    skip_comment();
    return is_line_end() ? nullptr : "only a comment may follow a value in quotes";
  }

  const char* read_bare(std::string& value) {
    if (peek() == '#') return "a value that begins with # needs quotes";
    const std::size_t begin = at_;
    std::size_t end = at_;
    for (; !is_line_end() && !(peek() == '#' && is_space(text_[at_ - 1])); ++at_) {
      if (is_control(peek())) return "the value holds a control character";
      if (!is_space(peek())) end = at_ + 1;
    }
    value = text_.substr(begin, end - begin);
    return nullptr;
  }

  const char* read_quoted(std::string& value, char quote) {
    // Allocated once: growth would leave copies of the secret behind.
    value.reserve(std::min(text_.find(quote, at_), text_.size()) - at_ + 1);
    for (; at_ < text_.size(); ++at_) {
      char c = peek();
      if (c == quote) return ++at_, nullptr;
      if (c == '\n') ++line_;
      if (c == '\r' && text_.substr(at_ + 1).starts_with('\n')) continue;
      if (is_control(c) && c != '\n') return "the value holds a control character";
      if (c == '\\') {
        const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        if (next == '\\' || next == quote) {
          c = text_[++at_];
        } else if (quote == '"') {
          if (next != 'n') return R"(in double quotes a backslash must be part of \\, \" or \n)";
          c = '\n';
          ++at_;
        }
      }
      value += c;
    }
    return "the value has an opening quote and no closing one";
  }

  static bool is_space(char c) { return c == ' ' || c == '\t'; }
  static bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }
  /// The next character, or NUL at the end. A NUL in the text is rejected as a control character.
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool is_line_end() const {
    const std::string_view rest = text_.substr(at_);
    return rest.empty() || rest.starts_with('\n') || rest.starts_with("\r\n");
  }
  bool take(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }
  void skip_spaces() {
    while (is_space(peek())) ++at_;
  }
  void skip_comment() {
    if (peek() == '#') at_ = std::min(text_.find('\n', at_), text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

DotenvEntry::~DotenvEntry() { wipe(value_); }

Result<std::vector<DotenvEntry>> parse_dotenv(std::string_view text) {
  if (text.size() > max_dotenv_bytes)
    return Error{errc::too_large, "the text is too large; at most 64 KiB are accepted"};
  return Parser{text}.parse();
}

const DotenvEntry* DotenvFile::find(std::string_view name) const noexcept {
  const auto found =
      std::find_if(entries_.rbegin(), entries_.rend(), [&](const DotenvEntry& entry) { return entry.name() == name; });
  return found == entries_.rend() ? nullptr : &*found;
}

Result<DotenvFile> read_dotenv(const std::filesystem::path& path) {
  const auto fail = [&](errc code, std::string_view why) {
    return Error{code, "cannot read " + path.string() + ": " + std::string{why}};
  };
  struct stat facts {};
  constexpr std::string_view other_kind = "it is a folder, a pipe or a device; a regular file is needed";
  // Checked before opening too: opening a device may have side effects.
  if (::stat(path.c_str(), &facts) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return DotenvFile{};
    return fail(errc::io_failed, system_reason());
  }
  if (!S_ISREG(facts.st_mode)) return fail(errc::io_failed, other_kind);
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
  if (!file.is_open() || ::fstat(file.get(), &facts) != 0) return fail(errc::io_failed, system_reason());
  if (!S_ISREG(facts.st_mode)) return fail(errc::io_failed, other_kind);

  std::string text(max_dotenv_bytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(file.get(), text.data() + size, text.size() - size);
    if (count == 0) break;
    if (count < 0 && errno != EINTR) {
      const std::string reason = system_reason();
      wipe(text);
      return fail(errc::io_failed, reason);
    }
    if (count > 0) size += static_cast<std::size_t>(count);
  }
  Result<std::vector<DotenvEntry>> entries = parse_dotenv(std::string_view{text}.substr(0, size));
  wipe(text);
  if (!entries) return fail(entries.error().code(), entries.error().message());
  return DotenvFile{*std::move(entries), (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0};
}

}  // namespace pentimento
