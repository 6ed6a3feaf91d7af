#include "ask_person.hpp"
#include "commands.hpp"
#include "confirm.hpp"
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
#include <functional>
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

  /// Runs the loop on the brief, or goes on with a recorded run.
  Outcome run(const RefinementLoop<AnyStopPolicy>& loop, Brief brief, std::optional<Recording> recording) {
    std::optional<Outcome> outcome;
    auto finish = [&](Outcome result) {
      outcome.emplace(std::move(result));
      context_.stop();
    };
    auto token = asio::bind_cancellation_slot(cancel_.slot(), finish);
    if (recording) {
      loop.async_resume(context_.get_executor(), std::move(*recording), std::move(token));
    } else {
      async_run(context_.get_executor(), loop, std::move(brief), std::move(token));
    }
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

/// Where a run is recorded, and what it goes on from.
using PlaceRun = std::function<Result<std::optional<NewRun>>()>;

/// Runs the loop on the terminal, and writes what is derived from the run.
/// **Parameters**: `place` creates or opens the run folder once everything else is validated.
ExitCode refine(const RefineOptions& options, const PlaceRun& place, std::optional<Recording> recording,
                std::optional<Brief> branched = std::nullopt) {
  // Declared first, so that they outlive the backends: their threads may still post to it.
  asio::io_context context{1};
  ProgressView* shown_view = nullptr;
  const auto show_wait = [&context, &shown_view](const http::RetryWait& wait) {
    asio::post(context, [&shown_view, wait] {
      if (shown_view != nullptr) shown_view->show(wait);
    });
  };
  Result<RefineSetup> setup = check(options, show_wait, std::move(branched));
  if (!setup) {
    print_error(setup.error().message());
    return ExitCode::usage;
  }
  if (options.dry_run) return run_dry(*setup, options.json);
  Result<std::optional<NewRun>> placed = place();
  if (!placed) {
    print_error(placed.error().message());
    return exit_code(placed.error());
  }
  const std::optional<NewRun>& kept = *placed;
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
  if (view && recording) std::ranges::for_each(recording->events(), [&view](const Event& event) { view->show(event); });

  const bool is_new = !recording;
  const Outcome outcome = RunOnTerminal{context, terminal, shown_view, lines.get()}.run(loop, std::move(setup->brief),
                                                                                        std::move(recording));
  terminal.clear_live();

  const bool is_unpaid = outcome.transcript().ledger().spent().is_zero();
  if (exit_code(outcome) == ExitCode::usage && is_unpaid) {
    if (is_new && kept && !outcome.has_best()) (*placed)->discard();
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

/// Creates the folder of a new run, unless nothing is to be recorded.
PlaceRun place_of(const RefineOptions& options, const std::string& parent = {}) {
  return [&options, parent]() -> Result<std::optional<NewRun>> {
    if (options.no_store) return std::optional<NewRun>{};
    Result<NewRun> created = create_run(options, parent);
    if (!created) return created.error();
    return std::optional<NewRun>{std::move(*created)};
  };
}

/// Fills in the policy and the roles that were not given, from a recorded run.
void fill_in(RefineOptions& options, const RunSettings& recorded) {
  // The record says stability/sd3.5-large for what the option calls stability:sd3.5-large.
  const auto if_empty = [](std::string& option, std::string name) {
    if (!option.empty()) return;
    if (const std::size_t slash = name.find('/'); slash != std::string::npos) name[slash] = ':';
    option = std::move(name);
  };
  if (options.until.empty()) options.until = recorded.policy();
  if_empty(options.generator, recorded.generator());
  if_empty(options.critic, recorded.critic());
  if_empty(options.reviser, recorded.reviser());
}

ExitCode reject(const Error& error) {
  print_error(error.message());
  return exit_code(error);
}

}  // namespace

ExitCode run_refine(const RefineOptions& options) { return refine(options, place_of(options), std::nullopt); }

ExitCode run_branch(const BranchOptions& options) {
  const Result<FoundCandidate> from = find_candidate(options.from, RunFolder::Images::with_bytes);
  if (!from) return reject(from.error());
  Result<Brief> brief = branch(from->record, from->id, options.refine.brief);
  if (!brief) return reject(brief.error());
  RefineOptions refine_options = options.refine;
  refine_options.brief = brief->goal();
  fill_in(refine_options, from->record.transcript().settings());
  const std::string parent = from->record.facts().id() + '@' + to_string(from->id);
  return refine(refine_options, place_of(refine_options, parent), std::nullopt, std::move(*brief));
}

ExitCode run_resume(const ResumeOptions& options) {
  if (options.repeat && options.abandon)
    return reject({errc::invalid_argument, "--repeat and --abandon exclude each other; give one of them"});
  const Result<fs::path> path = find_run(options.run);
  if (!path) return reject(path.error());
  const Result<std::shared_ptr<RunFolder>> folder = RunFolder::open(*path);
  if (!folder) return reject(folder.error());
  const RunRecord& record = (*folder)->record();
  const Transcript& run = record.transcript();
  const auto is_over = [&](const std::string& why) {
    return Error{errc::invalid_argument, path->string() + ' ' + why};
  };
  if (record.events().empty()) return reject(is_over("has no events; start the run again with pentimento refine"));
  if (run.stop_reason())
    return reject(
        is_over("has stopped already: " + words_of(*run.stop_reason()) + "; only an interrupted run goes on"));

  OnUnknownOutcome choice = options.repeat    ? OnUnknownOutcome::repeat
                            : options.abandon ? OnUnknownOutcome::abandon
                                              : OnUnknownOutcome::reject;
  std::size_t unsure = 0;
  Money most;
  for (const Ledger::Entry& call : record.open_calls()) {
    if (call.charge().amount().is_zero()) continue;
    ++unsure;
    most += call.charge().amount();
  }
  if (unsure > 0 && choice == OnUnknownOutcome::reject) {
    const std::string what =
        counted(unsure, "call") + " may have been billed without a result (up to " + to_string(most) + ')';
    if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0)
      return reject(is_over("was interrupted: " + what + "; add --repeat to pay again, or --abandon to go on without"));
    choice = confirm(what + ". Make it again, and pay again?") ? OnUnknownOutcome::repeat : OnUnknownOutcome::abandon;
  }
  RefineOptions refine_options = options.refine;
  refine_options.brief = run.brief().goal();
  refine_options.until.clear();
  fill_in(refine_options, run.settings());
  const auto place = [&]() -> Result<std::optional<NewRun>> {
    return std::optional<NewRun>{NewRun{*path, *folder, false}};
  };
  return refine(refine_options, place, Recording{record.events(), choice});
}

}  // namespace pentimento::cli
