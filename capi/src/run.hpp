#pragma once

#include "handles.hpp"
#include <pentimento.h>
#include <pentimento/error.hpp>
#include <pentimento/event.hpp>
#include <pentimento/image.hpp>
#include <pentimento/offload.hpp>
#include <pentimento/outcome.hpp>
#include <pentimento/revision.hpp>
#include <pentimento/stop_reason.hpp>
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

namespace pentimento::capi {

/**
 * A run as its caller sees it: the events that are waiting to be given out, the questions that wait for an answer, the outcome.
 *
 * It knows nothing of how a run is made: `Engine` begins one and tells it what happens. **Threads**: any; no callback is
 * called under a lock.
 */
class Run {
 public:
  using Answer = detail::Promise<Result<Revision>>;

  Run(const ptm_run_options& options, std::weak_ptr<Engine> engine) : options_{options}, engine_{std::move(engine)} {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run();

  /// It was begun: from now on the end of its callbacks is to be told.
  void taken() noexcept { owes_destroy_ = true; }
  /// Tells the end of its callbacks, once, if it was begun: none is called after it. The engine says so when the run has
  /// ended and nothing of it is left to call; the run's own end does otherwise.
  void release_callbacks() noexcept;
  /// Waits until nobody polls it.
  void wait_for_poll() noexcept;

  // What happens, told by the engine --------------------------------------------------------------------------------

  /// On the run's strand. Throws what the caller's callback throws, and `std::bad_alloc`.
  void on_event(const Event& event);
  /// A person is to say what they think of a proposal. Throws as `on_event`.
  void on_question(const Revision& proposal, Answer answer);
  /// Lets a run that is to be cancelled know. Throws `std::bad_alloc`.
  void emit_cancel() const;
  /// The end, once; without an outcome where there was no memory to make one.
  void on_end(std::optional<Outcome> outcome) noexcept;
  /// What the caller's policy says of the run. Throws what it throws, and `Failure` for an answer that is none.
  std::optional<StopReason> ask_policy(const Transcript& transcript) const;
  bool has_policy() const noexcept { return options_.stop != nullptr; }

  /// Has `begin` connect the slot that cancels the run, once.
  template <class Begin>
  void connect(Begin begin) {
    begin(signal_.slot());
    is_connected_ = true;
    emit_cancel();
  }

  // What the caller asks --------------------------------------------------------------------------------------------

  using Deadline = std::optional<std::chrono::steady_clock::time_point>;

  ptm_text* next(Deadline deadline, bool may_wait, ptm_status& status);
  ptm_status poll(Deadline deadline, bool may_wait, std::size_t& called);
  ptm_status wait(Deadline deadline, bool may_wait);
  void cancel() noexcept;
  /// Cancels it, and calls no callback any more.
  void detach() noexcept;
  void answer(std::int64_t question, std::string_view text);
  std::string outcome() const;
  std::string transcript() const;
  Image best() const;
  std::optional<Image> find_image(std::string_view sha256) const;

  /// Its handle.
  ptm_run* handle = nullptr;

 private:
  /// Something to give out: an event of the run, or the text of a question.
  struct Item {
    const Event* event = nullptr;
    std::shared_ptr<const std::string> question;
  };

  struct Question {
    Revision proposal;
    Answer answer;
  };

  static std::string text_of(const Item& item);
  void give_out(Item item);
  void call_back(const std::string& text);
  void wait_for_change(std::unique_lock<std::mutex>& lock, Deadline deadline, bool may_wait, bool& is_late);
  const Outcome& ended_outcome() const;

  const ptm_run_options options_;
  const std::weak_ptr<Engine> engine_;
  std::atomic<bool> owes_destroy_{false};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Event> events_;  // all of them; they stay where they are
  std::deque<Item> waiting_;
  std::size_t given_out_ = 0;  // of them
  std::map<std::int64_t, Question> questions_;
  std::int64_t last_question_ = 0;
  mutable std::optional<Outcome> outcome_;
  bool ended_ = false;
  bool end_told_ = false;  // by `poll`
  bool polling_ = false;
  bool release_is_due_ = false;
  bool detached_ = false;

  // What is connected may be called by several threads at once, and under no lock: it may be the last that holds a backend.
  mutable boost::asio::cancellation_signal signal_;
  std::atomic<bool> is_connected_{false};
  std::atomic<bool> cancelled_{false};
};

}  // namespace pentimento::capi
