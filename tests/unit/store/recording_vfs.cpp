#include "recording_vfs.hpp"

#include <sqlite3.h>

#include <mutex>
#include <new>

namespace pentimento::test {
namespace {

struct Recorder {
  std::mutex mutex;
  std::string word;
  std::vector<FileOperation> operations;
  sqlite3_vfs* real = nullptr;
  sqlite3_vfs vfs{};

  void note(FileOperation operation) {
    const std::lock_guard lock{mutex};
    if (operation.file.find(word) != std::string::npos) operations.push_back(std::move(operation));
  }
};

Recorder& recorder() {
  static Recorder one;
  return one;
}

/// A file of ours, with that of the system behind it in the memory that SQLite has set aside.
struct File {
  sqlite3_file base;
  std::string* name;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* ours(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return ours(file)->real(); }
const sqlite3_io_methods* of(sqlite3_file* file) { return real(file)->pMethods; }

int close_file(sqlite3_file* file) {
  const int code = of(file)->xClose(real(file));
  delete ours(file)->name;
  return code;
}
int read(sqlite3_file* file, void* to, int count, sqlite3_int64 at) {
  return of(file)->xRead(real(file), to, count, at);
}
int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 at) {
  const std::string bytes{static_cast<const char*>(from), static_cast<std::size_t>(count)};
  recorder().note({FileOperation::Kind::write, *ours(file)->name, at, bytes});
  return of(file)->xWrite(real(file), from, count, at);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  recorder().note({FileOperation::Kind::truncate, *ours(file)->name, size, {}});
  return of(file)->xTruncate(real(file), size);
}
int sync(sqlite3_file* file, int flags) {
  recorder().note({FileOperation::Kind::sync, *ours(file)->name, 0, {}});
  return of(file)->xSync(real(file), flags);
}
int size_of(sqlite3_file* file, sqlite3_int64* size) { return of(file)->xFileSize(real(file), size); }
int lock(sqlite3_file* file, int level) { return of(file)->xLock(real(file), level); }
int unlock(sqlite3_file* file, int level) { return of(file)->xUnlock(real(file), level); }
int check_lock(sqlite3_file* file, int* result) { return of(file)->xCheckReservedLock(real(file), result); }
int control(sqlite3_file* file, int code, void* argument) { return of(file)->xFileControl(real(file), code, argument); }
int sector(sqlite3_file* file) { return of(file)->xSectorSize(real(file)); }
int device(sqlite3_file*) { return 0; }  // promises nothing
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** to) {
  return of(file)->xShmMap(real(file), page, size, extend, to);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return of(file)->xShmLock(real(file), offset, count, flags);
}
void barrier(sqlite3_file* file) { of(file)->xShmBarrier(real(file)); }
int unmap_shared(sqlite3_file* file, int remove) { return of(file)->xShmUnmap(real(file), remove); }

constexpr sqlite3_io_methods methods{2,           close_file, read,         write,   truncate, sync,   size_of,
                                     lock,        unlock,     check_lock,   control, sector,   device, map_shared,
                                     lock_shared, barrier,    unmap_shared, nullptr, nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
  File* const mine = ours(file);
  mine->base.pMethods = nullptr;
  const int code = recorder().real->xOpen(recorder().real, name, mine->real(), flags, out);
  if (mine->real()->pMethods == nullptr) return code;
  mine->name = new std::string{name == nullptr ? "" : name};
  mine->base.pMethods = &methods;
  return code;
}

int remove_file(sqlite3_vfs*, const char* name, int sync_folder) {
  recorder().note({FileOperation::Kind::remove, name, 0, {}});
  return recorder().real->xDelete(recorder().real, name, sync_folder);
}

}  // namespace

RecordingVfs::RecordingVfs(std::string_view word) {
  Recorder& one = recorder();
  one.word = word;
  one.operations.clear();
  one.real = sqlite3_vfs_find("unix");
  one.vfs = *one.real;
  one.vfs.zName = "recording";
  one.vfs.szOsFile = static_cast<int>(sizeof(File)) + one.real->szOsFile;
  one.vfs.xOpen = open_file;
  one.vfs.xDelete = remove_file;
  sqlite3_vfs_register(&one.vfs, 1);
}

RecordingVfs::~RecordingVfs() {
  sqlite3_vfs_unregister(&recorder().vfs);
  sqlite3_vfs_register(recorder().real, 1);
}

std::size_t RecordingVfs::count() const {
  const std::lock_guard lock{recorder().mutex};
  return recorder().operations.size();
}

const std::vector<FileOperation>& RecordingVfs::operations() const { return recorder().operations; }

}  // namespace pentimento::test
