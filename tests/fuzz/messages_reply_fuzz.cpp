// Feeds a critic what an Anthropic Messages server may answer.

#include "vision/messages_codec.hpp"
#include "vision_reply.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pentimento;
  const Result<Reply> reply = messages_codec::decode({reinterpret_cast<const char*>(data), size});
  if (!reply) return 0;
  fuzz::check_reply(*reply);
  if (reply->usage()) {
    constexpr std::uint64_t most = 1'000'000'000;
    for (const TokenKind kind :
         {TokenKind::text_in, TokenKind::cached_text_in, TokenKind::cache_write_in, TokenKind::text_out})
      fuzz::check(reply->usage()->tokens(kind) <= most, "a count of tokens is within its limit");
  }
  return 0;
}
