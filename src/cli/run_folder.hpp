#pragma once

#include <pentimento/event_sink.hpp>
#include <pentimento/transcript.hpp>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::cli {

/// `three-red-mugs`, of "Three red mugs on a plain white table": what a folder is called after a brief.
std::string folder_name_of(std::string_view goal);

/// `round-0-a.png`; `round-0-a-2.png` for the second picture of a generation.
std::string picture_file_of(CandidateId id, MediaType type);

/// `round-0-a-judged.png`: the smaller copy that a critic made of it to look at.
std::string judged_file_of(CandidateId id, MediaType type);

/// What stands in the place where a run is to be kept.
enum class FolderState {
  free,     ///< Nothing, an empty folder, or what a run left that could not write its first event.
  ours,     ///< An earlier run.
  foreign,  ///< A folder that holds something else.
  not_a_folder,
};
FolderState folder_state(const std::filesystem::path& path);

/**
 * The folder that a run is kept in, as a sink of its events: every picture is in a file of its own as it was received, and its
 * event in `events.jsonl`, before the run goes on and the picture is judged. So whatever ends the program, nothing that was made
 * is lost; `events.jsonl` and the pictures are the whole record.
 *
 *     round-0-a.png ...   the pictures         best.png          the best one, from the moment it is accepted
 *     events.jsonl        one event a line     transcript.json   the run as a whole, once it has ended
 *     contact-sheet.png   the run at a glance  report.html       the run to read
 */
class RunFolder final : public EventSink {
 public:
  /// Makes the folder, clears away what an earlier run of ours left in it, and begins `events.jsonl`: what cannot be written is
  /// found out here. Errors: `io_failed`.
  static Result<std::shared_ptr<RunFolder>> create(const std::filesystem::path& path);
  /// The first of `base`, `base-2`, `base-3` ... below the working folder that is free, made as `create` does.
  static Result<std::shared_ptr<RunFolder>> create_numbered(const std::string& base);
  ~RunFolder() override;

  const std::filesystem::path& path() const noexcept { return path_; }
  /// Where the best picture is, if there is one.
  const std::optional<std::filesystem::path>& best() const noexcept { return best_; }

  /// Takes one event now. Errors: `io_failed`.
  Result<void> write(const Event& event);

  /// Removes the folder again, if the run came to nothing: no picture was made.
  void discard_if_empty();

 private:
  explicit RunFolder(std::filesystem::path path, std::FILE* events) : path_{std::move(path)}, events_{events} {}

  boost::asio::awaitable<Result<void>> do_on_event(Event event) override;
  Result<void> write_picture(CandidateId id, const Image& image);
  Result<void> write_best(CandidateId id);

  std::filesystem::path path_;
  std::FILE* events_;
  bool made_folder_ = false;
  std::vector<std::pair<CandidateId, Image>> pictures_;
  std::optional<std::filesystem::path> best_;
};

/// Writes text to a file that appears whole or not at all. Errors: `io_failed`.
Result<void> write_text(const std::string& text, const std::filesystem::path& path);

/// The recorded run of a folder, with the bytes of its pictures. The last line may have been cut short by the end of the program.
/// Errors: `io_failed`, `too_large`, `parse_failed`, `invalid_argument`.
Result<Transcript> read_run(const std::filesystem::path& folder);

/// Writes what is made of a run that has ended: the transcript, the contact sheet and the report. Goes on after an error;
/// returns them all.
std::vector<Error> write_summaries(const Transcript& run, const std::filesystem::path& folder);

}  // namespace pentimento::cli
