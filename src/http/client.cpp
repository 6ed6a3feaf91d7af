#include "http/connector.hpp"
#include "http/exchange.hpp"
#include "http/is_cancelled.hpp"
#include "http/message_head.hpp"
#include "http/pool.hpp"
#include "http/proxy.hpp"
#include "http/retry_quota.hpp"
#include "http/stream.hpp"
#include "http/tls.hpp"
#include "http/warmer.hpp"
#include "http/watchdog.hpp"
#include <pentimento/async.hpp>
#include <pentimento/http/client.hpp>
#include <pentimento/secrets/secret.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

namespace pentimento::http {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

/// The first lines of a request. They hold the credential, so they are wiped.
class Head {
 public:
  explicit Head(std::string text) : text_{std::move(text)} {}
  ~Head() { OPENSSL_cleanse(text_.data(), text_.size()); }
  Head(const Head&) = delete;
  Head& operator=(const Head&) = delete;
  const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

struct CallEnd {
  ~CallEnd() { warmer.call_ends(); }
  Warmer& warmer;
};

std::string sentence(const Url& url, std::string_view what) { return url.origin() + ": " + std::string{what}; }

}  // namespace

/// What all copies of a client share, and all its calls.
class Core final : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::any_io_executor executor, ClientOptions options, TlsContext tls, ProxySettings proxies)
      : executor_{std::move(executor)},
        options_{std::move(options)},
        connector_{executor_, std::move(tls), std::move(proxies)},
        pool_{options_.max_idle},
        quota_{options_.retry},
        warmer_{std::make_shared<Warmer>(executor_, connector_, pool_, options_.connect_timeout, options_.max_idle)} {}

  const asio::any_io_executor& executor() const noexcept { return executor_; }

  /// The whole call, on a strand of its own.
  asio::awaitable<Result<Response>> send(Request request) {
    co_await asio::this_coro::throw_if_cancelled(false);
    if (const std::optional<std::string> fault = fault_of(request))
      co_return Error{errc::invalid_argument, sentence(request.url(), *fault)};
    const asio::any_io_executor strand = co_await asio::this_coro::executor;
    Watchdog watchdog{strand, Clock::now() + request.timeout()};
    warmer_->call_begins(request.url().origin());
    const CallEnd end{*warmer_};
    std::optional<Result<Response>> result;
    try {
      result.emplace(co_await send_until_done(request, watchdog));
    } catch (...) {
      // Such as memory that ran out over a reply: nobody knows what was paid by then.
      result.emplace(error_from_current_exception("the call to " + request.url().origin(), request.worst_case()));
    }
    if (!*result) co_return redact(result->error());
    co_return std::move(*result);
  }

  void warm(const Url& url) { warmer_->warm(url, shared_from_this()); }

 private:
  /// Why a request cannot be sent at all.
  static std::optional<std::string> fault_of(const Request& request) {
    constexpr std::array<std::string_view, 9> ours{"host",       "content-length",      "transfer-encoding",
                                                   "connection", "accept-encoding",     "user-agent",
                                                   "expect",     "proxy-authorization", "cookie"};
    for (const auto& [name, value] : request.headers().fields()) {
      if (auto fault = fault_of_field(name, value)) return fault;
      const auto same = [&name = name](std::string_view our) { return Headers::same_name(our, name); };
      if (std::ranges::any_of(ours, same)) return "the header field " + name + " is the client's own";
    }
    if (!request.credential().empty()) {
      if (!request.url().is_https() && !request.url().is_loopback())
        return "the key would go where anyone on the way can read it: use https; nothing was sent";
      const std::string value = request.credential_prefix() + std::string{request.credential().reveal()};
      if (fault_of_field(request.credential_name(), value))
        return "the key holds a line break or another character that cannot be sent";
    }
    return std::nullopt;
  }

  std::string head_of(const Request& request) const {
    const Url& url = request.url();
    const Proxy* proxy = connector_.plain_proxy(url);
    std::string head{to_string(request.method())};
    head += ' ' + (proxy == nullptr ? url.target() : url.to_string()) + " HTTP/1.1\r\nHost: " + url.authority() +
            "\r\nUser-Agent: " + options_.user_agent + "\r\nAccept-Encoding: identity\r\n";
    if (request.method() == Method::post || !request.body().empty())
      head += "Content-Length: " + std::to_string(request.body().size()) + "\r\n";
    if (proxy != nullptr && !proxy->authorization().empty())
      head += "Proxy-Authorization: " + std::string{proxy->authorization().reveal()} + "\r\n";
    for (const auto& [name, value] : request.headers().fields()) head += name + ": " + value + "\r\n";
    if (!request.credential().empty())
      head += request.credential_name() + ": " + request.credential_prefix() +
              std::string{request.credential().reveal()} + "\r\n";
    return head + "\r\n";
  }

  asio::awaitable<Result<Response>> send_until_done(const Request& request, Watchdog& watchdog) {
    const std::string key = request.url().origin();
    const ExchangeTerms terms{
        ReplyLimits{options_.max_header_bytes, options_.max_headers, request.max_response_bytes()},
        options_.low_speed_floor, options_.low_speed_window};
    const Head head{head_of(request)};
    bool resent_part = false;
    for (int attempt = 1;; ++attempt) {
      std::unique_ptr<Stream> stream = pool_.take(key);
      const bool reused = stream != nullptr;
      if (!reused) {
        watchdog.begin_phase(Clock::now() + options_.connect_timeout);
        Connected connected = co_await connector_.connect(request.url(), watchdog);
        const bool out_of_time = Clock::now() >= watchdog.deadline();
        if (!connected.stream) {
          const Error& why = connected.stream.error();
          Error error{why.code(), sentence(request.url(), why.message() + "; nothing was sent")};
          if (why.code() == errc::connect_failed && out_of_time)
            error = Error{errc::deadline_exceeded, error.message()};
          if (error.code() != errc::connect_failed || !connected.transient || attempt >= options_.retry.max_attempts)
            co_return error;
          if (!co_await pause(quota_.wait(attempt - 1), watchdog.deadline(), true)) {
            if (co_await is_cancelled()) co_return cancelled(request);
            co_return error;
          }
          continue;
        }
        stream = std::move(*connected.stream);
        // What is cancelled by now must not be sent, or it is paid for.
        if (co_await is_cancelled())
          co_return Error{errc::cancelled, sentence(request.url(), "the call was cancelled; nothing was sent")};
      }
      if (Clock::now() >= watchdog.deadline())
        co_return Error{errc::deadline_exceeded, sentence(request.url(), "the time is up; nothing was sent")};
      watchdog.begin_phase();
      Exchange exchanged = co_await exchange(*stream, watchdog, head.text(), request, terms);
      if (exchanged.reusable) pool_.put(key, std::move(stream));
      stream.reset();

      if (exchanged.result) {
        const Proxy* const proxy = connector_.plain_proxy(request.url());
        if (proxy != nullptr && exchanged.result->status() == 407) {
          co_return Error{errc::connect_failed,
                          sentence(request.url(), "the proxy " + proxy->url().origin() +
                                                      " wants other credentials (HTTP 407); nothing was passed on")};
        }
        const std::optional<milliseconds> wait = wait_before_resending(request, *exchanged.result, attempt);
        if (!wait) {
          if (exchanged.result->is_success()) quota_.give_back();
          co_return std::move(exchanged.result);
        }
        if (!co_await pause(*wait, watchdog.deadline(), true)) {
          if (co_await is_cancelled()) co_return cancelled(request);
          co_return std::move(exchanged.result);
        }
        continue;
      }

      const errc why = exchanged.result.error().code();
      const Error error = billed(request, exchanged.result.error(), exchanged.progress);
      if (why != errc::outcome_unknown && why != errc::unusable_reply) co_return error;
      const bool unsent = exchanged.progress == Progress::not_sent ||
                          (exchanged.progress == Progress::partly && !std::exchange(resent_part, true));
      if ((!unsent && !request.is_repeatable()) || attempt >= options_.retry.max_attempts) co_return error;
      // A connection that had died while it was idle says nothing about the server.
      const bool free_of_charge = reused && exchanged.progress == Progress::not_sent;
      const milliseconds wait = free_of_charge ? milliseconds{0} : quota_.wait(attempt - 1);
      if (!co_await pause(wait, watchdog.deadline(), !free_of_charge)) {
        if (co_await is_cancelled()) co_return cancelled(request);
        co_return error;
      }
    }
  }

  /// How long to wait before a reply is met by sending the request again; nothing where it is the result.
  std::optional<milliseconds> wait_before_resending(const Request& request, const Response& reply, int attempt) {
    if (reply.is_success() || attempt >= options_.retry.max_attempts) return std::nullopt;
    const std::optional<bool> advice = should_retry(reply);
    if (advice == false || is_out_of_money(reply)) return std::nullopt;
    const std::optional<milliseconds> asked =
        retry_after(reply, std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
    const int status = reply.status();
    const std::vector<int>& known = request.resend_on();
    bool again = status == 429 || (status == 503 && asked) || std::ranges::find(known, status) != known.end();
    if (request.is_repeatable()) again = again || advice == true || status == 408 || status == 425 || status >= 500;
    if (!again) return std::nullopt;
    if (asked) return *asked <= options_.retry.max_wait ? asked : std::nullopt;
    if (request.retry_after() && (status == 429 || status == 503)) return request.retry_after();
    return quota_.wait(attempt - 1);
  }

  /// Waits before a retry. Returns whether there is to be one: not when the quota is used up, the time would not be
  /// enough, or the call is cancelled.
  asio::awaitable<bool> pause(milliseconds wait, Clock::time_point deadline, bool costs) {
    if (co_await is_cancelled()) co_return false;
    if (Clock::now() + wait >= deadline) co_return false;
    if (costs && !quota_.take()) co_return false;
    if (wait.count() > 0) {
      asio::steady_timer timer{co_await asio::this_coro::executor, wait};
      boost::system::error_code ignored;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return !co_await is_cancelled();
  }

  static Error cancelled(const Request& request) {
    return Error{errc::cancelled, sentence(request.url(), "the call was cancelled between two attempts")};
  }

  /// What went wrong, with what it may have cost and said so.
  static Error billed(const Request& request, const Error& why, Progress progress) {
    const bool may_have_acted = progress == Progress::sent || progress == Progress::answered;
    errc code = why.code();
    std::string message = why.message();
    if (!may_have_acted) {
      if (code == errc::outcome_unknown) code = errc::connect_failed;
      message += "; the request did not leave whole, so it cannot have been carried out";
    } else if (request.worst_case().is_zero()) {
      message += "; the request was sent";
    } else {
      message += "; the request was sent, so it may have been carried out and billed";
    }
    Error error{code, sentence(request.url(), message)};
    error.request_id(why.request_id());
    if (may_have_acted && !request.worst_case().is_zero()) error.charge(Charge::maybe_billed(request.worst_case()));
    return error;
  }

  asio::any_io_executor executor_;
  ClientOptions options_;
  Connector connector_;
  Pool pool_;
  RetryQuota quota_;
  std::shared_ptr<Warmer> warmer_;
};

/// Owns the thread of a client that has one; the calls hold only the core.
class Client::Impl {
 public:
  Impl(std::optional<asio::any_io_executor> executor, ClientOptions options) {
    if (std::optional<std::string> fault = fault_of_field("User-Agent", options.user_agent))
      throw Failure{Error{errc::invalid_argument, std::move(*fault)}};
    Result<TlsContext> tls = TlsContext::client(options.ca_file);
    ProxySettings proxies =
        options.proxy_from_environment ? ProxySettings::from_environment().value() : ProxySettings{};
    if (!executor) {
      context_.emplace(1);
      work_.emplace(context_->get_executor());
      executor = context_->get_executor();
    }
    core = std::make_shared<Core>(*executor, std::move(options), std::move(tls.value()), std::move(proxies));
    if (context_) thread_ = std::thread{[this] { context_->run(); }};
  }

  ~Impl() {
    core.reset();
    if (!thread_.joinable()) return;
    context_->stop();
    thread_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::shared_ptr<Core> core;

 private:
  std::optional<asio::io_context> context_;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  std::thread thread_;
};

Client::Client(ClientOptions options) : impl_{std::make_shared<Impl>(std::nullopt, std::move(options))} {}
Client::Client(asio::any_io_executor executor, ClientOptions options)
    : impl_{std::make_shared<Impl>(std::move(executor), std::move(options))} {}

asio::awaitable<Result<Response>> Client::send(Request request) const {
  // The implementation stays alive through the call, though this client may not.
  const std::shared_ptr<Impl> impl = impl_;
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    co_return Error{errc::cancelled, sentence(request.url(), "the call was cancelled before it was made")};
  Result<Response> result = co_await detail::async_call<Response>(impl->core->executor(), impl->core, &Core::send,
                                                                  std::move(request), asio::use_awaitable);
  co_return result;
}

void Client::warm(const Url& url) const { impl_->core->warm(url); }

}  // namespace pentimento::http
