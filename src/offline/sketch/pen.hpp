//
// Writes SVG. Only numbers, colours and the literals of the drawings reach the text: never a word of a prompt.
#pragma once

#include "offline/language/colour_names.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace pentimento::offline::sketch {

/// The light of a picture, as what it does to every colour.
struct Grade {
  double gain = 1;  ///< of all channels
  double lift = 0;  ///< share of white mixed in
  double saturation = 1;
  double warmth = 0;  ///< -1 to 1: red up and blue down

  [[nodiscard]] Rgb operator()(Rgb colour) const noexcept;
};

inline constexpr Rgb white{255, 255, 255};

[[nodiscard]] Rgb mix(Rgb from, Rgb to, double share) noexcept;
/// Towards black.
[[nodiscard]] Rgb shade(Rgb colour, double share) noexcept;
/// Towards white.
[[nodiscard]] Rgb tint(Rgb colour, double share) noexcept;
/// Relative luminance of the sRGB values, 0 to 1.
[[nodiscard]] double luma(Rgb colour) noexcept;
/// Largest difference of a channel, 0 to 255.
[[nodiscard]] int distance(Rgb one, Rgb other) noexcept;

/// "12.50 3.00", as paths have it.
[[nodiscard]] std::string point(double x, double y);

class Pen {
 public:
  Pen(int width, int height, Grade grade);

  // Paints. Each call may write a gradient; use the result for as many shapes as wanted.
  [[nodiscard]] std::string flat(Rgb colour) const;
  [[nodiscard]] std::string down(Rgb top, Rgb bottom);
  [[nodiscard]] std::string across(Rgb left, Rgb right);
  [[nodiscard]] std::string across(Rgb left, Rgb middle, Rgb right);
  /// Lit from the upper left, for round things.
  [[nodiscard]] std::string ball(Rgb light, Rgb middle, Rgb dark);
  /// From `colour` at full `opacity` in the middle to nothing at the edge.
  [[nodiscard]] std::string glow(Rgb colour, double opacity);

  void path(std::string_view d, std::string_view paint, double opacity = 1);
  void path(std::string_view d, Rgb colour, double opacity = 1) { path(d, flat(colour), opacity); }
  /// Round at the ends unless `blunt`.
  void line(std::string_view d, Rgb colour, double width, double opacity = 1, bool blunt = false);
  void circle(double x, double y, double radius, std::string_view paint, double opacity = 1);
  void circle(double x, double y, double radius, Rgb colour, double opacity = 1) {
    circle(x, y, radius, flat(colour), opacity);
  }
  void ellipse(double x, double y, double rx, double ry, std::string_view paint, double opacity = 1);
  void ellipse(double x, double y, double rx, double ry, Rgb colour, double opacity = 1) {
    ellipse(x, y, rx, ry, flat(colour), opacity);
  }
  void ring(double x, double y, double radius, Rgb colour, double width, double opacity = 1);
  void rect(double x, double y, double width, double height, double radius, std::string_view paint, double opacity = 1);
  void rect(double x, double y, double width, double height, double radius, Rgb colour, double opacity = 1) {
    rect(x, y, width, height, radius, flat(colour), opacity);
  }

  /// What is drawn until `close` is moved, scaled and then mirrored if `mirrored` (about x = `middle` of its own box).
  void open(double x, double y, double scale, bool mirrored, double middle);
  void turn(double degrees, double x, double y);
  void close();

  /// Changes the grade of what follows.
  void regrade(Grade grade) noexcept { grade_ = grade; }
  [[nodiscard]] const Grade& grade() const noexcept { return grade_; }

  /// The whole picture.
  [[nodiscard]] std::string finish() &&;

 private:
  Pen& text(std::string_view text);
  Pen& number(double value);
  Pen& attribute(std::string_view name, double value);
  void finish_shape(std::string_view paint, double opacity);
  std::string gradient_id();

  std::string out_;
  Grade grade_;
  std::size_t gradients_ = 0;
};

}  // namespace pentimento::offline::sketch
