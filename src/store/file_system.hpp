// What the store needs to know of files.
#pragma once

#include <filesystem>

namespace pentimento::store {

/// True if a path lies on a file system of this machine that is known to share memory between processes, which SQLite's
/// write-ahead log needs. False for file systems of a network, of other programs (FUSE), and for unknown ones.
bool is_on_local_disk(const std::filesystem::path& path);

}  // namespace pentimento::store
