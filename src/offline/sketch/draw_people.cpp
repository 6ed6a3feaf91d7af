#include "offline/sketch/drawings.hpp"

#include <string>
#include <utility>

namespace pentimento::offline::sketch {

namespace {

constexpr Rgb dark{52, 40, 40};

// "brown" is a strong red to CSS; hair of that name is not.
Rgb natural(Rgb hair) {
  const double grey = luma(hair) * 255;
  const bool reddish = hair.red > hair.green + 40 && hair.green < 90 && hair.blue < 90 && hair.red < 180;
  return reddish ? mix(hair, {static_cast<std::uint8_t>(grey * 0.95), static_cast<std::uint8_t>(grey * 0.72), 12}, 0.45)
                 : hair;
}

void face(Pen& p, const Look& look, double x, double y, bool feminine) {
  const Rgb skin = look.skin;
  p.ellipse(x, y, 7.2, 8.9, p.across(tint(skin, 0.1), skin, shade(skin, 0.12)));
  p.ellipse(x - 4, y + 2.6, 1.7, 1.1, Rgb{224, 112, 96}, 0.35);
  p.ellipse(x + 4, y + 2.6, 1.7, 1.1, Rgb{224, 112, 96}, 0.35);
  for (const double side : {-1.0, 1.0}) {
    p.ellipse(x + side * 2.9, y - 0.3, 1.35, 0.95, white);
    p.circle(x + side * 2.9, y - 0.25, 0.85, dark);
    p.circle(x + side * 2.9 - 0.25, y - 0.55, 0.28, white);
  }
  const auto at = [&](double dx, double dy) { return point(x + dx, y + dy); };
  p.line("M" + at(-4.4, -2.5) + " L" + at(-1.7, -2.7) + " M" + at(1.7, -2.7) + " L" + at(4.4, -2.5),
         shade(natural(look.hair), 0.1), 0.6);
  p.line("M" + at(0, 0.4) + " L" + at(-0.5, 2.2) + " L" + at(0.4, 2.4), shade(skin, 0.3), 0.45);
  p.path("M" + at(-2, 4.4) + " Q" + at(0, 3.8) + ' ' + at(2, 4.4) + " Q" + at(0, feminine ? 6.4 : 5.7) + ' ' +
             at(-2, 4.4) + " Z",
         feminine ? Rgb{188, 52, 64} : mix(skin, {160, 60, 56}, 0.5));
}

void worn_hat(Pen& p, Rgb c, double x, double y) {
  p.open(x - 11, y - 6.5, 0.22, false, 0);
  p.ellipse(50, 30, 50, 9, p.across(tint(c, 0.2), shade(c, 0.25)));
  p.path("M24 29 C22 6 34 -10 50 -10 C66 -10 78 6 76 29 C62 35 38 35 24 29 Z",
         p.across(tint(c, 0.2), c, shade(c, 0.25)));
  p.path("M23.5 20 C40 26 60 26 76.5 20 L76 29 C62 35 38 35 24 29 Z", shade(c, 0.5));
  p.close();
}

void earrings_and_necklace(Pen& p, Rgb gold, double x, double y) {
  for (const double side : {-1.0, 1.0}) {
    p.circle(x + side * 7.1, y + 2.6, 0.8, tint(gold, 0.25));
    p.ellipse(x + side * 7.2, y + 5, 1.5, 1.9, p.ball(tint(gold, 0.5), gold, shade(gold, 0.3)));
    p.circle(x + side * 7.2, y + 7.4, 0.6, gold);
  }
  const auto at = [&](double dx, double dy) { return point(x + dx, y + dy); };
  p.line("M" + at(-4.2, 10.6) + " Q" + at(0, 15.4) + ' ' + at(4.2, 10.6), gold, 1.5);
  p.line("M" + at(-5.4, 11.6) + " Q" + at(0, 20.6) + ' ' + at(5.4, 11.6), shade(gold, 0.06), 1.1);
  for (const double side : {-0.62, -0.3, 0.0, 0.3, 0.62})
    p.circle(x + side * 6, y + 15.9 - side * side * 5.4, 0.95, tint(gold, 0.2));
  p.circle(x, y + 17.4, 1.5, p.ball(tint(gold, 0.5), gold, shade(gold, 0.3)));
}

// The line of a fold: darker than the cloth, or lighter where it cannot be darker.
Rgb fold(Rgb cloth) { return luma(cloth) < 0.12 ? tint(cloth, 0.24) : shade(cloth, 0.42); }

// A woven border: a band of gold with a darker edge and a row of drops.
void zari(Pen& p, std::string_view d, Rgb gold, double width) {
  p.line(d, shade(gold, 0.3), width + 0.7, 1, true);
  p.line(d, gold, width, 1, true);
  p.line(d, tint(gold, 0.45), width * 0.28, 1, true);
}

void saree(Pen& p, const Look& look) {
  const Rgb main = look.main;
  const Rgb drape = look.two_colours ? look.second : shade(look.main, 0.1);
  const Rgb gold = look.metal;
  const Rgb blouse = look.two_colours ? main : shade(main, 0.35);
  // Arms, then the blouse with its sleeves, then the skirt with its pleats, then the cloth over the shoulder.
  p.line("M15.5 36 C10.5 43 9.5 50 11.5 57 C13 61 17 62 20.5 60", look.skin, 4.6);
  p.line("M34.5 36 C39.5 44 40.5 52 38.5 61", look.skin, 4.6);
  p.path(
      "M14.5 30.5 C18 28.4 21 28 25 28 C29 28 32 28.4 35.5 30.5 C38.6 32.5 40 38 40.6 42.5 L34.6 44.5 L33 40 L33 51 "
      "L17 51 L17 40 L15.4 44.5 "
      "L9.4 42.5 C10 38 11.4 32.5 14.5 30.5 Z",
      p.across(tint(blouse, 0.12), blouse, shade(blouse, 0.15)));
  zari(p, "M9.8 42 L15.4 43.8 M34.6 43.8 L40.2 42", gold, 1.3);
  p.path("M20.4 28.2 C22 32.6 28 32.6 29.6 28.2 Z", look.skin);
  p.path("M17.4 47 C22 49 28 49 32.6 47 L33.4 51 C28 53.5 22 53.5 16.8 51 Z", look.skin);
  p.path(
      "M16.6 51 C22 53.8 28 53.8 33.4 51 C36.6 64 40.4 82 43.6 97.6 C36 100.4 14 100.4 6.4 97.6 C9.6 82 13.4 64 16.6 "
      "51 Z",
      p.across(tint(main, 0.12), main, shade(main, 0.16)));
  for (const std::string_view pleat :
       {"M23 56 C22 70 19.5 84 18 95", "M25.4 56 C25.2 70 24 84 23.4 96", "M27.6 56 C28.4 70 28.8 84 29 96"}) {
    p.line(pleat, fold(main), 0.8, 0.6);
  }
  p.line("M19.6 58 C17.6 70 14.6 84 12.6 95", tint(main, 0.35), 0.8, 0.5);
  zari(p, "M7 94.8 C15 97.6 35 97.6 43 94.8", gold, 2.6);
  // The drape runs from the hip over the breast to the shoulder and falls behind the arm to the knee.
  p.path(
      "M16.8 52 C20 46 26 38 31 29.4 C34.4 28.6 38 30.4 39.4 34 C42 48 44.4 66 44.8 82 C41.6 84 37.4 84 34.6 82.4 C35 "
      "68 35 56 33.6 46 "
      "C29.6 51 24 57 18.6 61 C16.6 59.6 16 55 16.8 52 Z",
      p.across(tint(drape, 0.16), drape, shade(drape, 0.14)));
  p.line("M21 54 C26 48.6 30.6 42 33 35 M35.6 38 C38 52 38.8 66 38.6 80", fold(drape), 0.8, 0.6);
  zari(p, "M18.4 60.4 C24 56.6 29.4 51 33.4 45.4", gold, 1.5);
  zari(p, "M17.2 51.6 C21 45.6 26.6 38 31 30.2", gold, 1.2);
  zari(p, "M35.2 80 C38 81.6 41.6 81.4 44.2 79.8", gold, 3);
  for (const auto& [x, y] :
       {std::pair{37.4, 46.0}, {40.4, 54.0}, {37.8, 62.0}, {41.6, 68.0}, {38.4, 74.0}, {25.0, 51.6}, {29.6, 45.0}}) {
    p.circle(x, y, 0.75, gold);
  }
  for (const auto& [x, y] :
       {std::pair{14.0, 74.0}, {21.0, 66.0}, {28.0, 64.0}, {30.0, 78.0}, {22.0, 82.0}, {15.0, 87.0}, {33.0, 89.0}}) {
    p.circle(x, y, 0.75, gold);
  }
  p.circle(20.8, 60, 2.3, look.skin);
  p.line("M10.6 54.4 L13.8 53.4 M11.2 56 L14.4 55", gold, 1.1);
}

void gown(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb sash = look.two_colours ? look.second : shade(c, 0.35);
  p.line("M21 88 L20.6 96 M29 88 L29.4 96", look.skin, 3.6);
  p.path(
      "M17 98.8 C17 96 19.6 95 22.6 95.6 L22.8 99.4 L17.6 99.4 Z M33 98.8 C33 96 30.4 95 27.4 95.6 L27.2 99.4 L32.4 "
      "99.4 Z",
      shade(sash, 0.25));
  p.line("M15.4 35 C11 44 10 52 11.6 61", look.skin, 4.2);
  p.line("M34.6 35 C39 44 40 52 38.4 61", look.skin, 4.2);
  p.path(
      "M14.8 30.6 C18 28.4 21 28 25 28 C29 28 32 28.4 35.2 30.6 C38 32.6 38.8 36 39.2 39.6 L33.6 41.4 C32.8 46 32.4 49 "
      "32.8 52 "
      "C36.4 64 40 78 42 89 C34 92.6 16 92.6 8 89 C10 78 13.6 64 17.2 52 C17.6 49 17.2 46 16.4 41.4 L10.8 39.6 C11.2 "
      "36 12 32.6 14.8 30.6 Z",
      p.across(tint(c, 0.14), c, shade(c, 0.18)));
  p.path("M20.4 28.2 C22 33.6 28 33.6 29.6 28.2 Z", look.skin);
  p.path("M17 50 C22 52.2 28 52.2 33 50 L33.4 54 C28 56.4 22 56.4 16.6 54 Z", sash);
  p.line("M21 57 C19 68 16.6 80 15 89 M25 57 L25 91 M29 57 C31 68 33.4 80 35 89", fold(c), 0.7, 0.5);
}

void shirt_and_trousers(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb trousers = look.two_colours ? look.second : Rgb{62, 72, 98};
  p.path("M16.6 56 L33.4 56 L34 95 L27 95 L25 64 L23 95 L16 95 Z",
         p.across(tint(trousers, 0.12), trousers, shade(trousers, 0.2)));
  p.path(
      "M12.6 99 C12.6 95.4 17 93.6 23.2 94.6 L23.2 99.4 L13 99.4 Z M37.4 99 C37.4 95.4 33 93.6 26.8 94.6 L26.8 99.4 "
      "L37 99.4 Z",
      Rgb{60, 44, 40});
  p.line("M13.4 38 C11.6 46 11.4 52 12 60", look.skin, 4.4);
  p.line("M36.6 38 C38.4 46 38.6 52 38 60", look.skin, 4.4);
  p.path(
      "M14.4 30.4 C18 28.4 21 28 25 28 C29 28 32 28.4 35.6 30.4 C39 32.6 40 39 40.4 45 L35 46 L33.8 40 L34 60 L16 60 "
      "L16.2 40 L15 46 L9.6 45 "
      "C10 39 11 32.6 14.4 30.4 Z",
      p.across(tint(c, 0.14), c, shade(c, 0.18)));
  p.path("M20.6 28 L25 33.6 L29.4 28 Z", look.skin);
  p.path("M20.6 28 L25 33.6 L22.6 36 L19 29 Z M29.4 28 L25 33.6 L27.4 36 L31 29 Z", tint(c, 0.3));
  p.line("M25 37 L25 59", shade(c, 0.3), 0.7, 0.7);
  p.rect(16, 57.6, 18, 2.6, 0.6, Rgb{60, 44, 40});
}

void clothes(Pen& p, const Look& look) {
  switch (look.dress) {
    case Dress::saree: saree(p, look); break;
    case Dress::gown: gown(p, look); break;
    case Dress::shirt:
    case Dress::none: shirt_and_trousers(p, look); break;
  }
}

}  // namespace

void woman(Pen& p, const Look& look) {
  const Rgb hair = natural(look.hair);
  p.path(
      "M25 2.4 C13.6 2 11.6 12 12.8 20 C13.6 28 11.4 34 12.6 41 C18 44 32 44 37.4 41 C38.6 34 36.4 28 37.2 20 C38.4 12 "
      "36.4 2 25 2.4 Z",
      p.across(tint(hair, 0.08), hair, shade(hair, 0.2)));
  p.rect(22.4, 20, 5.2, 10, 2, shade(look.skin, 0.12));
  clothes(p, look);
  face(p, look, 25, 15, true);
  p.path(
      "M25 3.6 C16 3.4 15.4 10.6 16.4 17.6 C19 14.6 22.6 11 25 6.6 C27.4 11 31 14.6 33.6 17.6 C34.6 10.6 34 3.4 25 3.6 "
      "Z",
      p.down(tint(hair, 0.12), hair));
  if (look.jewellery) {
    earrings_and_necklace(p, look.metal, 25, 15);
    p.line("M25 4.6 L25 8", look.metal, 0.8);
    p.circle(25, 8.6, 1, look.metal);
    if (look.dress != Dress::saree) p.line("M36.6 57 L41 57.6 M36.6 58.8 L40.8 59.4", look.metal, 1.1);
  }
  if (look.dress == Dress::saree) p.circle(25, 11.3, 0.7, Rgb{196, 30, 50});
  if (look.hat) worn_hat(p, *look.hat, 25, 5);
}

void man(Pen& p, const Look& look) {
  const Rgb hair = natural(look.hair);
  p.rect(22, 20, 6, 10, 2, shade(look.skin, 0.12));
  clothes(p, look);
  face(p, look, 25, 15, false);
  p.path(
      "M17.4 14.6 C15.6 5 20 2.6 26 2.6 C32.6 2.6 34.6 7 32.8 14.6 C31.8 11.6 31 10.4 29.8 9.6 C26 10.8 21.6 10.4 19.4 "
      "9.4 C18.4 10.8 17.8 12.4 17.4 14.6 Z",
      p.down(tint(hair, 0.12), hair));
  if (look.jewellery) p.line("M21.6 27 C22.6 32 27.4 32 28.4 27", look.metal, 1.1);
  if (look.hat) worn_hat(p, *look.hat, 25, 5);
}

void hat(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb ribbon = look.two_colours ? look.second : shade(c, 0.5);
  p.ellipse(92, 80, 90, 19, p.across(tint(c, 0.2), c, shade(c, 0.22)));
  p.ellipse(92, 76, 60, 10, p.flat(shade(c, 0.35)));
  p.path("M40 74 C38 34 52 4 70 4 C80 4 84 10 92 10 C100 10 104 4 114 4 C132 4 146 34 144 74 C120 86 64 86 40 74 Z",
         p.across(tint(c, 0.22), c, shade(c, 0.25)));
  p.path("M40.4 56 C64 68 120 68 143.6 56 L144 74 C120 86 64 86 40 74 Z", ribbon);
  p.path("M54 50 C54 32 62 16 70 13 C64 24 62 36 63 52 Z", white, 0.28);
}

void bag(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb flap = look.two_colours ? look.second : shade(c, 0.14);
  const Rgb metal{222, 186, 96};
  p.line("M30 44 C28 12 42 5 56 5 C70 5 84 12 82 44", shade(c, 0.3), 6.5);
  p.path(
      "M12 40 L100 40 C104 40 106 42 106.6 46 L110 92 C110 97 107 100 102 100 L10 100 C5 100 2 97 2 92 L5.4 46 C6 42 8 "
      "40 12 40 Z",
      p.across(tint(c, 0.16), c, shade(c, 0.22)));
  p.path(
      "M12 40 L100 40 C104 40 106 42 106.6 46 L107 52 C100 70 74 74 56 74 C38 74 12 70 5 52 L5.4 46 C6 42 8 40 12 40 Z",
      p.down(tint(flap, 0.12), flap));
  p.line("M8 55 C18 69 40 71.4 56 71.4 C72 71.4 94 69 104 55", tint(c, 0.4), 0.9, 0.8);
  p.rect(47, 66, 18, 14, 3, p.across(tint(metal, 0.3), metal, shade(metal, 0.2)));
  p.circle(56, 72, 2.2, shade(metal, 0.5));
  p.path("M12 62 L10 92 C10 94 13 95 15 94 L17 66 Z", white, 0.22);
}

void shoe(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb accent = look.two_colours ? look.second : luma(c) > 0.7 ? shade(c, 0.25) : tint(c, 0.45);
  const Rgb sole{208, 209, 213};  // no whiter: on a white ground it would part the shoe from its edge
  p.path(
      "M10 10 C22 18 44 16 58 4 C62 1 66 3 68 7 C78 30 104 44 144 50 C166 54 182 60 184 80 L184 84 L6 84 C0 60 2 30 10 "
      "10 Z",
      p.across(tint(c, 0.12), c, shade(c, 0.14)));
  p.path("M146 50.4 C166 54 182 60 184 80 L184 84 L140 84 C136 70 138 58 146 50.4 Z", shade(c, 0.16), 0.8);
  p.path("M10 10 C14 13 20 15 26 15 C22 38 22 62 28 84 L6 84 C0 60 2 30 10 10 Z", shade(c, 0.22), 0.7);
  p.path("M62 56 C84 52 104 60 118 74 C104 72 84 76 70 82 C62 74 58 64 62 56 Z", accent);
  for (const std::string_view lace : {"M70 22 L88 12", "M80 34 L98 23", "M93 43 L110 32", "M108 50 L124 39"})
    p.line(lace, accent, 5);
  p.path("M4 80 L186 80 C190 80 190 84 189 88 C187 97 182 100 174 100 L14 100 C6 100 3 92 4 80 Z",
         p.down(sole, shade(sole, 0.14)));
  p.line("M8 90 L186 90", shade(sole, 0.22), 1.8);
}

void watch(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb metal = look.two_colours ? look.second : Rgb{206, 210, 218};
  p.path("M16 34 L19 4 C19 1 22 0 24 0 L40 0 C42 0 45 1 45 4 L48 34 Z", p.across(tint(c, 0.15), c, shade(c, 0.25)));
  p.path("M16 66 L19 96 C19 99 22 100 24 100 L40 100 C42 100 45 99 45 96 L48 66 Z",
         p.across(tint(c, 0.1), c, shade(c, 0.3)));
  p.line("M32 80 L32 80.2 M32 86 L32 86.2 M32 92 L32 92.2", shade(c, 0.55), 3);
  p.rect(58, 46, 6, 8, 2, shade(metal, 0.25));
  p.circle(32, 50, 29, p.across(tint(metal, 0.3), metal, shade(metal, 0.3)));
  p.circle(32, 50, 24, Rgb{250, 250, 247});
  for (int i = 0; i < 12; ++i) {
    p.turn(i * 30.0, 32, 50);
    p.line(i % 3 == 0 ? "M32 29 L32 33" : "M32 29 L32 30.6", {70, 74, 84}, i % 3 == 0 ? 1.8 : 1);
    p.close();
  }
  p.line("M32 50 L32 35", {40, 44, 54}, 2);
  p.line("M32 50 L42 55", {40, 44, 54}, 2.4);
  p.circle(32, 50, 2.2, Rgb{200, 60, 50});
}

void necklace(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.line("M8 4 C4 52 26 80 50 80 C74 80 96 52 92 4", c, 3.4);
  for (int i = -4; i <= 4; ++i) {
    const double t = i / 4.0;
    p.circle(50 + t * 40, 80 - t * t * 46, 5.6 - (i < 0 ? -i : i) * 0.5, p.ball(tint(c, 0.55), c, shade(c, 0.35)));
  }
  p.path("M50 76 L60 86 L50 100 L40 86 Z", p.across(tint(c, 0.45), shade(c, 0.2)));
}

void shirt(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path(
      "M36 6 C44 12 64 12 72 6 L86 10 C94 13 98 18 100 26 L106 50 L88 54 L84 42 L85 96 C85 99 83 100 80 100 L28 100 "
      "C25 100 23 99 23 96 L24 42 "
      "L20 54 L2 50 L8 26 C10 18 14 13 22 10 Z",
      p.across(tint(c, 0.14), c, shade(c, 0.18)));
  p.line("M36 6 C44 15 64 15 72 6", shade(c, 0.3), 3.4);
  p.line("M24 42 L26 32 M84 42 L82 32", shade(c, 0.35), 1.4, 0.8);
  p.path("M30 44 C31 62 31 78 30 92 L36 92 C37 76 37 60 35 44 Z", white, 0.2);
}

void umbrella(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb panel = look.two_colours ? look.second : shade(c, 0.2);
  p.line("M52 4 L52 88 C52 98 66 98 66 88", {96, 70, 50}, 3.6);
  p.path(
      "M2 50 C4 20 26 6 52 6 C78 6 100 20 102 50 C96 44 88 44 82 50 C74 43 66 43 60 49 C56 45 48 45 44 49 C38 43 30 43 "
      "22 50 C16 44 8 44 2 50 Z",
      p.across(tint(c, 0.15), c, shade(c, 0.12)));
  p.path(
      "M52 6 C40 16 34 32 22 50 C30 43 38 43 44 49 C46 32 48 18 52 6 Z M52 6 C64 16 70 32 82 50 C88 44 96 44 102 50 "
      "C100 20 78 6 52 6 Z",
      panel, 0.85);
  p.path("M52 1 L54 7 L50 7 Z", Rgb{96, 70, 50});
  p.path("M10 40 C14 26 26 16 38 12 C28 20 20 30 16 42 Z", white, 0.3);
}

}  // namespace pentimento::offline::sketch
