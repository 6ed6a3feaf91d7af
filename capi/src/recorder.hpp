#pragma once

#include <pentimento/error.hpp>
#include <pentimento/event.hpp>
#include <pentimento/event_sink.hpp>
#include <pentimento/store/run_folder.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <mutex>

namespace pentimento::capi {

/// Records a run in a folder, until it is closed. Thread-safe.
class Recorder final : public EventSink {
 public:
  explicit Recorder(std::shared_ptr<RunFolder> folder) noexcept : folder_{std::move(folder)} {}

  /// Gives the lease of the folder back. Called at the end of the run, which may have ended without an event. Idempotent.
  void close() noexcept;

 private:
  boost::asio::awaitable<Result<void>> do_on_event(Event event) override;
  std::shared_ptr<RunFolder> folder();

  std::mutex mutex_;
  std::shared_ptr<RunFolder> folder_;
};

}  // namespace pentimento::capi
