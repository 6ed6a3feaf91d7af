// Any value of no_proxy is read; an entry more never takes anything away. Input: a URL, a line feed, the value.

#include "http/proxy.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pentimento;
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  const std::string_view text = input.substr(0, input.find('\n'));
  const Result<http::Url> url = http::Url::parse(text);
  if (!url) return 0;
  const std::string value{input.substr(std::min(text.size() + 1, input.size()))};
  const bool excepted = http::is_excepted(*url, value);
  if (excepted && !http::is_excepted(*url, value + ",other.test")) std::abort();
  if (!http::is_excepted(*url, value + ", *")) std::abort();
  return 0;
}
