#include "emulator/scenario/byte_script.hpp"

#include <algorithm>
#include <cstring>
#include <random>
#include <utility>

namespace pentimento::emulator {
namespace {

// Short texts are repeated in memory up to this size, so that reading them costs little for each byte.
constexpr std::size_t block_size = std::size_t{16} << 10;

}  // namespace

ByteScript& ByteScript::add(std::string text, std::uint64_t times) {
  if (text.empty() || times == 0) return *this;
  const std::uint64_t in_block = std::min<std::uint64_t>(times, std::max<std::size_t>(block_size / text.size(), 1));
  if (in_block > 1) {
    std::string block;
    for (std::uint64_t i = 0; i < in_block; ++i) block += text;
    if (times == endless) return add(std::move(block), endless);
    add(std::move(block), times / in_block);
    return add(std::move(text), times % in_block);
  }
  const std::uint64_t added = times > endless / text.size() ? endless : times * text.size();
  size_ = sum(size_, added);
  pieces_.push_back(Piece{std::make_shared<const std::string>(std::move(text)), times});
  return *this;
}

ByteScript& ByteScript::add_random(std::size_t count) {
  std::mt19937 random;  // its numbers are fixed by the standard
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return add(std::move(bytes));
}

std::string ByteScript::to_string(std::size_t limit) const {
  std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(size(), limit)), '\0');
  ByteScriptReader reader{*this};
  reader.read(std::as_writable_bytes(std::span{text}));
  return text;
}

std::size_t ByteScriptReader::read(std::span<std::byte> into) {
  std::size_t filled = 0;
  while (filled < into.size() && piece_ < script_.pieces_.size()) {
    const ByteScript::Piece& piece = script_.pieces_[piece_];
    const std::size_t count = std::min(into.size() - filled, piece.text->size() - offset_);
    std::memcpy(into.data() + filled, piece.text->data() + offset_, count);
    filled += count;
    offset_ += count;
    if (offset_ < piece.text->size()) continue;
    offset_ = 0;
    if (piece.times == ByteScript::endless || ++turn_ < piece.times) continue;
    turn_ = 0;
    ++piece_;
  }
  return filled;
}

}  // namespace pentimento::emulator
