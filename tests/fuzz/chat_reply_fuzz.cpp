// Feeds a critic what a Chat Completions server, or the model behind it, may answer: as the body of a reply, and as the
// text in one.

#include "vision/chat_codec.hpp"
#include "vision_reply.hpp"
#include <pentimento/detail/utf8.hpp>

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pentimento;
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  if (const Result<Reply> reply = chat_codec::decode(input, {"reasoning_content", "reasoning", "thinking"}))
    fuzz::check_reply(*reply);
  // The text of a reply is valid UTF-8, since it comes out of JSON.
  Reply reply;
  reply.text(detail::valid_utf8(input));
  fuzz::check_reply(reply);
  const std::string cleaned = without_control_tags(std::string{input});
  fuzz::check_prompt(cleaned, 3 * size);
  return 0;
}
