#pragma once

#include <pentimento/error.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/money.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>

namespace pentimento {

/// The size limit of a revised prompt, in bytes; a longer one is cut.
inline constexpr std::size_t max_revised_prompt = 64 * 1024;

/**
 * Makes images. Derive from it and override the private `do_` functions; users call the public ones.
 *
 * **Executor**: `generate` runs on the executor of the coroutine that awaits it. A run awaits several at once on one
 * strand, so an override that computes for long must post that work to a thread pool of its own (`offload`).
 * **Cancellation**: `total`, through Asio's slots. After a cancel an override should return within 50 ms, with any result.
 * Otherwise the run ends without it, and keeps it alive until it returns.
 * **Thread safety**: `capabilities` and `estimate` may be called at any time. A run makes its calls one after another, but
 * several may be in progress.
 */
class Generator {
 public:
  virtual ~Generator() = default;

  /// Returns what the generator supports. Always the same for one generator.
  Capabilities capabilities() const;

  /// Returns the worst-case cost of a request. A run reserves it before it makes the call. Unbounded if the override throws,
  /// zero if it is negative.
  Money estimate(const GenerationRequest& request) const noexcept;

  /// Returns why the generator would reject a request before anything is sent; nothing if it would not. Costs nothing. A run
  /// checks its first request before it pays for anything.
  std::optional<Error> validate(const GenerationRequest& request) const;

  /// Announces that a call will probably follow soon: time to warm up a connection or load a model. A run does so while other
  /// roles are at work. Returns at once and is free; exceptions of the override are ignored.
  void warm_up() noexcept;

  /**
   * Makes the requested image. Never throws. Images beyond `Capabilities::images_per_call` are dropped:
   * `Generation::dropped_images` counts them.
   *
   * **Errors**, before anything is sent: `invalid_argument` for an empty or too long prompt, a size out of range, or a strength
   * outside 0 to 1; `invalid_argument`, `unsupported` or `too_large` for an init image or mask. Then: those of the override;
   * `cancelled`; `unusable_reply` for a reply without an image. An exception becomes `backend_failed`, except that
   * `operation_aborted` becomes `cancelled` and a `Failure` its own error.
   * **Cost**: as the override reports it; its estimate if it reports none (`Charge::paid(Money{})` reports that it was free).
   * After an exception, the estimate as `maybe_billed`.
   */
  boost::asio::awaitable<Result<Generation>> generate(GenerationRequest request);

 protected:
  Generator() = default;
  Generator(const Generator&) = default;
  Generator& operator=(const Generator&) = default;

 private:
  virtual Capabilities do_capabilities() const = 0;
  /// Free by default.
  virtual Money do_estimate(const GenerationRequest&) const { return {}; }
  /// Checks what the capabilities do not say, such as options. Accepts everything by default. Must not block.
  virtual std::optional<Error> do_validate(const GenerationRequest&) const { return std::nullopt; }
  /// Does nothing by default. Must not block.
  virtual void do_warm_up() {}
  /// The request is within the capabilities. May throw.
  virtual boost::asio::awaitable<Result<Generation>> do_generate(GenerationRequest request) = 0;
};

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/generator.ipp>
#endif
