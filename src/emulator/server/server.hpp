#pragma once

#include "emulator/dialects/dialect.hpp"
#include "emulator/scenario/rules.hpp"
#include "emulator/server/certificates.hpp"
#include <pentimento/emulator/emulator.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace pentimento::emulator {

class Connection;

/// What rules look at in a request.
struct RequestFacts {
  std::string method;
  std::string path;
  std::uint64_t request_of_connection = 0;
};

/// Accepts connections, and holds what they share. Thread-safe.
class Server : public std::enable_shared_from_this<Server> {
 public:
  Server(boost::asio::any_io_executor executor, std::shared_ptr<const Backends> backends, EmulatorOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Starts accepting. Call it once.
  void start();
  void stop() noexcept;
  void play(Scenario scenario);

  std::uint16_t port() const noexcept { return port_; }
  const EmulatorOptions& options() const noexcept { return options_; }
  std::string ca_pem() const { return authority_ == nullptr ? std::string{} : authority_->pem(); }
  const std::vector<std::unique_ptr<Dialect>>& dialects() const noexcept { return dialects_; }

  std::uint64_t connections() const;
  std::uint64_t open_connections() const;
  RequestCounts requests() const;
  void reset_counts();

  // For its connections.

  http::TlsContext tls(CertificateKind kind, const std::string& version) { return authority_->context(kind, version); }
  /// Counts a request in the rules. Returns the rule that applies to it, or null.
  std::shared_ptr<const RequestRule> rule_for(const RequestFacts& facts);
  Dialect& dialect_for(const HttpRequest& request);
  /// Counts a request that begins. Returns its number.
  std::uint64_t begin_request();
  void count_head(const std::string& path);
  void count_whole();
  void count_bytes(std::uint64_t bytes);
  void report_begin(const RequestLog& log) noexcept { report(options_.on_begin, log); }
  void report_end(const RequestLog& log) noexcept { report(options_.on_request, log); }
  void forget(std::uint64_t connection);

 private:
  struct Listener;

  static boost::asio::awaitable<void> accept(std::shared_ptr<Server> self, std::shared_ptr<Listener> listener);
  std::shared_ptr<Listener> listen(const std::string& address, std::uint16_t port);
  /// Counts a connection in the rules. Returns what happens to it.
  ConnectionAction action_of_next(const std::string& address);
  bool never_accepts_next(const std::string& address) const;
  void admit(boost::asio::ip::tcp::socket socket, const std::string& address);
  void report(const std::function<void(const RequestLog&)>& to, const RequestLog& log) noexcept;
  bool is_stopped() const;

  boost::asio::any_io_executor executor_;
  const EmulatorOptions options_;
  std::unique_ptr<CertificateAuthority> authority_;
  std::vector<std::unique_ptr<Dialect>> dialects_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  std::uint16_t port_ = 0;

  mutable std::mutex mutex_;  // guards what follows
  bool stopped_ = false;
  std::shared_ptr<const Rules> rules_;
  std::vector<std::uint64_t> connection_counts_;  // how many matched each rule
  std::vector<std::uint64_t> request_counts_;
  std::uint64_t last_connection_ = 0;
  std::uint64_t last_request_ = 0;
  std::uint64_t accepted_ = 0;
  RequestCounts counts_;
  std::map<std::uint64_t, std::weak_ptr<Connection>> connections_;

  std::recursive_mutex report_mutex_;
  bool silent_ = false;  // stopped: nothing is reported any more
};

}  // namespace pentimento::emulator
