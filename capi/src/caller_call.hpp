#pragma once

#include "boundary.hpp"
#include <pentimento.h>
#include <pentimento/comparison.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/critique_request.hpp>
#include <pentimento/error.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/generation_request.hpp>
#include <pentimento/image.hpp>
#include <pentimento/offload.hpp>
#include <pentimento/plan.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento::capi {

/**
 * A call of a backend of the caller's, between its start and the moment when the caller finishes it.
 *
 * **Threads**: any.
 */
class CallerCall {
 public:
  virtual ~CallerCall() = default;

  /// {"kind", "request"}.
  virtual std::string request() const = 0;
  /// The picture of the request that has this hash.
  std::optional<Image> find_image(std::string_view sha256) const;
  /// Ends the call with its result. Throws `Refused` where another thread was first, what is wrong with the result, and
  /// `std::bad_alloc`; after the last two the call is open.
  virtual void finish(std::string_view result, std::vector<Image> images) = 0;
  /// Ends the call with an error. Throws as `finish`.
  virtual void fail(Error error) = 0;

  /// Its handle, as long as it is open.
  ptm_call* handle = nullptr;
  std::weak_ptr<Engine> engine;

 protected:
  /// Has the engine do something on a thread of its own. Throws `std::bad_alloc`.
  void post(std::function<void()> job) const;

 private:
  virtual std::vector<Image> images() const = 0;
};

/// A call that brings a T.
template <class T>
class CallerCallOf : public CallerCall {
 public:
  using End = detail::AwaitedEnd<Result<T>>;

  void open(End end) { end_ = std::make_shared<End>(std::move(end)); }
  void finish(std::string_view result, std::vector<Image> images) final { end_with(read(result, std::move(images))); }
  void fail(Error error) final { end_with(std::move(error)); }

 private:
  void end_with(Result<T> result) {
    {
      const std::lock_guard lock{mutex_};
      if (is_finished_) refuse(PTM_E_HANDLE, "the call was finished");
      const auto kept = std::make_shared<Result<T>>(std::move(result));
      post([end = end_, kept] { end->tell(*kept); });
      is_finished_ = true;
      end_.reset();
    }
    take(handle);
  }

  /// The result that this JSON is. Throws `Failure`.
  virtual T read(std::string_view result, std::vector<Image> images) const = 0;

  std::mutex mutex_;
  bool is_finished_ = false;
  std::shared_ptr<End> end_;
};

std::shared_ptr<CallerCallOf<Generation>> call_for(GenerationRequest request);
std::shared_ptr<CallerCallOf<Plan>> call_for(Brief brief);
std::shared_ptr<CallerCallOf<Critique>> call_for(CritiqueRequest request);
std::shared_ptr<CallerCallOf<Comparison>> call_for(ComparisonRequest request);

}  // namespace pentimento::capi
