#include "store/file_system.hpp"

#ifdef __linux__
#include <sys/vfs.h>
#endif

#include <algorithm>
#include <array>
#include <cstdint>

namespace pentimento::store {

bool is_on_local_disk(const std::filesystem::path& path) {
#ifdef __linux__
  // The magic numbers of statfs(2): ext2 to 4, XFS, Btrfs, F2FS, ZFS, bcachefs, tmpfs, ramfs, overlayfs.
  constexpr std::array<std::uint32_t, 9> local{0xEF53,     0x58465342, 0x9123683E, 0xF2F52010, 0x2FC12FC1,
                                               0xCA451A4E, 0x01021994, 0x858458F6, 0x794C7630};
  struct statfs about {};
  if (::statfs(path.c_str(), &about) != 0) return false;
  return std::ranges::find(local, static_cast<std::uint32_t>(about.f_type)) != local.end();
#else
  static_cast<void>(path);
  return false;
#endif
}

}  // namespace pentimento::store
