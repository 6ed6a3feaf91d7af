#include "offline/language/language.hpp"
#include "offline/pixels/pixels.hpp"
#include "offline/sketch/binding.hpp"
#include "offline/sketch/edit.hpp"
#include "offline/sketch/render.hpp"
#include "offline/sketch/scene.hpp"
#include "offline/pixels/workers.hpp"
#include <pentimento/offline/sketch.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <stop_token>
#include <string_view>
#include <utility>

namespace pentimento::offline {
namespace {

using namespace sketch;

// The strengths at which an edit changes its kind; documented with the class.
constexpr double keeps_things = 0.40;
constexpr double keeps_what_does_not_fit = 0.75;
constexpr double keeps_places = 0.95;

std::uint64_t own_seed(std::string_view prompt) { return hash(prompt) & 0xffffffffU; }

// A negative prompt says what "avoid:" says in the prompt itself.
Description understand(const GenerationRequest& request) {
  Description description = read(request.prompt());
  if (!request.negative_prompt().empty()) {
    Description unwanted = read("avoid: " + request.negative_prompt());
    std::ranges::move(unwanted.negations, std::back_inserter(description.negations));
  }
  return description;
}

PixelSize within_limits(PixelSize size) {
  const auto side = [](std::uint32_t s) {
    return std::clamp(s, SketchGenerator::smallest_side, SketchGenerator::largest_side);
  };
  return {side(size.width()), side(size.height())};
}

class Job {
 public:
  Job(GenerationRequest request, PixelSize size) : request_{std::move(request)}, size_{size} {}

  Result<Generation> operator()(const std::stop_token& stop) const {
    Result<Image> image = request_.init_image() ? edited(stop) : painted(stop);
    if (!image) return std::move(image).error();
    Generation generation{std::move(*image)};
    generation.seed(seed());
    return generation;
  }

 private:
  [[nodiscard]] std::uint64_t seed() const { return request_.seed().value_or(own_seed(request_.prompt())); }
  [[nodiscard]] int width() const { return static_cast<int>(size_.width()); }
  [[nodiscard]] int height() const { return static_cast<int>(size_.height()); }

  [[nodiscard]] Result<Image> painted(const std::stop_token& stop) const {
    const Description description = understand(request_);
    const Bindings bindings = bind_phrases(description, request_.prompt(), seed());
    const Scene scene = compose(description, bindings, request_.prompt(), seed(), width(), height());
    Result<std::vector<std::byte>> png = render_png(to_svg(scene), stop);
    if (!png) return std::move(png).error();
    return Image::from_bytes(std::move(*png));
  }

  [[nodiscard]] Result<Image> edited(const std::stop_token& stop) const {
    Result<Pixels> decoded = decode(*request_.init_image(), stop);
    if (!decoded) return std::move(decoded).error();
    std::optional<Pixels> mask;
    if (request_.mask()) {
      Result<Pixels> decoded_mask = decode(*request_.mask(), stop);
      if (!decoded_mask) return std::move(decoded_mask).error();
      mask = covering(*decoded_mask, width(), height());
    }
    if (stop.stop_requested()) return no_longer_wanted();
    const Pixels base = covering(*decoded, width(), height());
    Result<Pixels> changed = request_.strength() > 0 ? changed_from(base, stop) : Result<Pixels>{base};
    if (!changed) return std::move(changed).error();
    if (stop.stop_requested()) return no_longer_wanted();
    return encode_png(mask ? masked(base, *changed, *mask) : *changed, stop);
  }

  [[nodiscard]] Result<Pixels> changed_from(const Pixels& base, const std::stop_token& stop) const {
    const double strength = request_.strength();
    const Description description = understand(request_);
    const Bindings bindings = bind_phrases(description, request_.prompt(), seed());
    const std::optional<Rgb> backdrop = even_backdrop(base);
    std::vector<Box> places;
    if (backdrop && strength < keeps_places) places = places_of(base, *backdrop);
    const Scene scene = compose(description, bindings, request_.prompt(), seed(), width(), height(), places);
    const bool fits = !places.empty() && placed(scene, places);
    if (strength >= keeps_what_does_not_fit || (strength >= keeps_things && fits))
      return render_pixels(to_svg(scene), stop);

    if (stop.stop_requested()) return no_longer_wanted();
    std::optional<Light> light;
    if (description.light && bindings.light.holds()) light = description.light->light;
    const double share = std::min(1.0, strength / keeps_things);
    const Pixels lit = relit(base, light, share);
    const std::optional<Rgb> old = backdrop ? even_backdrop(lit) : std::nullopt;
    if (!old || !description.background) return lit;
    const Result<Pixels> behind = render_pixels(backdrop_svg(scene), stop);
    if (!behind) return behind.error();
    if (stop.stop_requested()) return no_longer_wanted();
    return before_backdrop(lit, *old, *behind, share);
  }

  // Whether the composer took the places: each thing then lies within one of them.
  static bool placed(const Scene& scene, const std::vector<Box>& places) {
    return std::ranges::all_of(scene.items, [&](const Item& item) {
      return std::ranges::any_of(places, [&](const Box& box) {
        return item.left > box.left - 1 && item.top > box.top - 1 &&
               item.left + item.width < box.left + box.width + 1 && item.top + item.height < box.top + box.height + 1;
      });
    });
  }

  GenerationRequest request_;
  PixelSize size_;
};

}  // namespace

SketchGenerator& SketchGenerator::default_size(PixelSize size) {
  default_size_ = within_limits(size);
  return *this;
}

std::vector<std::string> SketchGenerator::things() {
  std::vector<std::string> names = known_nouns();
  std::erase_if(names, [](const std::string& name) { return drawing_of(name).noun.empty(); });
  return names;
}

Capabilities SketchGenerator::do_capabilities() const {
  Capabilities can{"sketch"};
  return can.image_to_image(true)
      .mask(true)
      .seed(true)
      .negative_prompt(true)
      .sides(smallest_side, largest_side)
      .max_prompt_bytes(static_cast<std::uint32_t>(text_limit));
}

boost::asio::awaitable<Result<Generation>> SketchGenerator::do_generate(GenerationRequest request) {
  PixelSize size = default_size_;
  if (request.init_image()) size = within_limits(request.init_image()->size());
  if (request.size()) size = within_limits(*request.size());
  Job job{std::move(request), size};
  Result<Generation> generation = co_await on_workers(std::move(job));
  co_return generation;
}

}  // namespace pentimento::offline
