#include "recorded_runs.hpp"
#include "recording_vfs.hpp"

#include <map>
#include <random>

namespace pentimento::test {
namespace {

/// Files as they are after a power failure: everything that was synced, and of the writes since any, in part or not at all.
class Disk {
 public:
  explicit Disk(std::uint64_t seed) : random_{seed} {}

  void apply(const FileOperation& operation) {
    File& file = files_[operation.file];
    switch (operation.kind) {
      case FileOperation::Kind::write:
      case FileOperation::Kind::truncate: file.pending.push_back(operation); break;
      case FileOperation::Kind::sync:
        for (const FileOperation& each : file.pending) perform(file, each);
        file.pending.clear();
        break;
      // The names of files are kept in their order by file systems with a journal.
      case FileOperation::Kind::remove: files_.erase(operation.file); break;
    }
  }

  void fail() {
    for (auto& [name, file] : files_) {
      for (FileOperation& each : file.pending) {
        const auto what = random_() % 3;
        if (what == 0) continue;
        if (what == 1) each.bytes.resize(random_() % (each.bytes.size() + 1));  // torn
        perform(file, each);
      }
    }
  }

  void write_to(const fs::path& folder) const {
    for (const auto& [name, file] : files_) write_bytes(folder / fs::path{name}.filename(), file.bytes);
  }

 private:
  struct File {
    std::string bytes;
    std::vector<FileOperation> pending;
  };

  static void perform(File& file, const FileOperation& operation) {
    const auto offset = static_cast<std::size_t>(operation.offset);
    if (operation.kind == FileOperation::Kind::truncate) {
      file.bytes.resize(offset);
    } else {
      if (file.bytes.size() < offset + operation.bytes.size()) file.bytes.resize(offset + operation.bytes.size());
      file.bytes.replace(offset, operation.bytes.size(), operation.bytes);
    }
  }

  std::map<std::string, File> files_;
  std::mt19937_64 random_;
};

/// True if an event announces a paid call or says what came of one.
bool is_about_money(const Event& event) {
  const auto* const started = event.as<event::GenerationStarted>();
  const auto* const finished = event.as<event::GenerationFinished>();
  return (started != nullptr && !started->estimate.is_zero()) ||
         (finished != nullptr && finished->generation.charge() != Charge{});
}

void check_power_failures(JournalMode journal) {
  const TemporaryFolder folder{memory()};
  const RecordingVfs vfs{folder.path().string()};
  // How much had been done to the files when an event was recorded.
  std::vector<std::pair<std::size_t, std::uint64_t>> recorded;
  Loop loop = paid_loop(paid_roles());
  loop.record(RunFolder::create(folder / "run", RunFolderOptions{}.journal(journal)).value());
  const std::size_t created = vfs.count();
  Run run{std::move(loop), paid_brief()};
  run.on_event = [&](const Event& event) {
    if (is_about_money(event)) recorded.emplace_back(vfs.count(), event.sequence());
  };
  run.start().finish();
  const std::vector<FileOperation> operations = vfs.operations();

  std::mt19937_64 random{4};
  for (int i = 0; i < 600; ++i) {
    const std::size_t end = created + random() % (operations.size() - created + 1);
    CAPTURE(i);
    CAPTURE(end);
    Disk disk{random()};
    for (std::size_t each = 0; each < end; ++each) disk.apply(operations[each]);
    disk.fail();
    const TemporaryFolder after{memory()};
    // Images are synced before the event that names them; those that nothing names do no harm.
    fs::create_directory_symlink(folder / "run" / "images", after / "images");
    disk.write_to(after.path());
    const Result<RunRecord> record = RunFolder::read(after.path());
    REQUIRE_MESSAGE(record.has_value(), record.error().message());
    const std::vector<Event>& kept = record->events();
    REQUIRE(kept.size() <= run.events.size());
    CHECK(std::equal(kept.begin(), kept.end(), run.events.begin()));
    for (const auto& [done, sequence] : recorded) {
      if (done <= end) CHECK(kept.size() > sequence);
    }
  }
}

}  // namespace

TEST_SUITE("Power loss") {
  TEST_CASE("loses no event about money with a write-ahead log") { check_power_failures(JournalMode::wal); }
  TEST_CASE("loses no event about money with a rollback journal") { check_power_failures(JournalMode::rollback); }
}

}  // namespace pentimento::test
