// A critic of your own: it says what it can judge (`plan`), then judges it (`critique`). One header, nothing to link.
#include "support/flat_picture.hpp"
#include <pentimento/critic.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/refinement_loop.hpp>

#include <iostream>
#include <string>

namespace asio = boost::asio;
namespace ptm = pentimento;

/// Judges from its header whether an image suits a web page.
class WebReady final : public ptm::Critic {
  std::string do_name() const override { return "web-ready"; }

  asio::awaitable<ptm::Result<ptm::Plan>> do_plan(ptm::Brief) override {
    ptm::Plan plan;
    plan.add(ptm::Requirement{"square", "a square picture"}.owner(name()));
    plan.add(ptm::Requirement{"light", "at most 20 kB", ptm::Importance::should}.weight(0.5).owner(name()));
    co_return plan;
  }

  asio::awaitable<ptm::Result<ptm::Critique>> do_critique(ptm::CritiqueRequest request) override {
    const ptm::PixelSize size = request.image().size();
    ptm::Finding square{"square", size.width() == size.height() ? ptm::Verdict::pass : ptm::Verdict::fail};
    square.observed(ptm::to_string(size)).wanted("two equal sides");
    const std::size_t bytes = request.image().byte_count();
    ptm::Finding light{"light", bytes <= 20'000 ? ptm::Verdict::pass : ptm::Verdict::fail};
    light.observed(std::to_string(bytes) + " bytes").wanted("20000 bytes or fewer");
    ptm::Critique critique;
    critique.add(std::move(square)).add(std::move(light));
    co_return critique;
  }
};

/// Makes wide images by default, and square ones if the prompt says that a square matters.
class Wide final : public ptm::Generator {
  ptm::Capabilities do_capabilities() const override { return ptm::Capabilities{"wide"}; }
  asio::awaitable<ptm::Result<ptm::Generation>> do_generate(ptm::GenerationRequest request) override {
    const bool square = request.prompt().find("Important: a square picture") != std::string::npos;
    ptm::Image image{flat_picture(square ? 128 : 256, 128, 30, 120, 90)};
    co_return ptm::Generation{std::move(image)};
  }
};

int main() {
  ptm::RefinementLoop loop{Wide{}, WebReady{}};
  ptm::Outcome outcome = ptm::run(loop, ptm::Brief{"a green field"});
  for (const ptm::Round& round : outcome.transcript().rounds()) {
    for (const ptm::Candidate& candidate : round.candidates())
      std::cout << candidate.id() << "  " << *candidate.decision() << '\n';
  }
  std::cout << outcome.reason() << '\n';
}
