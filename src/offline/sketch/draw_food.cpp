#include "offline/sketch/drawings.hpp"

#include <utility>

namespace pentimento::offline::sketch {

void apple(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path("M46 22 C32 12 4 18 4 52 C4 82 26 102 40 98 C44 96.5 48 96.5 52 98 C66 102 88 82 88 52 C88 18 60 12 46 22 Z",
         p.ball(tint(c, 0.3), c, shade(c, 0.34)));
  p.path("M30 22 C36 28 56 28 62 22 C56 32 36 32 30 22 Z", shade(c, 0.45), 0.7);
  p.line("M46 27 C45 18 48 10 53 4", {96, 62, 36}, 4.5);
  p.path("M51 15 C56 3 72 1 82 6 C76 17 62 21 51 15 Z", p.down({130, 186, 70}, {76, 138, 48}));
  p.path("M15 52 C14 40 20 32 29 30 C23 38 20 46 21 58 C18 58 15.5 56 15 52 Z", Rgb{255, 255, 255}, 0.45);
}

void banana(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path("M12 16 C8 60 44 100 104 98 C124 97 140 88 146 76 C146 72 142 70 138 72 C96 86 52 60 30 12 Z",
         p.down(tint(c, 0.18), shade(c, 0.1)));
  p.path("M12 16 C8 60 44 100 104 98 C124 97 140 88 146 76 C112 94 56 88 22 14 Z", shade(c, 0.2), 0.75);
  p.path("M12 17 C10 10 12 2 16 1 C22 0 26 3 27 6 L31 14 C26 19 18 20 12 17 Z",
         p.across(shade(c, 0.25), shade(c, 0.5)));
  p.path("M136 73 C140 69 148 70 150 74 C150 79 146 82 141 82 Z", Rgb{84, 58, 34});
  p.line("M30 26 C48 62 84 84 120 82", tint(c, 0.5), 3, 0.7);
}

void orange_fruit(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.circle(48, 53, 46.5, p.ball(tint(c, 0.32), c, shade(c, 0.28)));
  for (const auto& [x, y] :
       {std::pair{30.0, 66.0}, {46.0, 74.0}, {62.0, 66.0}, {72.0, 50.0}, {40.0, 58.0}, {56.0, 54.0}, {54.0, 86.0}}) {
    p.circle(x, y, 1.4, shade(c, 0.22), 0.6);
  }
  p.path(
      "M48 14 C42 12 38 8 36 9 C40 12 40 15 43 17 C40 18 38 20 38 22 C44 20 50 22 54 20 C52 18 54 15 58 14 C54 12 51 "
      "13 48 14 Z",
      Rgb{88, 120, 52});
  p.path("M50 13 C56 2 72 0 84 5 C76 17 62 20 50 13 Z", p.down({126, 182, 66}, {70, 132, 46}));
  p.path("M14 48 C15 34 24 25 34 22 C26 30 22 40 22 52 C18 54 14 52 14 48 Z", Rgb{255, 255, 255}, 0.4);
}

void lemon(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path(
      "M2 52 C6 46 12 44 16 38 C28 14 60 2 92 10 C112 14 124 28 130 38 C134 44 142 46 144 52 C142 60 134 62 130 68 "
      "C118 90 92 104 60 98 "
      "C36 94 22 82 16 66 C12 60 4 60 2 52 Z",
      p.ball(tint(c, 0.4), c, shade(c, 0.24)));
  p.path("M128 40 C134 44 142 46 144 52 C142 60 134 62 129 67 C132 58 132 49 128 40 Z", shade(c, 0.22), 0.8);
  for (const auto& [x, y] :
       {std::pair{60.0, 70.0}, {82.0, 78.0}, {98.0, 62.0}, {74.0, 54.0}, {108.0, 46.0}, {46.0, 80.0}}) {
    p.circle(x, y, 1.5, shade(c, 0.25), 0.6);
  }
  p.path("M26 46 C34 26 54 18 72 18 C54 26 42 36 36 52 C30 54 25 52 26 46 Z", Rgb{255, 255, 255}, 0.5);
}

void pear(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path(
      "M34 12 C22 12 22 28 20 38 C17 50 3 56 3 74 C3 92 18 100 36 100 C54 100 69 92 69 74 C69 56 53 50 50 38 C48 28 46 "
      "12 34 12 Z",
      p.ball(tint(c, 0.35), c, shade(c, 0.3)));
  p.line("M35 15 C34 9 37 5 41 1.5", {96, 62, 36}, 4);
  p.path("M40 9 C46 0 58 0 66 4 C60 13 50 15 40 9 Z", p.down({126, 182, 66}, {70, 132, 46}));
  p.path("M13 72 C14 62 22 56 26 48 C27 58 22 64 21 78 C17 80 13 78 13 72 Z", Rgb{255, 255, 255}, 0.4);
}

void cake(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb sponge = look.two_colours ? look.second : mix({236, 196, 140}, c, 0.1);
  p.ellipse(70, 91, 68, 9, p.across({238, 238, 240}, {196, 198, 204}));
  p.path("M12 48 L12 84 C12 92 128 92 128 84 L128 48 Z", p.across(tint(sponge, 0.2), sponge, shade(sponge, 0.2)));
  p.path("M12 62 C40 69 100 69 128 62 L128 69 C100 76 40 76 12 69 Z", tint(c, 0.2));
  p.path(
      "M12 44 L12 52 C13 60 20 60 22 54 C25 51 29 52 30 58 C32 66 40 66 42 58 C45 53 50 54 52 60 C55 69 64 68 66 60 "
      "C69 55 75 55 77 61 "
      "C80 69 88 67 90 59 C93 54 98 54 100 59 C103 66 110 64 111 57 C114 52 118 52 120 56 C124 60 128 56 128 50 L128 "
      "44 Z",
      p.across(tint(c, 0.1), shade(c, 0.12)));
  p.ellipse(70, 44, 58, 12, p.down(tint(c, 0.28), c));
  for (const auto& [x, y] : {std::pair{36.0, 42.0}, {56.0, 49.0}, {84.0, 49.0}, {104.0, 42.0}}) {
    p.circle(x, y, 4.6, p.ball({255, 120, 130}, {214, 30, 60}, {140, 10, 36}));
  }
  p.rect(66, 17, 8, 26, 2, p.across({250, 250, 250}, {200, 214, 234}));
  p.path("M66 24 L74 20 L74 25 L66 29 Z M66 33 L74 29 L74 34 L66 38 Z", Rgb{90, 150, 220});
  p.path("M70 1 C75 8 76 11 75 14 C74 17 72 18 70 18 C68 18 66 17 65 14 C64 11 66 7 70 1 Z", Rgb{250, 160, 44});
  p.path("M70 8 C72 11 72.6 13 72 15 C71.6 17 71 17.6 70 17.6 C69 17.6 68.4 17 68 15 C67.4 13 68.6 10 70 8 Z",
         Rgb{255, 236, 150});
}

void mushroom(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path("M36 50 C38 70 30 84 30 94 C30 100 66 100 66 94 C66 84 58 70 60 50 Z",
         p.across({250, 242, 226}, {240, 228, 206}, {200, 184, 158}));
  p.path("M34 58 C42 64 54 64 62 58 L64 66 C54 72 42 72 32 66 Z", Rgb{226, 212, 188});
  p.path("M2 50 C2 18 26 2 48 2 C70 2 94 18 94 50 C94 58 72 62 48 62 C24 62 2 58 2 50 Z",
         p.ball(tint(c, 0.25), c, shade(c, 0.3)));
  p.path("M4 53 C14 61 34 62 48 62 C62 62 82 61 92 53 C80 57 64 58 48 58 C32 58 16 57 4 53 Z", shade(c, 0.4), 0.6);
  p.ellipse(46, 22, 10, 8, Rgb{255, 250, 242});
  p.ellipse(22, 36, 7, 6.5, Rgb{255, 250, 242});
  p.ellipse(72, 34, 8, 7, Rgb{255, 250, 242});
  p.ellipse(48, 47, 6, 4.5, Rgb{255, 250, 242});
}

}  // namespace pentimento::offline::sketch
