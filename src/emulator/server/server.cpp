#include "emulator/server/server.hpp"

#include "emulator/server/connection.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>

#include <chrono>
#include <set>
#include <utility>

namespace pentimento::emulator {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds back_off{100};
constexpr int attempts_at_port = 20;

}  // namespace

/// A listening socket. Used on its strand, except `shut_down`.
struct Server::Listener {
  Listener(const asio::any_io_executor& strand, std::string at)
      : acceptor{strand}, wake{strand, asio::steady_timer::time_point::max()}, address{std::move(at)} {}

  tcp::acceptor acceptor;
  asio::steady_timer wake;  // cancelled when the scenario changes
  std::string address;
  // While no connection is accepted: connections to itself that fill the queue of the system.
  std::vector<tcp::socket> fillers;
  std::set<std::uint16_t> filler_ports;

  /// Makes the system drop every SYN from now on, because the queue is full.
  void fill() {
    ::listen(acceptor.native_handle(), 0);
    filler_ports.clear();
    error_code ignored;
    const tcp::endpoint here = acceptor.local_endpoint(ignored);
    for (int i = 0; i < 2; ++i) {
      tcp::socket filler{acceptor.get_executor()};
      filler.open(here.protocol(), ignored);
      filler.native_non_blocking(true, ignored);  // Asio's own `connect` would still wait
      ::connect(filler.native_handle(), here.data(), static_cast<socklen_t>(here.size()));
      filler_ports.insert(filler.local_endpoint(ignored).port());
      fillers.push_back(std::move(filler));
    }
  }

  void empty_queue() {
    fillers.clear();
    ::listen(acceptor.native_handle(), asio::socket_base::max_listen_connections);
  }

  /// True for a filler, and for a connection that has gone already.
  bool is_filler(const tcp::socket& socket) {
    error_code error;
    const tcp::endpoint from = socket.remote_endpoint(error);
    return error || filler_ports.erase(from.port()) > 0;
  }

  /// Refuses connections from now on. Thread-safe; the acceptor must be open.
  void shut_down() noexcept { ::shutdown(acceptor.native_handle(), SHUT_RDWR); }
};

Server::Server(asio::any_io_executor executor, std::shared_ptr<const Backends> backends, EmulatorOptions options)
    : executor_{std::move(executor)},
      options_{std::move(options)},
      dialects_{make_dialects(backends)},
      rules_{options_.scenario.rules()} {
  connection_counts_.resize(rules_->connections.size());
  request_counts_.resize(rules_->requests.size());
  if (options_.tls) {
    authority_ = std::make_unique<CertificateAuthority>();
    authority_->context(CertificateKind::valid, {});
  }
  for (int attempt = 1;; ++attempt) {
    listeners_.clear();
    try {
      listeners_.push_back(listen("127.0.0.1", options_.port));
      port_ = listeners_.front()->acceptor.local_endpoint().port();
      // That port may be in use at the other address: then another one is tried.
      if (options_.ipv6) listeners_.push_back(listen("::1", port_));
      break;
    } catch (const boost::system::system_error& error) {
      if (options_.port == 0 && attempt < attempts_at_port) continue;
      throw Failure{Error{errc::io_failed, "the emulator cannot listen at port " + std::to_string(options_.port) +
                                               ": " + error.code().message()}};
    }
  }
  for (const auto& listener : listeners_) {
    if (never_accepts_next(listener->address)) listener->fill();
  }
}

Server::~Server() = default;

std::shared_ptr<Server::Listener> Server::listen(const std::string& address, std::uint16_t port) {
  auto listener = std::make_shared<Listener>(asio::make_strand(executor_), address);
  const tcp::endpoint endpoint{asio::ip::make_address(address), port};
  tcp::acceptor& acceptor = listener->acceptor;
  acceptor.open(endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address{true});
  if (endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only{true});
  acceptor.bind(endpoint);
  acceptor.listen();
  return listener;
}

void Server::start() {
  for (const auto& listener : listeners_) {
    asio::co_spawn(listener->acceptor.get_executor(), accept(shared_from_this(), listener), asio::detached);
  }
}

asio::awaitable<void> Server::accept(std::shared_ptr<Server> self, std::shared_ptr<Listener> listener) {
  while (!self->is_stopped()) {
    error_code error;
    if (self->never_accepts_next(listener->address)) {
      if (listener->fillers.empty()) listener->fill();
      listener->wake.expires_at(asio::steady_timer::time_point::max());
      co_await listener->wake.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    if (!listener->fillers.empty()) listener->empty_queue();
    tcp::socket socket{asio::make_strand(self->executor_)};
    co_await listener->acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
    if (self->is_stopped()) break;
    if (!error) {
      if (!listener->is_filler(socket)) self->admit(std::move(socket), listener->address);
    } else if (error != asio::error::operation_aborted && error != asio::error::connection_aborted) {
      // Out of descriptors or memory: try again soon.
      listener->wake.expires_after(back_off);
      co_await listener->wake.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
  }
  error_code ignored;
  listener->fillers.clear();
  listener->acceptor.close(ignored);
}

void Server::admit(tcp::socket socket, const std::string& address) {
  const ConnectionAction action = action_of_next(address);
  std::shared_ptr<Connection> connection;
  {
    const std::lock_guard lock{mutex_};
    if (stopped_) return;
    ++accepted_;
    connection = std::make_shared<Connection>(shared_from_this(), std::move(socket), ++last_connection_, action);
    connections_.emplace(last_connection_, connection);
  }
  Connection::start(std::move(connection));
}

bool Server::never_accepts_next(const std::string& address) const {
  const std::lock_guard lock{mutex_};
  for (std::size_t i = 0; i < rules_->connections.size(); ++i) {
    const ConnectionRule& rule = rules_->connections[i];
    if (!rule.address.empty() && rule.address != address) continue;
    if (rule.turn.applies(connection_counts_[i] + 1)) return rule.action.never;
  }
  return false;
}

ConnectionAction Server::action_of_next(const std::string& address) {
  const std::lock_guard lock{mutex_};
  const ConnectionRule* applies = nullptr;
  for (std::size_t i = 0; i < rules_->connections.size(); ++i) {
    const ConnectionRule& rule = rules_->connections[i];
    if (!rule.address.empty() && rule.address != address) continue;
    const std::uint64_t count = ++connection_counts_[i];
    if (applies == nullptr && rule.turn.applies(count)) applies = &rule;
  }
  return applies == nullptr ? ConnectionAction{} : applies->action;
}

std::shared_ptr<const RequestRule> Server::rule_for(const RequestFacts& facts) {
  const std::lock_guard lock{mutex_};
  const RequestRule* applies = nullptr;
  for (std::size_t i = 0; i < rules_->requests.size(); ++i) {
    const RequestRule& rule = rules_->requests[i];
    if (!rule.method.empty() && rule.method != facts.method) continue;
    if (!facts.path.starts_with(rule.path)) continue;
    if (rule.request_of_connection != 0 && rule.request_of_connection != facts.request_of_connection) continue;
    const std::uint64_t count = ++request_counts_[i];
    if (applies == nullptr && rule.turn.applies(count)) applies = &rule;
  }
  return applies == nullptr ? nullptr : std::shared_ptr<const RequestRule>{rules_, applies};
}

Dialect& Server::dialect_for(const HttpRequest& request) {
  for (const std::unique_ptr<Dialect>& dialect : dialects_) {
    if (dialect->matches(request.path)) return *dialect;
  }
  return *dialects_.back();
}

void Server::play(Scenario scenario) {
  {
    const std::lock_guard lock{mutex_};
    rules_ = scenario.rules();
    connection_counts_.assign(rules_->connections.size(), 0);
    request_counts_.assign(rules_->requests.size(), 0);
  }
  for (const auto& listener : listeners_) {
    const auto look_again = [listener] {
      error_code ignored;
      listener->acceptor.cancel(ignored);
      listener->wake.cancel();
    };
    asio::post(listener->acceptor.get_executor(), look_again);
  }
}

void Server::stop() noexcept {
  std::map<std::uint64_t, std::weak_ptr<Connection>> connections;
  {
    const std::lock_guard lock{mutex_};
    if (std::exchange(stopped_, true)) return;
    connections.swap(connections_);
    // The loops that close these sockets check `stopped_` first, so the sockets are still open.
    for (const auto& listener : listeners_) listener->shut_down();
  }
  {
    const std::lock_guard lock{report_mutex_};
    silent_ = true;
  }
  for (const auto& [number, weak] : connections) {
    if (const std::shared_ptr<Connection> connection = weak.lock()) connection->interrupt();
  }
  for (const auto& listener : listeners_) {
    try {
      const auto wake = [listener] {
        error_code ignored;
        listener->acceptor.close(ignored);
        listener->wake.cancel();
      };
      asio::post(listener->acceptor.get_executor(), wake);
    } catch (...) {  // out of memory: the socket has been shut down at least
    }
  }
}

bool Server::is_stopped() const {
  const std::lock_guard lock{mutex_};
  return stopped_;
}

std::uint64_t Server::connections() const {
  const std::lock_guard lock{mutex_};
  return accepted_;
}

std::uint64_t Server::open_connections() const {
  const std::lock_guard lock{mutex_};
  return connections_.size();
}

RequestCounts Server::requests() const {
  const std::lock_guard lock{mutex_};
  return counts_;
}

void Server::reset_counts() {
  const std::lock_guard lock{mutex_};
  accepted_ = 0;
  counts_ = {};
}

std::uint64_t Server::begin_request() {
  const std::lock_guard lock{mutex_};
  ++counts_.total;
  return ++last_request_;
}

void Server::count_head(const std::string& path) {
  const std::lock_guard lock{mutex_};
  // Clients choose the paths: their number is limited.
  if (counts_.by_path.size() < 1000 || counts_.by_path.contains(path)) ++counts_.by_path[path];
}

void Server::count_whole() {
  const std::lock_guard lock{mutex_};
  ++counts_.whole;
}

void Server::count_bytes(std::uint64_t bytes) {
  const std::lock_guard lock{mutex_};
  counts_.bytes += bytes;
}

void Server::forget(std::uint64_t connection) {
  const std::lock_guard lock{mutex_};
  connections_.erase(connection);
}

void Server::report(const std::function<void(const RequestLog&)>& to, const RequestLog& log) noexcept {
  if (!to) return;
  const std::lock_guard lock{report_mutex_};
  if (!silent_) to(log);
}

}  // namespace pentimento::emulator
