// A parsed URL can be written and parsed again, is safe in a header, and keeps its origin whatever path is joined to it.
// Input: a URL, a line feed, a path.

#include <pentimento/http/url.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using pentimento::Result;
using pentimento::http::Url;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~' && c != '#'; });
}

void check_url(const Url& url) {
  check(url.to_string().size() <= 8192 + 64);  // the canonical form of an IPv6 address may be longer
  check(is_plain(url.to_string()));
  check(!url.host().empty() && url.port() != 0);
  check(std::ranges::none_of(url.host(), [](char c) { return c >= 'A' && c <= 'Z'; }));
  check(url.host().find_first_of("@/?[]%\\") == std::string::npos);
  check(url.target().starts_with('/'));
  check(url.to_string().starts_with(url.origin()));
  const Result<Url> again = Url::parse(url.to_string());
  check(again.has_value() && *again == url);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  const std::string_view text = input.substr(0, input.find('\n'));
  const Result<Url> url = Url::parse(text);
  if (!url) {
    check(url.error().code() == pentimento::errc::invalid_argument);
    check(std::ranges::all_of(url.error().message(), [](char c) { return c >= ' ' && c <= '~'; }));
    return 0;
  }
  check(text.size() <= 8192);
  check_url(*url);
  const Result<Url> joined = url->joined(input.substr(std::min(text.size() + 1, input.size())));
  if (!joined) return 0;
  check_url(*joined);
  check(joined->origin() == url->origin());
  const std::string_view target = url->target();
  std::string_view base = target.substr(0, target.find('?'));
  while (base.ends_with('/')) base.remove_suffix(1);
  check(joined->target().starts_with(base));
  return 0;
}
