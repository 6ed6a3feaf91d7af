#include "offline/sketch/drawings.hpp"

namespace pentimento::offline::sketch {

// Round vessels are lit from the left: a light band, the colour itself, a shade.
void mug(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path("M72 26 C98 20 106 40 102 54 C98 72 84 80 68 80 L69 68 C80 67 88 60 91 50 C94 38 88 32 74 37 Z",
         p.across(c, shade(c, 0.28)));
  p.path("M6 12 L10 90 C11 97 20 100 42 100 C64 100 73 97 74 90 L78 12 Z", p.across(tint(c, 0.16), c, shade(c, 0.24)));
  p.ellipse(42, 12, 36, 11, p.flat(tint(c, 0.22)));
  p.ellipse(42, 12.5, 31.5, 8.5, p.flat(shade(c, 0.45)));
  p.path("M12 15.5 C22 9 62 9 72 15.5 C62 22.5 22 22.5 12 15.5 Z", Rgb{74, 44, 30});
  p.path("M16 32 L18.5 84 C20 87 23 88 25 88 L22.5 32 C20.5 30 18 30 16 32 Z", Rgb{255, 255, 255}, 0.28);
  p.path("M10 90 C11 97 20 100 42 100 C64 100 73 97 74 90 C66 94 54 95 42 95 C30 95 18 94 10 90 Z", shade(c, 0.4),
         0.35);
}

void cup(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb plate = look.two_colours ? look.second : c;
  p.ellipse(62, 92, 60, 8, p.across(tint(plate, 0.3), shade(plate, 0.2)));
  p.ellipse(62, 90.5, 42, 4.5, p.flat(shade(plate, 0.14)));
  p.path("M96 34 C118 28 122 52 108 62 C102 66 94 66 88 66 L92 57 C102 58 107 52 106 46 C105 40 100 41 95 43 Z",
         p.across(c, shade(c, 0.25)));
  p.path("M20 24 C20 60 36 90 62 90 C88 90 104 60 104 24 Z", p.across(tint(c, 0.2), c, shade(c, 0.24)));
  p.ellipse(62, 24, 42, 11, p.flat(tint(c, 0.25)));
  p.ellipse(62, 24.5, 37, 8.5, p.flat(shade(c, 0.4)));
  p.path("M27 27 C38 20 86 20 97 27 C86 35 38 35 27 27 Z", Rgb{120, 66, 30});
  p.path("M30 44 C33 62 41 76 48 80 C43 70 38 58 37 44 Z", Rgb{255, 255, 255}, 0.3);
}

void glass(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path("M4 4 L12 94 C13 99 20 100 30 100 C40 100 47 99 48 94 L56 4 Z",
         p.across(tint(c, 0.55), tint(c, 0.75), tint(c, 0.4)));
  p.path("M7 34 L12.5 92 C13.5 96.5 20 97 30 97 C40 97 46.5 96.5 47.5 92 L53 34 Z",
         p.across(tint(c, 0.12), c, shade(c, 0.18)));
  p.ellipse(30, 34, 23, 5, p.flat(tint(c, 0.35)));
  p.ellipse(30, 4.5, 26, 4.5, p.flat(tint(c, 0.5)));
  p.ellipse(30, 5, 23, 3.2, p.flat(mix(tint(c, 0.75), {120, 140, 150}, 0.25)));
  p.path("M12 14 L18 88 L23 89 L18 14 Z", Rgb{255, 255, 255}, 0.45);
}

void bottle(Pen& p, const Look& look) {
  const Rgb c = look.main;
  const Rgb cap = look.two_colours ? look.second : shade(c, 0.45);
  p.path(
      "M14 8 L14 26 C14 36 2 40 2 54 L2 94 C2 98 5 100 10 100 L28 100 C33 100 36 98 36 94 L36 54 C36 40 24 36 24 26 "
      "L24 8 Z",
      p.across(tint(c, 0.22), c, shade(c, 0.32)));
  p.rect(12, 1, 14, 11, 2.5, p.across(tint(cap, 0.15), cap, shade(cap, 0.3)));
  const Rgb label = mix({246, 240, 226}, c, 0.1);
  p.rect(2, 58, 34, 25, 0, p.across(label, shade(label, 0.13)));
  p.rect(2, 61, 34, 1.4, 0, shade(c, 0.15));
  p.rect(2, 78.6, 34, 1.4, 0, shade(c, 0.15));
  p.path("M19 64 L21.2 68.4 L26 69 L22.5 72.2 L23.4 77 L19 74.6 L14.6 77 L15.5 72.2 L12 69 L16.8 68.4 Z",
         shade(c, 0.12));
  p.path("M6 54 C6 46 12 42 16 34 L18.5 34 C16 43 10 47 10 55 L10 57 L6 57 Z", Rgb{255, 255, 255}, 0.4);
  p.rect(6, 85, 4, 11, 2, Rgb{255, 255, 255}, 0.3);
}

void teapot(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path("M104 42 C132 28 144 56 126 74 C118 82 108 82 100 82 L104 72 C116 72 124 66 124 56 C124 48 116 48 106 54 Z",
         p.across(c, shade(c, 0.3)));
  p.path("M36 78 C18 76 16 54 4 40 C2 36 8 32 13 35 C24 42 26 54 38 58 Z", p.across(tint(c, 0.15), shade(c, 0.12)));
  p.ellipse(72, 64, 46, 34, p.ball(tint(c, 0.35), c, shade(c, 0.35)));
  p.path("M46 95 L98 95 C100 98 98 100 94 100 L50 100 C46 100 44 98 46 95 Z", shade(c, 0.3));
  p.path("M44 36 C50 22 94 22 100 36 C90 41 54 41 44 36 Z", p.across(tint(c, 0.25), c, shade(c, 0.25)));
  p.path("M42 36 C54 42 90 42 102 36 L102 38.5 C90 44.5 54 44.5 42 38.5 Z", shade(c, 0.32));
  p.rect(69, 17, 6, 10, 2, shade(c, 0.1));
  p.circle(72, 14, 7, p.ball(tint(c, 0.4), c, shade(c, 0.3)));
  p.path("M40 56 C44 46 52 42 58 42 C50 48 46 56 45 66 C42 64 39 61 40 56 Z", Rgb{255, 255, 255}, 0.35);
}

void bowl(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.rect(68, 90, 44, 10, 3, shade(c, 0.3));
  p.path("M6 26 C8 70 44 96 90 96 C136 96 172 70 174 26 Z", p.across(tint(c, 0.2), c, shade(c, 0.28)));
  p.ellipse(90, 26, 84, 20, p.flat(tint(c, 0.25)));
  p.ellipse(90, 27, 76, 15.5, p.down(shade(c, 0.42), shade(c, 0.2)));
  p.path("M22 52 C28 68 40 78 52 83 C40 72 34 62 32 50 Z", Rgb{255, 255, 255}, 0.3);
}

void plate(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.ellipse(125, 55, 122, 44, p.flat(shade(c, 0.25)));
  p.ellipse(125, 50, 122, 44, p.down(tint(c, 0.3), c));
  p.ellipse(125, 50, 84, 28, p.down(shade(c, 0.16), tint(c, 0.12)));
  p.ellipse(125, 52, 78, 24, p.flat(tint(c, 0.14)));
  p.path("M18 40 C36 22 70 12 104 9 C72 18 46 30 34 46 C26 48 18 46 18 40 Z", Rgb{255, 255, 255}, 0.35);
}

void vase(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path("M20 4 C20 22 2 34 2 60 C2 82 14 96 18 100 L46 100 C50 96 62 82 62 60 C62 34 44 22 44 4 Z",
         p.across(tint(c, 0.25), c, shade(c, 0.3)));
  const Rgb band = look.two_colours ? look.second : tint(c, 0.45);
  p.path("M3.5 48 C20 54 44 54 60.5 48 L61.5 53 C44 60 20 60 2.5 53 Z", band);
  p.path("M2 62 C20 69 44 69 62 62 L61.6 66 C44 73 20 73 2.5 66 Z", band);
  p.ellipse(32, 4.5, 14, 4, p.flat(tint(c, 0.3)));
  p.ellipse(32, 5, 11, 2.6, p.flat(shade(c, 0.55)));
  p.path("M11 46 C13 38 20 30 23 22 C23 34 18 40 17 47 Z", Rgb{255, 255, 255}, 0.35);
  p.path("M9 72 C11 82 16 90 20 94 C16 84 15 78 14.5 71 Z", Rgb{255, 255, 255}, 0.25);
}

void candle(Pen& p, const Look& look) {
  const Rgb c = look.main;
  p.path("M24 2 C31 12 34 18 32 25 C31 30 27 32 24 32 C21 32 17 30 16 25 C14 18 19 12 24 2 Z", Rgb{250, 150, 40});
  p.path("M24 13 C28 19 29 22 28.4 26 C28 30 26 31 24 31 C22 31 20 30 19.6 26 C19 22 21 18 24 13 Z",
         Rgb{255, 226, 120});
  p.line("M24 40 C24 36 23.4 33 24 28", {70, 52, 44}, 2);
  p.rect(10, 39, 28, 56, 2, p.across(tint(c, 0.25), c, shade(c, 0.24)));
  p.path(
      "M10 41 C14 36 34 36 38 41 L38 50 C36 56 33 55 32 49 C30 45 26 46 25 52 C24 58 19 58 18 51 C16 46 12 46 10 50 Z",
      tint(c, 0.32));
  const Rgb holder = look.two_colours ? look.second : Rgb{168, 128, 70};
  p.path("M2 91 L46 91 C46 97 40 100 34 100 L14 100 C8 100 2 97 2 91 Z",
         p.across(tint(holder, 0.25), holder, shade(holder, 0.3)));
}

}  // namespace pentimento::offline::sketch
