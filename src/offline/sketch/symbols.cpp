#include "offline/sketch/symbols.hpp"

#include "detail/embedded.hpp"
#include "offline/language/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

namespace pentimento::offline::sketch {
namespace {

/// The text between `before` and the next `after`; empty if there is none.
std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t found = text.find(before);
  if (found == std::string_view::npos) return {};
  const std::size_t begin = found + before.size();
  const std::size_t end = text.find(after, begin);
  return end == std::string_view::npos ? std::string_view{} : text.substr(begin, end - begin);
}

std::string_view attribute(std::string_view root, std::string_view name) {
  return between(root, std::string{" "}.append(name).append("=\""), "\"");
}

double number(std::string_view text, double otherwise) {
  double value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Rgb colour(std::string_view hex) {
  std::uint32_t value = 0;
  if (hex.starts_with('#')) std::from_chars(hex.data() + 1, hex.data() + hex.size(), value, 16);
  return {static_cast<std::uint8_t>(value >> 16U), static_cast<std::uint8_t>(value >> 8U & 0xffU),
          static_cast<std::uint8_t>(value & 0xffU)};
}

Symbol parsed(std::string_view file) {
  const std::size_t root_end = file.find('>', file.find("<svg")) + 1;
  const std::string_view root = file.substr(0, root_end);
  Symbol symbol;
  const std::string_view box = attribute(root, "viewBox");  // "0 0 104 100"
  symbol.aspect = number(box.substr(std::min<std::size_t>(4, box.size())), 100) / 100;
  symbol.words = attribute(root, "data-words");
  symbol.height = number(attribute(root, "data-height"), 1);
  symbol.top = number(attribute(root, "data-top"), symbol.top);
  symbol.aloft = !attribute(root, "data-aloft").empty();
  symbol.one_colour = !attribute(root, "data-second-follows").empty();
  symbol.usual = {colour(attribute(root, "data-main")), colour(attribute(root, "data-second")),
                  colour(attribute(root, "data-skin")), colour(attribute(root, "data-hair")),
                  colour(attribute(root, "data-metal"))};
  symbol.other = colour(attribute(root, "data-other"));
  symbol.definitions = between(file, "<defs>", "</defs>");
  const std::size_t begin = symbol.definitions.empty() ? root_end : file.find("</defs>") + 7;
  symbol.body = file.substr(begin, file.rfind("</svg>") - begin);
  return symbol;
}

}  // namespace

std::span<const Symbol> symbols() {
  // Never deleted: a worker thread may still draw while the process ends.
  static const auto& all = *[] {
    auto parsed_files = std::make_unique<std::vector<Symbol>>();
    for (const detail::EmbeddedFile& file : detail::sketch_symbols()) parsed_files->push_back(parsed(file.text));
    return parsed_files.release();
  }();
  return all;
}

const Symbol* find_symbol(std::string_view noun) {
  const auto all = symbols();
  const auto it = std::ranges::find_if(all, [&](const Symbol& symbol) { return language::among(noun, symbol.words); });
  return it == all.end() ? nullptr : &*it;
}

const Symbol& stone() {
  const auto all = symbols();
  return *std::ranges::find(all, std::string_view{}, &Symbol::words);
}

std::string recoloured(std::string_view svg, const Look& usual, const Look& look, const Grade& light) {
  const std::array<std::pair<Rgb, Rgb>, 5> changes{{{usual.main, look.main},
                                                    {usual.second, look.second},
                                                    {usual.skin, look.skin},
                                                    {usual.hair, look.hair},
                                                    {usual.metal, look.metal}}};
  std::string text;
  text.reserve(svg.size());
  constexpr std::string_view mark = "\"#";
  constexpr std::size_t digits = 6;
  while (true) {
    const std::size_t found = svg.find(mark);
    text += svg.substr(0, found);
    if (found == std::string_view::npos) return text;
    svg.remove_prefix(found);
    if (svg.size() > digits + 2 && svg[digits + 2] == '"') {
      const Rgb said = colour(svg.substr(1, digits + 1));
      const auto it = std::ranges::find(changes, said, &std::pair<Rgb, Rgb>::first);
      const bool changed = it != changes.end() && said != Rgb{};
      text.append("\"").append(hex(light(changed ? it->second : said)));
      svg.remove_prefix(digits + 2);
    } else {
      text += mark;
      svg.remove_prefix(mark.size());
    }
  }
}

}  // namespace pentimento::offline::sketch
