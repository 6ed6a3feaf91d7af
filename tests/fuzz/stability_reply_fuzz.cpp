// Any reply of Stability, in either form, is an image or an error that is safe to show.

#include "provider_reply.hpp"
#include "providers/stability/codec.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pentimento;
  StabilityOptions options;
  options.api_key = fuzz::canary();
  const fuzz::ReplyInput input{{data, size}};
  fuzz::check(stability::decode(input.response(), options));
  return 0;
}
