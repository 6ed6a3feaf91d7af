#include "run_place.hpp"

#include "confirm.hpp"
#include <pentimento/detail/did_you_mean.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <system_error>
#include <utility>
#include <vector>

namespace pentimento::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::array<const char*, 4> database_files{"run.sqlite", "run.sqlite-wal", "run.sqlite-shm",
                                                    "run.sqlite-journal"};

/// Removes the record of a run, and no other file. The folder of images stays if something else is in it.
void remove_record(const fs::path& folder) {
  std::error_code ignored;
  for (const char* name : database_files) fs::remove(folder / name, ignored);
  std::vector<fs::path> images;
  for (const fs::directory_entry& entry : fs::directory_iterator{folder / "images", ignored}) {
    const std::string name = entry.path().filename().string();
    constexpr std::size_t hash_length = 64;
    if (name.find_first_not_of("0123456789abcdef") == hash_length) images.push_back(entry.path());
  }
  for (const fs::path& image : images) fs::remove(image, ignored);
  fs::remove(folder / "images", ignored);
}

Error cannot_write(const fs::path& path, const std::string& why) {
  return {errc::io_failed, "cannot write " + path.string() + ": " + why + "; name another folder with --out"};
}

Result<NewRun> create_numbered(const std::string& base, const std::string& parent) {
  const Result<RunStore> store = user_store();
  if (!store) return store.error();
  std::error_code error;
  fs::create_directories(store->root(), error);
  if (error) return cannot_write(store->root(), error.message());
  for (int number = 1; number < 10'000; ++number) {
    const std::string name = number == 1 ? base : base + '-' + std::to_string(number);
    const fs::path path = store->root() / name;
    // Creating it fails if it exists, so that two programs never share one.
    if (fs::create_directory(path, error)) {
      Result<std::shared_ptr<RunFolder>> folder = RunFolder::create(path, RunFolderOptions{}.id(name).parent(parent));
      if (!folder) return folder.error();
      return NewRun{path, std::move(*folder), true};
    }
    if (error && error != std::errc::file_exists) return cannot_write(path, error.message());
  }
  return cannot_write(store->root() / base, "there are 9,999 runs of that name already");
}

}  // namespace

Result<RunStore> user_store() {
  for (const auto& [variable, below] : {std::pair{"XDG_DATA_HOME", ""}, std::pair{"HOME", ".local/share"}}) {
    const char* const value = std::getenv(variable);
    const fs::path path = value == nullptr ? "" : value;
    if (path.is_absolute()) return RunStore{path / below / "pentimento" / "runs"};
  }
  return Error{errc::invalid_argument,
               "there is no place for runs: XDG_DATA_HOME or HOME must hold an absolute path; or name a folder"};
}

Result<fs::path> find_run(const std::string& name) {
  if (name.find('/') != std::string::npos || RunFolder::is_run(name)) return fs::path{name};
  const Result<RunStore> store = user_store();
  if (!store) return store.error();
  return store->find(name);
}

Result<FoundCandidate> find_candidate(const std::string& name, RunFolder::Images images) {
  const std::size_t at = name.rfind('@');
  if (at == std::string::npos)
    return Error{errc::invalid_argument, '"' + name + "\" names no candidate; name one such as last@1a"};
  const Result<fs::path> folder = find_run(name.substr(0, at));
  if (!folder) return folder.error();
  Result<RunRecord> record = RunFolder::read(*folder, images);
  if (!record) return record.error();
  std::vector<std::string> ids;
  for (const Round& round : record->transcript().rounds()) {
    for (const Candidate& candidate : round.candidates()) {
      const CandidateId id = candidate.id();
      ids.push_back(to_string(id));
      if (ids.back() == name.substr(at + 1)) return FoundCandidate{std::move(*record), id};
    }
  }
  return Error{errc::invalid_argument,
               folder->string() + ": " + detail::unknown_name("candidate", name.substr(at + 1), ids)};
}

std::string folder_name_of(std::string_view goal) {
  constexpr std::size_t most_words = 4;
  constexpr std::size_t most_bytes = 40;
  // A name should not end with one of these words.
  constexpr std::array<std::string_view, 14> links{"a",    "an",  "the", "of", "on", "in",  "at",
                                                   "with", "and", "or",  "to", "by", "for", "from"};
  std::vector<std::string> words;
  std::string word;
  for (const char c : std::string{goal} + ' ') {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || byte >= 0x80) {
      word += c;
    } else if (byte >= 'A' && byte <= 'Z') {
      word += static_cast<char>(c - 'A' + 'a');
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
      if (words.size() == most_words) break;
    }
  }
  const auto is_link = [&](const std::string& each) { return std::ranges::find(links, each) != links.end(); };
  while (words.size() > 1 && is_link(words.back())) words.pop_back();
  std::string name;
  for (const std::string& each : words) {
    if (name.size() + each.size() > most_bytes) break;
    name += (name.empty() ? "" : "-") + each;
  }
  return name.empty() ? "picture" : name;
}

void NewRun::discard() {
  folder.reset();
  remove_record(path);
  std::error_code ignored;
  if (made_path) fs::remove(path, ignored);
}

Result<NewRun> create_run(const RefineOptions& options, const std::string& parent) {
  if (options.out.empty()) return create_numbered(folder_name_of(options.brief), parent);
  const fs::path path = options.out;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::exists(status) && !fs::is_directory(status)) return cannot_write(path, "it is a file");
  const bool is_run = RunFolder::is_run(path);
  std::shared_ptr<RunFolder> earlier;
  if (is_run) {
    // Its lease is taken first: a run that goes on is not replaced.
    Result<std::shared_ptr<RunFolder>> opened = RunFolder::open(path);
    if (!opened) return opened.error();
    earlier = std::move(*opened);
  }
  const bool never_began = earlier && earlier->record().events().empty();
  if (!never_began && (is_run || (fs::is_directory(status) && !fs::is_empty(path, error)))) {
    const std::string holds =
        is_run ? "an earlier run, which would be replaced" : "files that are not a run of Pentimento";
    if (!options.yes && !confirm("The folder " + options.out + " holds " + holds + ". Use it anyway?"))
      return Error{errc::invalid_argument, "the folder " + options.out + " holds " + holds +
                                               "; name another folder, or add --yes to use it anyway"};
  }
  if (is_run) remove_record(path);
  Result<std::shared_ptr<RunFolder>> folder = RunFolder::create(path, RunFolderOptions{}.parent(parent));
  if (!folder) return folder.error();
  return NewRun{path, std::move(*folder), !fs::exists(status)};
}

}  // namespace pentimento::cli
