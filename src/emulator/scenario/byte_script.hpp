#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::emulator {

/// Bytes that are described rather than held: they may be more than memory holds, or have no end. A copy costs a
/// reference count.
class ByteScript {
 public:
  static constexpr std::uint64_t endless = std::numeric_limits<std::uint64_t>::max();

  /// None.
  ByteScript() = default;
  static ByteScript text(std::string text);
  /// The same bytes for the same seed, on every machine.
  static ByteScript random(std::uint64_t count, std::uint64_t seed);
  static ByteScript repeat(std::uint64_t times, ByteScript of);
  static ByteScript sequence(std::vector<ByteScript> parts);

  /// How many there are, or `endless`.
  std::uint64_t size() const noexcept;
  bool empty() const noexcept { return size() == 0; }
  /// All of them, of at most `limit`.
  std::string to_string(std::size_t limit) const;

 private:
  friend class ByteScriptReader;
  struct Node;
  explicit ByteScript(Node node);
  static ByteScript repeat_of(std::uint64_t times, ByteScript of);

  std::shared_ptr<const Node> node_;
};

static_assert(!std::is_aggregate_v<ByteScript>);

/// Of two sizes: endless where one is, or where it would be more than a number holds.
inline std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  return a > ByteScript::endless - b ? ByteScript::endless : a + b;
}

/// Gives out the bytes of a script, one run after the other.
class ByteScriptReader {
 public:
  explicit ByteScriptReader(ByteScript script);

  /// Fills `into` as far as there are bytes; how many that were. 0 is the end.
  std::size_t read(std::span<std::byte> into);

 private:
  struct Frame {
    const ByteScript::Node* node;
    std::uint64_t done = 0;   // bytes of a text or of random ones; turns of a repetition; parts of a sequence
    std::uint64_t state = 0;  // of the random numbers
    std::uint64_t word = 0;
  };
  void enter(const ByteScript::Node* node);

  ByteScript script_;  // keeps the nodes
  std::vector<Frame> frames_;
};

static_assert(!std::is_aggregate_v<ByteScriptReader>);

}  // namespace pentimento::emulator
