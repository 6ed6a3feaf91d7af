#include "ask_person.hpp"
#include "commands.hpp"
#include "derived_files.hpp"
#include "dry_run.hpp"
#include "end_signals.hpp"
#include "findings_view.hpp"
#include "progress_view.hpp"
#include "refine_setup.hpp"
#include "run_place.hpp"
#include "terminal.hpp"
#include "wording.hpp"
#include <pentimento/json.hpp>
#include <pentimento/refinement_loop.hpp>
#include <pentimento/revise/ask.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace pentimento::cli {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

/**
 * Writes each event as one line of JSON to the standard output. A closed output ends the run. A slow reader delays the
 * run, without blocking its thread: Ctrl-C still works.
 */
class JsonLines final : public EventSink {
 public:
  /// From now on the run does not wait for the reader; what it has not read is kept for `finish()`.
  void hurry() { in_a_hurry_ = true; }

  /// Writes what is left. Blocks until the reader has read it or closed its end.
  void finish() {
    constexpr int until_ready = -1;
    while (!rest_.empty() && write_what_is_taken(until_ready)) {}
  }

 private:
  asio::awaitable<Result<void>> do_on_event(Event event) override {
    rest_ += to_text(event) + '\n';
    asio::steady_timer timer{co_await asio::this_coro::executor};
    while (true) {
      if (!write_what_is_taken(0)) co_return Error{errc::io_failed, "cannot write to the standard output"};
      if (rest_.empty() || in_a_hurry_) co_return Result<void>{};
      timer.expires_after(std::chrono::milliseconds{10});
      boost::system::error_code ignored;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
  }

  /// Waits at most `wait` milliseconds for the reader. Returns false if it closed its end. A signal ends the wait.
  bool write_what_is_taken(int wait) {
    while (!rest_.empty()) {
      pollfd out{STDOUT_FILENO, POLLOUT, 0};
      const int ready = ::poll(&out, 1, wait);
      if (ready == 0 || (ready < 0 && errno == EINTR)) return true;
      // A ready pipe takes this much without blocking.
      const ssize_t count = ::write(STDOUT_FILENO, rest_.data(), std::min<std::size_t>(rest_.size(), PIPE_BUF));
      if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
      if (count < 0) return false;
      rest_.erase(0, static_cast<std::size_t>(count));
    }
    return true;
  }

  std::string rest_;
  bool in_a_hurry_ = false;
};

/// Runs a loop on an event loop that also handles Ctrl-C and the live lines.
class RunOnTerminal {
 public:
  /// `view` and `lines` may be null.
  RunOnTerminal(asio::io_context& context, Terminal& terminal, ProgressView* view, JsonLines* lines)
      : context_{context}, terminal_{terminal}, view_{view}, lines_{lines} {}

  Outcome run(const RefinementLoop<AnyStopPolicy>& loop, Brief brief) {
    std::optional<Outcome> outcome;
    auto finish = [&](Outcome result) {
      outcome.emplace(std::move(result));
      context_.stop();
    };
    async_run(context_.get_executor(), loop, std::move(brief), asio::bind_cancellation_slot(cancel_.slot(), finish));
    add_end_signals(signals_);
    wait_for_signal();
    if (view_ != nullptr && terminal_.is_live()) wait_for_tick();
    context_.run();
    return std::move(*outcome);
  }

 private:
  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      if (std::exchange(interrupted_, true)) {
        // Everything that was made is on disk.
        terminal_.clear_live();
        std::fflush(nullptr);
        std::_Exit(static_cast<int>(ExitCode::cancelled));
      }
      if (view_ != nullptr) view_->note("ending the run; Ctrl-C again ends the program at once");
      if (lines_ != nullptr) lines_->hurry();
      cancel_.emit(asio::cancellation_type::all);
      wait_for_signal();
    });
  }

  void wait_for_tick() {
    timer_.expires_after(std::chrono::milliseconds{100});
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      view_->tick();
      wait_for_tick();
    });
  }

  asio::io_context& context_;
  Terminal& terminal_;
  ProgressView* view_;
  JsonLines* lines_;
  asio::signal_set signals_{context_};
  asio::steady_timer timer_{context_};
  asio::cancellation_signal cancel_;
  bool interrupted_ = false;
};

std::string shown(const fs::path& folder) {
  const std::string text = printable(folder.string());
  return text.ends_with('/') ? text : text + '/';
}

/// Prints the summaries that could not be written. Returns the exit code.
ExitCode report_errors(const std::vector<Error>& errors, ExitCode code) {
  for (const Error& error : errors) print_error(error.message());
  const bool says_nothing_worse = code == ExitCode::satisfied || code == ExitCode::unsatisfied;
  return !errors.empty() && says_nothing_worse ? exit_code(errors.front()) : code;
}

}  // namespace

ExitCode run_refine(const RefineOptions& options) {
  // Declared first, so that they outlive the backends: their threads may still post to it.
  asio::io_context context{1};
  ProgressView* shown_view = nullptr;
  Result<RefineSetup> setup = check(options, [&context, &shown_view](const http::RetryWait& wait) {
    asio::post(context, [&shown_view, wait] {
      if (shown_view != nullptr) shown_view->show(wait);
    });
  });
  if (!setup) {
    print_error(setup.error().message());
    return ExitCode::usage;
  }
  if (options.dry_run) return run_dry(*setup, options.json);
  std::optional<NewRun> kept;
  if (!options.no_store) {
    Result<NewRun> created = create_run(options);
    if (!created) {
      print_error(created.error().message());
      return exit_code(created.error());
    }
    kept.emplace(std::move(*created));
  }
  // A closed output is reported as an error of write().
  std::signal(SIGPIPE, SIG_IGN);

  const bool for_people = !options.json && !options.quiet;
  Terminal terminal{for_people ? stdout : stderr};
  std::optional<ProgressView> view;
  if (for_people) view.emplace(terminal, kept ? shown(kept->path) : "");
  shown_view = view ? &*view : nullptr;

  RefinementLoop loop{setup->generator, setup->critic, setup->policy};
  loop.settings(setup->settings);
  if (setup->reviser) {
    loop.reviser(setup->reviser);
  } else {
    loop.reviser(std::make_shared<Ask>(std::make_shared<AskPerson>(terminal, shown_view, options.yes)->callback()));
  }
  if (kept) loop.record(kept->folder);
  const std::shared_ptr<JsonLines> lines = options.json ? std::make_shared<JsonLines>() : nullptr;
  if (lines) loop.record(lines);
  if (view) loop.watch([&view](const Event& event) { view->show(event); });

  const Outcome outcome = RunOnTerminal{context, terminal, shown_view, lines.get()}.run(loop, std::move(setup->brief));
  terminal.clear_live();

  const bool is_unpaid = outcome.transcript().ledger().spent().is_zero();
  if (exit_code(outcome) == ExitCode::usage && is_unpaid) {
    if (kept && !outcome.has_best()) kept->discard();
    if (lines) lines->finish();
    print_error(*outcome.error());
    return ExitCode::usage;
  }
  if (view) print_end(terminal, outcome);
  std::vector<Error> errors;
  if (kept) {
    if (view) terminal.show_live({{label(""), {"writing the report", Style::faint}}});
    errors = write_derived_files(outcome.transcript(), kept->path);
    terminal.clear_live();
    const std::optional<fs::path> best = best_file(outcome.transcript(), kept->path);
    for (const fs::path& path : {best.value_or(fs::path{}), kept->path / "report.html"}) {
      std::error_code ignored;
      if (view && fs::exists(path, ignored)) terminal.print({label(""), {printable(path.string()), Style::accent}});
    }
    if (options.quiet && best) print_path(*best);
  }
  if (lines) lines->finish();
  if (!for_people && outcome.error()) print_error(*outcome.error());
  return report_errors(errors, exit_code(outcome));
}

}  // namespace pentimento::cli
