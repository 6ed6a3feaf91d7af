#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

namespace pentimento::detail {

/**
 * Runs what is posted to it one after the other, on another executor: a strand that bears a want of memory.
 *
 * `boost::asio::strand` of Asio 1.24 queues a function and then asks the executor below to run it. Where that finds no memory
 * the function stays queued, the strand waits for a turn that nobody will take, and nothing is run any more that is posted to
 * it. Here, a function whose post throws is not queued. What others posted in that very moment is run with the next post.
 * It is also small enough for `any_io_executor` to hold it without memory of its own, which a strand of one is not.
 *
 * Copies are the same strand. **Threads**: any.
 */
class SerialExecutor {
 public:
  /// A new one on `below`. (No constructor: Asio's test for executors would take it for one from a SerialExecutor.)
  static SerialExecutor on(boost::asio::any_io_executor below) {
    return {std::make_shared<Queue>(std::move(below)), true};
  }

  // What Asio asks of an executor --------------------------------------------------------------------------------------

  template <class Function>
  void execute(Function&& function) const {
    if (at_once_ && Queue::running == queue_.get()) {
      std::decay_t<Function> here{std::forward<Function>(function)};
      std::move(here)();
    } else {
      queue_->push(std::make_unique<JobOf<std::decay_t<Function>>>(std::forward<Function>(function)), at_once_);
    }
  }

  boost::asio::execution_context& query(boost::asio::execution::context_t property) const noexcept {
    return boost::asio::query(queue_->below, property);
  }
  boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept {
    if (at_once_) return boost::asio::execution::blocking.possibly;
    return boost::asio::execution::blocking.never;
  }
  SerialExecutor require(boost::asio::execution::blocking_t::possibly_t) const { return {queue_, true}; }
  SerialExecutor require(boost::asio::execution::blocking_t::never_t) const { return {queue_, false}; }
  SerialExecutor require(boost::asio::execution::outstanding_work_t::tracked_t tracked) const {
    const auto work = std::make_shared<Work>(queue_->shared_from_this(), boost::asio::prefer(queue_->below, tracked));
    return {std::shared_ptr<Queue>{work, work->queue.get()}, at_once_};
  }
  SerialExecutor require(boost::asio::execution::outstanding_work_t::untracked_t) const {
    return {queue_->shared_from_this(), at_once_};
  }

  friend bool operator==(const SerialExecutor& a, const SerialExecutor& b) noexcept {
    return a.queue_.get() == b.queue_.get() && a.at_once_ == b.at_once_;
  }

 private:
  struct Job {
    virtual ~Job() = default;
    /// Runs the function, whose memory is given back first.
    virtual void run(std::unique_ptr<Job> self) = 0;
    std::unique_ptr<Job> next;
  };

  template <class Function>
  struct JobOf final : Job {
    explicit JobOf(Function f) : function{std::move(f)} {}
    void run(std::unique_ptr<Job> self) override {
      Function here{std::move(function)};
      self.reset();
      std::move(here)();
    }
    Function function;
  };

  /// First in, first out.
  class Jobs {
   public:
    Jobs() = default;
    Jobs(Jobs&& other) noexcept : first_{std::move(other.first_)}, last_{std::exchange(other.last_, nullptr)} {}
    Jobs& operator=(Jobs&&) = delete;
    ~Jobs() {
      while (!empty()) pop();  // one after the other, and not one within the other
    }
    bool empty() const noexcept { return first_ == nullptr; }
    void push(std::unique_ptr<Job> job) noexcept {
      Job* const added = job.get();
      (last_ == nullptr ? first_ : last_->next) = std::move(job);
      last_ = added;
    }
    std::unique_ptr<Job> pop() noexcept {
      std::unique_ptr<Job> job = std::move(first_);
      first_ = std::move(job->next);
      if (first_ == nullptr) last_ = nullptr;
      return job;
    }
    /// Puts what another list has before what there is.
    void push_before(Jobs other) noexcept {
      if (other.empty()) return;
      other.last_->next = std::move(first_);
      if (last_ == nullptr) last_ = other.last_;
      first_ = std::move(other.first_);
      other.last_ = nullptr;
    }
    std::unique_ptr<Job> remove(const Job* job) noexcept {
      Job* before = nullptr;
      std::unique_ptr<Job>* place = &first_;
      while (place->get() != job) {
        before = place->get();
        place = &before->next;
      }
      std::unique_ptr<Job> removed = std::move(*place);
      *place = std::move(removed->next);
      if (*place == nullptr) last_ = before;
      return removed;
    }

   private:
    std::unique_ptr<Job> first_;
    Job* last_ = nullptr;
  };

  /// Whether somebody is to run the jobs.
  enum class Turn { nobodys, being_asked_for, asked_for, taken };

  struct Queue : std::enable_shared_from_this<Queue> {
    explicit Queue(boost::asio::any_io_executor executor)
        : below{std::move(executor)}, later{boost::asio::require(below, boost::asio::execution::blocking.never)} {}

    /// Queues a job, and sees to it that it will be run. Throws what the executor below throws; the job is not queued then.
    void push(std::unique_ptr<Job> job, bool at_once) {
      const Job* const added = job.get();
      std::uint64_t ticket = 0;
      {
        const std::lock_guard lock{mutex};
        jobs.push(std::move(job));
        if (turn != Turn::nobodys) return;
        turn = Turn::being_asked_for;
        ticket = ++last_ticket;
      }
      try {
        ask_for_turn(at_once ? below : later, ticket);
      } catch (...) {
        std::unique_ptr<Job> not_queued;  // goes after the lock: its end may post as well
        const std::lock_guard lock{mutex};
        if (is_being_asked_for(ticket)) {  // otherwise the turn was taken here, and it is a job that threw
          turn = Turn::nobodys;
          not_queued = jobs.remove(added);
        }
        throw;
      }
    }

    /// Has the executor take a turn, now or later.
    void ask_for_turn(const boost::asio::any_io_executor& executor, std::uint64_t ticket) {
      executor.execute(TurnTaker{this->shared_from_this()});
      const std::lock_guard lock{mutex};
      if (is_being_asked_for(ticket)) turn = Turn::asked_for;
    }

    bool is_being_asked_for(std::uint64_t ticket) const noexcept {
      return turn == Turn::being_asked_for && last_ticket == ticket;
    }

    void take_turn() {
      const Queue* const outer = std::exchange(running, this);
      try {
        do {
          run_all();
        } while (!pass_on());
      } catch (...) {
        running = outer;
        if (!pass_on()) {
          const std::lock_guard lock{mutex};
          turn = Turn::nobodys;
        }
        throw;
      }
      running = outer;
    }

    /// Runs what is there now; others at the thread are to have their turn as well.
    void run_all() {
      Jobs batch = take(Turn::taken);
      try {
        while (!batch.empty()) {
          std::unique_ptr<Job> job = batch.pop();
          Job& here = *job;
          here.run(std::move(job));
        }
      } catch (...) {
        const std::lock_guard lock{mutex};
        jobs.push_before(std::move(batch));
        throw;
      }
    }

    /// Has somebody run the rest, if there is one. Returns false where there is no memory to ask for that.
    bool pass_on() noexcept {
      std::uint64_t ticket = 0;
      {
        const std::lock_guard lock{mutex};
        turn = jobs.empty() ? Turn::nobodys : Turn::being_asked_for;
        if (turn == Turn::nobodys) return true;
        ticket = ++last_ticket;
      }
      try {
        ask_for_turn(later, ticket);
        return true;
      } catch (...) {
        return false;
      }
    }

    /// A turn was given up with its execution context. What waits for it goes as well: it may own this queue.
    void drop() noexcept {
      bool is_asked_for = false;
      {
        const std::lock_guard lock{mutex};
        is_asked_for = turn == Turn::asked_for;
      }
      if (is_asked_for) const Jobs dropped = take(Turn::nobodys);
    }

    Jobs take(Turn by) noexcept {
      const std::lock_guard lock{mutex};
      turn = by;
      return std::move(jobs);
    }

    static inline thread_local const Queue* running = nullptr;  // whose jobs this thread is at
    const boost::asio::any_io_executor below;
    const boost::asio::any_io_executor later;  // the same, that never runs a function at once
    std::mutex mutex;
    Jobs jobs;
    Turn turn = Turn::nobodys;
    std::uint64_t last_ticket = 0;  // of those who asked for a turn
  };

  class TurnTaker {
   public:
    explicit TurnTaker(std::shared_ptr<Queue> queue) : queue_{std::move(queue)} {}
    TurnTaker(TurnTaker&&) noexcept = default;
    TurnTaker& operator=(TurnTaker&&) = delete;
    ~TurnTaker() {
      if (queue_ != nullptr) queue_->drop();
    }
    void operator()() {
      const std::shared_ptr<Queue> queue = std::move(queue_);
      queue->take_turn();
    }

   private:
    std::shared_ptr<Queue> queue_;
  };

  /// Says to the executor below that something is under way, as long as there are copies of an executor that owns it.
  struct Work {
    Work(std::shared_ptr<Queue> q, boost::asio::any_io_executor e) : queue{std::move(q)}, executor{std::move(e)} {}
    std::shared_ptr<Queue> queue;
    boost::asio::any_io_executor executor;
  };

  SerialExecutor(std::shared_ptr<Queue> queue, bool at_once) : queue_{std::move(queue)}, at_once_{at_once} {}

  std::shared_ptr<Queue> queue_;
  bool at_once_;  // a function may be run before `execute` returns
};

}  // namespace pentimento::detail
