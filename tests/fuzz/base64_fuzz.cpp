// Bytes come back from their base64 form; a text that is read is written the same, but for white space and padding;
// limits hold, and are found out before anything is decoded.

#include <pentimento/detail/base64.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using pentimento::Result;
using pentimento::detail::decode_base64;
using pentimento::detail::encode_base64;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

using Bytes = std::vector<std::byte>;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span{data, size});
  const std::string text = encode_base64(bytes);
  check(text.size() == pentimento::detail::base64_size(size));
  const Result<Bytes> back = decode_base64(text, size);
  check(back.has_value() && std::ranges::equal(*back, bytes));
  if (size > 0) check(!decode_base64(text, size - 1).has_value());

  std::string given{reinterpret_cast<const char*>(data), size};
  const Result<Bytes> read = decode_base64(given, std::numeric_limits<std::size_t>::max());
  if (!read) {
    check(read.error().code() == pentimento::errc::parse_failed);
    return 0;
  }
  check(decode_base64(given, read->size()).has_value());
  if (!read->empty()) check(decode_base64(given, read->size() - 1).error().code() == pentimento::errc::too_large);
  std::erase_if(given, [](char c) { return std::string_view{" \t\n\r\f="}.find(c) != std::string_view::npos; });
  std::string again = encode_base64(*read);
  std::erase(again, '=');
  check(again == given);
  return 0;
}
