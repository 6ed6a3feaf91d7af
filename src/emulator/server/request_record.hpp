#pragma once

#include "emulator/server/connection.hpp"
#include "emulator/server/server.hpp"
#include <pentimento/emulator/emulator.hpp>

#include <chrono>
#include <cstdint>
#include <utility>

namespace pentimento::emulator {

/// The log of one request. Reported by the destructor, so that no way out is missed.
class Connection::Record {
 public:
  Record(Server& server, std::uint64_t connection) : server_{server} { log.connection = connection; }
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;
  ~Record() {
    if (log.number == 0) return;
    log.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
    log.complete = arrived_ && answered;
    server_.report_end(log);
  }

  /// Counts bytes that have arrived.
  void received(std::uint64_t bytes) {
    if (log.number == 0) {
      log.number = server_.begin_request();
      begun_ = Clock::now();
    }
    log.bytes_received += bytes;
    server_.count_bytes(bytes);
  }

  /// The head has arrived.
  void headed(const HttpRequest& request, std::string rule) {
    log.method = request.method;
    log.path = request.path;
    log.rule = std::move(rule);
    server_.count_head(log.path);
    server_.report_begin(log);
  }

  /// The whole request has arrived.
  void arrived() {
    if (!std::exchange(arrived_, true)) server_.count_whole();
  }

  RequestLog log;
  bool answered = false;

 private:
  Server& server_;
  Clock::time_point begun_{};
  bool arrived_ = false;
};

}  // namespace pentimento::emulator
