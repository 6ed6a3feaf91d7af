#include "http/attempt.hpp"
#include "http/connector.hpp"
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

/// The header lines of a request. Overwritten on destruction: they contain the credential.
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

/// Returns why a reply leads to a wait.
std::string why_to_wait(const Response& reply) {
  const int status = reply.status();
  const char* const what = status == 429                    ? "the rate of requests is limited"
                           : status == 503 || status == 529 ? "the server is overloaded"
                                                            : "the server failed";
  return what + (" (HTTP " + std::to_string(status)) + ')';
}

/// Returns what the user can do after a call that failed while it was being sent or answered; empty if that is unknown.
std::string advice_on(errc code, bool may_be_billed) {
  std::string advice;
  switch (code) {
    case errc::deadline_exceeded: advice = "; allow more time"; break;
    case errc::connect_failed:
    case errc::outcome_unknown: advice = "; check the network"; break;
    case errc::unusable_reply: advice = "; check the address and the network"; break;
    default: return advice;
  }
  return advice + (may_be_billed ? ", and look at your account there before you try again" : ", or try again");
}

}  // namespace

/// The state that all copies and calls of a client share.
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

  /// Makes a whole call, on its own strand.
  asio::awaitable<Result<Response>> send(Request request) {
    co_await asio::this_coro::throw_if_cancelled(false);
    if (const std::optional<std::string> why = validate(request))
      co_return Error{errc::invalid_argument, sentence(request.url(), *why)};
    const asio::any_io_executor strand = co_await asio::this_coro::executor;
    Watchdog watchdog{strand, Clock::now() + request.timeout()};
    warmer_->call_begins(request.url().origin());
    const CallEnd end{*warmer_};
    std::optional<Result<Response>> result;
    try {
      result.emplace(co_await send_until_done(request, watchdog));
    } catch (...) {
      // Such as std::bad_alloc for a large reply: the request may have been billed.
      result.emplace(error_from_current_exception("the call to " + request.url().origin(), request.worst_case()));
    }
    if (!*result) co_return redact(result->error());
    co_return std::move(*result);
  }

  void warm_up(const Url& url) { warmer_->warm_up(url, shared_from_this()); }

 private:
  /// Returns why a request cannot be sent, if it cannot.
  static std::optional<std::string> validate(const Request& request) {
    constexpr std::array<std::string_view, 9> ours{"host",       "content-length",      "transfer-encoding",
                                                   "connection", "accept-encoding",     "user-agent",
                                                   "expect",     "proxy-authorization", "cookie"};
    for (const auto& [name, value] : request.headers().fields()) {
      if (auto why = validate_field(name, value)) return why;
      const auto same = [&name = name](std::string_view our) { return Headers::same_name(our, name); };
      if (std::ranges::any_of(ours, same)) return "the header field " + name + " cannot be set; the client sets it";
    }
    if (!request.credential().empty()) {
      if (const Result<void> safe = validate_for_secrets(request.url()); !safe)
        return safe.error().message() + "; nothing was sent";
      const std::string value = request.credential_prefix() + std::string{request.credential().reveal()};
      if (validate_field(request.credential_name(), value))
        return "the key contains a line break or another character that cannot be sent";
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
    // A connection to an address that was not checked is of no use where only public ones are accepted.
    const std::string key = request.url().origin() + (request.public_addresses_only() ? " public" : "");
    const AttemptLimits limits{
        ReplyLimits{options_.max_header_bytes, options_.max_headers, request.max_response_bytes()},
        options_.low_speed_floor, options_.low_speed_window};
    const Head head{head_of(request)};
    bool resent_part = false;
    for (int attempt = 1;; ++attempt) {
      std::unique_ptr<Stream> stream = pool_.take(key);
      const bool reused = stream != nullptr;
      if (!reused) {
        watchdog.begin_phase(Clock::now() + options_.connect_timeout);
        ConnectResult connected = co_await connector_.connect(request.url(), watchdog, request.public_addresses_only());
        const bool out_of_time = Clock::now() >= watchdog.deadline();
        if (!connected.stream) {
          const Error& why = connected.stream.error();
          std::string message = why.message() + "; nothing was sent";
          errc code = why.code();
          if (code == errc::connect_failed) {
            message += (out_of_time ? "; allow more time, or " : "; ") + connected.advice;
            if (out_of_time) code = errc::deadline_exceeded;
          }
          const Error error{code, sentence(request.url(), message)};
          if (error.code() != errc::connect_failed || !connected.transient || attempt >= options_.retry.max_attempts)
            co_return error;
          const RetryWait wait{request.url().origin(), quota_.wait(attempt - 1), redact(why.message())};
          if (!co_await pause(wait, watchdog.deadline(), true)) {
            if (co_await is_cancelled()) co_return cancelled(request);
            co_return error;
          }
          continue;
        }
        stream = std::move(*connected.stream);
        // A cancelled request must not be sent, or it is billed.
        if (co_await is_cancelled())
          co_return Error{errc::cancelled, sentence(request.url(), "the call was cancelled; nothing was sent")};
      }
      if (Clock::now() >= watchdog.deadline())
        co_return Error{errc::deadline_exceeded,
                        sentence(request.url(), "the deadline has passed; nothing was sent; allow more time")};
      watchdog.begin_phase();
      AttemptResult result = co_await send_once(*stream, watchdog, head.text(), request, limits);
      if (result.reusable) pool_.put(key, std::move(stream));
      stream.reset();

      if (result.reply) {
        const Proxy* const proxy = connector_.plain_proxy(request.url());
        if (proxy != nullptr && result.reply->status() == 407) {
          co_return Error{errc::connect_failed,
                          sentence(request.url(),
                                   "the proxy " + proxy->url().origin() +
                                       " rejects the credentials (HTTP 407); nothing was sent to the server; check the "
                                       "user name and password in the proxy's address")};
        }
        const std::optional<milliseconds> wait = wait_before_retry(request, *result.reply, attempt);
        if (!wait) {
          if (result.reply->is_success()) quota_.give_back();
          co_return std::move(result.reply);
        }
        const RetryWait pausing{request.url().origin(), *wait, why_to_wait(*result.reply)};
        if (!co_await pause(pausing, watchdog.deadline(), true)) {
          if (co_await is_cancelled()) co_return cancelled(request);
          co_return std::move(result.reply);
        }
        continue;
      }

      const errc why = result.reply.error().code();
      const Error error = billed(request, result.reply.error(), result.progress);
      if (why != errc::outcome_unknown && why != errc::unusable_reply) co_return error;
      const bool unsent = result.progress == Progress::not_sent ||
                          (result.progress == Progress::partly && !std::exchange(resent_part, true));
      if ((!unsent && !request.is_repeatable()) || attempt >= options_.retry.max_attempts) co_return error;
      // A connection that broke while it was idle says nothing about the server: its retry needs no quota.
      const bool free_of_charge = reused && result.progress == Progress::not_sent;
      const RetryWait wait{request.url().origin(), free_of_charge ? milliseconds{0} : quota_.wait(attempt - 1),
                           redact(result.reply.error().message())};
      if (!co_await pause(wait, watchdog.deadline(), !free_of_charge)) {
        if (co_await is_cancelled()) co_return cancelled(request);
        co_return error;
      }
    }
  }

  /// Returns the wait before the request is sent again; nothing if the reply is the result.
  std::optional<milliseconds> wait_before_retry(const Request& request, const Response& reply, int attempt) {
    if (reply.is_success() || attempt >= options_.retry.max_attempts) return std::nullopt;
    const RetryAdvice advice = request.classifier()(reply);
    if (advice.retry() == Retry::never) return std::nullopt;
    if (advice.retry() == Retry::if_free_of_cost && !request.is_repeatable()) return std::nullopt;
    if (!advice.wait()) return quota_.wait(attempt - 1);
    return *advice.wait() <= options_.retry.max_wait ? advice.wait() : std::nullopt;
  }

  /// Waits before a retry. Returns false if there is none: the quota is used up, the deadline would pass, or the call is
  /// cancelled.
  asio::awaitable<bool> pause(RetryWait wait, Clock::time_point deadline, bool costs) {
    if (co_await is_cancelled()) co_return false;
    if (Clock::now() + wait.duration() >= deadline) co_return false;
    if (costs && !quota_.take()) co_return false;
    if (wait.duration().count() > 0) {
      if (options_.on_wait) {
        try {
          options_.on_wait(wait);
        } catch (...) {  // NOLINT(bugprone-empty-catch): as documented
        }
      }
      asio::steady_timer timer{co_await asio::this_coro::executor, wait.duration()};
      boost::system::error_code ignored;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return !co_await is_cancelled();
  }

  static Error cancelled(const Request& request) {
    return Error{errc::cancelled, sentence(request.url(), "the call was cancelled between two attempts")};
  }

  /// Returns the error with what the request may have cost, also in its message.
  static Error billed(const Request& request, const Error& why, Progress progress) {
    const bool may_have_acted = progress == Progress::sent || progress == Progress::answered;
    const bool may_be_billed = may_have_acted && !request.worst_case().is_zero();
    errc code = why.code();
    std::string message = why.message();
    if (!may_have_acted) {
      if (code == errc::outcome_unknown) code = errc::connect_failed;
      message += "; the request was not sent completely, so it was not carried out";
    } else if (may_be_billed) {
      message += "; the request was sent, so it may have been carried out and billed";
    } else {
      message += "; the request was sent";
    }
    Error error{code, sentence(request.url(), message + advice_on(code, may_be_billed))};
    error.request_id(why.request_id());
    if (may_be_billed) error.charge(Charge::maybe_billed(request.worst_case()));
    return error;
  }

  asio::any_io_executor executor_;
  ClientOptions options_;
  Connector connector_;
  Pool pool_;
  RetryQuota quota_;
  std::shared_ptr<Warmer> warmer_;
};

/// Owns the thread of a client that has one. Calls share ownership of the core only.
class Client::Impl {
 public:
  Impl(std::optional<asio::any_io_executor> executor, ClientOptions options) {
    if (std::optional<std::string> why = validate_field("User-Agent", options.user_agent))
      throw Failure{Error{errc::invalid_argument, std::move(*why)}};
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
  // Kept alive during the call, though this client may be destroyed.
  const std::shared_ptr<Impl> impl = impl_;
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    co_return Error{errc::cancelled,
                    sentence(request.url(), "the call was cancelled before it started; nothing was sent")};
  Result<Response> result = co_await detail::async_call<Response>(impl->core->executor(), impl->core, &Core::send,
                                                                  std::move(request), asio::use_awaitable);
  co_return result;
}

void Client::warm_up(const Url& url) const { impl_->core->warm_up(url); }

}  // namespace pentimento::http
