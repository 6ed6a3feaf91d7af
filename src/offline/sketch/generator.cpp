#include "offline/language/language.hpp"
#include "offline/pixels/pixels.hpp"
#include "offline/pixels/workers.hpp"
#include "offline/sketch/binding.hpp"
#include "offline/sketch/edit.hpp"
#include "offline/sketch/render.hpp"
#include "offline/sketch/scene.hpp"
#include "offline/sketch/symbols.hpp"
#include <pentimento/offline/sketch.hpp>

#include <algorithm>
#include <optional>
#include <stop_token>
#include <utility>

namespace pentimento::offline {
namespace {

using namespace sketch;

constexpr double paints_anew = 0.75;  // the strength from which nothing of an init image is kept

PixelSize within_limits(PixelSize size) {
  const auto side = [](std::uint32_t s) {
    return std::clamp(s, SketchGenerator::smallest_side, SketchGenerator::largest_side);
  };
  return {side(size.width()), side(size.height())};
}

class Job {
 public:
  Job(GenerationRequest request, PixelSize size)
      : request_{std::move(request)},
        width_{static_cast<int>(size.width())},
        height_{static_cast<int>(size.height())},
        seed_{request_.seed().value_or(hash(request_.prompt()) & 0xffffffffU)} {}

  Result<Generation> operator()(const std::stop_token& stop) const {
    const Result<Pixels> pixels = request_.init_image() ? edited(stop) : render(painting().whole, stop);
    if (!pixels) return pixels.error();
    if (stop.stop_requested()) return no_longer_wanted();
    Result<Image> image = encode_png(*pixels, stop);
    if (!image) return std::move(image).error();
    Generation generation{std::move(*image)};
    generation.seed(seed_);
    return generation;
  }

 private:
  [[nodiscard]] Description description() const {
    Description description = read(request_.prompt());
    if (!request_.negative_prompt().empty()) description.unwanted.push_back(request_.negative_prompt());
    return description;
  }

  [[nodiscard]] Painting painting() const { return paint(description(), request_.prompt(), seed_, width_, height_); }

  [[nodiscard]] Result<Pixels> edited(const std::stop_token& stop) const {
    const Result<Pixels> decoded = decode(*request_.init_image(), stop);
    if (!decoded) return decoded.error();
    const Pixels before = covering(*decoded, width_, height_);
    if (stop.stop_requested()) return no_longer_wanted();
    Result<Pixels> after = before;
    if (request_.strength() >= paints_anew) {
      after = render(painting().whole, stop);
    } else if (request_.strength() > 0) {
      after = retouched(before, stop);
    }
    if (!after || !request_.mask()) return after;
    const Result<Pixels> mask = decode(*request_.mask(), stop);
    if (!mask) return mask.error();
    return masked(before, *after, covering(*mask, width_, height_));
  }

  [[nodiscard]] Result<Pixels> retouched(const Pixels& before, const std::stop_token& stop) const {
    const Description wanted = description();
    const Binding binding{request_.prompt(), seed_};
    const bool lit = wanted.light && binding.miss(wanted.light->said, "light") <= 0;
    Pixels image = lit ? relit(before, wanted.light->value) : before;
    const std::optional<Rgb> old = wanted.background ? even_backdrop(image) : std::nullopt;
    if (!old) return image;
    const Result<Pixels> behind = render(painting().backdrop, stop);
    if (!behind) return behind.error();
    if (stop.stop_requested()) return no_longer_wanted();
    return before_backdrop(image, *old, *behind);
  }

  GenerationRequest request_;
  int width_;
  int height_;
  std::uint64_t seed_;
};

}  // namespace

SketchGenerator& SketchGenerator::default_size(PixelSize size) {
  default_size_ = within_limits(size);
  return *this;
}

std::vector<std::string> SketchGenerator::things() {
  std::vector<std::string> nouns;
  for (const Symbol& symbol : symbols()) {
    if (!symbol.words.empty()) nouns.emplace_back(symbol.words.substr(0, symbol.words.find(' ')));
  }
  std::ranges::sort(nouns);
  return nouns;
}

Capabilities SketchGenerator::do_capabilities() const {
  Capabilities can{"sketch"};
  return can.image_to_image(true)
      .mask(true)
      .seed(true)
      .negative_prompt(true)
      .sides(smallest_side, largest_side)
      .max_prompt_characters(static_cast<std::uint32_t>(text_limit))
      .init_image_types({MediaType::png, MediaType::jpeg, MediaType::webp});
}

boost::asio::awaitable<Result<Generation>> SketchGenerator::do_generate(GenerationRequest request) {
  PixelSize size = default_size_;
  if (request.init_image()) size = within_limits(upright_size(*request.init_image()));
  if (request.size()) size = within_limits(*request.size());
  Job job{std::move(request), size};
  Result<Generation> generation = co_await on_workers(std::move(job));
  co_return generation;
}

}  // namespace pentimento::offline
