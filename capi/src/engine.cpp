#include "engine.hpp"

#include "boundary.hpp"
#include "caller_backend.hpp"
#include <pentimento/json.hpp>
#include <pentimento/loop/machine.hpp>
#include <pentimento/refinement_loop.hpp>
#include <pentimento/revise/ask.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <new>
#include <system_error>
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

/// A backend of the caller's has no settings: it is what it is.
template <class Role>
Registry::Factory<Role> always(std::shared_ptr<Role> backend) {
  return [backend = std::move(backend)](BackendSettings&, const Registry::Services&) -> Result<std::shared_ptr<Role>> {
    return backend;
  };
}

/// The policy of the caller, besides that of the request.
class CallerPolicy {
 public:
  explicit CallerPolicy(std::shared_ptr<Run> run) : run_{std::move(run)} {}
  std::optional<StopReason> operator()(const Transcript& transcript, TimePoint) const {
    return run_->ask_policy(transcript);
  }

 private:
  std::shared_ptr<Run> run_;
};

/// Memory for the one wait at a time for a bell; it is there beforehand.
template <class T>
class WaitAllocator {
 public:
  using value_type = T;

  explicit WaitAllocator(WaitMemory& memory) noexcept : memory_{&memory} {}
  template <class U>
  WaitAllocator(const WaitAllocator<U>& other) noexcept : memory_{other.memory()} {}

  T* allocate(std::size_t count) {
    if (memory_->is_taken || count * sizeof(T) > memory_->room.size()) throw std::bad_alloc{};
    memory_->is_taken = true;
    return reinterpret_cast<T*>(memory_->room.data());
  }
  void deallocate(T*, std::size_t) noexcept { memory_->is_taken = false; }

  WaitMemory* memory() const noexcept { return memory_; }
  friend bool operator==(const WaitAllocator& a, const WaitAllocator& b) noexcept { return a.memory_ == b.memory_; }

 private:
  WaitMemory* memory_;
};

/// Has the person on the other side of the interface decide on a proposal.
asio::awaitable<Result<Revision>> ask_caller(std::shared_ptr<Run> run, Revision proposal) {
  auto begin = [run = std::move(run), proposal = std::move(proposal)](Run::Answer answer) {
    run->on_question(proposal, std::move(answer));
  };
  return detail::await_promise<Result<Revision>>(std::move(begin));
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

/// Takes the outcome of a run. One that is dropped instead, since there was no memory to bring it, ends the run as well.
class OutcomeTaker {
 public:
  OutcomeTaker(std::shared_ptr<Engine> engine, std::shared_ptr<Run> run)
      : engine_{std::move(engine)}, run_{std::move(run)} {}
  OutcomeTaker(OutcomeTaker&&) noexcept = default;
  OutcomeTaker& operator=(OutcomeTaker&&) = delete;
  ~OutcomeTaker() { end(std::nullopt); }

  void operator()(Outcome outcome) { end(std::move(outcome)); }
  /// There will be no run.
  void dismiss() noexcept { run_.reset(); }

 private:
  void end(std::optional<Outcome> outcome) noexcept {
    const std::shared_ptr<Run> run = std::move(run_);
    if (run == nullptr) return;
    run->on_end(std::move(outcome));
    engine_->ended(run);
  }

  std::shared_ptr<Engine> engine_;
  std::shared_ptr<Run> run_;
};

}  // namespace

Engine::Engine(Registry registry) : registry_{std::move(registry)} {}

std::shared_ptr<Engine> Engine::create(int threads, Registry registry) {
  const std::shared_ptr<Engine> engine{new Engine{std::move(registry)}};
  mark_engine();
  engine->context_ = std::make_unique<asio::io_context>(threads);
  engine->work_.emplace(engine->context_->get_executor());
  // Opens the descriptors that timers need: here, where there is somebody to be told that there are none.
  static_cast<void>(asio::steady_timer{*engine->context_});
  engine->bell_file_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (engine->bell_file_ < 0) throw std::system_error{errno, std::generic_category(), "no file descriptor is left"};
  try {
    engine->bell_.emplace(*engine->context_, engine->bell_file_);
  } catch (...) {
    ::close(engine->bell_file_);
    throw;
  }
  engine->listen();
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

void Engine::ring() noexcept {
  const std::lock_guard lock{mutex_};
  if (bell_file_ >= 0) static_cast<void>(::eventfd_write(bell_file_, 1));
}

void Engine::listen() {
  auto on_ring = [this](const boost::system::error_code& error) {
    if (!error) answer_ring();
  };
  bell_->async_wait(asio::posix::descriptor_base::wait_read,
                    asio::bind_allocator(WaitAllocator<void*>{bell_memory_}, on_ring));
}

/// From the last to the first: one that ends meanwhile moves those behind it, which were had already.
std::shared_ptr<Run> Engine::run_before(std::size_t& place) const noexcept {
  const std::lock_guard lock{mutex_};
  place = std::min(place, runs_.size());
  return place == 0 ? nullptr : runs_[--place];
}

void Engine::answer_ring() {
  eventfd_t rings = 0;
  static_cast<void>(::eventfd_read(bell_file_, &rings));
  std::size_t place = std::numeric_limits<std::size_t>::max();
  while (const std::shared_ptr<Run> run = run_before(place)) {
    try {
      run->emit_cancel();
    } catch (...) {
      // For want of memory. There may be some soon.
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
      ring();
    }
  }
  bool goes_on = false;
  {
    const std::lock_guard lock{mutex_};
    goes_on = !closing_ || !runs_.empty();
  }
  if (goes_on) listen();
}

void Engine::work() noexcept {
  mark_engine_thread();
  while (true) {
    try {
      context_->run();
      break;
    } catch (...) {
      // A handler found no memory for what it had to do; its run ends, and the others go on.
    }
  }
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

void Engine::refuse_closing() const {
  const std::lock_guard lock{mutex_};
  if (closing_) refuse(PTM_E_HANDLE, "the engine is being destroyed");
}

std::string Engine::backends() const {
  const std::shared_lock lock{backends_mutex_};
  refuse_closing();
  json::array revisers = entries(registry_->revisers());
  revisers.push_back({{"name", "ask"}, {"what", "asks you: see ptm_run_answer"}});
  return to_text(json::value(json::object{{"generators", entries(registry_->generators())},
                                          {"critics", entries(registry_->critics())},
                                          {"revisers", std::move(revisers)}}));
}

template <class Add>
void Engine::replace(const std::shared_ptr<CallerBackend>& backend, Backends& backends, const std::string& name,
                     const Add& add) {
  std::shared_ptr<CallerBackend> before;  // goes after the lock: its caller is told
  const std::lock_guard lock{backends_mutex_};
  refuse_closing();
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

void Engine::begin(const std::shared_ptr<Run>& run, RefineRequest request) {
  // Until it has begun, so that nothing of a backend is left here once the engine is gone. Others may begin runs meanwhile:
  // files of keys are read here.
  const std::shared_lock backends_lock{backends_mutex_};
  refuse_closing();
  AnyStopPolicy policy = std::move(request.policy);
  if (run->has_policy()) policy = AnyStopPolicy{policy || AnyStopPolicy{CallerPolicy{run}}};
  const auto reviser = value_of(registry_->make_reviser(request.reviser));
  const auto generator = value_of(registry_->make_generator(request.generator));
  const auto critic = value_of(registry_->make_critic(request.critic));
  if (const auto why = validate(request.brief, request.settings, generator->capabilities())) throw Failure{*why};
  RefinementLoop loop{generator, critic, std::move(policy)};
  if (request.asks) {
    loop.reviser(
        Ask{[run](Revision proposal, RevisionRequest) { return ask_caller(run, std::move(proposal)); }, reviser});
  } else {
    loop.reviser(reviser);
  }
  loop.settings(request.settings);
  loop.watch([run](const Event& event) { run->on_event(event); });

  const auto taker = std::make_shared<OutcomeTaker>(shared_from_this(), run);
  const std::lock_guard lock{mutex_};
  try {
    if (closing_) refuse(PTM_E_HANDLE, "the engine is being destroyed");
    if (all_runs_.size() == all_runs_.capacity())
      std::erase_if(all_runs_, [](const std::weak_ptr<Run>& each) { return each.expired(); });
    all_runs_.push_back(run);
    runs_.push_back(run);
    // On an engine thread, so that nothing of a run happens before it is known that there is one. And never at once there:
    // where the run cannot begin, its end is told after `connect`.
    auto start = [self = shared_from_this(), run, taker, loop = std::move(loop),
                  brief = std::move(request.brief)]() mutable {
      const asio::any_io_executor later =
          asio::require(self->context_->get_executor(), asio::execution::blocking.never);
      run->connect([&](asio::cancellation_slot slot) {
        loop.async_run(later, std::move(brief),
                       asio::bind_cancellation_slot(slot, [taker](Outcome outcome) { (*taker)(std::move(outcome)); }));
      });
    };
    asio::post(*context_, std::move(start));
  } catch (...) {
    taker->dismiss();
    std::erase(runs_, run);
    throw;
  }
  run->taken();
}

void Engine::ended(const std::shared_ptr<Run>& run) noexcept {
  const std::lock_guard lock{mutex_};
  std::erase(runs_, run);
  if (closing_ && runs_.empty() && bell_file_ >= 0) static_cast<void>(::eventfd_write(bell_file_, 1));
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
  // From here on nobody begins a run, and the list is this thread's, until it is torn down.
  for (const std::weak_ptr<Run>& each : all_runs_) {
    const std::shared_ptr<Run> run = each.lock();
    if (run == nullptr) continue;
    take(run->handle);
    run->detach();
  }
  ring();
  if (in_callback()) {
    for (std::thread& thread : threads) thread.detach();
    end_work();
    return;
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::weak_ptr<Run>& each : all_runs_) {
    if (const std::shared_ptr<Run> run = each.lock()) run->wait_for_poll();
  }
  tear_down();
}

void Engine::tear_down() noexcept {
  // Outside of the lock: what goes here tells its callers.
  std::unique_ptr<asio::io_context> context;
  {
    const std::lock_guard lock{mutex_};
    bell_.reset();
    bell_file_ = -1;
    context = std::move(context_);
  }
  context.reset();  // and with it the runs that never came to begin
  Backends generators;
  Backends critics;
  std::optional<Registry> registry;
  {
    const std::lock_guard lock{backends_mutex_};
    generators.swap(callers_generators_);
    critics.swap(callers_critics_);
    registry.swap(registry_);
  }
  registry.reset();
  generators.clear();
  critics.clear();
  for (const std::weak_ptr<Run>& each : all_runs_) {
    if (const std::shared_ptr<Run> run = each.lock()) run->release_callbacks();
  }
}

}  // namespace pentimento::capi
