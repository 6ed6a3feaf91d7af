#include "offline/sketch/drawings.hpp"

#include <utility>

namespace pentimento::offline::sketch {

void tree(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb bark = look.two_colours ? look.second : Rgb{122, 82, 52};
  p.path("M34 100 C38 90 38 76 37 60 L47 60 C46 76 46 90 52 100 Z", p.across(tint(bark, 0.12), bark, shade(bark, 0.3)));
  p.line("M42 72 C47 66 52 62 55 56", bark, 3.4);
  p.line("M40 68 C35 62 31 59 29 55", bark, 2.8);
  p.path(
      "M42 3 C54 0 66 8 66 18 C80 20 86 34 79 45 C82 58 70 68 58 64 C50 71 36 71 29 64 C15 67 3 58 7 45 C0 34 6 20 19 "
      "19 C19 9 30 1 42 3 Z",
      p.down(tint(c, 0.12), shade(c, 0.2)));
  p.path("M79 45 C82 58 70 68 58 64 C50 71 36 71 29 64 C48 66 66 60 70 44 C75 40 78 32 77 25 C83 30 83 39 79 45 Z",
         shade(c, 0.35), 0.55);
  p.circle(32, 22, 11, tint(c, 0.28), 0.55);
  p.circle(23, 40, 8.5, tint(c, 0.28), 0.45);
  p.circle(53, 18, 7, tint(c, 0.28), 0.45);
  p.circle(50, 42, 8, tint(c, 0.2), 0.35);
}

void sun(Pen& p, const Look& look) {
  const Rgb c = look.main;
  for (int i = 0; i < 12; ++i) {
    p.turn(i * 30.0, 50, 50);
    p.path(i % 2 == 0 ? "M50 1 C53 11 57 17 59 24 L41 24 C43 17 47 11 50 1 Z"
                      : "M50 8 C52 14 55 18 57 24 L43 24 C45 18 48 14 50 8 Z",
           mix(c, {255, 150, 30}, 0.35));
    p.close();
  }
  p.circle(50, 50, 29, p.ball(tint(c, 0.5), c, mix(c, {250, 140, 20}, 0.35)));
}

void moon(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path(
      "M58 2 C28 0 4 22 4 51 C4 80 28 101 58 98 C70 97 80 90 84 82 C58 88 36 74 36 50 C36 28 56 13 82 18 C77 9 68 3 58 "
      "2 Z",
      p.across(tint(c, 0.3), c, shade(c, 0.16)));
  p.circle(20, 42, 5, shade(c, 0.16), 0.6);
  p.circle(27, 68, 6.5, shade(c, 0.16), 0.6);
  p.circle(36, 17, 3.8, shade(c, 0.16), 0.6);
  p.circle(48, 86, 3.4, shade(c, 0.16), 0.6);
}

void star(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path(
      "M50 2 C52 2 53.4 3.4 54.4 5.4 L65.6 31 L93.6 34 C98 34.6 99.4 39 96 42 L75.4 61 L81.4 88.6 C82.2 93 78.6 95.6 "
      "74.8 93.4 L50 79.2 "
      "L25.2 93.4 C21.4 95.6 17.8 93 18.6 88.6 L24.6 61 L4 42 C.6 39 2 34.6 6.4 34 L34.4 31 L45.6 5.4 C46.6 3.4 48 2 "
      "50 2 Z",
      p.down(tint(c, 0.22), shade(c, 0.1)));
  p.path("M50 2 C52 2 53.4 3.4 54.4 5.4 L65.6 31 L93.6 34 C98 34.6 99.4 39 96 42 L50 52 Z", tint(c, 0.35), 0.5);
  p.path("M75.4 61 L81.4 88.6 C82.2 93 78.6 95.6 74.8 93.4 L50 79.2 L50 52 Z", shade(c, 0.25), 0.45);
}

void flower(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.line("M32 42 C33 60 31 80 32 98", {70, 132, 60}, 4);
  p.path("M32 82 C24 66 10 62 3 64 C6 78 20 86 32 86 Z", p.down({116, 178, 84}, {62, 124, 54}));
  p.path("M32 74 C38 60 52 56 61 58 C58 71 45 79 32 78 Z", p.down({106, 168, 76}, {56, 116, 50}));
  for (int i = 0; i < 6; ++i) {
    p.turn(i * 60.0 + 30, 32, 27);
    p.path("M32 27 C22 20 21 8 27 2.5 C30 .5 34 .5 37 2.5 C43 8 42 20 32 27 Z", p.down(tint(c, 0.22), shade(c, 0.14)));
    p.close();
  }
  const Rgb heart = look.two_colours                   ? look.second
                    : distance(c, {250, 200, 60}) < 90 ? Rgb{122, 74, 34}
                                                       : Rgb{250, 200, 60};
  p.circle(32, 27, 7.6, p.ball(tint(heart, 0.35), heart, shade(heart, 0.25)));
}

void plant(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb pot = look.two_colours ? look.second : Rgb{196, 108, 72};
  p.open(12, 0, 1, false, 0);
  for (const auto& [turn, size] :
       {std::pair{-62.0, 0.7}, {62.0, 0.7}, {-34.0, 0.85}, {34.0, 0.85}, {-12.0, 0.96}, {14.0, 1.0}}) {
    p.turn(turn, 40, 70);
    const Rgb leaf = mix(shade(c, 0.22), tint(c, 0.15), size);
    p.path(
        size > 0.9 ? "M40 70 C27 50 28 22 40 2 C52 22 53 50 40 70 Z" : "M40 70 C28 54 29 34 40 16 C51 34 52 54 40 70 Z",
        p.across(tint(leaf, 0.14), shade(leaf, 0.16)));
    p.line(size > 0.9 ? "M40 66 L40 14" : "M40 66 L40 28", tint(leaf, 0.35), 1.1, 0.8);
    p.close();
  }
  p.path("M18 72 L62 72 L56 97 C55 99 53 100 50 100 L30 100 C27 100 25 99 24 97 Z",
         p.across(tint(pot, 0.18), pot, shade(pot, 0.25)));
  p.rect(15, 66, 50, 9, 2.5, p.across(tint(pot, 0.25), pot, shade(pot, 0.2)));
  p.close();
}

void mountain(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb snow = look.two_colours ? look.second : Rgb{246, 249, 253};
  p.path("M92 100 L136 34 C138 31 142 31 144 34 L188 100 Z", p.across(tint(c, 0.22), shade(c, 0.12)));
  p.path("M2 100 L76 4 C78 1 84 1 86 4 L160 100 Z", p.across(tint(c, 0.1), c, shade(c, 0.1)));
  p.path("M81 2 C83 2 85 3 86 4 L160 100 L104 100 L92 70 L98 52 L84 30 Z", shade(c, 0.32), 0.75);
  p.path("M76 4 C78 1 84 1 86 4 L108 33 L99 40 L92 31 L84 43 L75 32 L66 42 L55 32 Z", snow);
  p.path("M81 2 C83 2 85 3 86 4 L108 33 L99 40 L92 31 L87 38 Z", shade(snow, 0.16));
}

void cloud(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path(
      "M40 98 C14 98 2 82 4 66 C6 50 20 42 32 44 C34 20 56 4 80 4 C102 4 118 16 124 34 C142 28 162 36 166 54 C184 58 "
      "188 98 156 98 Z",
      p.down(tint(c, 0.35), shade(c, 0.1)));
  p.path("M40 98 C14 98 2 82 4 66 C16 84 40 86 62 82 C90 92 130 92 172 74 C174 86 168 98 156 98 Z", shade(c, 0.16),
         0.5);
  p.path("M46 46 C48 28 62 16 80 16 C70 22 60 34 58 48 Z", Rgb{255, 255, 255}, 0.5);
}

void pebble(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path("M14 84 C-4 60 10 26 44 12 C80 -2 126 10 136 44 C144 72 124 98 88 99 C56 101 28 102 14 84 Z",
         p.ball(tint(c, 0.3), c, shade(c, 0.3)));
  p.path("M26 50 C32 34 50 24 66 24 C52 32 42 42 40 56 C34 60 24 58 26 50 Z", Rgb{255, 255, 255}, 0.3);
}

}  // namespace pentimento::offline::sketch
