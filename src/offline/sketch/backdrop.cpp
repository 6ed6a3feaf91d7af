#include "offline/sketch/scene.hpp"

#include <algorithm>

namespace pentimento::offline::sketch {
namespace {

// A canvas 100 units wide and as high as the picture is in proportion: landscapes are drawn once for every shape.
struct Canvas {
  Pen& pen;
  const Scene& scene;
  Noise noise;
  double height;  // in units

  [[nodiscard]] double at(double share) const { return height * share; }
  void fill(std::string_view paint) const { pen.rect(-1, -1, 102, height + 2, 0, paint); }
  void band(double from, double to, std::string_view paint) const {
    pen.rect(-1, at(from), 102, at(to) - at(from) + 0.2, 0, paint);
  }

  [[nodiscard]] std::string wave(double share, double swing, double phase) const {
    const double y = at(share);
    return "M" + point(-1, y) + " C" + point(20 + phase, y - swing) + ' ' + point(34 + phase, y - swing) + ' ' +
           point(50, y) + " C" + point(66, y + swing * 0.8) + ' ' + point(82, y + swing * 0.3) + ' ' +
           point(101, y - swing * 0.5) + " L" + point(101, height + 1) + " L" + point(-1, height + 1) + " Z";
  }

  void cloud(double x, double y, double size, double opacity) const {
    pen.open(x, y, size / 100, false, 0);
    pen.path(
        "M40 98 C14 98 2 82 4 66 C6 50 20 42 32 44 C34 20 56 4 80 4 C102 4 118 16 124 34 C142 28 162 36 166 54 C184 58 "
        "188 98 156 98 Z",
        white, opacity);
    pen.close();
  }

  void far_tree(double x, double ground, double size, Rgb leaf) const {
    pen.rect(x - size * 0.05, ground - size * 0.4, size * 0.1, size * 0.4, 0, mix(leaf, {90, 70, 60}, 0.6));
    pen.ellipse(x, ground - size * 0.68, size * 0.3, size * 0.38, pen.down(tint(leaf, 0.12), shade(leaf, 0.08)));
  }
};

// A warm light on a blue sky would make it green: at the golden hour the sky is painted golden.
void daylight(const Canvas& c, Rgb top, Rgb bottom) {
  const double warm = std::clamp(c.scene.light.warmth * 1.6, 0.0, 1.0);
  const bool golden = c.scene.light.warmth > 0.4;
  c.fill(
      c.pen.down(golden ? mix(top, {238, 136, 104}, warm) : top, golden ? mix(bottom, {255, 226, 170}, warm) : bottom));
}

void park(const Canvas& c) {
  Pen& pen = c.pen;
  daylight(c, {128, 190, 236}, {222, 240, 248});
  if (c.scene.backdrop.clouds) {
    c.cloud(6 + c.noise.uniform("cloud") * 10, c.at(0.08), 8, 0.85);
    c.cloud(62 + c.noise.uniform("cloud", 1) * 12, c.at(0.15), 10, 0.8);
  }
  pen.path(c.wave(0.56, 5, c.noise.uniform("hill") * 8), pen.down({150, 196, 150}, {132, 184, 132}));
  if (c.scene.backdrop.trees) {
    for (std::uint64_t i = 0; i < 9; ++i) {
      const double x = 3 + static_cast<double>(i) * 11.8 + c.noise.between(-3, 3, "tree", i);
      c.far_tree(x, c.at(0.625), c.noise.between(9, 15, "tall", i),
                 mix({104, 162, 108}, {120, 178, 104}, c.noise.uniform("leaf", i)));
    }
  }
  pen.path(c.wave(0.625, -1.6, 0), pen.down({146, 200, 104}, {92, 158, 74}));
  pen.path("M" + point(44, c.at(0.63)) + " C" + point(50, c.at(0.72)) + ' ' + point(34, c.at(0.8)) + ' ' +
               point(18, c.height + 1) + " L" + point(62, c.height + 1) + " C" + point(60, c.at(0.84)) + ' ' +
               point(56, c.at(0.72)) + ' ' + point(47, c.at(0.63)) + " Z",
           pen.down({232, 216, 176}, {218, 196, 150}), 0.7);
}

void beach(const Canvas& c) {
  Pen& pen = c.pen;
  daylight(c, {120, 196, 240}, {226, 244, 250});
  if (c.scene.backdrop.clouds) {
    c.cloud(8 + c.noise.uniform("cloud") * 14, c.at(0.1), 7, 0.85);
    c.cloud(58 + c.noise.uniform("cloud", 1) * 16, c.at(0.07), 9, 0.8);
  }
  c.band(0.46, 0.68, pen.down({38, 130, 188}, {96, 196, 206}));
  for (std::uint64_t i = 0; i < 9; ++i) {
    const double x = c.noise.uniform("glint", i) * 96;
    const double y = c.at(c.noise.between(0.49, 0.62, "wave", i));
    pen.line("M" + point(x, y) + " q1.5 -0.8 3 0 q1.5 0.8 3 0", white, 0.35, 0.55);
  }
  pen.path(c.wave(0.665, 1.4, 4), white, 0.85);
  pen.path(c.wave(0.68, 1.4, 4), pen.down({240, 218, 172}, {226, 194, 138}));
  for (std::uint64_t i = 0; i < 26; ++i) {
    pen.circle(c.noise.uniform("grain", i) * 100, c.at(c.noise.between(0.72, 0.99, "row", i)), 0.22, Rgb{196, 160, 108},
               0.6);
  }
}

void night(const Canvas& c) {
  Pen& pen = c.pen;
  c.fill(pen.down({14, 18, 52}, {58, 62, 116}));
  if (c.scene.backdrop.small_stars) {
    for (std::uint64_t i = 0; i < 60; ++i) {
      pen.circle(c.noise.uniform("star x", i) * 100, c.at(c.noise.uniform("star y", i) * 0.66),
                 c.noise.between(0.08, 0.26, "star", i), Rgb{255, 250, 224}, c.noise.between(0.4, 0.95, "glow", i));
    }
  }
  pen.path(c.wave(0.72, 4, c.noise.uniform("hill") * 8), pen.down({34, 40, 84}, {28, 32, 70}));
  pen.path(c.wave(0.78, -2, 0), pen.down({34, 52, 66}, {20, 32, 44}));
}

void studio(const Canvas& c) {
  Pen& pen = c.pen;
  const Rgb colour = c.scene.backdrop.colour;
  c.fill(pen.down(tint(colour, 0.25), colour));
  c.band(0.70, 1.01, pen.down(shade(colour, 0.07), tint(colour, 0.12)));
  c.band(0.66, 0.74, pen.down(colour, shade(colour, 0.07)));
  pen.ellipse(50, c.at(0.42), 46, c.height * 0.42, pen.glow(white, 0.4));
}

void sky(const Canvas& c) {
  daylight(c, {104, 176, 236}, {218, 238, 250});
  if (!c.scene.backdrop.clouds) return;
  for (std::uint64_t i = 0; i < 5; ++i) {
    c.cloud(c.noise.between(-6, 88, "cloud", i), c.at(0.06 + 0.19 * static_cast<double>(i)),
            c.noise.between(7, 12, "size", i), 0.6);
  }
}

void room(const Canvas& c) {
  Pen& pen = c.pen;
  const Rgb wall = c.scene.backdrop.colour;
  c.fill(pen.down(tint(wall, 0.15), wall));
  const double y = c.at(0.12);
  const double h = c.at(0.34);
  const double x = c.noise.uniform("window") < 0.5 ? 8 : 66;
  pen.rect(x - 1.4, y - 1.4, 28.8, h + 2.8, 0.8, white);
  pen.rect(x, y, 26, h, 0, pen.down({172, 214, 244}, {226, 242, 250}));
  pen.rect(x + 12.4, y, 1.2, h, 0, white);
  pen.rect(x, y + h / 2, 26, 1.2, 0, white);
  pen.rect(x - 3, y + h + 1.4, 32, 1.8, 0.5, Rgb{240, 236, 228});
  c.band(0.74, 0.77, pen.flat({246, 243, 236}));
  c.band(0.77, 1.01, pen.down({176, 132, 92}, {206, 162, 116}));
  for (int i = 0; i < 7; ++i)
    pen.line("M" + point(14.0 * i + 8, c.at(0.77)) + " L" + point(20.0 * i - 11, c.height), {150, 108, 72}, 0.3, 0.6);
}

void uneven(const Canvas& c) {
  Pen& pen = c.pen;
  const BackdropPlan& plan = c.scene.backdrop;
  c.fill(pen.flat(plan.colour));
  const double side = c.noise.uniform("side") < 0.5 ? 0 : 100;
  pen.ellipse(side, c.height * c.noise.between(0.5, 1, "shade"), 95, c.height * 0.9,
              pen.glow(plan.second, std::min(1.0, 0.6 + plan.strength)));
  pen.ellipse(100 - side, 0, 70, c.height * 0.6, pen.glow(shade(plan.second, 0.12), plan.strength));
}

void textured(const Canvas& c) {
  Pen& pen = c.pen;
  const BackdropPlan& plan = c.scene.backdrop;
  c.fill(pen.down(tint(plan.colour, 0.1), plan.colour));
  const double horizon = c.noise.between(0.62, 0.72, "horizon");
  c.band(horizon, 1.01, pen.down(plan.second, mix(plan.second, plan.colour, 0.5)));
  for (std::uint64_t i = 0; i < 14; ++i) {
    const double size = c.noise.between(9, 24, "blotch", i);
    pen.ellipse(c.noise.uniform("x", i) * 100, c.at(c.noise.uniform("y", i)), size, size * 0.7,
                pen.glow(i % 2 == 0 ? shade(plan.colour, 0.3) : white, 0.22 * plan.strength));
  }
}

}  // namespace

void paint_backdrop(Pen& pen, const Scene& scene) {
  const BackdropPlan& plan = scene.backdrop;
  if (plan.keep_neutral) {
    // Asked for and bound: the light may dim it, but gives it no cast, and a brighter light does not bleach it.
    Grade neutral;
    neutral.gain = scene.light.gain < 0.9 ? scene.light.gain : 1;
    pen.regrade(neutral);
  }
  pen.open(0, 0, scene.width / 100.0, false, 0);
  const Canvas canvas{pen, scene, Noise{scene.seed ^ 0x6261636b64726f70ULL}, 100.0 * scene.height / scene.width};
  switch (plan.ground) {
    case Ground::plain: canvas.fill(pen.flat(plan.colour)); break;
    case Ground::gradient: canvas.fill(pen.down(plan.colour, plan.second)); break;
    case Ground::uneven: uneven(canvas); break;
    case Ground::textured: textured(canvas); break;
    case Ground::park: park(canvas); break;
    case Ground::beach: beach(canvas); break;
    case Ground::night: night(canvas); break;
    case Ground::studio: studio(canvas); break;
    case Ground::sky: sky(canvas); break;
    case Ground::room: room(canvas); break;
  }
  pen.close();
}

}  // namespace pentimento::offline::sketch
