#include "engine.hpp"

#include "boundary.hpp"
#include "caller_backend.hpp"
#include "recorder.hpp"
#include <pentimento/json.hpp>
#include <pentimento/loop/machine.hpp>
#include <pentimento/refinement_loop.hpp>
#include <pentimento/revise/ask.hpp>
#include <pentimento/stop/parse.hpp>
#include <pentimento/store/run_folder.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <signal.h>

#include <algorithm>
#include <utility>

namespace pentimento::capi {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

json::array entries(const std::vector<BackendEntry>& backends) {
  json::array list;
  for (const BackendEntry& backend : backends) {
    json::object entry{{"name", backend.name()}, {"what", backend.what()}};
    if (!backend.key().empty()) entry["key"] = backend.key();
    if (!backend.base_url().empty()) entry["base_url"] = backend.base_url();
    list.push_back(std::move(entry));
  }
  return list;
}

/// The factory of a caller's backend, which takes no settings.
template <class Role>
Registry::Factory<Role> always(std::shared_ptr<Role> backend) {
  return [backend = std::move(backend)](BackendSettings&, const Registry::Services&) -> Result<std::shared_ptr<Role>> {
    return backend;
  };
}

/// The caller's stop policy, which is asked in addition to that of the request.
class CallerPolicy {
 public:
  explicit CallerPolicy(std::shared_ptr<Run> run) : run_{std::move(run)} {}
  std::optional<StopReason> operator()(const Prospect& prospect) const { return run_->ask_policy(prospect); }

 private:
  std::shared_ptr<Run> run_;
};

/// Has the person on the other side of the interface decide on a proposal.
asio::awaitable<Result<Revision>> ask_caller(std::shared_ptr<Run> run, Revision proposal) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto begin = [run = std::move(run), proposal = std::move(proposal),
                executor](detail::Promise<Result<Revision>> promise) {
    run->on_question(proposal, Answer{std::move(promise), executor});
  };
  auto answer = detail::await_promise<Result<Revision>>(std::move(begin));
  co_return co_await std::move(answer);
}

/// The part of a recorded stop policy that was in the request: the caller's own was added to it as "custom".
AnyStopPolicy recorded_policy(std::string_view text, bool has_own) {
  constexpr std::string_view own = " || custom";
  const bool had_own = text.ends_with(own);
  if (had_own && !has_own)
    reject(PTM_E_INVALID_ARGUMENT, "the run has a stop policy of its caller; give it again, in options->stop");
  if (had_own) text.remove_suffix(own.size());
  return value_of(parse_stop_policy(text));
}

using Loop = RefinementLoop<AnyStopPolicy>;

/// The loop of a run, with new backends.
Loop make_loop(const Registry& registry, const std::shared_ptr<Run>& run, const RunBackends& backends,
               AnyStopPolicy policy) {
  if (run->has_policy()) policy = AnyStopPolicy{policy || AnyStopPolicy{CallerPolicy{run}}};
  const auto reviser = value_of(registry.make_reviser(backends.reviser));
  const auto generator = value_of(registry.make_generator(backends.generator));
  const auto critic = value_of(registry.make_critic(backends.critic));
  Loop loop{generator, critic, std::move(policy)};
  if (backends.asks) {
    loop.reviser(
        Ask{[run](Revision proposal, RevisionRequest) { return ask_caller(run, std::move(proposal)); }, reviser});
  } else {
    loop.reviser(reviser);
  }
  return loop;
}

/// Has a run record its events, in a folder unless that is null, and deliver them.
void watch(Loop& loop, const std::shared_ptr<Run>& run, std::shared_ptr<RunFolder> folder) {
  if (folder != nullptr) {
    const auto recorder = std::make_shared<Recorder>(std::move(folder));
    run->recorder(recorder);
    loop.record(std::shared_ptr<EventSink>{recorder});
  }
  // Owned by the run, so that it is released before the callbacks of the run.
  if (CallerBackend* const sink = run->sink()) loop.record(caller_sink(std::shared_ptr<CallerBackend>{run, sink}));
  loop.watch([run](const Event& event) { run->on_event(event); });
}

/// Threads that are made in its life get no signals: a host's handlers are for its own threads.
class WithoutSignals {
 public:
  WithoutSignals() noexcept {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  WithoutSignals(const WithoutSignals&) = delete;
  WithoutSignals& operator=(const WithoutSignals&) = delete;
  ~WithoutSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace

Engine::Engine(Registry registry) : registry_{std::move(registry)} {}

std::shared_ptr<Engine> Engine::create(int threads, Registry registry) {
  const std::shared_ptr<Engine> engine{new Engine{std::move(registry)}};
  mark_engine();
  engine->context_ = std::make_unique<asio::io_context>(threads);
  engine->work_.emplace(engine->context_->get_executor());
  // Opens the file descriptors that timers need now, when the caller can be told that there are none left.
  static_cast<void>(asio::steady_timer{*engine->context_});
  engine->threads_.reserve(static_cast<std::size_t>(threads));
  try {
    for (int i = 0; i < threads; ++i) {
      {
        const std::lock_guard lock{engine->mutex_};
        ++engine->working_;
      }
      try {
        const WithoutSignals without;
        engine->threads_.emplace_back([engine] { engine->work(); });
      } catch (...) {
        const std::lock_guard lock{engine->mutex_};
        --engine->working_;
        throw;
      }
    }
  } catch (...) {
    engine->close();
    throw;
  }
  return engine;
}

void Engine::cancel(std::shared_ptr<Run> run) {
  const std::lock_guard lock{mutex_};
  if (context_ != nullptr) asio::post(*context_, [run = std::move(run)] { run->emit_cancel(); });
}

void Engine::work() noexcept {
  mark_engine_thread();
  context_->run();
  end_work();
}

void Engine::end_work() noexcept {
  bool is_last_of_all = false;
  {
    const std::lock_guard lock{mutex_};
    is_last_of_all = --working_ == 0 && closed_within_;
  }
  if (is_last_of_all) tear_down();
}

void Engine::reject_if_closing() const {
  const std::lock_guard lock{mutex_};
  if (closing_) reject(PTM_E_HANDLE, "the engine is being destroyed");
}

std::string Engine::backends() const {
  const std::shared_lock lock{backends_mutex_};
  reject_if_closing();
  json::array revisers = entries(registry_->revisers());
  revisers.push_back({{"name", "ask"}, {"what", "asks you: see ptm_run_answer"}});
  return to_text(json::value(json::object{{"generators", entries(registry_->generators())},
                                          {"critics", entries(registry_->critics())},
                                          {"revisers", std::move(revisers)}}));
}

template <class Add>
void Engine::replace(const std::shared_ptr<CallerBackend>& backend, Backends& backends, const std::string& name,
                     const Add& add) {
  std::shared_ptr<CallerBackend> before;  // destroyed after the lock, because that calls its caller
  const std::lock_guard lock{backends_mutex_};
  reject_if_closing();
  std::shared_ptr<CallerBackend>& place = backends[name];
  add(*registry_);
  before = std::exchange(place, backend);
  backend->taken();
}

void Engine::add_generator(std::string_view terms, const ptm_backend& functions) {
  CallerGeneratorTerms read = read_generator_terms(terms);
  const auto backend = std::make_shared<CallerBackend>(functions);
  const std::string name = read.capabilities.name();
  std::shared_ptr<Generator> generator = caller_generator(backend, std::move(read));
  replace(backend, callers_generators_, name, [&](Registry& registry) {
    registry.add_generator(BackendEntry{name, "the caller's own"}, always(std::move(generator)));
  });
}

void Engine::add_critic(std::string_view terms, const ptm_backend& functions) {
  CallerCriticTerms read = read_critic_terms(terms);
  const auto backend = std::make_shared<CallerBackend>(functions);
  const std::string name = read.name;
  std::shared_ptr<Critic> critic = caller_critic(backend, std::move(read));
  replace(backend, callers_critics_, name, [&](Registry& registry) {
    registry.add_critic(BackendEntry{name, "the caller's own"}, always(std::move(critic)));
  });
}

void Engine::add_reviser(std::string_view terms, const ptm_backend& functions) {
  CallerReviserTerms read = read_reviser_terms(terms);
  const auto backend = std::make_shared<CallerBackend>(functions);
  const std::string name = read.name;
  std::shared_ptr<Reviser> reviser = caller_reviser(backend, std::move(read));
  replace(backend, callers_revisers_, name, [&](Registry& registry) {
    registry.add_reviser(BackendEntry{name, "the caller's own"}, always(std::move(reviser)));
  });
}

template <class Start>
void Engine::post(const std::shared_ptr<Run>& run, Start start) {
  const std::lock_guard lock{mutex_};
  if (closing_) reject(PTM_E_HANDLE, "the engine is being destroyed");
  if (runs_.size() == runs_.capacity())
    std::erase_if(runs_, [](const std::weak_ptr<Run>& each) { return each.expired(); });
  runs_.push_back(run);
  // On an engine thread, so that no event of the run comes before its caller knows of it. The run never completes within
  // `start`, so that its end comes after `connect`.
  auto connected = [self = shared_from_this(), run, start = std::move(start)]() mutable {
    const asio::any_io_executor later = asio::require(self->context_->get_executor(), asio::execution::blocking.never);
    run->connect([&](asio::cancellation_slot slot) {
      auto finish = [run](Outcome outcome) { run->on_end(std::move(outcome)); };
      start(later, asio::bind_cancellation_slot(slot, std::move(finish)));
    });
  };
  asio::post(*context_, std::move(connected));
  run->taken();
}

void Engine::begin(const std::shared_ptr<Run>& run, RefineRequest request, const std::filesystem::path& folder) {
  // Held until the run has begun, so that no backend outlives the engine on this thread. Shared, because files are read
  // here.
  const std::shared_lock backends_lock{backends_mutex_};
  reject_if_closing();
  Loop loop = make_loop(*registry_, run, request.backends, std::move(request.policy));
  if (const auto why = validate(request.brief, request.settings, loop.setup().capabilities)) throw Failure{*why};
  loop.settings(request.settings);
  watch(loop, run, folder.empty() ? nullptr : value_of(RunFolder::create(folder)));
  post(run, [loop = std::move(loop), brief = std::move(request.brief)](const asio::any_io_executor& executor,
                                                                       auto&& finish) mutable {
    loop.async_run(executor, std::move(brief), std::forward<decltype(finish)>(finish));
  });
}

void Engine::resume(const std::shared_ptr<Run>& run, ResumeRequest request, const std::filesystem::path& folder) {
  const std::shared_lock backends_lock{backends_mutex_};
  reject_if_closing();
  std::shared_ptr<RunFolder> opened = value_of(RunFolder::open(folder));
  const RunRecord& record = opened->record();
  if (!request.policy) request.policy = recorded_policy(record.transcript().settings().policy(), run->has_policy());
  Loop loop = make_loop(*registry_, run, request.backends, std::move(*request.policy));
  run->recorded(record.events());
  Recording recording{record.events(), request.on_unknown_outcome};
  watch(loop, run, std::move(opened));
  post(run, [loop = std::move(loop), recording = std::move(recording)](const asio::any_io_executor& executor,
                                                                       auto&& finish) mutable {
    loop.async_resume(executor, std::move(recording), std::forward<decltype(finish)>(finish));
  });
}

void Engine::close() noexcept {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
    work_.reset();
    threads.swap(threads_);
    closed_within_ = in_callback();
    ++working_;
  }
  // No run begins any more, so `runs_` does not change until it is torn down.
  for (const std::weak_ptr<Run>& each : runs_) {
    const std::shared_ptr<Run> run = each.lock();
    if (run == nullptr) continue;
    take(run->handle);
    run->detach();
  }
  if (in_callback()) {
    for (std::thread& thread : threads) thread.detach();
    end_work();
    return;
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::weak_ptr<Run>& each : runs_) {
    if (const std::shared_ptr<Run> run = each.lock()) run->wait_for_poll();
  }
  tear_down();
}

void Engine::tear_down() noexcept {
  // Everything is destroyed outside of the locks, because destroying it calls back.
  std::unique_ptr<asio::io_context> context;
  {
    const std::lock_guard lock{mutex_};
    context = std::move(context_);
  }
  context.reset();
  Backends generators;
  Backends critics;
  Backends revisers;
  std::optional<Registry> registry;
  {
    const std::lock_guard lock{backends_mutex_};
    generators.swap(callers_generators_);
    critics.swap(callers_critics_);
    revisers.swap(callers_revisers_);
    registry.swap(registry_);
  }
  registry.reset();
  generators.clear();
  critics.clear();
  revisers.clear();
  for (const std::weak_ptr<Run>& each : runs_) {
    if (const std::shared_ptr<Run> run = each.lock()) run->release_callbacks();
  }
}

}  // namespace pentimento::capi
