#include "caller_backend.hpp"

#include "boundary.hpp"
#include "json/codec.hpp"
#include <pentimento/json.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace pentimento::capi {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

/// Passes a call to a backend of the caller, which may finish it on any thread.
template <class T>
asio::awaitable<Result<T>> ask(std::shared_ptr<CallerBackend> backend, std::shared_ptr<CallerCallOf<T>> call) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto begin = [backend, call, executor](detail::Promise<Result<T>> promise) {
    call->open(Answer{std::move(promise), executor});
    backend->start(call);
  };
  bool is_cancelled = false;
  try {
    auto answer = detail::await_promise<Result<T>>(std::move(begin));
    co_return co_await std::move(answer);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) throw;
    is_cancelled = true;
  }
  if (is_cancelled) backend->cancel(*call);
  co_return Error{errc::cancelled, "the call was cancelled"};
}

class CallerGenerator final : public Generator {
 public:
  CallerGenerator(std::shared_ptr<CallerBackend> backend, CallerGeneratorTerms terms)
      : backend_{std::move(backend)}, terms_{std::move(terms)} {}

 private:
  Capabilities do_capabilities() const override { return terms_.capabilities; }
  Money do_estimate(const GenerationRequest&) const override { return terms_.estimate; }
  asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) override {
    return ask(backend_, call_for(std::move(request)));
  }

  std::shared_ptr<CallerBackend> backend_;
  CallerGeneratorTerms terms_;
};

class CallerCritic final : public Critic {
 public:
  CallerCritic(std::shared_ptr<CallerBackend> backend, CallerCriticTerms terms)
      : backend_{std::move(backend)}, terms_{std::move(terms)} {}

 private:
  std::string do_name() const override { return terms_.name; }
  bool do_can_compare() const override { return terms_.compares; }
  Money do_estimate(CallKind kind) const override {
    switch (kind) {
      case CallKind::plan: return terms_.plan;
      case CallKind::critique: return terms_.critique;
      case CallKind::compare: return terms_.compare;
      default: return {};
    }
  }
  asio::awaitable<Result<Plan>> do_plan(Brief brief) override {
    if (!terms_.plans) return claim(std::move(brief));
    return ask(backend_, call_for(std::move(brief)));
  }
  asio::awaitable<Result<Critique>> do_critique(CritiqueRequest request) override {
    return ask(backend_, call_for(std::move(request)));
  }
  asio::awaitable<Result<Comparison>> do_compare(ComparisonRequest request) override {
    return ask(backend_, call_for(std::move(request)));
  }

  static asio::awaitable<Result<Plan>> claim(Brief brief) { co_return claim_requirements(brief); }

  std::shared_ptr<CallerBackend> backend_;
  CallerCriticTerms terms_;
};

class CallerReviser final : public Reviser {
 public:
  CallerReviser(std::shared_ptr<CallerBackend> backend, CallerReviserTerms terms)
      : backend_{std::move(backend)}, terms_{std::move(terms)} {}

 private:
  std::string do_name() const override { return terms_.name; }
  Money do_estimate() const override { return terms_.estimate; }
  asio::awaitable<Result<Revision>> do_revise(RevisionRequest request) override {
    return ask(backend_, call_for(std::move(request)));
  }

  std::shared_ptr<CallerBackend> backend_;
  CallerReviserTerms terms_;
};

class CallerSink final : public EventSink {
 public:
  explicit CallerSink(std::shared_ptr<CallerBackend> backend) : backend_{std::move(backend)} {}

 private:
  asio::awaitable<Result<void>> do_on_event(Event event) override { return store(backend_, std::move(event)); }

  static asio::awaitable<Result<void>> store(std::shared_ptr<CallerBackend> backend, Event event) {
    auto answer = ask(std::move(backend), call_for(std::move(event)));
    const Result<Stored> stored = co_await std::move(answer);
    if (!stored) co_return stored.error();
    co_return Result<void>{};
  }

  std::shared_ptr<CallerBackend> backend_;
};

std::string name_in(json_form::ObjectReader& in) {
  auto name = in.get<std::string>("name");
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  if (name.empty() || name.size() > 100 || name.find_first_not_of(allowed) != std::string::npos) {
    in.node().fail("a name has 1 to 100 letters, digits, '-', '_' and '.', and is not " +
                   json_form::Node{json::value(name), in.node().images()}.described());
  }
  return name;
}

/// The worst-case cost of a call. Default 0.
Money estimate_in(json_form::ObjectReader& in, std::string_view key) {
  const auto estimate = in.get_or(Money{}, key);
  if (const auto node = in.node_of(key); node && estimate < Money{}) node->fail("an estimate is 0 or more");
  return estimate;
}

}  // namespace

ptm_backend backend_of(const ptm_backend* given, const char* name) {
  const ptm_backend backend = struct_of(given, name);
  if (backend.abi_version < 1 || backend.abi_version > PTM_ABI_VERSION)
    reject(PTM_E_VERSION, std::string{name} + "->abi_version is " + std::to_string(backend.abi_version) +
                              "; this library has " + std::to_string(PTM_ABI_VERSION));
  if (backend.start == nullptr)
    reject(PTM_E_INVALID_ARGUMENT, std::string{name} + "->start is NULL; it begins the calls");
  return backend;
}

CallerBackend::~CallerBackend() {
  for (ptm_call* const call : started_) take(call);
  if (!taken_ || functions_.destroy == nullptr) return;
  try {
    functions_.destroy(functions_.user);
  } catch (...) {
    // There is nobody to report to.
  }
}

void CallerBackend::start(const std::shared_ptr<CallerCall>& call) {
  // Keeps the set from growing with finished calls.
  const auto is_dead = [](ptm_call* handle) { return find(handle) == nullptr; };
  {
    const std::lock_guard lock{mutex_};
    if (started_.size() >= 64) std::erase_if(started_, is_dead);
  }
  call->handle = new_handle<ptm_call>(call);
  ptm_call* const handle = call->handle;
  try {
    {
      const std::lock_guard lock{mutex_};
      started_.insert(handle);
    }
    functions_.start(functions_.user, handle);
  } catch (...) {
    take(handle);
    throw;
  }
}

void CallerBackend::cancel(const CallerCall& call) noexcept {
  if (functions_.cancel == nullptr || find(call.handle) == nullptr) return;
  try {
    functions_.cancel(functions_.user, call.handle);
  } catch (...) {
    // The call is cancelled all the same.
  }
}

CallerGeneratorTerms read_generator_terms(std::string_view text) {
  json::value value = value_of(parse_json(text));
  const ImageSource no_images;
  Money estimate;
  if (json::object* const object = value.if_object()) {
    const json_form::Node whole{value, no_images};
    json_form::ObjectReader in{whole};
    name_in(in);
    estimate = estimate_in(in, "estimate_micros");
    for (const char* const capability :
         {"image_to_image", "mask", "seed", "negative_prompt", "min_side", "max_side", "max_prompt_characters",
          "images_per_call", "init_image_types", "min_init_image_side", "max_init_image_side", "max_init_image_bytes"})
      in.node_of(capability);
    in.done();
    object->erase("estimate_micros");
  }
  return {value_of(from_json<Capabilities>(value)), estimate};
}

CallerCriticTerms read_critic_terms(std::string_view text) {
  const json::value value = value_of(parse_json(text));
  const ImageSource no_images;
  const json_form::Node whole{value, no_images};
  json_form::ObjectReader in{whole};
  CallerCriticTerms terms;
  terms.name = name_in(in);
  terms.plans = in.get_or(false, "plans");
  terms.compares = in.get_or(false, "compares");
  if (const auto estimates = in.node_of("estimates_micros")) {
    json_form::ObjectReader each{*estimates};
    terms.plan = estimate_in(each, "plan");
    terms.critique = estimate_in(each, "critique");
    terms.compare = estimate_in(each, "compare");
    each.done();
  }
  in.done();
  return terms;
}

CallerReviserTerms read_reviser_terms(std::string_view text) {
  const json::value value = value_of(parse_json(text));
  const ImageSource no_images;
  const json_form::Node whole{value, no_images};
  json_form::ObjectReader in{whole};
  CallerReviserTerms terms{name_in(in), estimate_in(in, "estimate_micros")};
  in.done();
  if (terms.name == "ask") whole.fail("the name \"ask\" is taken by the reviser that asks you; choose another one");
  return terms;
}

std::shared_ptr<Generator> caller_generator(std::shared_ptr<CallerBackend> backend, CallerGeneratorTerms terms) {
  return std::make_shared<CallerGenerator>(std::move(backend), std::move(terms));
}

std::shared_ptr<Critic> caller_critic(std::shared_ptr<CallerBackend> backend, CallerCriticTerms terms) {
  return std::make_shared<CallerCritic>(std::move(backend), std::move(terms));
}

std::shared_ptr<Reviser> caller_reviser(std::shared_ptr<CallerBackend> backend, CallerReviserTerms terms) {
  return std::make_shared<CallerReviser>(std::move(backend), std::move(terms));
}

std::shared_ptr<EventSink> caller_sink(std::shared_ptr<CallerBackend> backend) {
  return std::make_shared<CallerSink>(std::move(backend));
}

}  // namespace pentimento::capi
