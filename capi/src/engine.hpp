#pragma once

#include "handles.hpp"
#include "refine_request.hpp"
#include "run.hpp"
#include <pentimento.h>
#include <pentimento/registry.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <filesystem>
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

/// The threads that runs work on, and the backends that they may use. Lives until it is closed and its last thread has
/// ended: each thread shares its ownership. Thread-safe.
class Engine : public std::enable_shared_from_this<Engine> {
 public:
  /// Throws `std::bad_alloc`, and `std::system_error` if threads or file descriptors run out.
  static std::shared_ptr<Engine> create(int threads, Registry registry);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// {"generators", "critics", "revisers"}.
  std::string backends() const;
  void add_generator(std::string_view terms, const ptm_backend& functions);
  void add_critic(std::string_view terms, const ptm_backend& functions);
  void add_reviser(std::string_view terms, const ptm_backend& functions);

  /// Begins a run, recorded in a folder unless that is empty. If it throws, the run has not begun.
  void begin(const std::shared_ptr<Run>& run, RefineRequest request, const std::filesystem::path& folder);
  /// Goes on with the run of a folder. If it throws, it does not go on.
  void resume(const std::shared_ptr<Run>& run, ResumeRequest request, const std::filesystem::path& folder);
  /// Has an engine thread cancel a run. Throws `std::bad_alloc`. A no-op once the engine has ended.
  void cancel(std::shared_ptr<Run> run);

  /// Cancels all runs and ends the threads. Blocks until they have ended, except within a callback: two engines that closed
  /// each other would deadlock.
  void close() noexcept;

 private:
  explicit Engine(Registry registry);
  using Backends = std::map<std::string, std::shared_ptr<CallerBackend>>;
  template <class Add>
  void replace(const std::shared_ptr<CallerBackend>& backend, Backends& backends, const std::string& name,
               const Add& add);
  /// Has an engine thread begin a run by `start`, which gets an executor and the handler of its end.
  template <class Start>
  void post(const std::shared_ptr<Run>& run, Start start);
  void work() noexcept;
  /// Called as each thread ends. The last one of an engine that was closed within a callback tears it down.
  void end_work() noexcept;
  void tear_down() noexcept;
  void reject_if_closing() const;

  mutable std::shared_mutex backends_mutex_;  // locked before `mutex_`
  std::optional<Registry> registry_;          // until it is torn down
  Backends callers_generators_;
  Backends callers_critics_;
  Backends callers_revisers_;

  mutable std::mutex mutex_;
  std::unique_ptr<boost::asio::io_context> context_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::vector<std::thread> threads_;
  std::size_t working_ = 0;               // threads that have not ended, and the closing one
  std::vector<std::weak_ptr<Run>> runs_;  // also those that have ended
  bool closing_ = false;
  bool closed_within_ = false;  // closed within a callback: the last thread tears down
};

}  // namespace pentimento::capi
