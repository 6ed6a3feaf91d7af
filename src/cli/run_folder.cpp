#include "run_folder.hpp"

#include <pentimento/content_hash.hpp>
#include <pentimento/json.hpp>
#include <pentimento/offline/contact_sheet.hpp>
#include <pentimento/report.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <map>
#include <span>
#include <system_error>
#include <utility>

namespace pentimento::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view events_file = "events.jsonl";
constexpr std::size_t max_record_bytes = std::size_t{256} << 20;
constexpr std::size_t npos = std::string_view::npos;

Error cannot_write(const fs::path& path, const std::string& why) {
  return {errc::io_failed, "cannot write " + path.string() + ": " + why};
}

/// True for a name that `detail::temporary_name` made.
bool is_temporary(std::string_view name) {
  constexpr std::size_t random = 17;  // a dot and 16 hexadecimal digits
  if (!name.ends_with(detail::temporary_ending)) return false;
  name.remove_suffix(detail::temporary_ending.size());
  if (name.size() <= random || name[name.size() - random] != '.') return false;
  return name.find_first_not_of("0123456789abcdef", name.size() - random + 1) == npos;
}

/// True for the names of files that a run writes, which another run may replace.
bool is_our_file(std::string_view name) {
  if (is_temporary(name)) name.remove_suffix(17 + detail::temporary_ending.size());
  constexpr std::array<std::string_view, 4> names{events_file, "transcript.json", "contact-sheet.png", "report.html"};
  if (std::ranges::find(names, name) != names.end()) return true;
  const auto is_image = [&](std::string_view beginning) {
    if (!name.starts_with(beginning)) return false;
    constexpr std::array<std::string_view, 4> endings{".png", ".jpg", ".webp", ".gif"};
    return std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
  };
  return is_image("round-") || is_image("best.");
}

/// The first bytes of a file, at most `most`. Errors: `io_failed`.
Result<std::string> read_text(const fs::path& path, std::size_t most) {
  const Result<std::vector<std::byte>> bytes = detail::beginning_of_file(path, most);
  if (!bytes) return bytes.error();
  return std::string{reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

/// True if a folder has only what a run leaves that could not write its first event, as on a full disk: an empty
/// record, and files of ours that are empty or unfinished.
bool never_began(const fs::path& folder) {
  std::error_code error;
  bool has_record = false;
  for (const fs::directory_entry& entry : fs::directory_iterator{folder, error}) {
    const std::string name = entry.path().filename().string();
    if (!fs::is_regular_file(entry.symlink_status(error)) || !is_our_file(name)) return false;
    if (!is_temporary(name) && (entry.file_size(error) != 0 || error)) return false;
    has_record = has_record || name == events_file;
  }
  return has_record;
}

/// True while a run is writing to the folder.
bool is_held(const fs::path& folder) {
  const detail::FileCloser lock{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return ::flock(lock.descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

/// Ends the calls of a run whose program was killed: nobody knows what became of them, so each may have been billed.
void end_open_calls(Transcript& run) {
  while (!run.ledger().reservations().empty()) {
    // A generation first: what is reserved for the critiques of its images is released with it.
    const std::vector<Ledger::Entry>& open = run.ledger().reservations();
    const auto generation = std::ranges::find_if(
        open, [](const Ledger::Entry& entry) { return entry.call().kind() == CallKind::generate; });
    const Ledger::Entry entry = generation == open.end() ? open.front() : *generation;
    Error error{errc::outcome_unknown, "the program ended during this call"};
    if (!entry.charge().amount().is_zero()) error.charge(Charge::maybe_billed(entry.charge().amount()));
    const Event event{run.events(), run.updated(), event::CallFailed{entry.call(), std::move(error)}};
    if (!run.apply(event)) return;
  }
}

}  // namespace

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

std::string image_file_of(CandidateId id, MediaType type) {
  std::string name = "round-" + std::to_string(id.round()) + '-' + draft_letters(id.draft());
  if (id.image() > 0) name += '-' + std::to_string(id.image() + 1);
  return name + '.' + std::string{file_extension(type)};
}

std::string judged_file_of(CandidateId id, MediaType type) {
  std::string name = image_file_of(id, type);
  return name.insert(name.rfind('.'), "-judged");
}

FolderState folder_state(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return FolderState::free;
  if (!fs::is_directory(status)) return FolderState::not_a_folder;
  if (fs::is_empty(path, error) || never_began(path)) return FolderState::free;
  constexpr std::size_t most = 64 * 1024;  // the type is near the beginning of the line
  const Result<std::string> text = read_text(path / events_file, most);
  const bool is_record = text && std::string_view{*text}.substr(0, text->find('\n')).find("\"run_started\"") != npos;
  return is_record ? FolderState::ours : FolderState::foreign;
}

Result<std::shared_ptr<RunFolder>> RunFolder::create(const fs::path& path, Replace replace) {
  std::error_code error;
  if (folder_state(path) == FolderState::not_a_folder)
    return cannot_write(path, "it is a file; name a folder with --out");
  const bool made = fs::create_directories(path, error);
  if (error) return cannot_write(path, error.message() + "; name another folder with --out");
  // Held until the run is over. Some network file systems have no locks: there, the record must be new at least.
  auto lock = std::make_unique<detail::FileCloser>(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (::flock(lock->descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return cannot_write(path, "another run is writing there; wait for its end, or name another folder with --out");
  const FolderState state = folder_state(path);
  if (state == FolderState::ours && replace == Replace::no)
    return cannot_write(path, "another run has been written there meanwhile; name another folder with --out");
  if (state != FolderState::foreign) {
    for (const fs::directory_entry& entry : fs::directory_iterator{path, error}) {
      if (!fs::is_directory(entry.symlink_status(error)) && is_our_file(entry.path().filename().string()))
        fs::remove(entry.path(), error);
    }
  }
  const fs::path events = path / events_file;
  const fs::file_status there = fs::symlink_status(events, error);
  if (fs::is_regular_file(there) && replace == Replace::yes) fs::remove(events, error);
  constexpr mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;  // less the umask
  const int descriptor = ::open(events.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  std::FILE* file = descriptor < 0 ? nullptr : ::fdopen(descriptor, "wb");
  if (file == nullptr) {
    const bool is_other = fs::exists(there) && !fs::is_regular_file(there);
    const std::string why = is_other ? "it is not a regular file" : std::strerror(errno);
    if (descriptor >= 0) ::close(descriptor);
    if (made) fs::remove(path, error);
    return cannot_write(events, why + "; name another folder with --out");
  }
  auto folder = std::shared_ptr<RunFolder>{new RunFolder{path, file, std::move(lock)}};
  folder->made_folder_ = made;
  return folder;
}

Result<std::shared_ptr<RunFolder>> RunFolder::create_numbered(const std::string& base) {
  for (int number = 1; number < 10'000; ++number) {
    const fs::path path = number == 1 ? base : base + '-' + std::to_string(number);
    std::error_code error;
    // Creating it fails if it exists, so that two programs never share one.
    if (fs::create_directory(path, error)) {
      Result<std::shared_ptr<RunFolder>> folder = create(path, Replace::no);
      if (folder) (*folder)->made_folder_ = true;
      return folder;
    }
    if (error && error != std::errc::file_exists)
      return cannot_write(path, error.message() + "; name another folder with --out");
  }
  return cannot_write(base, "there are 9,999 folders of that name already; name another one with --out");
}

RunFolder::~RunFolder() { std::fclose(events_); }

boost::asio::awaitable<Result<void>> RunFolder::do_on_event(Event event) { co_return write(event); }

Result<void> RunFolder::write(const Event& event) {
  Result<void> written;
  if (const auto* given = event.as<event::ImageGiven>()) written = write_image(given->id, given->image);
  if (const auto* made = event.as<event::GenerationFinished>()) {
    for (int i = 0; const Image& image : made->generation.images()) {
      Result<void> one = write_image({made->id.round(), made->id.draft(), i++}, image);
      if (!one) written = one;  // the others are still written
    }
  }
  if (const auto* judged = event.as<event::CritiqueFinished>(); judged && judged->critique.judged()) {
    const Image& copy = *judged->critique.judged();
    written = save(copy, path_ / judged_file_of(judged->id, copy.media_type()));
  }
  if (const auto* decided = event.as<event::CandidateDecided>(); decided && decided->decision.accepted())
    written = write_best(decided->id);
  const std::string line = to_text(event) + '\n';
  // Flushed to the system: the record survives the end of the program.
  const bool kept = std::fwrite(line.data(), 1, line.size(), events_) == line.size() && std::fflush(events_) == 0;
  if (!kept && written) return cannot_write(path_ / events_file, std::strerror(errno));
  return written;
}

Result<void> RunFolder::write_image(CandidateId id, const Image& image) {
  images_.emplace_back(id, image);
  return save(image, path_ / image_file_of(id, image.media_type()));
}

Result<void> RunFolder::write_best(CandidateId id) {
  const auto found = std::ranges::find(images_, id, &std::pair<CandidateId, Image>::first);
  if (found == images_.end()) return {};
  const fs::path path = path_ / ("best." + std::string{file_extension(found->second.media_type())});
  Result<void> saved = save(found->second, path);
  if (!saved) return saved;
  std::error_code ignored;
  if (best_ && *best_ != path) fs::remove(*best_, ignored);
  best_ = path;
  return saved;
}

void RunFolder::discard_if_empty() {
  if (!images_.empty()) return;
  std::error_code ignored;
  fs::remove(path_ / events_file, ignored);
  if (made_folder_) fs::remove(path_, ignored);
}

Result<void> write_text(const std::string& text, const fs::path& path) {
  return detail::write_file(path, std::as_bytes(std::span{text}));
}

Result<Transcript> read_run(const fs::path& folder) {
  Result<std::string> text = read_text(folder / events_file, max_record_bytes + 1);
  if (text && text->size() > max_record_bytes)
    return Error{errc::too_large, "cannot read " + (folder / events_file).string() + ": it is larger than 256 MiB"};
  if (!text) return Error{errc::io_failed, text.error().message() + "; give the folder of a run"};
  text->resize(text->rfind('\n') + 1);  // npos + 1 == 0

  // Images are found by their hash: a record is not trusted to name files.
  std::map<std::string, Image> images;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator{folder, error}) {
    if (!entry.path().filename().string().starts_with("round-")) continue;
    const Result<Image> image = load_image(entry.path());
    if (image) images.emplace(content_hash(*image), *image);
  }
  const ImageSource source = [&](const Image& recorded) -> Result<Image> {
    const auto found = images.find(content_hash(recorded));
    return found == images.end() ? recorded : found->second;
  };
  const Result<std::vector<Event>> events = parse_events(*text, source);
  if (!events)
    return Error{events.error().code(),
                 "cannot read " + (folder / events_file).string() + ": " + events.error().message()};
  if (events->empty()) return Error{errc::invalid_argument, (folder / events_file).string() + " holds no events"};
  Result<Transcript> run = fold(*events);
  if (run && !run->stop_reason() && !is_held(folder)) end_open_calls(*run);
  return run;
}

std::vector<Error> write_summaries(const Transcript& run, const fs::path& folder) {
  std::vector<Error> errors;
  const auto note = [&](const Result<void>& written) {
    if (!written) errors.push_back(written.error());
  };
  note(write_text(to_text(run, JsonLayout::indented) + '\n', folder / "transcript.json"));
  if (!run.rounds().empty()) {
    const Result<Image> sheet = offline::contact_sheet(run);
    note(sheet ? save(*sheet, folder / "contact-sheet.png") : Result<void>{sheet.error()});
  }
  note(write_text(report_html(run), folder / "report.html"));
  return errors;
}

}  // namespace pentimento::cli
