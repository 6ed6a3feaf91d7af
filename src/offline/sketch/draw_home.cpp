#include "offline/sketch/drawings.hpp"

namespace pentimento::offline::sketch {

void table(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path("M26 26 L42 26 L38 98 L30 98 Z M150 26 L166 26 L162 98 L154 98 Z", shade(c, 0.42));
  p.path("M10 28 L28 28 L24 100 L14 100 Z M164 28 L182 28 L178 100 L168 100 Z", p.across(c, shade(c, 0.3)));
  p.rect(12, 24, 168, 12, 1, shade(c, 0.25));
  p.path("M22 2 L170 2 L190 18 L2 18 Z", p.down(tint(c, 0.28), tint(c, 0.1)));
  p.rect(2, 18, 188, 9, 2, p.across(tint(c, 0.08), shade(c, 0.16)));
  p.line("M40 8 L120 8 M60 13 L156 13", shade(c, 0.14), 1, 0.6);
}

void chair(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb wood = look.two_colours ? look.second : shade(c, 0.35);
  p.line("M16 60 L14 96 M46 60 L48 96", shade(wood, 0.25), 4);
  p.path("M8 6 C8 2 12 1 16 1 L44 1 C48 1 52 2 52 6 L50 46 L10 46 Z", p.across(tint(c, 0.16), c, shade(c, 0.18)));
  p.path("M14 8 C14 6 16 6 18 6 L42 6 C44 6 46 6 46 8 L45 40 L15 40 Z", shade(c, 0.1), 0.7);
  p.path("M10 44 L15 44 L14 58 L9 58 Z M45 44 L50 44 L51 58 L46 58 Z", wood);
  p.path("M4 56 L56 56 C59 56 60 58 59 61 L58 67 C58 69 56 70 54 70 L6 70 C4 70 2 69 2 67 L1 61 C0 58 1 56 4 56 Z",
         p.down(tint(c, 0.2), shade(c, 0.14)));
  p.path("M5 69 L11 69 L8.6 100 L4.6 100 Z M49 69 L55 69 L55.4 100 L51.4 100 Z", p.across(tint(wood, 0.1), wood));
}

void lamp(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb foot = look.two_colours ? look.second : Rgb{134, 104, 72};
  p.rect(29, 44, 6, 48, 2, p.across(tint(foot, 0.3), shade(foot, 0.25)));
  p.ellipse(32, 66, 8, 11, p.across(tint(foot, 0.25), foot, shade(foot, 0.3)));
  p.path("M14 100 C14 93 22 90 32 90 C42 90 50 93 50 100 Z", p.across(tint(foot, 0.25), foot, shade(foot, 0.3)));
  p.path("M18 3 L46 3 L62 47 C48 53 16 53 2 47 Z", p.across(tint(c, 0.2), c, shade(c, 0.16)));
  p.ellipse(32, 3.4, 14, 2.4, p.flat(shade(c, 0.22)));
  p.path("M2 47 C16 53 48 53 62 47 L62 49.4 C48 55.4 16 55.4 2 49.4 Z", shade(c, 0.28));
  p.path("M24 3 L40 3 L48 51 C38 52.6 26 52.6 16 51 Z", Rgb{255, 244, 200}, 0.3);
  p.line("M52 50 L52 62", shade(foot, 0.1), 0.9);
  p.circle(52, 63.4, 1.7, foot);
}

void book(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb gold = look.two_colours ? look.second : tint(c, 0.6);
  p.path("M10 6 C5 6 2 9 2 14 L2 92 C2 97 5 100 10 100 L70 100 L70 6 Z", shade(c, 0.42));
  p.path("M9 88 L70 88 L70 97 L10 97 C5 97 5 88 9 88 Z", p.down({250, 246, 232}, {216, 208, 186}));
  p.line("M9 91 L69 91 M9 94 L69 94", {196, 186, 160}, 0.6);
  p.path("M10 1 L68 1 C70.4 1 72 2.6 72 5 L72 88 L10 88 C6 88 3 90 2 93 L2 9 C2 4 5 1 10 1 Z",
         p.across(shade(c, 0.14), c, tint(c, 0.06)));
  p.path("M2 9 C2 4 5 1 10 1 L14 1 L14 88 L10 88 C6 88 3 90 2 93 Z", shade(c, 0.3));
  p.line("M21 8 L65 8 L65 81 L21 81 Z", gold, 1.4);
  p.rect(30, 20, 26, 4.4, 1.4, gold);
  p.rect(34, 28, 18, 3, 1.2, gold);
  p.path("M43 44 L47 54 L57 55 L49.4 62 L52 72 L43 66.6 L34 72 L36.6 62 L29 55 L39 54 Z", gold);
  p.path("M54 88 L62 88 L62 99 L58 96 L54 99 Z", Rgb{206, 52, 52});
}

void clock_face(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.circle(50, 50, 48.5, p.across(tint(c, 0.3), c, shade(c, 0.3)));
  p.circle(50, 50, 40, shade(c, 0.3));
  p.circle(50, 50, 38.6, p.ball(white, {250, 249, 244}, {232, 230, 222}));
  for (int i = 0; i < 12; ++i) {
    p.turn(i * 30.0, 50, 50);
    p.line(i % 3 == 0 ? "M50 15 L50 21.5" : "M50 15.5 L50 18.5", {58, 60, 70}, i % 3 == 0 ? 3 : 1.8);
    p.close();
  }
  p.line("M50 50 L35 36", {40, 42, 52}, 4.4);
  p.line("M50 50 L66 27", {40, 42, 52}, 3);
  p.line("M50 56 L50 23", {208, 56, 52}, 1.2);
  p.circle(50, 50, 3.6, Rgb{208, 56, 52});
}

void phone(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb screen = look.two_colours ? look.second : Rgb{70, 110, 190};
  p.rect(1, 1, 50, 98, 8, p.across(tint(c, 0.25), shade(c, 0.2)));
  p.rect(4.4, 4.4, 43.2, 91.2, 5.4, p.down(tint(screen, 0.35), shade(screen, 0.35)));
  p.rect(19, 6.6, 14, 3.6, 1.8, Rgb{16, 18, 24});
  p.rect(14, 22, 24, 6, 2, white, 0.85);
  p.rect(18, 31, 16, 2.4, 1.2, white, 0.6);
  for (int i = 0; i < 8; ++i) {
    p.rect(9.0 + i % 4 * 9.2, 62.0 + i / 4 * 10.6, 6.6, 6.6, 1.9,
           i % 3 == 0   ? Rgb{252, 200, 80}
           : i % 3 == 1 ? Rgb{240, 110, 110}
                        : Rgb{120, 220, 160});
  }
  p.rect(17, 90.4, 18, 1.6, 0.8, white, 0.8);
  p.path("M4.4 30 L4.4 9.8 C4.4 6.6 6.6 4.4 9.8 4.4 L28 4.4 Z", white, 0.16);
}

void laptop(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb screen = look.two_colours ? look.second : Rgb{66, 112, 178};
  p.rect(18, 1, 124, 82, 5, p.across(shade(c, 0.35), shade(c, 0.5)));
  p.rect(23, 6, 114, 71, 2, p.down(tint(screen, 0.3), shade(screen, 0.3)));
  p.path("M23 6 L92 6 L50 77 L23 77 Z", white, 0.12);
  p.rect(36, 20, 50, 6, 3, white, 0.85);
  p.rect(36, 31, 70, 3.4, 1.7, white, 0.55);
  p.rect(36, 38, 60, 3.4, 1.7, white, 0.55);
  p.rect(36, 50, 24, 9, 4.5, Rgb{252, 186, 72});
  p.path("M18 82 L142 82 L158 95 L2 95 Z", p.across(tint(c, 0.25), shade(c, 0.08)));
  p.path("M28 84.4 L132 84.4 L138 90 L22 90 Z", shade(c, 0.35), 0.8);
  p.path("M2 95 L158 95 C158 98.4 155 100 151 100 L9 100 C5 100 2 98.4 2 95 Z", p.down(c, shade(c, 0.3)));
  p.path("M64 95 L96 95 C96 97 94 97.6 92 97.6 L68 97.6 C66 97.6 64 97 64 95 Z", shade(c, 0.35));
}

void camera(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb grip = look.two_colours ? look.second : shade(c, 0.4);
  p.path("M48 16 L56 3 C57 1 59 0 61 0 L79 0 C81 0 83 1 84 3 L92 16 Z", p.down(tint(c, 0.2), c));
  p.rect(16, 8, 20, 12, 3, shade(c, 0.3));
  p.rect(106, 9, 16, 10, 3, Rgb{206, 60, 54});
  p.rect(1, 14, 138, 86, 10, p.down(tint(c, 0.16), shade(c, 0.16)));
  p.rect(1, 34, 138, 46, 0, grip);
  p.circle(70, 57, 36, p.across({214, 218, 224}, {130, 134, 144}));
  p.circle(70, 57, 31, Rgb{36, 38, 46});
  p.circle(70, 57, 22, p.ball({122, 150, 206}, {44, 60, 104}, {14, 18, 34}));
  p.circle(70, 57, 10, Rgb{16, 20, 36});
  p.ellipse(61, 47, 7, 4.6, white, 0.6);
  p.circle(78, 66, 2.6, white, 0.4);
  p.circle(116, 25, 4, Rgb{250, 240, 190});
  p.rect(12, 22, 22, 7, 3.5, Rgb{44, 50, 66});
}

void key(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path(
      "M62 42 L196 42 C199 42 200 44 200 46 L200 86 C200 90 197 91 194 91 L186 91 L186 76 L176 76 L176 86 L164 86 L164 "
      "62 L62 62 Z",
      p.down(tint(c, 0.2), shade(c, 0.2)));
  p.path(
      "M50 2 C77 2 98 23 98 50 C98 77 77 98 50 98 C23 98 2 77 2 50 C2 23 23 2 50 2 Z M50 26 C36 26 26 36 26 50 C26 64 "
      "36 74 50 74 C64 74 74 64 74 50 "
      "C74 36 64 26 50 26 Z\" fill-rule=\"evenodd",
      p.across(tint(c, 0.25), c, shade(c, 0.22)));
  p.rect(98, 36, 9, 32, 3, p.down(tint(c, 0.3), shade(c, 0.25)));
  p.line("M13 44 C16 28 28 16 44 13", white, 4, 0.45);
}

void guitar(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb neck{104, 68, 44};
  p.rect(16, 0, 12, 14, 2.6, p.across(tint(neck, 0.15), shade(neck, 0.3)));
  for (const double y : {3.0, 7.0, 11.0}) {
    p.circle(14.6, y, 1.7, Rgb{220, 216, 206});
    p.circle(29.4, y, 1.7, Rgb{220, 216, 206});
  }
  p.path(
      "M22 47 C30 45 36 48 36 55 C36 61 33.6 63 35.4 68 C38 72 43 76 43 85 C43 95 34 100 22 100 C10 100 1 95 1 85 C1 "
      "76 6 72 8.6 68 C10.4 63 8 61 8 55 "
      "C8 48 14 45 22 47 Z",
      p.across(tint(c, 0.2), c, shade(c, 0.28)));
  p.line(
      "M22 47.6 C30 45.8 35.4 48.6 35.4 55 C35.4 61 33 63 34.8 68 C37.4 72 42.2 76 42.2 85 C42.2 94.6 33.6 99.2 22 "
      "99.2 C10.4 99.2 1.8 94.6 1.8 85 "
      "C1.8 76 6.6 72 9.2 68 C11 63 8.6 61 8.6 55 C8.6 48.6 14 45.8 22 47.6 Z",
      shade(c, 0.5), 1.1);
  p.rect(19.4, 12, 5.2, 54, 0, p.across(tint(neck, 0.12), shade(neck, 0.2)));
  p.line(
      "M19.4 20 L24.6 20 M19.4 27 L24.6 27 M19.4 33.4 L24.6 33.4 M19.4 39.4 L24.6 39.4 M19.4 45 L24.6 45 M19.4 50 "
      "L24.6 50",
      {220, 216, 206}, 0.5);
  p.circle(22, 68, 7.4, shade(c, 0.6));
  p.circle(22, 68, 5.8, Rgb{34, 22, 18});
  p.rect(13, 86, 18, 3.6, 1, Rgb{58, 38, 28});
  p.line("M20.8 10 L20.8 87 M22 10 L22 87 M23.2 10 L23.2 87", {236, 232, 220}, 0.35);
}

void pencil(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path("M9 76 L17 100 L25 76 Z", p.across({244, 216, 172}, {214, 176, 128}));
  p.path("M14.6 92.6 L17 100 L19.4 92.6 C18 91.6 16 91.6 14.6 92.6 Z", shade(c, 0.55));
  p.path("M9 16 L25 16 L25 77 C23 80 21 79 19.8 77 C18.4 80 15.6 80 14.2 77 C13 79 11 80 9 77 Z", c);
  p.rect(9, 16, 5.2, 61, 0, tint(c, 0.22));
  p.rect(19.8, 16, 5.2, 61, 0, shade(c, 0.2));
  p.rect(8.6, 9, 16.8, 8, 1, p.across({230, 232, 236}, {160, 164, 172}));
  p.path("M9 9.4 L9 4 C9 1.6 12 .6 17 .6 C22 .6 25 1.6 25 4 L25 9.4 Z", p.across({246, 160, 168}, {220, 112, 126}));
}

void gift(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb ribbon = look.two_colours                   ? look.second
                     : distance(c, {220, 44, 60}) < 110 ? Rgb{250, 214, 110}
                                                        : Rgb{220, 44, 60};
  p.rect(8, 44, 84, 56, 3, p.across(tint(c, 0.12), c, shade(c, 0.18)));
  p.rect(2, 30, 96, 17, 3, p.across(tint(c, 0.2), tint(c, 0.06), shade(c, 0.12)));
  p.rect(8, 47, 84, 4, 0, shade(c, 0.3), 0.5);
  p.rect(42, 30, 16, 70, 0, p.across(tint(ribbon, 0.15), shade(ribbon, 0.1)));
  p.path("M50 30 C34 30 18 24 20 12 C22 0 44 4 50 30 Z M50 30 C66 30 82 24 80 12 C78 0 56 4 50 30 Z",
         p.down(tint(ribbon, 0.2), shade(ribbon, 0.08)));
  p.path("M48 26 C38 26 27 22 28 15 C30 9 42 12 48 26 Z M52 26 C62 26 73 22 72 15 C70 9 58 12 52 26 Z",
         shade(ribbon, 0.4));
  p.circle(50, 28, 5.4, p.ball(tint(ribbon, 0.3), ribbon, shade(ribbon, 0.2)));
}

void house(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb roof = look.two_colours                  ? look.second
                   : distance(c, {176, 70, 52}) < 90 ? Rgb{92, 74, 72}
                                                     : Rgb{176, 70, 52};
  p.rect(90, 8, 13, 28, 0, p.across({178, 110, 88}, {134, 76, 62}));
  p.rect(88, 5, 17, 5, 1, Rgb{120, 68, 56});
  p.rect(14, 44, 104, 56, 0, p.across(tint(c, 0.1), c, shade(c, 0.1)));
  p.rect(14, 46, 104, 7, 0, shade(c, 0.35), 0.4);
  p.path("M62 3 C64 1 68 1 70 3 L130 46 C132 48 131 51 128 51 L4 51 C1 51 0 48 2 46 Z",
         p.down(tint(roof, 0.14), shade(roof, 0.12)));
  p.line("M48 18 L84 18 M34 28 L98 28 M20 38 L112 38", shade(roof, 0.25), 1.2, 0.7);
  for (const double x : {24.0, 88.0}) {
    p.rect(x - 2, 60, 24, 23, 1.4, Rgb{250, 248, 242});
    p.rect(x, 62, 20, 19, 0, p.down({190, 224, 244}, {126, 178, 214}));
    p.path(x < 50 ? "M24 62 L34 62 L24 74 Z" : "M88 62 L98 62 L88 74 Z", white, 0.45);
    p.rect(x + 9, 62, 2, 19, 0, Rgb{250, 248, 242});
    p.rect(x, 70.4, 20, 2, 0, Rgb{250, 248, 242});
  }
  p.path("M53 100 L53 68 C53 58 79 58 79 68 L79 100 Z", Rgb{250, 248, 242});
  p.path("M55.4 100 L55.4 69 C55.4 61 76.6 61 76.6 69 L76.6 100 Z", p.across({140, 92, 58}, {104, 64, 40}));
  p.circle(72, 83, 1.7, Rgb{236, 196, 90});
}

}  // namespace pentimento::offline::sketch
