#include "offline/sketch/pen.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace pentimento::offline::sketch {
namespace {

std::uint8_t channel(double value) noexcept {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

// std::to_chars, because a stream or std::to_string would write the number as the user's locale has it.
void append(std::string& out, double value, int digits) {
  std::array<char, 40> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits);
  if (error == std::errc{}) out.append(text.data(), end);
}

}  // namespace

Rgb mix(Rgb from, Rgb to, double share) noexcept {
  const auto one = [&](std::uint8_t a, std::uint8_t b) { return channel(a + (b - a) * share); };
  return {one(from.red, to.red), one(from.green, to.green), one(from.blue, to.blue)};
}

Rgb shade(Rgb colour, double share) noexcept { return mix(colour, {0, 0, 0}, share); }
Rgb tint(Rgb colour, double share) noexcept { return mix(colour, {255, 255, 255}, share); }

double luma(Rgb colour) noexcept { return (0.2126 * colour.red + 0.7152 * colour.green + 0.0722 * colour.blue) / 255; }

int distance(Rgb one, Rgb other) noexcept {
  return std::max({std::abs(one.red - other.red), std::abs(one.green - other.green), std::abs(one.blue - other.blue)});
}

Rgb Grade::operator()(Rgb colour) const noexcept {
  const double grey = luma(colour) * 255;
  const auto one = [&](std::uint8_t c, double warm) {
    double value = grey + (c - grey) * saturation;
    value = value * gain * (1 + warm);
    return channel(value + (255 - value) * lift);
  };
  return {one(colour.red, 0.16 * warmth), one(colour.green, 0.01 * warmth), one(colour.blue, -0.34 * warmth)};
}

std::string point(double x, double y) {
  std::string text;
  append(text, x, 2);
  text += ' ';
  append(text, y, 2);
  return text;
}

Pen::Pen(int width, int height, Grade grade) : grade_{grade} {
  out_.reserve(64 * 1024);
  text(R"(<svg xmlns="http://www.w3.org/2000/svg")").attribute("width", width).attribute("height", height);
  text(R"( viewBox="0 0 )").number(width).text(" ").number(height).text("\">");
}

Pen& Pen::text(std::string_view text) {
  out_ += text;
  return *this;
}

Pen& Pen::number(double value) {
  append(out_, value, 2);
  return *this;
}

Pen& Pen::attribute(std::string_view name, double value) {
  return text(" ").text(name).text("=\"").number(value).text("\"");
}

std::string Pen::flat(Rgb colour) const { return hex(grade_(colour)); }

std::string Pen::gradient_id() { return "g" + std::to_string(gradients_++); }

std::string Pen::down(Rgb top, Rgb bottom) {
  const std::string id = gradient_id();
  text("<linearGradient id=\"").text(id).text(R"(" x2="0" y2="1"><stop stop-color=")").text(flat(top));
  text(R"("/><stop offset="1" stop-color=")").text(flat(bottom)).text("\"/></linearGradient>");
  return "url(#" + id + ")";
}

std::string Pen::across(Rgb left, Rgb right) { return across(left, mix(left, right, 0.5), right); }

std::string Pen::across(Rgb left, Rgb middle, Rgb right) {
  const std::string id = gradient_id();
  text("<linearGradient id=\"").text(id).text(R"("><stop stop-color=")").text(flat(left));
  text(R"("/><stop offset=".42" stop-color=")").text(flat(middle));
  text(R"("/><stop offset="1" stop-color=")").text(flat(right)).text("\"/></linearGradient>");
  return "url(#" + id + ")";
}

std::string Pen::ball(Rgb light, Rgb middle, Rgb dark) {
  const std::string id = gradient_id();
  text("<radialGradient id=\"").text(id).text(R"(" cx=".38" cy=".32" r=".75"><stop stop-color=")").text(flat(light));
  text(R"("/><stop offset=".45" stop-color=")").text(flat(middle));
  text(R"("/><stop offset="1" stop-color=")").text(flat(dark)).text("\"/></radialGradient>");
  return "url(#" + id + ")";
}

std::string Pen::glow(Rgb colour, double opacity) {
  const std::string id = gradient_id();
  const std::string paint = flat(colour);
  text("<radialGradient id=\"")
      .text(id)
      .text(R"("><stop stop-color=")")
      .text(paint)
      .text("\"")
      .attribute("stop-opacity", opacity);
  text(R"(/><stop offset=".5" stop-color=")").text(paint).text("\"").attribute("stop-opacity", opacity * 0.5);
  text(R"(/><stop offset="1" stop-color=")").text(paint).text(R"(" stop-opacity="0"/></radialGradient>)");
  return "url(#" + id + ")";
}

void Pen::finish_shape(std::string_view paint, double opacity) {
  text(" fill=\"").text(paint).text("\"");
  if (opacity < 1) attribute("opacity", opacity);
  text("/>");
}

void Pen::path(std::string_view d, std::string_view paint, double opacity) {
  text("<path d=\"").text(d).text("\"");
  finish_shape(paint, opacity);
}

void Pen::line(std::string_view d, Rgb colour, double width, double opacity, bool blunt) {
  text("<path d=\"")
      .text(d)
      .text(blunt ? "\"" : R"(" stroke-linecap="round")")
      .text(R"( stroke-linejoin="round" stroke=")")
      .text(flat(colour))
      .text("\"");
  attribute("stroke-width", width);
  finish_shape("none", opacity);
}

void Pen::circle(double x, double y, double radius, std::string_view paint, double opacity) {
  text("<circle").attribute("cx", x).attribute("cy", y).attribute("r", radius);
  finish_shape(paint, opacity);
}

void Pen::ellipse(double x, double y, double rx, double ry, std::string_view paint, double opacity) {
  text("<ellipse").attribute("cx", x).attribute("cy", y).attribute("rx", rx).attribute("ry", ry);
  finish_shape(paint, opacity);
}

void Pen::ring(double x, double y, double radius, Rgb colour, double width, double opacity) {
  text("<circle").attribute("cx", x).attribute("cy", y).attribute("r", radius).attribute("stroke-width", width);
  text(" stroke=\"").text(flat(colour)).text("\"");
  finish_shape("none", opacity);
}

void Pen::rect(double x, double y, double width, double height, double radius, std::string_view paint, double opacity) {
  text("<rect").attribute("x", x).attribute("y", y).attribute("width", width).attribute("height", height);
  if (radius > 0) attribute("rx", radius);
  finish_shape(paint, opacity);
}

void Pen::open(double x, double y, double scale, bool mirrored, double middle) {
  text("<g transform=\"translate(").number(x).text(" ").number(y).text(") scale(");
  append(out_, scale, 6);
  text(")");
  if (mirrored) text(" translate(").number(2 * middle).text(" 0) scale(-1 1)");
  text("\">");
}

void Pen::turn(double degrees, double x, double y) {
  text("<g transform=\"rotate(").number(degrees).text(" ").number(x).text(" ").number(y).text(")\">");
}

void Pen::close() { text("</g>"); }

std::string Pen::finish() && {
  text("</svg>");
  return std::move(out_);
}

}  // namespace pentimento::offline::sketch
