#pragma once

#include "handles.hpp"
#include "refine_request.hpp"
#include "run.hpp"
#include <pentimento.h>
#include <pentimento/registry.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace pentimento::capi {

class CallerBackend;

/// Room for the wait for the bell, which there is one of at a time.
struct WaitMemory {
  alignas(std::max_align_t) std::array<std::byte, 512> room;
  bool is_taken = false;
};

/**
 * Threads that runs work on, and the backends that they may use.
 *
 * It lives until it was closed and its last thread has ended; each thread keeps it alive. **Threads**: any.
 */
class Engine : public std::enable_shared_from_this<Engine> {
 public:
  /// Throws `Failure` for settings that cannot be, `std::bad_alloc`, and `std::system_error` where there are no threads.
  static std::shared_ptr<Engine> create(int threads, Registry registry);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// {"generators", "critics", "revisers"}.
  std::string backends() const;
  void add_generator(std::string_view terms, const ptm_backend& functions);
  void add_critic(std::string_view terms, const ptm_backend& functions);

  /// Begins a run. Throws, and has not begun it then.
  void begin(const std::shared_ptr<Run>& run, RefineRequest request);
  /// A run has ended.
  void ended(const std::shared_ptr<Run>& run) noexcept;

  /// Has an engine thread cancel the runs that are to be cancelled, soon. Needs no memory.
  void ring() noexcept;

  /// Cancels all runs and ends the threads; waits for that, unless it is called on a thread of an engine: two that waited for
  /// each other would do so for ever.
  void close() noexcept;

 private:
  explicit Engine(Registry registry);
  // Of an executor that is no `any_io_executor`, which needs memory to bring a completion.
  using Bell = boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;
  using Backends = std::map<std::string, std::shared_ptr<CallerBackend>>;
  template <class Add>
  void replace(const std::shared_ptr<CallerBackend>& backend, Backends& backends, const std::string& name,
               const Add& add);
  void listen();
  void answer_ring();
  std::shared_ptr<Run> run_before(std::size_t& place) const noexcept;
  void work() noexcept;
  /// One of those that work has ended; the last of an engine that was closed within a callback tears down.
  void end_work() noexcept;
  void tear_down() noexcept;
  void refuse_closing() const;

  mutable std::shared_mutex backends_mutex_;  // before the other one, where both are locked
  std::optional<Registry> registry_;          // until it is torn down
  Backends callers_generators_;
  Backends callers_critics_;

  mutable std::mutex mutex_;
  std::unique_ptr<boost::asio::io_context> context_;
  // Rung from any thread, and listened to as long as the engine is open or has runs, which keeps its threads at work.
  std::optional<Bell> bell_;
  WaitMemory bell_memory_;
  int bell_file_ = -1;  // the same, that `ring` writes to
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::vector<std::thread> threads_;
  std::size_t working_ = 0;                   // threads that have not ended, and who closes the engine
  std::vector<std::shared_ptr<Run>> runs_;    // that have not ended
  std::vector<std::weak_ptr<Run>> all_runs_;  // also of those that have ended
  bool closing_ = false;
  bool closed_within_ = false;  // a callback: the last of the threads tears down
};

}  // namespace pentimento::capi
