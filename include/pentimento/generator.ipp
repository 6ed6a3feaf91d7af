#pragma once

#include <pentimento/detail/inline.hpp>
#include <pentimento/detail/request_limits.hpp>
#include <pentimento/detail/utf8.hpp>
#include <pentimento/generator.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace pentimento {

namespace detail {

/// Returns why a generator with these capabilities cannot make this image; nothing if it can.
PENTIMENTO_INLINE std::optional<Error> validate(const GenerationRequest& request, const Capabilities& can) {
  const auto reject = [&](errc code, const std::string& why) { return Error{code, can.name() + ": " + why}; };
  if (request.prompt().find_first_not_of(" \t\r\n") == std::string::npos)
    return reject(errc::invalid_argument, "the prompt is empty; say what the image is to show");
  if (!accepts_prompt(request.prompt(), can)) {
    return reject(errc::invalid_argument, "the prompt has " + std::to_string(count_characters(request.prompt())) +
                                              " characters, which is too long; at most " +
                                              std::to_string(can.max_prompt_characters()) + " are accepted");
  }
  if (request.size()) {
    const auto [shortest, longest] = std::minmax({request.size()->width(), request.size()->height()});
    if (shortest < can.min_side() || longest > can.max_side()) {
      return reject(errc::invalid_argument, "the size " + to_string(*request.size()) + " is out of range; " +
                                                std::to_string(can.min_side()) + " to " +
                                                std::to_string(can.max_side()) + " pixels a side are accepted");
    }
  }
  if (!(request.strength() >= 0.0 && request.strength() <= 1.0))
    return reject(errc::invalid_argument, "the strength is out of range; 0 to 1 are accepted");
  if (request.init_image()) {
    if (std::optional<Error> error = validate_init_image(*request.init_image(), can)) return error;
  }
  if (request.mask() && !can.mask()) return reject(errc::unsupported, "a mask is not accepted; leave it out");
  if (request.mask() && !request.init_image())
    return reject(errc::invalid_argument, "the mask has no init image; give both or neither");
  return std::nullopt;
}

}  // namespace detail

PENTIMENTO_INLINE Capabilities Generator::capabilities() const { return do_capabilities(); }

PENTIMENTO_INLINE Money Generator::estimate(const GenerationRequest& request) const noexcept {
  try {
    return std::max(do_estimate(request), Money{});
  } catch (...) {
    return Money::unbounded();
  }
}

PENTIMENTO_INLINE std::optional<Error> Generator::validate(const GenerationRequest& request) const {
  try {
    std::optional<Error> error = detail::validate(request, capabilities());
    return error ? error : do_validate(request);
  } catch (...) {
    return error_from_current_exception("the generator");
  }
}

PENTIMENTO_INLINE void Generator::warm_up() noexcept {
  try {
    do_warm_up();
  } catch (...) {}
}

PENTIMENTO_INLINE boost::asio::awaitable<Result<Generation>> Generator::generate(GenerationRequest request) {
  Money worst_case;
  try {
    const Capabilities can = capabilities();
    if (std::optional<Error> error = detail::validate(request, can)) co_return std::move(*error);
    worst_case = estimate(request);
    Result<Generation> generation = co_await do_generate(std::move(request));
    if (generation) generation->keep_images(can.images_per_call());
    // What is accepted can be recorded and read back: far beyond the longest prompt that a provider takes.
    if (generation && generation->revised_prompt().size() > max_revised_prompt)
      generation->revised_prompt(std::string{detail::cut_utf8(generation->revised_prompt(), max_revised_prompt)});
    if (generation && generation->charge() == Charge{}) generation->charge(Charge::from_estimate(worst_case));
    if (generation && generation->images().empty()) {
      Error empty{errc::unusable_reply, can.name() + " returned no image"};
      empty.request_id(generation->request_id()).charge(generation->charge());
      co_return empty;
    }
    co_return generation;
  } catch (...) {
    co_return error_from_current_exception("the generator", worst_case);
  }
}

}  // namespace pentimento
