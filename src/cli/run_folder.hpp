#pragma once

#include <pentimento/event_sink.hpp>
#include <pentimento/image_file.hpp>
#include <pentimento/transcript.hpp>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::cli {

/// The name of a folder for a brief: `three-red-mugs` for "Three red mugs on a plain white table".
std::string folder_name_of(std::string_view goal);

/// The name of an image file: `round-0-a.png`; `round-0-a-2.png` for the second image of a generation.
std::string image_file_of(CandidateId id, MediaType type);

/// The name of the smaller copy that a critic judged: `round-0-a-judged.png`.
std::string judged_file_of(CandidateId id, MediaType type);

/// The state of a path at which a run should be kept.
enum class FolderState {
  free,     ///< Nothing, an empty folder, or the folder of a run that could not write its first event.
  ours,     ///< An earlier run.
  foreign,  ///< A folder that holds something else.
  not_a_folder,
};
FolderState folder_state(const std::filesystem::path& path);

/**
 * The folder of a run, as a sink of its events. Each image is written as it was received, and its event to
 * `events.jsonl`, before the run goes on and the image is judged. So nothing is lost however the program ends;
 * `events.jsonl` and the images are the whole record.
 *
 *     round-0-a.png ...   the images              best.png          the best one so far
 *     events.jsonl        one event per line      transcript.json   the run as a whole, after its end
 *     contact-sheet.png   the images at a glance  report.html       the report
 */
class RunFolder final : public EventSink {
 public:
  /// `yes`: an earlier run in the folder may be replaced.
  enum class Replace { no, yes };

  /// Creates the folder, removes the files of an earlier run, and creates `events.jsonl`. Locks the folder for its lifetime:
  /// of two programs that take the same folder at the same time, one wins. Errors: `io_failed`.
  static Result<std::shared_ptr<RunFolder>> create(const std::filesystem::path& path, Replace replace);
  /// Creates the first of `base`, `base-2`, `base-3` ... that does not exist, as `create` does.
  static Result<std::shared_ptr<RunFolder>> create_numbered(const std::string& base);
  ~RunFolder() override;

  const std::filesystem::path& path() const noexcept { return path_; }
  /// The file of the best image, if there is one.
  const std::optional<std::filesystem::path>& best() const noexcept { return best_; }

  /// Writes one event, and the images that it brings. Errors: `io_failed`.
  Result<void> write(const Event& event);

  /// Removes the record, and the folder if it was created, unless there is an image.
  void discard_if_empty();

 private:
  RunFolder(std::filesystem::path path, std::FILE* events, std::unique_ptr<detail::FileCloser> lock)
      : path_{std::move(path)}, events_{events}, lock_{std::move(lock)} {}

  boost::asio::awaitable<Result<void>> do_on_event(Event event) override;
  Result<void> write_image(CandidateId id, const Image& image);
  Result<void> write_best(CandidateId id);

  std::filesystem::path path_;
  std::FILE* events_;
  std::unique_ptr<detail::FileCloser> lock_;  // the folder, locked while it is open
  bool made_folder_ = false;
  std::vector<std::pair<CandidateId, Image>> images_;
  std::optional<std::filesystem::path> best_;
};

/// Writes a file in one step, through no symbolic link: see `detail::write_file`. Errors: `io_failed`.
Result<void> write_text(const std::string& text, const std::filesystem::path& path);

/// Reads the run of a folder, with the bytes of its images. The last line may be incomplete, as after a crash. Calls that were
/// in progress when the program was killed have failed in the result, and may have been billed.
/// Errors: `io_failed`, `too_large`, `parse_failed`, `invalid_argument`.
Result<Transcript> read_run(const std::filesystem::path& folder);

/// Writes the transcript, the contact sheet and the report of a run. Goes on after an error; returns all errors.
std::vector<Error> write_summaries(const Transcript& run, const std::filesystem::path& folder);

}  // namespace pentimento::cli
