#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::test {

/// One thing that SQLite did to a file.
struct FileOperation {
  enum class Kind { write, truncate, sync, remove } kind;
  std::string file;
  std::int64_t offset = 0;  // of a write, or the size after a truncation
  std::string bytes;
};

/**
 * While it lives, SQLite's file system is one that writes down what is done to files whose path contains a word. A power failure can
 * then be played again at any point: what was synced is there, and of what was not, anything may be.
 */
class RecordingVfs {
 public:
  explicit RecordingVfs(std::string_view word);
  RecordingVfs(const RecordingVfs&) = delete;
  RecordingVfs& operator=(const RecordingVfs&) = delete;
  ~RecordingVfs();

  /// How much has been done. Not while SQLite is at work.
  std::size_t count() const;
  const std::vector<FileOperation>& operations() const;
};

}  // namespace pentimento::test
