// Any reply of Stability, in either form: never a crash, always a picture or an error that may be shown.

#include "provider_reply.hpp"
#include "providers/stability/codec.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pentimento;
  StabilityOptions options;
  options.api_key = fuzz::canary();
  const fuzz::Exchange exchange{{data, size}};
  fuzz::check(stability::decode(exchange.response(), options));
  return 0;
}
