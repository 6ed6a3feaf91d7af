#pragma once

#include <pentimento/error.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// The size limit of a `.env` file: 64 KiB.
inline constexpr std::size_t max_dotenv_bytes = std::size_t{64} << 10;

/// One `NAME=value` of a `.env` file. The value may be a secret: its memory is overwritten on destruction, and no message
/// of this library contains it.
class DotenvEntry {
 public:
  DotenvEntry(std::string name, std::string value, std::size_t line)
      : name_{std::move(name)}, value_{std::move(value)}, line_{line} {}
  DotenvEntry(const DotenvEntry&) = default;
  DotenvEntry(DotenvEntry&&) noexcept = default;
  DotenvEntry& operator=(const DotenvEntry&) = default;
  DotenvEntry& operator=(DotenvEntry&&) noexcept = default;
  ~DotenvEntry();

  const std::string& name() const noexcept { return name_; }
  const std::string& value() const noexcept { return value_; }
  /// The line of the name, counted from 1.
  std::size_t line() const noexcept { return line_; }

  friend bool operator==(const DotenvEntry&, const DotenvEntry&) = default;

 private:
  std::string name_;
  std::string value_;
  std::size_t line_;
};

static_assert(!std::is_aggregate_v<DotenvEntry>);

/**
 * Parses the text of a `.env` file. What it accepts means the same to python-dotenv:
 *
 * - `NAME=value`, with spaces around both and an optional `export` before. Names have letters, digits, '_', '.', '-'.
 * - Empty lines, and lines that begin with '#'.
 * - A bare value ends at the end of its line, or at a '#' after a space. It cannot begin with '#'.
 * - 'A value in single quotes' has the escapes \\ and \'. Any other backslash stands for itself.
 * - "A value in double quotes" has the escapes \\, \" and \n, and no other backslash.
 * - A value in quotes may span lines. Only a comment may follow it.
 *
 * `${NAME}` is not expanded. Lines end with LF or CR LF. A byte order mark at the start is ignored.
 *
 * **Errors**: `parse_failed` with the number of the line, for anything else; the message never repeats the line.
 * `too_large` above `max_dotenv_bytes`.
 */
Result<std::vector<DotenvEntry>> parse_dotenv(std::string_view text);

/// The content of a `.env` file.
class DotenvFile {
 public:
  /// The content of a file that does not exist.
  DotenvFile() = default;
  DotenvFile(std::vector<DotenvEntry> entries, bool open_to_others)
      : entries_{std::move(entries)}, open_to_others_{open_to_others} {}

  const std::vector<DotenvEntry>& entries() const noexcept { return entries_; }
  /// Returns the last entry of this name, or null.
  const DotenvEntry* find(std::string_view name) const noexcept;
  /// True if the file's permissions let its group or everybody read or write it.
  bool is_open_to_others() const noexcept { return open_to_others_; }

 private:
  std::vector<DotenvEntry> entries_;
  bool open_to_others_ = false;
};

static_assert(!std::is_aggregate_v<DotenvFile>);

/// Reads a `.env` file. A file that does not exist has no entries. Never waits for a writer: pipes are rejected.
/// **Errors**, all with the path: `io_failed` for an unreadable file, or one that is not a regular file; those of
/// `parse_dotenv`.
Result<DotenvFile> read_dotenv(const std::filesystem::path& path);

}  // namespace pentimento
