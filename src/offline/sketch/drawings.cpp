#include "offline/sketch/drawings.hpp"

#include <algorithm>
#include <array>

namespace pentimento::offline::sketch {

namespace {

// Heights are those of a picture book, not of life: a house is three mugs high.
constexpr auto drawings = std::to_array<Drawing>({
    // clang-format off
    // noun, drawing, aspect, height, usual colour, other usual colour, aloft, top, person
    {"mug", mug, 1.04, 0.95, {92, 138, 162}, {214, 160, 76}},
    {"cup", cup, 1.24, 0.80, {126, 170, 160}, {208, 150, 130}},
    {"glass", glass, 0.60, 1.00, {126, 186, 214}, {214, 150, 60}},
    {"bottle", bottle, 0.38, 1.60, {58, 128, 84}, {120, 78, 44}},
    {"teapot", teapot, 1.38, 1.05, {92, 138, 160}, {206, 120, 92}},
    {"bowl", bowl, 1.80, 0.70, {208, 130, 80}, {96, 140, 170}},
    {"plate", plate, 2.50, 0.50, {140, 172, 196}, {206, 156, 110}},
    {"vase", vase, 0.64, 1.35, {76, 132, 150}, {200, 124, 88}},
    {"candle", candle, 0.48, 1.15, {228, 196, 148}, {196, 60, 60}},
    {"apple", apple, 0.92, 0.80, {206, 36, 44}, {128, 178, 60}},
    {"banana", banana, 1.52, 0.75, {250, 206, 54}, {158, 186, 70}},
    {"orange", orange_fruit, 0.96, 0.80, {248, 146, 30}, {236, 176, 60}},
    {"lemon", lemon, 1.46, 0.62, {250, 218, 60}, {160, 190, 70}},
    {"pear", pear, 0.72, 0.95, {184, 196, 72}, {222, 180, 70}},
    {"cake", cake, 1.40, 1.10, {240, 150, 176}, {122, 74, 48}},
    {"mushroom", mushroom, 0.96, 0.80, {206, 58, 54}, {186, 132, 88}},
    {"tree", tree, 0.84, 2.30, {78, 146, 70}, {206, 136, 52}},
    {"sun", sun, 1.00, 1.10, {255, 204, 50}, {250, 150, 50}, true},
    {"moon", moon, 0.88, 1.00, {244, 226, 152}, {206, 212, 224}, true},
    {"star", star, 1.00, 0.70, {252, 204, 62}, {240, 240, 232}, true},
    {"flower", flower, 0.64, 1.05, {232, 92, 128}, {250, 206, 70}},
    {"plant", plant, 1.04, 1.35, {74, 148, 88}, {124, 160, 70}},
    {"mountain", mountain, 1.90, 2.40, {112, 128, 150}, {122, 106, 92}},
    {"cloud", cloud, 1.84, 0.80, {190, 208, 230}, {170, 180, 196}, true},
    {"cat", cat, 0.90, 1.25, {232, 146, 66}, {110, 110, 118}},
    {"dog", dog, 0.86, 1.40, {192, 138, 86}, {96, 74, 62}},
    {"bird", bird, 1.42, 0.75, {72, 138, 206}, {218, 92, 66}},
    {"fish", fish, 1.84, 0.70, {250, 138, 50}, {80, 150, 200}, true},
    {"butterfly", butterfly, 1.20, 0.80, {242, 150, 50}, {96, 140, 220}, true},
    {"woman", woman, 0.50, 2.30, {190, 60, 90}, {64, 112, 150}, false, 0, true},
    {"girl", woman, 0.50, 1.80, {236, 120, 150}, {96, 150, 200}, false, 0, true},
    {"person", man, 0.50, 2.30, {70, 120, 180}, {120, 150, 96}, false, 0, true},
    {"man", man, 0.50, 2.35, {70, 120, 180}, {150, 88, 70}, false, 0, true},
    {"boy", man, 0.50, 1.80, {220, 110, 60}, {70, 140, 150}, false, 0, true},
    {"child", man, 0.50, 1.70, {240, 180, 60}, {90, 150, 110}, false, 0, true},
    {"saree", woman, 0.50, 2.30, {176, 40, 80}, {40, 110, 110}, false, 0, true},
    {"dress", woman, 0.50, 2.30, {190, 60, 90}, {64, 112, 150}, false, 0, true},
    {"skirt", woman, 0.50, 2.30, {190, 60, 90}, {64, 112, 150}, false, 0, true},
    {"hair", woman, 0.50, 2.30, {90, 62, 46}, {40, 32, 30}, false, 0, true},
    {"skin", woman, 0.50, 2.30, {190, 60, 90}, {64, 112, 150}, false, 0, true},
    {"trousers", man, 0.50, 2.30, {62, 72, 98}, {110, 96, 78}, false, 0, true},
    {"shirt", shirt, 1.08, 1.30, {88, 144, 196}, {240, 240, 236}},
    {"hat", hat, 1.84, 0.80, {186, 146, 96}, {70, 74, 90}},
    {"bag", bag, 1.12, 1.10, {164, 92, 58}, {60, 70, 90}},
    {"shoe", shoe, 1.90, 0.75, {210, 66, 56}, {70, 110, 180}},
    {"watch", watch, 0.64, 1.05, {70, 60, 56}, {150, 90, 56}},
    {"accessory", necklace, 1.00, 0.90, {212, 175, 55}, {192, 196, 206}},
    {"necklace", necklace, 1.00, 0.90, {212, 175, 55}, {192, 196, 206}},
    {"earring", necklace, 1.00, 0.60, {212, 175, 55}, {192, 196, 206}},
    {"bracelet", necklace, 1.00, 0.60, {212, 175, 55}, {192, 196, 206}},
    {"umbrella", umbrella, 1.04, 1.60, {220, 60, 70}, {60, 100, 170}},
    {"table", table, 1.92, 1.40, {176, 122, 76}, {112, 80, 58}, false, 0.10},
    {"chair", chair, 0.60, 1.70, {90, 140, 130}, {190, 120, 76}, false, 0.56},
    {"lamp", lamp, 0.64, 1.50, {244, 204, 120}, {120, 170, 170}},
    {"book", book, 0.74, 1.00, {52, 92, 150}, {150, 50, 56}},
    {"clock", clock_face, 1.00, 1.00, {70, 110, 140}, {190, 120, 70}},
    {"phone", phone, 0.52, 1.05, {48, 52, 62}, {200, 204, 212}},
    {"laptop", laptop, 1.60, 1.15, {188, 194, 204}, {80, 84, 96}},
    {"camera", camera, 1.40, 0.90, {72, 76, 88}, {186, 150, 110}},
    {"key", key, 2.00, 0.50, {214, 172, 76}, {170, 176, 186}},
    {"guitar", guitar, 0.44, 1.90, {212, 138, 66}, {150, 60, 46}},
    {"pencil", pencil, 0.34, 1.30, {250, 190, 50}, {80, 140, 200}},
    {"gift", gift, 1.00, 0.95, {90, 150, 200}, {120, 180, 120}},
    {"house", house, 1.32, 2.40, {238, 220, 184}, {170, 196, 206}},
    {"ball", ball, 1.00, 0.85, {226, 70, 64}, {70, 130, 210}},
    {"balloon", balloon, 0.62, 1.30, {228, 62, 84}, {80, 150, 220}, true},
    {"heart", heart, 1.10, 0.90, {224, 44, 72}, {240, 130, 160}, true},
    {"cube", cube, 1.00, 0.90, {90, 140, 200}, {222, 150, 70}},
    {"car", car, 2.26, 1.30, {208, 54, 50}, {70, 120, 180}},
    {"boat", boat, 1.20, 1.70, {180, 72, 56}, {50, 96, 140}},
    {"bicycle", bicycle, 1.62, 1.45, {56, 132, 160}, {210, 70, 60}},
    // clang-format on
});

constexpr Drawing unknown{"", pebble, 1.42, 0.75, {150, 156, 166}, {178, 160, 138}};

}  // namespace

const Drawing& drawing_of(std::string_view noun) noexcept {
  const auto it = std::ranges::find(drawings, noun, &Drawing::noun);
  return it == drawings.end() ? unknown : *it;
}

std::span<const Drawing> all_drawings() noexcept { return drawings; }

}  // namespace pentimento::offline::sketch
