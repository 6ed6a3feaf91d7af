#pragma once

#include "answer.hpp"
#include "handles.hpp"
#include <pentimento.h>
#include <pentimento/error.hpp>
#include <pentimento/event.hpp>
#include <pentimento/image.hpp>
#include <pentimento/outcome.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/stop/stop_policy.hpp>
#include <pentimento/stop_reason.hpp>
#include <pentimento/store/run_folder.hpp>
#include <pentimento/time.hpp>
#include <pentimento/transcript.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento::capi {

class CallerBackend;
class Recorder;

/// A run as its caller sees it: the events to deliver, the questions to answer, the outcome. `Engine` begins the run and
/// reports what happens. Thread-safe; no callback is called under a lock.
class Run : public std::enable_shared_from_this<Run> {
 public:
  /// **Parameters**: `options` without images and sink; `sink` may be null.
  Run(const ptm_run_options& options, std::unique_ptr<CallerBackend> sink, std::weak_ptr<Engine> engine);
  /// A recorded run, which does not go on.
  explicit Run(const RunRecord& record);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run();

  /// The recorder of the run, or null. Set before the run begins.
  void recorder(std::shared_ptr<Recorder> recorder) noexcept { recorder_ = std::move(recorder); }
  /// Sets the events that were recorded before the run is resumed. They are not delivered.
  void recorded(const std::vector<Event>& events);
  /// Called when the run has begun: from now on `destroy` is owed to the caller and its sink.
  void taken() noexcept;
  /// Releases the sink and calls `destroy` once, if the run has begun. No callback is called after it. Called by the engine
  /// when it is torn down, else by the destructor.
  void release_callbacks() noexcept;
  /// Blocks until nobody polls the run.
  void wait_for_poll() noexcept;

  // Called by the engine ----------------------------------------------------------------------------------------------

  /// On the run's strand. Throws what the caller's callback throws.
  void on_event(const Event& event);
  /// Delivers a proposal as a question to the caller. Throws as `on_event`.
  void on_question(const Revision& proposal, Answer<Result<Revision>> answer);
  /// Emits the cancellation signal if the run was cancelled and is connected. On an engine thread.
  void emit_cancel() const;
  /// Called once, at the end of the run.
  void on_end(Outcome outcome) noexcept;
  /// Returns the answer of the caller's stop policy. Throws what it throws, and `Failure` for an invalid answer.
  std::optional<StopReason> ask_policy(const Prospect& prospect) const;
  bool has_policy() const noexcept { return options_.stop != nullptr; }
  /// The sink that the run waits for at every event, or null. Owned by the run.
  CallerBackend* sink() const noexcept { return sink_.get(); }

  /// Calls `begin` with the slot that cancels the run, once.
  template <class Begin>
  void connect(Begin begin) {
    begin(signal_.slot());
    is_connected_ = true;
    emit_cancel();
  }

  // Called by the caller ----------------------------------------------------------------------------------------------

  using Deadline = std::optional<std::chrono::steady_clock::time_point>;

  ptm_text* next(Deadline deadline, bool may_wait, ptm_status& status);
  ptm_status poll(Deadline deadline, bool may_wait, std::size_t& called);
  ptm_status wait(Deadline deadline, bool may_wait);
  /// Throws `std::bad_alloc`.
  void cancel();
  /// Cancels the run and calls no further callback.
  void detach() noexcept;
  void answer(std::int64_t question, std::string_view text);
  std::string outcome() const;
  Transcript transcript() const;
  Image best() const;
  std::optional<Image> find_image(std::string_view sha256) const;

  /// Its handle.
  ptm_run* handle = nullptr;

 private:
  /// Something to deliver: an event of the run, or the text of a question.
  struct Item {
    const Event* event = nullptr;
    std::shared_ptr<const std::string> question;
  };

  struct Question {
    Revision proposal;
    Answer<Result<Revision>> answer;
  };

  static std::string text_of(const Item& item);
  void give_out(Item item);
  void call_back(const std::string& text);
  void wait_for_change(std::unique_lock<std::mutex>& lock, Deadline deadline, bool may_wait, bool& is_late);
  const Outcome& ended_outcome() const;

  const ptm_run_options options_;
  std::unique_ptr<CallerBackend> sink_;
  const std::weak_ptr<Engine> engine_;
  std::shared_ptr<Recorder> recorder_;
  std::atomic<bool> owes_destroy_{false};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Event> events_;  // all of them, at stable addresses
  std::deque<Item> waiting_;
  std::size_t given_out_ = 0;
  std::map<std::int64_t, Question> questions_;
  std::int64_t last_question_ = 0;
  std::optional<Outcome> outcome_;
  bool ended_ = false;
  bool end_told_ = false;  // by `poll`
  bool polling_ = false;
  bool release_is_due_ = false;
  bool detached_ = false;

  // Emitted under no lock: the connected run may be the last owner of a backend, which calls back as it is destroyed.
  mutable boost::asio::cancellation_signal signal_;
  std::atomic<bool> is_connected_{false};
  std::atomic<bool> cancelled_{false};
};

}  // namespace pentimento::capi
