// A generator of your own: one header, nothing to link. Override its capabilities and how it makes an image.
#include "support/flat_picture.hpp"
#include <pentimento/critic.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/refinement_loop.hpp>

#include <iostream>
#include <string>

namespace asio = boost::asio;
namespace ptm = pentimento;

/// Paints a sheet of paper in the first colour that the prompt names. States the cost of the paint before and after.
class House final : public ptm::Generator {
  ptm::Capabilities do_capabilities() const override {
    ptm::Capabilities can{"house painter"};
    can.sides(16, 512).seed(true);
    return can;
  }

  ptm::Money do_estimate(const ptm::GenerationRequest&) const override { return ptm::usd(0.002); }

  asio::awaitable<ptm::Result<ptm::Generation>> do_generate(ptm::GenerationRequest request) override {
    const ptm::PixelSize size = request.size().value_or(ptm::PixelSize{64, 64});
    const bool red = request.prompt().find("red") < request.prompt().find("blue");
    ptm::Image image{flat_picture(static_cast<std::uint16_t>(size.width()), static_cast<std::uint16_t>(size.height()),
                                  red ? 200 : 0, 0, red ? 0 : 200)};
    ptm::Generation generation{std::move(image)};
    generation.seed(request.seed()).charge(ptm::Charge::paid(ptm::usd(0.002)));
    co_return generation;
  }
};

/// A critic that only suggests the next prompt; see 03_own_critic.cpp for one that judges.
class Remarks final : public ptm::Critic {
  std::string do_name() const override { return "remarks"; }
  asio::awaitable<ptm::Result<ptm::Critique>> do_critique(ptm::CritiqueRequest request) override {
    ptm::Critique critique;
    critique.remark("a sheet of " + ptm::to_string(request.image().size()) + " pixels");
    co_return critique;
  }
};

int main() {
  ptm::RefinementLoop loop{House{}, Remarks{}, ptm::MaxRounds{10} || ptm::Budget{ptm::usd(0.005)}};
  ptm::Outcome outcome = ptm::run(loop, ptm::Brief{"a red sheet of paper"});
  std::cout << outcome.reason() << '\n'                                   // usd(0.005): the next call could bring ...
            << outcome.transcript().ledger().spent() << " for "           // $0.004 for
            << outcome.transcript().images_requested() << " pictures\n";  // 2 pictures
}
