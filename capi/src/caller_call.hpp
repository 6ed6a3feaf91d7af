#pragma once

#include "answer.hpp"
#include "boundary.hpp"
#include <pentimento.h>
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/critique_request.hpp>
#include <pentimento/error.hpp>
#include <pentimento/event.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/image.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/revision.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pentimento::capi {

/// A call to a backend or sink of the caller, from its start until the caller finishes it. Thread-safe.
class CallerCall {
 public:
  virtual ~CallerCall() = default;

  /// {"kind", "request"}; for a sink, the event.
  virtual std::string request() const = 0;
  /// The images of the request.
  virtual std::vector<Image> images() const = 0;
  /// Finishes the call with its result. Throws `Rejected` if it is already finished, `Failure` for an invalid result, and
  /// `std::bad_alloc`; after the last two the call is still open.
  virtual void finish(std::string_view result, std::vector<Image> images) = 0;
  /// Finishes the call with an error. Throws as `finish`.
  virtual void fail(Error error) = 0;

  /// Its handle, valid while it is open.
  ptm_call* handle = nullptr;
};

/// A call whose result is a T.
template <class T>
class CallerCallOf : public CallerCall {
 public:
  void open(Answer<Result<T>> answer) { answer_.emplace(std::move(answer)); }
  void finish(std::string_view result, std::vector<Image> images) final { end_with(read(result, std::move(images))); }
  void fail(Error error) final { end_with(std::move(error)); }

 private:
  void end_with(Result<T> result) {
    {
      const std::lock_guard lock{mutex_};
      if (!answer_) reject(PTM_E_HANDLE, "the call is already finished");
      answer_->set(std::move(result));
      answer_.reset();
    }
    take(handle);
  }

  /// Parses the result. Throws `Failure`.
  virtual T read(std::string_view result, std::vector<Image> images) const = 0;

  std::mutex mutex_;
  std::optional<Answer<Result<T>>> answer_;  // until the call is finished
};

/// The result of a sink that has taken an event.
using Stored = std::monostate;

std::shared_ptr<CallerCallOf<Generation>> call_for(GenerationRequest request);
std::shared_ptr<CallerCallOf<Plan>> call_for(Brief brief);
std::shared_ptr<CallerCallOf<Critique>> call_for(CritiqueRequest request);
std::shared_ptr<CallerCallOf<Comparison>> call_for(ComparisonRequest request);
std::shared_ptr<CallerCallOf<Revision>> call_for(RevisionRequest request);
std::shared_ptr<CallerCallOf<Stored>> call_for(Event event);

}  // namespace pentimento::capi
