#include "run.hpp"

#include "boundary.hpp"
#include "caller_backend.hpp"
#include "engine.hpp"
#include "images.hpp"
#include "recorder.hpp"
#include <pentimento/json.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

namespace pentimento::capi {
namespace {

namespace json = boost::json;

/// Overrides members of `whole` by those of `changes`, recursively in objects that both have; null removes a member.
void merge(json::object& whole, const json::object& changes) {
  for (const json::key_value_pair& member : changes) {
    json::value* const there = whole.if_contains(member.key());
    if (there != nullptr && there->is_object() && member.value().is_object()) {
      merge(there->get_object(), member.value().get_object());
    } else if (member.value().is_null()) {
      whole.erase(member.key());
    } else {
      whole[member.key()] = member.value();
    }
  }
}

/// Applies a caller's answer to a proposal: empty to accept it, a prompt, or an object of changes.
Revision edited(const Revision& proposal, std::string_view text) {
  if (text.empty()) return proposal;
  const json::value answer = value_of(parse_json(text));
  json::value revision = to_json(proposal);
  if (answer.is_string()) {
    if (answer.get_string().find_first_not_of(" \t\r\n") == json::string::npos)
      reject(PTM_E_PARSE_FAILED, "the prompt of the answer is empty; an empty answer accepts the proposal");
    revision.at("request").as_object()["prompt"] = answer;
    if (revision.at("action") == json::value("stop")) revision.as_object()["action"] = "reprompt";
  } else if (answer.is_object()) {
    merge(revision.get_object(), answer.get_object());
  } else {
    reject(PTM_E_PARSE_FAILED,
           "the answer is neither empty, nor a JSON string with a prompt, nor an object of changes");
  }
  std::vector<Image> images;
  for (const auto& image : {proposal.request().init_image(), proposal.request().mask()})
    if (image) images.push_back(*image);
  return value_of(from_json<Revision>(revision, among(std::move(images), "those of the proposal")));
}

}  // namespace

Run::Run(const ptm_run_options& options, std::unique_ptr<CallerBackend> sink, std::weak_ptr<Engine> engine)
    : options_{options}, sink_{std::move(sink)}, engine_{std::move(engine)} {}

Run::Run(const RunRecord& record) : options_{} {
  recorded(record.events());
  for (const Event& event : events_) waiting_.push_back(Item{&event, nullptr});
  if (record.transcript().stop_reason()) outcome_.emplace(record.transcript());
  ended_ = true;
}

Run::~Run() { release_callbacks(); }

void Run::recorded(const std::vector<Event>& events) { events_.assign(events.begin(), events.end()); }

void Run::taken() noexcept {
  owes_destroy_ = true;
  if (sink_ != nullptr) sink_->taken();
}

void Run::release_callbacks() noexcept {
  {
    const std::lock_guard lock{mutex_};
    release_is_due_ = true;
    if (polling_) return;  // a callback is running: its poll releases them when it returns
  }
  sink_.reset();
  if (!owes_destroy_.exchange(false) || options_.destroy == nullptr) return;
  try {
    options_.destroy(options_.user);
  } catch (...) {
    // There is nobody to report to.
  }
}

void Run::wait_for_poll() noexcept {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return !polling_; });
}

// Called by the engine ---------------------------------------------------------------------------------------------------------

std::string Run::text_of(const Item& item) { return item.event != nullptr ? to_text(*item.event) : *item.question; }

void Run::give_out(Item item) {
  if (options_.events == PTM_EVENTS_THREAD) {
    call_back(text_of(item));
  } else {
    {
      const std::lock_guard lock{mutex_};
      waiting_.push_back(std::move(item));
    }
    changed_.notify_all();
  }
}

void Run::call_back(const std::string& text) {
  {
    const std::lock_guard lock{mutex_};
    if (detached_) return;
  }
  options_.on_event(options_.user, handle, ptm_str{text.data(), text.size()});
}

void Run::on_event(const Event& event) {
  Item item;
  {
    const std::lock_guard lock{mutex_};
    item.event = &events_.emplace_back(event);
  }
  give_out(std::move(item));
}

void Run::on_question(const Revision& proposal, Answer<Result<Revision>> answer) {
  Item item;
  std::int64_t question = 0;
  {
    const std::lock_guard lock{mutex_};
    question = last_question_ + 1;
    item.question = std::make_shared<const std::string>(to_text(
        json::value(json::object{{"type", "revision_proposed"},
                                 {"text", detail::one_line("proposed: " + std::string{to_string(proposal.action())} +
                                                           ", \"" + proposal.request().prompt() + '"')},
                                 {"question", question},
                                 {"revision", to_json(proposal)}})));
    questions_.emplace(question, Question{proposal, std::move(answer)});
    last_question_ = question;
  }
  try {
    give_out(std::move(item));
  } catch (...) {
    const std::lock_guard lock{mutex_};
    questions_.erase(question);
    throw;
  }
}

void Run::on_end(Outcome outcome) noexcept {
  std::map<std::int64_t, Question> unanswered;
  bool tell = false;
  if (recorder_ != nullptr) recorder_->close();  // whoever sees the end can open the folder
  {
    const std::lock_guard lock{mutex_};
    outcome_ = std::move(outcome);
    ended_ = true;
    unanswered.swap(questions_);
    tell = !detached_ && options_.events == PTM_EVENTS_THREAD && options_.on_end != nullptr;
  }
  changed_.notify_all();
  if (!tell) return;
  try {
    options_.on_end(options_.user, handle);
  } catch (...) {
    // The run has ended; its outcome stays valid.
  }
}

std::optional<StopReason> Run::ask_policy(const Prospect& prospect) const {
  {
    const std::lock_guard lock{mutex_};
    if (detached_) return std::nullopt;
  }
  json::value transcript = to_json(prospect.transcript());
  // The caller sees the next call as if its worst-case cost were reserved already.
  const Money spent = prospect.transcript().ledger().spent();
  transcript.at("ledger").as_object()["reserved_micros"] = prospect.committed().micros() - spent.micros();
  const std::string text = to_text(transcript);
  std::array<char, 512> why{};
  const std::int32_t answer = options_.stop(options_.user, ptm_str{text.data(), text.size()}, why.data(), why.size());
  if (answer == PTM_GO_ON) return std::nullopt;
  std::string words{why.data(), ::strnlen(why.data(), why.size())};
  if (answer != PTM_STOP) {
    if (words.empty())
      words = "the stop policy returned " + std::to_string(answer) + ", which is neither PTM_GO_ON nor PTM_STOP";
    throw Failure{Error{errc::backend_failed, std::move(words)}};
  }
  return StopReason{StopKind::custom, "custom", std::move(words)};
}

// Called by the caller -------------------------------------------------------------------------------------------------

void Run::wait_for_change(std::unique_lock<std::mutex>& lock, Deadline deadline, bool may_wait, bool& is_late) {
  is_late = deadline && std::chrono::steady_clock::now() >= *deadline;
  if (is_late) return;
  if (!may_wait) reject(PTM_E_BUSY, "this would block an engine thread within a callback; use a timeout of 0");
  if (deadline) {
    changed_.wait_until(lock, *deadline);
  } else {
    changed_.wait(lock);
  }
}

ptm_text* Run::next(Deadline deadline, bool may_wait, ptm_status& status) {
  if (options_.events != PTM_EVENTS_PULL)
    reject(PTM_E_STATE, "the events of this run go to its callbacks; ptm_run_next needs PTM_EVENTS_PULL");
  std::unique_lock lock{mutex_};
  for (bool is_late = false;;) {
    if (!waiting_.empty()) {
      // Formatted without the lock. If another thread delivers it meanwhile, try the next one.
      const Item item = waiting_.front();
      const std::size_t number = given_out_;
      lock.unlock();
      ptm_text* const text = new_text(text_of(item));
      lock.lock();
      if (number != given_out_) {
        take(text);
        continue;
      }
      waiting_.pop_front();
      ++given_out_;
      status = PTM_OK;
      return text;
    }
    if (ended_ || is_late) {
      status = ended_ ? PTM_END : PTM_TIMEOUT;
      return nullptr;
    }
    wait_for_change(lock, deadline, may_wait, is_late);
  }
}

ptm_status Run::poll(Deadline deadline, bool may_wait, std::size_t& called) {
  if (options_.events != PTM_EVENTS_POLLED)
    reject(PTM_E_STATE, "the events of this run are not polled; ptm_run_poll needs PTM_EVENTS_POLLED");
  {
    const std::lock_guard lock{mutex_};
    if (polling_) reject(PTM_E_BUSY, "this run is already being polled; it can have one poll at a time");
    polling_ = true;
  }
  struct Leave {
    explicit Leave(Run& r) : run{r} {}
    Leave(const Leave&) = delete;
    Leave& operator=(const Leave&) = delete;
    ~Leave() {
      bool is_due = false;
      {
        const std::lock_guard lock{run.mutex_};
        run.polling_ = false;
        is_due = run.release_is_due_;
      }
      run.changed_.notify_all();
      if (is_due) run.release_callbacks();
    }
    Run& run;
  };
  const Leave leave{*this};
  const Polling polling;
  for (bool is_late = false;;) {
    Item item;
    {
      std::unique_lock lock{mutex_};
      if (detached_ || release_is_due_) return PTM_END;
      if (waiting_.empty()) {
        if (ended_) break;
        if (called > 0) return PTM_OK;
        if (is_late) return PTM_TIMEOUT;
        wait_for_change(lock, deadline, may_wait, is_late);
        continue;
      }
      item = waiting_.front();
    }
    std::string text;
    try {
      text = text_of(item);
    } catch (const std::bad_alloc&) {
      if (called > 0) return PTM_OK;  // the next poll delivers it
      throw;
    }
    {
      const std::lock_guard lock{mutex_};
      waiting_.pop_front();  // still the same item: there is one poll at a time
    }
    try {
      options_.on_event(options_.user, handle, ptm_str{text.data(), text.size()});
    } catch (...) {
      called = 0;
      cancel();
      throw Failure{Error{errc::observer_failed, error_from_current_exception("on_event").message()}};
    }
    ++called;
  }
  if (!std::exchange(end_told_, true) && options_.on_end != nullptr) {  // only polls access it
    ++called;
    try {
      options_.on_end(options_.user, handle);
    } catch (...) {
      // The run has ended; its outcome stays valid.
    }
  }
  return PTM_END;
}

ptm_status Run::wait(Deadline deadline, bool may_wait) {
  std::unique_lock lock{mutex_};
  for (bool is_late = false; !ended_;) {
    if (is_late) return PTM_TIMEOUT;
    wait_for_change(lock, deadline, may_wait, is_late);
  }
  return PTM_OK;
}

void Run::emit_cancel() const {
  if (cancelled_ && is_connected_) signal_.emit(boost::asio::cancellation_type::all);
}

void Run::cancel() {
  cancelled_ = true;
  if (const std::shared_ptr<Engine> home = engine_.lock()) home->cancel(shared_from_this());
}

void Run::detach() noexcept {
  {
    const std::lock_guard lock{mutex_};
    detached_ = true;
  }
  changed_.notify_all();
  try {
    cancel();
  } catch (const std::bad_alloc&) {
    // Out of memory: there is nobody to report to.
  }
}

void Run::answer(std::int64_t question, std::string_view text) {
  const std::lock_guard lock{mutex_};
  const auto asked = questions_.find(question);
  if (asked == questions_.end())
    reject(PTM_E_STATE, "question " + std::to_string(question) + " was not asked or is already answered");
  asked->second.answer.set(edited(asked->second.proposal, text));
  questions_.erase(asked);
}

const Outcome& Run::ended_outcome() const {
  const std::lock_guard lock{mutex_};
  if (!ended_) reject(PTM_E_STATE, "the run has not ended; wait for its end first");
  if (!outcome_)
    reject(PTM_E_STATE, "the recorded run has not stopped, so it has no outcome; ptm_resume goes on with it");
  return *outcome_;
}

std::string Run::outcome() const { return to_text(ended_outcome()); }

Transcript Run::transcript() const {
  std::vector<Event> events;
  {
    const std::lock_guard lock{mutex_};
    // After a callback threw, `events_` is incomplete; the outcome is not.
    if (outcome_) return outcome_->transcript();
    events.assign(events_.begin(), events_.end());
  }
  return value_of(fold(events));
}

Image Run::best() const {
  const Outcome& outcome = ended_outcome();
  if (!outcome.has_best() && !outcome.error()) reject(PTM_E_NOT_FOUND, "the run ended without an image");
  return outcome.best().image();
}

std::optional<Image> Run::find_image(std::string_view sha256) const {
  std::vector<Image> images;
  {
    const std::lock_guard lock{mutex_};
    for (const Event& event : events_) collect(images, event);
  }
  return find_image_of(images, sha256);
}

}  // namespace pentimento::capi
