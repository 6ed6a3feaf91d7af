#include "offline/sketch/drawings.hpp"

namespace pentimento::offline::sketch {

void cat(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb chest = look.two_colours ? look.second : tint(c, 0.6);
  p.line("M60 92 C82 96 90 80 82 68 C78 60 82 52 88 52", shade(c, 0.16), 8);
  p.path("M24 98 C14 98 14 80 18 68 C22 56 28 50 40 50 C54 50 64 60 66 76 C67 90 64 99 56 99 Z",
         p.across(tint(c, 0.08), c, shade(c, 0.22)));
  p.path("M32 56 C28 66 28 78 33 88 C40 90 46 84 47 74 C48 66 46 60 44 56 Z", chest);
  p.path("M26 76 L26 96 C26 100 36 100 37 96 L38 78 Z", p.across(c, shade(c, 0.12)));
  p.path("M42 78 L42 96 C42 100 52 100 53 96 L53 76 Z", p.across(c, shade(c, 0.18)));
  p.path(
      "M14 36 L12 6 C12 3 15 2 17 4 L32 16 L46 16 L60 4 C62 2 65 3 65 6 L64 36 C64 50 52 58 39 58 C26 58 14 50 14 36 Z",
      p.down(tint(c, 0.12), shade(c, 0.08)));
  p.path("M16.5 22 L16 10 L26 18 Z M61 22 L61 10 L51 18 Z", Rgb{240, 170, 170});
  p.path("M36 18 L37.5 26 L39 18 L40.5 26 L42 18 Z", shade(c, 0.35), 0.7);
  p.ellipse(39, 47, 11, 8, chest);
  p.ellipse(28, 36, 5, 5.8, Rgb{246, 226, 120});
  p.ellipse(50, 36, 5, 5.8, Rgb{246, 226, 120});
  p.ellipse(28.4, 36, 2, 5, Rgb{24, 22, 26});
  p.ellipse(49.6, 36, 2, 5, Rgb{24, 22, 26});
  p.circle(29.4, 34, 1.2, Rgb{255, 255, 255});
  p.circle(50.8, 34, 1.2, Rgb{255, 255, 255});
  p.path("M36.5 43.5 L41.5 43.5 L39 46.5 Z", Rgb{214, 104, 112});
  p.line("M39 46.5 L39 49 M39 49 C37.5 51 35.5 51 34.5 50 M39 49 C40.5 51 42.5 51 43.5 50", {74, 52, 50}, 0.9);
  p.line("M29 47 L19 45 M29 49 L19.5 50 M49 47 L59 45 M49 49 L58.5 50", shade(chest, 0.3), 0.7);
}

void dog(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb chest = look.two_colours ? look.second : tint(c, 0.55);
  p.line("M66 86 C78 86 84 76 82 66", c, 6.5);
  p.path("M22 98 C16 88 18 64 28 54 L54 54 C66 62 70 80 68 98 C66 101 24 101 22 98 Z",
         p.across(tint(c, 0.1), c, shade(c, 0.2)));
  p.path("M32 58 C28 70 30 84 35 92 C44 94 50 84 50 72 C50 66 48 60 46 58 Z", chest);
  p.path("M26 76 L27 96 C27 100 38 100 38 96 L38 80 Z", p.across(c, shade(c, 0.1)));
  p.path("M44 80 L44 96 C44 100 55 100 55 96 L56 76 Z", p.across(c, shade(c, 0.16)));
  p.rect(26, 53, 28, 5, 2.5, Rgb{206, 52, 52});
  p.circle(40, 59, 3.2, p.ball({255, 236, 160}, {226, 178, 60}, {170, 120, 30}));
  p.path("M18 24 C18 8 28 2 40 2 C52 2 62 8 62 24 C62 34 60 54 40 56 C20 54 18 34 18 24 Z",
         p.down(tint(c, 0.14), shade(c, 0.06)));
  p.path("M22 10 C10 6 2 18 4 36 C5 45 14 46 17 38 C20 30 20 20 25 13 Z", shade(c, 0.38));
  p.path("M58 10 C70 6 78 18 76 36 C75 45 66 46 63 38 C60 30 60 20 55 13 Z", shade(c, 0.42));
  p.path("M36 4 C38 16 34 28 28 36 C30 50 36 54 40 54 C44 54 50 50 52 36 C46 28 42 16 44 4 Z", chest);
  p.ellipse(40, 43, 11.5, 10, tint(chest, 0.2));
  p.circle(29.5, 27, 3.8, Rgb{34, 26, 24});
  p.circle(50.5, 27, 3.8, Rgb{34, 26, 24});
  p.circle(30.8, 25.7, 1.2, Rgb{255, 255, 255});
  p.circle(51.8, 25.7, 1.2, Rgb{255, 255, 255});
  p.path("M34.5 37.5 C37 35.5 43 35.5 45.5 37.5 C46 41 42 43 40 43 C38 43 34 41 34.5 37.5 Z", Rgb{36, 28, 28});
  p.path("M37 48 C39 49 41 49 43 48 C44 53 42 56 40 56 C38 56 36 53 37 48 Z", Rgb{232, 112, 122});
  p.line("M40 43 L40 47 C37 49.5 34 48.5 33 46.5 M40 47 C43 49.5 46 48.5 47 46.5", {60, 42, 40}, 1);
}

void bird(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb belly = look.two_colours ? look.second : tint(c, 0.62);
  p.line("M58 84 L56 97 M56 97 L50 98 M56 97 L62 98 M72 84 L72 97 M72 97 L66 98 M72 97 L78 98", {196, 130, 50}, 2.6);
  p.path("M92 56 L138 40 C142 40 142 46 139 48 L126 56 L136 60 C139 62 138 67 134 67 L92 74 Z",
         p.across(shade(c, 0.1), shade(c, 0.4)));
  p.path("M22 34 C22 12 38 2 54 4 C72 6 78 20 86 34 C96 46 104 54 102 66 C98 82 80 90 62 88 C38 86 22 66 22 34 Z",
         p.down(tint(c, 0.14), shade(c, 0.08)));
  p.path("M24 44 C28 70 44 86 64 87 C80 86 88 76 82 68 C66 72 44 62 34 40 C30 38 25 40 24 44 Z", belly);
  p.path("M58 44 C74 38 96 46 112 64 C98 74 72 76 62 62 C58 56 56 50 58 44 Z", p.across(shade(c, 0.16), shade(c, 0.4)));
  p.line("M70 52 C82 52 94 58 102 64 M68 58 C78 60 88 64 94 68", tint(c, 0.2), 1.6, 0.7);
  p.path("M24 24 L4 31 C2 32 2 35 5 35.5 L25 37 Z", p.down({255, 190, 70}, {226, 132, 30}));
  p.circle(41, 23, 5.4, Rgb{255, 255, 255});
  p.circle(40, 23, 3.6, Rgb{26, 24, 30});
  p.circle(39, 21.8, 1.2, Rgb{255, 255, 255});
}

void fish(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb stripe = look.two_colours ? look.second : tint(c, 0.55);
  p.path("M70 26 C84 2 110 0 122 6 C116 14 116 22 118 30 Z", shade(c, 0.2));
  p.path("M80 84 C88 98 104 102 112 98 C110 92 110 86 108 78 Z", shade(c, 0.25));
  p.path(
      "M128 52 C144 40 158 20 176 18 C182 18 182 24 178 30 C170 44 170 58 178 74 C182 80 180 86 174 84 C158 82 144 66 "
      "128 54 Z",
      p.across(c, shade(c, 0.3)));
  p.path("M4 52 C18 22 56 12 92 18 C116 22 132 38 142 52 C132 66 116 82 92 86 C56 92 18 82 4 52 Z",
         p.down(tint(c, 0.2), shade(c, 0.16)));
  p.path("M58 18 C50 38 50 66 58 87 C64 88 70 88 76 87.6 C66 66 66 38 76 17 C70 16.6 64 17 58 18 Z", stripe);
  p.path("M102 20 C96 38 96 66 102 84 L112 80 C106 64 106 40 112 24 Z", stripe);
  p.path("M60 52 C72 44 88 48 92 58 C82 66 68 66 60 56 Z", shade(c, 0.28));
  p.line("M44 26 C50 42 50 62 44 79", shade(c, 0.3), 2, 0.7);
  p.circle(27, 44, 7.4, Rgb{255, 255, 255});
  p.circle(25.6, 44, 4.4, Rgb{24, 26, 34});
  p.circle(24, 42.4, 1.5, Rgb{255, 255, 255});
  p.line("M9 60 C14 63 19 62 23 60", shade(c, 0.5), 2);
}

void butterfly(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb spot = look.two_colours ? look.second : tint(c, 0.55);
  for (const bool mirrored : {false, true}) {
    p.open(0, 0, 1, mirrored, 60);
    p.path("M60 46 C50 16 24 0 8 6 C0 12 4 38 14 48 C26 56 48 54 60 52 Z", p.across(shade(c, 0.18), tint(c, 0.1)));
    p.path("M60 50 C44 50 22 54 18 68 C16 84 28 98 40 96 C52 92 58 72 60 56 Z",
           p.across(tint(c, 0.12), shade(c, 0.08)));
    p.line("M60 46 C50 16 24 0 8 6 C0 12 4 38 14 48 C26 56 48 54 60 52", shade(c, 0.55), 2.4);
    p.line("M60 50 C44 50 22 54 18 68 C16 84 28 98 40 96 C52 92 58 72 60 56", shade(c, 0.55), 2.4);
    p.ellipse(24, 24, 9, 7.5, spot);
    p.ellipse(40, 38, 6, 4.5, spot);
    p.ellipse(36, 76, 7.5, 8, spot);
    p.line("M60 32 C56 20 50 14 44 12", {52, 40, 44}, 1.8);
    p.circle(44, 12, 2.2, Rgb{52, 40, 44});
    p.close();
  }
  p.ellipse(60, 56, 4.4, 26, p.across({90, 72, 70}, {44, 34, 38}));
  p.circle(60, 31, 5.2, Rgb{60, 46, 50});
}

}  // namespace pentimento::offline::sketch
