#include <pentimento/offline/measure.hpp>
#include <pentimento/offline/convert.hpp>
#include <pentimento/offline/sketch.hpp>
#include <pentimento/registry/offline_backends.hpp>

#include <utility>

namespace pentimento {

namespace {

Result<std::shared_ptr<Generator>> make_sketch(BackendSettings&, const Registry::Services&) {
  return std::shared_ptr<Generator>{std::make_shared<offline::SketchGenerator>()};
}

Result<std::shared_ptr<Critic>> make_measure(BackendSettings& settings, const Registry::Services&) {
  const auto profile = settings.choice("profile", offline::MeasuringCritic::profiles());
  auto critic = std::make_shared<offline::MeasuringCritic>();
  if (profile) critic->profile(*profile);
  return std::shared_ptr<Critic>{std::move(critic)};
}

}  // namespace

void add_offline_backends(Registry& registry) {
  registry.options().scale_down = offline::scale_down;
  registry.add_generator(
      BackendEntry{"sketch",
                   "a procedural painter: draws what it understands of a prompt; no key, no network, no cost"},
      make_sketch);
  registry.add_critic(
      BackendEntry{"measure",
                   "measures pixels: counts, colours, places, background, light, framing, size; no key, no cost"},
      make_measure);
}

}  // namespace pentimento
