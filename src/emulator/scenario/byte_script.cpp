#include "emulator/scenario/byte_script.hpp"

#include <algorithm>
#include <cstring>

namespace pentimento::emulator {
namespace {

std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  return a != 0 && b > ByteScript::endless / a ? ByteScript::endless : a * b;
}

/// SplitMix64.
std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// Repeated short texts are written out up to this size, so that reading them costs little for each byte.
constexpr std::size_t block_size = std::size_t{16} << 10;

}  // namespace

struct ByteScript::Node {
  enum class Kind { text, random, repeat, sequence };

  Kind kind = Kind::text;
  std::string text;
  std::vector<ByteScript> parts;  // one for `repeat`
  std::uint64_t times = 0;
  std::uint64_t seed = 0;
  std::uint64_t size = 0;
};

ByteScript::ByteScript(Node node) : node_{std::make_shared<const Node>(std::move(node))} {}

ByteScript ByteScript::text(std::string text) {
  Node node;
  node.size = text.size();
  node.text = std::move(text);
  return ByteScript{std::move(node)};
}

ByteScript ByteScript::random(std::uint64_t count, std::uint64_t seed) {
  Node node;
  node.kind = Node::Kind::random;
  node.seed = seed;
  node.size = count;
  return ByteScript{std::move(node)};
}

ByteScript ByteScript::repeat(std::uint64_t times, ByteScript of) {
  if (of.empty() || times == 0) return {};
  if (times == 1) return of;
  const bool is_text = of.node_->kind == Node::Kind::text;
  const std::uint64_t in_block = is_text ? std::min<std::uint64_t>(times, block_size / of.size()) : 1;
  if (in_block > 1) {
    std::string block;
    for (std::uint64_t i = 0; i < in_block; ++i) block += of.node_->text;
    if (times == endless) return repeat_of(endless, text(std::move(block)));
    ByteScript rest = repeat(times % in_block, of);
    return sequence({repeat_of(times / in_block, text(std::move(block))), std::move(rest)});
  }
  return repeat_of(times, std::move(of));
}

ByteScript ByteScript::repeat_of(std::uint64_t times, ByteScript of) {
  Node node;
  node.kind = Node::Kind::repeat;
  node.times = times;
  node.size = product(times, of.size());
  node.parts.push_back(std::move(of));
  return ByteScript{std::move(node)};
}

ByteScript ByteScript::sequence(std::vector<ByteScript> parts) {
  std::erase_if(parts, [](const ByteScript& part) { return part.empty(); });
  if (parts.empty()) return {};
  if (parts.size() == 1) return std::move(parts.front());
  Node node;
  node.kind = Node::Kind::sequence;
  for (const ByteScript& part : parts) node.size = sum(node.size, part.size());
  node.parts = std::move(parts);
  return ByteScript{std::move(node)};
}

std::uint64_t ByteScript::size() const noexcept { return node_ == nullptr ? 0 : node_->size; }

std::string ByteScript::to_string(std::size_t limit) const {
  std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(size(), limit)), '\0');
  ByteScriptReader reader{*this};
  reader.read(std::as_writable_bytes(std::span{text}));
  return text;
}

ByteScriptReader::ByteScriptReader(ByteScript script) : script_{std::move(script)} {
  if (!script_.empty()) enter(script_.node_.get());
}

void ByteScriptReader::enter(const ByteScript::Node* node) { frames_.push_back(Frame{node, 0, node->seed, 0}); }

std::size_t ByteScriptReader::read(std::span<std::byte> into) {
  using Kind = ByteScript::Node::Kind;
  std::size_t filled = 0;
  while (filled < into.size() && !frames_.empty()) {
    Frame& frame = frames_.back();
    const ByteScript::Node& node = *frame.node;
    const auto room = static_cast<std::uint64_t>(into.size() - filled);
    switch (node.kind) {
      case Kind::text: {
        const auto count = static_cast<std::size_t>(std::min(room, node.size - frame.done));
        std::memcpy(into.data() + filled, node.text.data() + frame.done, count);
        filled += count;
        frame.done += count;
        if (frame.done == node.size) frames_.pop_back();
        break;
      }
      case Kind::random: {
        const std::uint64_t count = std::min(room, node.size - frame.done);
        for (std::uint64_t i = 0; i < count; ++i, ++frame.done) {
          if (frame.done % 8 == 0) frame.word = next_random(frame.state);
          into[filled++] = static_cast<std::byte>(frame.word >> (frame.done % 8 * 8));
        }
        if (frame.done == node.size && node.size != ByteScript::endless) frames_.pop_back();
        break;
      }
      case Kind::repeat: {
        const bool over = node.times != ByteScript::endless && frame.done == node.times;
        if (over) {
          frames_.pop_back();
        } else {
          ++frame.done;
          enter(node.parts.front().node_.get());
        }
        break;
      }
      case Kind::sequence:
        if (frame.done == node.parts.size()) {
          frames_.pop_back();
        } else {
          enter(node.parts[frame.done++].node_.get());  // ends the life of `frame`
        }
        break;
    }
  }
  return filled;
}

}  // namespace pentimento::emulator
