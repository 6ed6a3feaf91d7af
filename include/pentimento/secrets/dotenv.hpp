#pragma once

#include <pentimento/error.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::http {

/// The most that is read of a `.env` file: 64 KiB.
inline constexpr std::size_t max_dotenv_bytes = std::size_t{64} << 10;

/// One assignment of a `.env` file: `NAME=value`, or `NAME` alone, which has no value. The value may be a secret: its
/// memory is overwritten when the object goes, and no message of this library shows it.
class Assignment {
 public:
  Assignment(std::string name, std::optional<std::string> value, std::size_t line)
      : name_{std::move(name)}, value_{std::move(value)}, line_{line} {}
  Assignment(const Assignment&) = default;
  Assignment(Assignment&&) noexcept = default;
  Assignment& operator=(const Assignment&) = default;
  Assignment& operator=(Assignment&&) noexcept = default;
  ~Assignment();

  const std::string& name() const noexcept { return name_; }
  /// Nothing for a name alone; empty for `NAME=`.
  const std::optional<std::string>& value() const noexcept { return value_; }
  /// Where it begins, counted from 1.
  std::size_t line() const noexcept { return line_; }

  friend bool operator==(const Assignment&, const Assignment&) = default;

 private:
  std::string name_;
  std::optional<std::string> value_;
  std::size_t line_;
};

static_assert(!std::is_aggregate_v<Assignment>);

/**
 * Reads the text of a `.env` file, with the grammar of python-dotenv:
 *
 * - `NAME=value`, `NAME = value`, `export NAME=value`, `'NAME'=value`, `NAME` alone; a line that is empty or begins with '#'
 *   is skipped. A name is anything without white space, '=' and '#', or anything in single quotes on one line.
 * - A bare value ends with its line, or where white space and '#' begin a comment; white space around it is left out.
 * - A value in single quotes knows the escapes \\ and \', one in double quotes \\ \' \" \a \b \f \n \r \t \v; any other
 *   backslash stays as it is, and so does `${NAME}`. Both may go over several lines. Only a comment may follow.
 *
 * Lines end with LF, CR LF or CR; in a value they become LF. A byte order mark at the start is skipped. Unlike there, a
 * line that does not follow the grammar is refused rather than skipped, and escapes are read from left to right even
 * where no other quote follows.
 *
 * Errors: `parse_failed` with the number of the line, never with what stands there; `too_large` above 64 KiB.
 */
Result<std::vector<Assignment>> parse_dotenv(std::string_view text);

/// What stood in a `.env` file.
class DotenvFile {
 public:
  /// Of a file that is not there.
  DotenvFile() = default;
  DotenvFile(std::vector<Assignment> assignments, bool open_to_others)
      : assignments_{std::move(assignments)}, open_to_others_{open_to_others} {}

  const std::vector<Assignment>& assignments() const noexcept { return assignments_; }
  /// The last assignment to this name, or null.
  const Assignment* find(std::string_view name) const noexcept;
  /// Whether its permissions let the group or everybody read or write it.
  bool is_open_to_others() const noexcept { return open_to_others_; }

 private:
  std::vector<Assignment> assignments_;
  bool open_to_others_ = false;
};

static_assert(!std::is_aggregate_v<DotenvFile>);

/// Reads a `.env` file; one that is not there has no assignments. A FIFO is read to its end, which takes as long as its writer does.
/// Errors, all with the path: `io_failed` for what is neither a regular file nor a FIFO, or cannot be read; those of
/// `parse_dotenv`.
Result<DotenvFile> read_dotenv(const std::filesystem::path& path);

}  // namespace pentimento::http
