#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
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
 * it. Here, a function whose post throws is not queued, and what others posted in that moment is run.
 *
 * It is small enough for `any_io_executor` to hold it without memory of its own, which a strand of one is not. Asio makes
 * copies that count as outstanding work in functions that must not throw; these need none either.
 *
 * Copies are the same strand. **Threads**: any.
 */
class SerialExecutor {
 public:
  /// A new one on `below`. (No constructor: Asio's test for executors would take it for one from a SerialExecutor.)
  static SerialExecutor on(boost::asio::any_io_executor below) {
    return {std::make_shared<Queue>(std::move(below)), true, false};
  }

  SerialExecutor(const SerialExecutor& other) noexcept : SerialExecutor{other.queue_, other.at_once_, other.is_work_} {}
  SerialExecutor(SerialExecutor&& other) noexcept
      : queue_{std::move(other.queue_)}, at_once_{other.at_once_}, is_work_{std::exchange(other.is_work_, false)} {}
  SerialExecutor& operator=(SerialExecutor other) noexcept {
    queue_.swap(other.queue_);
    std::swap(at_once_, other.at_once_);
    std::swap(is_work_, other.is_work_);
    return *this;
  }
  ~SerialExecutor() {
    if (is_work_) queue_->end_work();
  }

  // What Asio asks of an executor --------------------------------------------------------------------------------------

  template <class Function>
  void execute(Function&& function) const {
    if (at_once_ && here.running == queue_.get()) {
      std::decay_t<Function> run{std::forward<Function>(function)};
      std::move(run)();
    } else {
      queue_->push(std::make_unique<TaskOf<std::decay_t<Function>>>(std::forward<Function>(function)), at_once_);
    }
  }

  boost::asio::execution_context& query(boost::asio::execution::context_t property) const noexcept {
    return boost::asio::query(queue_->below, property);
  }
  boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept {
    if (at_once_) return boost::asio::execution::blocking.possibly;
    return boost::asio::execution::blocking.never;
  }
  SerialExecutor require(boost::asio::execution::blocking_t::possibly_t) const noexcept {
    return {queue_, true, is_work_};
  }
  SerialExecutor require(boost::asio::execution::blocking_t::never_t) const noexcept {
    return {queue_, false, is_work_};
  }
  SerialExecutor require(boost::asio::execution::outstanding_work_t::tracked_t) const noexcept {
    return {queue_, at_once_, true};
  }
  SerialExecutor require(boost::asio::execution::outstanding_work_t::untracked_t) const noexcept {
    return {queue_, at_once_, false};
  }

  friend bool operator==(const SerialExecutor& a, const SerialExecutor& b) noexcept {
    return a.queue_ == b.queue_ && a.at_once_ == b.at_once_;
  }

 private:
  struct Task {
    virtual ~Task() = default;
    /// Runs the function, whose memory is given back first.
    virtual void run(std::unique_ptr<Task> self) = 0;
    std::unique_ptr<Task> next;
    std::uint64_t number = 0;
  };

  template <class Function>
  struct TaskOf final : Task {
    explicit TaskOf(Function f) : function{std::move(f)} {}
    void run(std::unique_ptr<Task> self) override {
      Function moved{std::move(function)};
      self.reset();
      std::move(moved)();
    }
    Function function;
  };

  /// First in, first out.
  class Tasks {
   public:
    Tasks() = default;
    Tasks(Tasks&& other) noexcept : first_{std::move(other.first_)}, last_{std::exchange(other.last_, nullptr)} {}
    Tasks& operator=(Tasks&&) = delete;
    ~Tasks() {
      while (!empty()) pop();  // one after the other, and not one within the other
    }
    bool empty() const noexcept { return first_ == nullptr; }
    /// Returns the number of the task.
    std::uint64_t push(std::unique_ptr<Task> task) noexcept {
      Task* const added = task.get();
      added->number = ++last_number_;
      (last_ == nullptr ? first_ : last_->next) = std::move(task);
      last_ = added;
      return last_number_;
    }
    std::unique_ptr<Task> pop() noexcept {
      std::unique_ptr<Task> task = std::move(first_);
      first_ = std::move(task->next);
      if (first_ == nullptr) last_ = nullptr;
      return task;
    }
    /// Puts what another list has before what there is.
    void push_before(Tasks other) noexcept {
      if (other.empty()) return;
      other.last_->next = std::move(first_);
      if (last_ == nullptr) last_ = other.last_;
      first_ = std::move(other.first_);
      other.last_ = nullptr;
    }
    /// Takes a task out; null if it is not there any more.
    std::unique_ptr<Task> remove(std::uint64_t number) noexcept {
      Task* before = nullptr;
      std::unique_ptr<Task>* place = &first_;
      while (*place != nullptr && (*place)->number != number) {
        before = place->get();
        place = &before->next;
      }
      std::unique_ptr<Task> removed = std::move(*place);
      if (removed == nullptr) return removed;
      *place = std::move(removed->next);
      if (*place == nullptr) last_ = before;
      return removed;
    }
    Tasks take() noexcept {
      Tasks taken;
      taken.first_ = std::move(first_);
      taken.last_ = std::exchange(last_, nullptr);
      return taken;
    }

   private:
    std::unique_ptr<Task> first_;
    Task* last_ = nullptr;
    std::uint64_t last_number_ = 0;
  };

  /// What this thread is at.
  struct ThisThread {
    const void* running;  // the queue whose tasks it runs
    const void* asking;   // the queue for which it asks the executor below for a turn
    std::uint64_t turns;  // that it has begun
  };
  static inline thread_local ThisThread here{};

  /// The tasks, and who runs them: a thread that has the turn, which it got through a `TurnTaker` that the executor below was
  /// given. There may be more of these than are needed; those find nothing to do.
  class Queue : public std::enable_shared_from_this<Queue> {
   public:
    explicit Queue(boost::asio::any_io_executor executor)
        : below{std::move(executor)}, later_{boost::asio::require(below, boost::asio::execution::blocking.never)} {}

    /// Queues a task, and sees to it that it will be run. Throws what the executor below throws; the task is not queued then.
    void push(std::unique_ptr<Task> task, bool at_once) {
      std::uint64_t number = 0;
      {
        const std::lock_guard lock{mutex_};
        number = tasks_.push(std::move(task));
        if (has_turn_ || asked_ > 0) return;
      }
      const std::uint64_t turns = here.turns;
      try {
        ask_for_turn(at_once ? below : later_);
      } catch (...) {
        if (here.turns != turns) throw;    // the turn was taken here, and it is a task that threw
        std::unique_ptr<Task> not_queued;  // goes after the lock: its end may post as well
        {
          const std::lock_guard lock{mutex_};
          not_queued = tasks_.remove(number);
        }
        if (not_queued != nullptr) throw;  // otherwise another thread got a turn meanwhile, and runs it
      }
    }

    /// What a `TurnTaker` does.
    void take_turn() {
      {
        const std::lock_guard lock{mutex_};
        --asked_;
        if (has_turn_ || tasks_.empty()) return;
        has_turn_ = true;
      }
      const ThisThread outer = here;
      here = {this, nullptr, outer.turns + 1};
      std::exception_ptr thrown;
      do {
        try {
          run_all();
        } catch (...) {
          if (!thrown) thrown = std::current_exception();
        }
      } while (!pass_on());
      here = {outer.running, outer.asking, here.turns};
      if (thrown) std::rethrow_exception(std::move(thrown));
    }

    /// A turn was given up with its execution context. What waits for it goes as well: it may own this queue.
    void drop_turn() noexcept {
      Tasks dropped;
      const std::lock_guard lock{mutex_};
      --asked_;
      if (!has_turn_) dropped.push_before(tasks_.take());
    }

    void begin_work() noexcept {
      const std::lock_guard lock{mutex_};
      if (works_++ == 0) work_ = boost::asio::prefer(below, boost::asio::execution::outstanding_work.tracked);
    }
    void end_work() noexcept {
      boost::asio::any_io_executor over;
      const std::lock_guard lock{mutex_};
      if (--works_ == 0) over = std::exchange(work_, {});
    }

    const boost::asio::any_io_executor below;

   private:
    /// Has the executor take a turn, now or later.
    void ask_for_turn(const boost::asio::any_io_executor& executor) {
      struct Asking {
        explicit Asking(const void* queue) : before{std::exchange(here.asking, queue)} {}
        Asking(const Asking&) = delete;
        Asking& operator=(const Asking&) = delete;
        ~Asking() { here.asking = before; }
        const void* before;
      };
      {
        const Asking asking{this};
        executor.execute(TurnTaker{this->shared_from_this()});
      }
      const std::lock_guard lock{mutex_};
      ++asked_;
    }

    /// Runs what is there now; others at the thread are to have their turn as well.
    void run_all() {
      Tasks batch = [this] {
        const std::lock_guard lock{mutex_};
        return tasks_.take();
      }();
      try {
        while (!batch.empty()) {
          std::unique_ptr<Task> task = batch.pop();
          Task& first = *task;
          first.run(std::move(task));
        }
      } catch (...) {
        const std::lock_guard lock{mutex_};
        tasks_.push_before(std::move(batch));
        throw;
      }
    }

    /// Gives the turn away, if need be to whoever runs the rest. Returns false where there is no memory to ask for that: the
    /// turn is still this thread's.
    bool pass_on() noexcept {
      {
        const std::lock_guard lock{mutex_};
        has_turn_ = false;
        if (tasks_.empty() || asked_ > 0) return true;
      }
      try {
        ask_for_turn(later_);
        return true;
      } catch (...) {
        const std::lock_guard lock{mutex_};
        if (has_turn_ || tasks_.empty()) return true;
        has_turn_ = true;
        return false;
      }
    }

    const boost::asio::any_io_executor later_;  // the one below, that never runs a function at once
    std::mutex mutex_;
    Tasks tasks_;
    bool has_turn_ = false;
    int asked_ = 0;  // `TurnTaker`s that were given to the executor, less those that it has run or given up
    std::size_t works_ = 0;
    boost::asio::any_io_executor work_;  // says to the executor below that something is under way
  };

  class TurnTaker {
   public:
    explicit TurnTaker(std::shared_ptr<Queue> queue) : queue_{std::move(queue)} {}
    TurnTaker(TurnTaker&&) noexcept = default;
    TurnTaker& operator=(TurnTaker&&) = delete;
    ~TurnTaker() {
      // While it is being given to the executor, only because there was no memory to take it.
      if (queue_ != nullptr && here.asking != queue_.get()) queue_->drop_turn();
    }
    void operator()() {
      const std::shared_ptr<Queue> queue = std::move(queue_);
      queue->take_turn();
    }

   private:
    std::shared_ptr<Queue> queue_;
  };

  SerialExecutor(std::shared_ptr<Queue> queue, bool at_once, bool is_work) noexcept
      : queue_{std::move(queue)}, at_once_{at_once}, is_work_{is_work} {
    if (is_work_) queue_->begin_work();
  }

  std::shared_ptr<Queue> queue_;
  bool at_once_;  // a function may be run before `execute` returns
  bool is_work_;  // counts as outstanding
};

}  // namespace pentimento::detail
