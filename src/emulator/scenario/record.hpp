#pragma once

#include "emulator/server/connection.hpp"
#include "emulator/server/server.hpp"
#include <pentimento/emulator/emulator.hpp>

#include <chrono>
#include <cstdint>
#include <utility>

namespace pentimento::emulator {

/// What is known of one request; reported when it goes, however that comes about.
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

  /// So many bytes of it have come.
  void received(std::uint64_t bytes) {
    if (log.number == 0) {
      log.number = server_.begin_request();
      begun_ = Clock::now();
    }
    log.bytes_received += bytes;
    server_.count_bytes(bytes);
  }

  /// Its head has come.
  void headed(const HttpRequest& request, std::string rule) {
    log.method = request.method;
    log.path = request.path;
    log.rule = std::move(rule);
    server_.count_head(log.path);
    server_.report_begin(log);
  }

  /// All of it has come.
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
