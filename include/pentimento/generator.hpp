#pragma once

#include <pentimento/error.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/money.hpp>

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace pentimento {

/**
 * Makes pictures. Derive from it and override the private `do_` functions; users call the public ones.
 *
 * **Executor**: `generate` runs on the executor of the coroutine that awaits it. A run awaits several at once on one
 * strand, so an override that computes for long posts that work to a thread pool of its own.
 * **Cancellation**: `total`, through Asio's slots. After a cancel an override returns soon, with any result; one that
 * does not is left behind by the run, which keeps it alive until it returns.
 * **Thread safety**: the calls of one run come one after another, but several may be under way; `capabilities` and
 * `estimate` may be called at any time.
 */
class Generator {
 public:
  virtual ~Generator() = default;

  /// What it can do. Constant over its life.
  Capabilities capabilities() const { return do_capabilities(); }

  /// The most that this request may cost. A run reserves this before it makes the call. An override that throws counts
  /// as a cost without bound, less than nothing as nothing.
  Money estimate(const GenerationRequest& request) const noexcept {
    try {
      return std::max(do_estimate(request), Money{});
    } catch (...) {
      return Money::unbounded();
    }
  }

  /// Says that a call will probably follow soon, so that a backend can get ready for it: open a connection, load a model.
  /// A run says so while others are at work. Returns at once and costs nothing; an override that throws is ignored.
  void prepare() noexcept {
    try {
      do_prepare();
    } catch (...) {}
  }

  /**
   * Makes the picture that is asked for.
   *
   * Never throws; the request is checked against the capabilities first. Errors: `invalid_argument` (an empty or too
   * long prompt, a size out of range, a strength outside 0..1), `unsupported` (a base image or mask that it cannot
   * take), `cancelled`, and whatever the override reports; `unusable_reply` for a reply without a picture. An exception
   * becomes `backend_failed`, but `cancelled` for `operation_aborted` and what it carries for a `Failure`; nobody knows
   * then what was paid, so that its charge is the worst case, `maybe_billed`.
   *
   * A generation of which the override does not say what it cost is charged with the estimate; `Charge::paid(Money{})`
   * says that it was free.
   */
  boost::asio::awaitable<Result<Generation>> generate(GenerationRequest request) {
    Money worst_case;
    try {
      const Capabilities can = capabilities();
      if (std::optional<Error> error = refusal(request, can)) co_return std::move(*error);
      worst_case = estimate(request);
      Result<Generation> generation = co_await do_generate(std::move(request));
      if (generation && generation->charge() == Charge{}) generation->charge(Charge::from_estimate(worst_case));
      if (generation && generation->images().empty()) {
        Error empty{errc::unusable_reply, can.name() + " returned no picture"};
        empty.request_id(generation->request_id()).charge(generation->charge());
        co_return empty;
      }
      co_return generation;
    } catch (...) {
      co_return error_from_current_exception("the generator", worst_case);
    }
  }

 protected:
  Generator() = default;
  Generator(const Generator&) = default;
  Generator& operator=(const Generator&) = default;

 private:
  virtual Capabilities do_capabilities() const = 0;
  /// Free unless overridden.
  virtual Money do_estimate(const GenerationRequest&) const { return {}; }
  /// Does nothing unless overridden. Must not wait.
  virtual void do_prepare() {}
  /// The request is within the capabilities. May throw.
  virtual boost::asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) = 0;

  static std::optional<Error> refusal(const GenerationRequest& request, const Capabilities& can) {
    const auto refuse = [&](errc code, std::string why) {
      return Error{code, can.name() + " cannot make this picture: " + std::move(why)};
    };
    if (request.prompt().find_first_not_of(" \t\r\n") == std::string::npos)
      return refuse(errc::invalid_argument, "the prompt is empty");
    if (request.prompt().size() > can.max_prompt_bytes()) {
      return refuse(errc::invalid_argument, "the prompt has " + std::to_string(request.prompt().size()) +
                                                " bytes; at most " + std::to_string(can.max_prompt_bytes()) +
                                                " are accepted");
    }
    if (request.size()) {
      const auto [shortest, longest] = std::minmax({request.size()->width(), request.size()->height()});
      if (shortest < can.min_side() || longest > can.max_side()) {
        return refuse(errc::invalid_argument,
                      "the size " + to_string(*request.size()) + " is out of range; each side may have " +
                          std::to_string(can.min_side()) + " to " + std::to_string(can.max_side()) + " pixels");
      }
    }
    if (!(request.strength() >= 0.0 && request.strength() <= 1.0))
      return refuse(errc::invalid_argument, "the strength must lie from 0 to 1");
    if (request.init_image() && !can.image_to_image()) return refuse(errc::unsupported, "it cannot start from a picture");
    if (request.mask() && !can.mask()) return refuse(errc::unsupported, "it takes no mask");
    if (request.mask() && !request.init_image()) return refuse(errc::invalid_argument, "a mask needs a base image");
    return std::nullopt;
  }
};

}  // namespace pentimento
