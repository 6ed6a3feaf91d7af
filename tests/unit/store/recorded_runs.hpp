#pragma once

#include "support/scripted_loop.hpp"
#include "support/temporary_folder.hpp"
#include <pentimento/content_hash.hpp>
#include <pentimento/json.hpp>
#include <pentimento/store/run_folder.hpp>

#include <doctest/doctest.h>
#include <sys/types.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Runs that are recorded in a folder, in this process or in one that ends in the middle.
namespace pentimento::test {

namespace fs = std::filesystem;

inline std::string bytes_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void write_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream{file, std::ios::binary} << bytes;
}

/// The files below a folder with their bytes, except the index that SQLite shares between processes.
inline std::map<std::string, std::string> files_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator{folder}) {
    const std::string name = fs::relative(entry.path(), folder).string();
    if (entry.is_regular_file() && !name.ends_with("-shm")) files[name] = bytes_of(entry.path());
  }
  return files;
}

/// The bodies of events as text: what they say, without when.
inline std::vector<std::string> bodies_of(const std::vector<Event>& events) {
  std::vector<std::string> bodies;
  for (const Event& event : events) bodies.push_back(to_text(Event{event.sequence(), TimePoint{}, event.body()}));
  return bodies;
}

/// What costs money.
enum class Paid { nothing, images, everything };

/// The roles of a run of three rounds with two drafts each, comparisons, and an init image of the reviser's. Each call, paid or not,
/// is written to the file `calls` when it is made, if one is named.
Roles scripted_roles(Paid paid, const fs::path& calls = {});
inline Roles paid_roles(const fs::path& calls = {}) { return scripted_roles(Paid::images, calls); }
Brief paid_brief();
AnyStopPolicy paid_policy();
Loop paid_loop(const Roles& roles);

/// The lines of the file.
std::vector<std::string> calls_in(const fs::path& file);

/// A place in memory, if there is one: for tests of many runs, which do not depend on what the disk has. Unlike a power failure, the
/// end of a process loses nothing that was written.
fs::path memory();

/// Runs `paid_loop` in a process of its own, recorded in `folder`. The process kills itself when event `kill_at` is about to be
/// recorded, or has been. Returns when it has ended.
enum class When { before, after };
void run_killed(const fs::path& folder, const fs::path& calls, std::uint64_t kill_at, When when);

/// Starts `paid_loop` in a process of its own that hangs in its first two generations. Returns its number once it is there.
pid_t run_hanging(const fs::path& folder, const fs::path& calls);
void kill_and_wait(pid_t process);

/// Starts `paid_loop` in a process of its own that waits in its first generation until the file `go` is there, and fails unless its run
/// ends because it cannot be recorded. Returns its number once it is there.
pid_t run_waiting(const fs::path& folder, const fs::path& calls);
fs::path go_of(const fs::path& calls);

/// Checks in a process of a user who may not write there that a run folder can be read, not opened, and none be created beside it.
void check_read_only(const fs::path& folder);

}  // namespace pentimento::test
