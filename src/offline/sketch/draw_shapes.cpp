#include "offline/sketch/drawings.hpp"

namespace pentimento::offline::sketch {

namespace {

void wheel(Pen& p, double x, double y, double radius) {
  p.circle(x, y, radius, Rgb{40, 42, 48});
  p.circle(x, y, radius * 0.6, Rgb{196, 200, 208});
  p.circle(x, y, radius * 0.48, Rgb{150, 154, 164});
  for (int i = 0; i < 5; ++i) {
    p.turn(i * 72.0, x, y);
    p.line("M" + point(x, y) + " L" + point(x, y - radius * 0.5), {222, 226, 232}, radius * 0.14);
    p.close();
  }
  p.circle(x, y, radius * 0.16, Rgb{60, 62, 70});
}

}  // namespace

void ball(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.circle(50, 50, 48.5, p.ball(tint(c, 0.35), c, shade(c, 0.35)));
  if (look.two_colours) {
    p.path("M3 38 C28 52 72 52 97 38 C99 46 99 54 97 62 C72 76 28 76 3 62 C1 54 1 46 3 38 Z",
           p.across(tint(look.second, 0.2), look.second, shade(look.second, 0.3)));
  }
  p.line("M8 30 C34 46 66 46 92 30 M8 70 C34 84 66 84 92 70", shade(c, 0.3), 1.4, 0.55);
  p.ellipse(33, 26, 13, 8.5, white, 0.5);
}

void balloon(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.line("M31 70 C38 78 24 84 32 91 C35 94 33 97 31 100", mix(c, {120, 120, 120}, 0.6), 1.5);
  p.path("M31 72 C14 62 2 46 2 29 C2 12 15 1 31 1 C47 1 60 12 60 29 C60 46 48 62 31 72 Z",
         p.ball(tint(c, 0.4), c, shade(c, 0.28)));
  p.path("M31 70 L37 77 L25 77 Z", shade(c, 0.2));
  p.path("M11 28 C11 18 17 11 25 9 C19 16 17 22 17 31 C14 33 11 32 11 28 Z", white, 0.55);
}

void heart(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path(
      "M55 99 C30 80 3 60 2 33 C1 14 14 2 30 2 C41 2 50 8 55 18 C60 8 69 2 80 2 C96 2 109 14 108 33 C107 60 80 80 55 "
      "99 Z",
      p.ball(tint(c, 0.28), c, shade(c, 0.26)));
  p.path("M12 32 C12 20 19 13 29 12 C22 19 20 26 21 37 C17 39 13 38 12 32 Z", white, 0.5);
}

void cube(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb side = look.two_colours ? look.second : c;
  p.path("M50 2 L96 24 L50 46 L4 24 Z", tint(c, 0.28));
  p.path("M4 24 L50 46 L50 99 L4 76 Z", p.down(c, shade(c, 0.06)));
  p.path("M96 24 L50 46 L50 99 L96 76 Z", p.down(shade(side, 0.2), shade(side, 0.32)));
  p.line("M50 46 L50 98 M50 46 L5 24.4 M50 46 L95 24.4", white, 0.8, 0.35);
}

void car(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb roof = look.two_colours ? look.second : c;
  p.path("M54 38 C64 16 76 4 96 3 L130 3 C150 4 164 18 178 40 Z", p.across(tint(roof, 0.15), shade(roof, 0.1)));
  p.path("M64 38 C72 22 80 11 98 10 L110 10 L110 38 Z", p.down({206, 230, 246}, {140, 182, 212}));
  p.path("M116 10 L130 10 C144 11 156 22 166 38 L116 38 Z", p.down({206, 230, 246}, {140, 182, 212}));
  p.path("M72 36 L88 13 L96 11 L80 37 Z M122 36 L134 11.4 L138 12.4 L128 37 Z", white, 0.5);
  p.path("M6 82 C2 68 4 54 14 48 C26 42 44 40 56 37 L176 37 C196 40 214 46 220 58 C224 68 224 76 222 82 Z",
         p.down(tint(c, 0.16), shade(c, 0.16)));
  p.path("M6 82 C5 78 4.4 74 4.4 70 L222.8 70 C222.8 75 222.6 79 222 82 Z", shade(c, 0.35), 0.6);
  p.line("M112 39 L112 74 M62 40 C60 52 62 64 66 74", shade(c, 0.35), 1.3, 0.8);
  p.rect(118, 48, 13, 3.2, 1.6, tint(c, 0.6));
  p.path("M8 54 C14 50 22 50 26 52 C24 58 14 60 7 60 Z", Rgb{255, 240, 180});
  p.path("M221 56 C216 53 212 54 210 57 C212 62 218 63 222 63 Z", Rgb{230, 60, 50});
  wheel(p, 56, 80, 20);
  wheel(p, 172, 80, 20);
}

void boat(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb sail = look.two_colours ? look.second : Rgb{224, 208, 172};
  p.rect(55, 2, 4, 74, 1.5, p.across({150, 108, 72}, {104, 70, 46}));
  p.path("M58 5 C82 22 100 46 106 66 L58 66 Z", p.across(tint(sail, 0.1), shade(sail, 0.1)));
  p.path("M56 12 C40 30 22 52 14 66 L56 66 Z", p.across(shade(sail, 0.08), shade(sail, 0.18)));
  p.path("M57 2 L72 5 L57 10 Z", c);
  p.path("M2 74 L118 74 C114 90 104 100 94 100 L26 100 C14 100 6 90 2 74 Z", p.down(tint(c, 0.12), shade(c, 0.22)));
  p.path("M2 74 L118 74 L116.6 79 L3.6 79 Z", tint(c, 0.5));
  for (const double x : {40.0, 60.0, 80.0}) p.ring(x, 88, 3.4, tint(c, 0.6), 1.5);
}

void bicycle(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb tyre{44, 46, 52};
  for (const double x : {32.0, 130.0}) {
    p.ring(x, 69, 28.5, tyre, 4.6);
    p.ring(x, 69, 25, {190, 194, 202}, 1.6);
    for (int i = 0; i < 6; ++i) {
      p.turn(i * 30.0, x, 69);
      p.line("M" + point(x - 25, 69) + " L" + point(x + 25, 69), {176, 180, 188}, 0.9);
      p.close();
    }
    p.circle(x, 69, 4.2, Rgb{90, 94, 102});
  }
  p.line("M32 69 L58 26 L114 26 L78 69 Z M58 26 L78 69", c, 5.4);
  p.line("M54 18 L58 26 M130 69 L112 14", c, 5.4);
  p.line("M33 67.6 L58.4 25 L113 25", tint(c, 0.5), 1.3, 0.8);
  p.line("M112 14 C110 6 118 4 126 8", tyre, 4.6);
  p.path("M38 14 C46 10 62 11 70 15 C72 18 68 20 62 20 L46 20 C40 20 36 17 38 14 Z", tyre);
  p.circle(78, 69, 8, Rgb{130, 134, 142});
  p.circle(78, 69, 4, Rgb{70, 74, 82});
  p.line("M78 69 L88 82 M83 83.4 L94 81", tyre, 3.2);
}

}  // namespace pentimento::offline::sketch
