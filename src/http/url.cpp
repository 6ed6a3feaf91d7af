#include <pentimento/http/url.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

namespace pentimento::http {
namespace {

constexpr std::size_t max_length = 8192;

// No message repeats the address: its query, or what stands where a host should, may be a key.
Error wrong(std::string_view why) { return {errc::invalid_argument, "the address is wrong: " + std::string{why}}; }
Error wrong_at(std::size_t offset, std::string_view why) {
  return {errc::invalid_argument,
          "the address is wrong at character " + std::to_string(offset + 1) + ": " + std::string{why}};
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hexadecimal(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); }

std::string in_lower_case(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

/// Takes the part before the next `separator`, or the rest, off the text.
std::string_view take_part(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

/// Refuses every character that stands nowhere in an address (RFC 3986; square brackets in a query are common and let
/// through), and a '%' that encodes nothing.
std::optional<Error> check_characters(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ' || (c >= '\t' && c <= '\r')) return wrong_at(i, "white space must be percent-encoded, as in %20");
    if (c < ' ' || c > '~') return wrong_at(i, "control characters and what is not ASCII must be percent-encoded");
    if (c == '#') return wrong_at(i, "a fragment (#...) is not sent to a server; leave it out");
    if (std::string_view{R"("<>\^`{|}")"}.find(c) != std::string_view::npos)
      return wrong_at(i, std::string{"the character "} + c + " must be percent-encoded");
    if (c == '%' && (i + 2 >= text.size() || !is_hexadecimal(text[i + 1]) || !is_hexadecimal(text[i + 2])))
      return wrong_at(i, "two hexadecimal digits must follow a %; the character itself is %25");
  }
  return std::nullopt;
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

/// "." and ".." lead elsewhere, also when they are percent-encoded: what was joined from an id would leave its place.
std::optional<Error> check_segments(std::string_view target) {
  std::string_view path = path_of(target);
  while (!path.empty()) {
    std::string segment = in_lower_case(take_part(path, '/'));
    for (std::size_t at = 0; (at = segment.find("%2e", at)) != std::string_view::npos;) segment.replace(at, 3, 1, '.');
    if (segment == "." || segment == "..") return wrong(R"(its path has a part "." or ".."; write it out instead)");
  }
  return std::nullopt;
}

template <class Number>
std::optional<Number> number(std::string_view digits, int base) {
  Number value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// Four decimal numbers without leading zeros.
std::optional<std::array<std::uint8_t, 4>> parse_ipv4(std::string_view text) {
  std::array<std::uint8_t, 4> address{};
  if (std::ranges::count(text, '.') != 3 || text.ends_with('.')) return std::nullopt;
  for (std::uint8_t& byte : address) {
    const std::string_view part = take_part(text, '.');
    const std::optional<std::uint8_t> value = number<std::uint8_t>(part, 10);
    if (!value || (part.size() > 1 && part.front() == '0')) return std::nullopt;
    byte = *value;
  }
  return address;
}

/// The text forms of RFC 4291 §2.2, without a zone.
std::optional<std::array<std::uint16_t, 8>> parse_ipv6(std::string_view text) {
  std::array<std::uint16_t, 8> groups{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;
  if (text.starts_with("::")) {
    gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    if (text.find(':') == std::string_view::npos && text.find('.') != std::string_view::npos) {
      const auto tail = parse_ipv4(text);
      if (!tail || count > 6) return std::nullopt;
      groups[count++] = static_cast<std::uint16_t>((*tail)[0] << 8 | (*tail)[1]);
      groups[count++] = static_cast<std::uint16_t>((*tail)[2] << 8 | (*tail)[3]);
      break;
    }
    if (count == groups.size()) return std::nullopt;
    const bool last = text.find(':') == std::string_view::npos;
    const std::string_view digits = take_part(text, ':');
    const std::optional<std::uint16_t> group = number<std::uint16_t>(digits, 16);
    if (!group || digits.size() > 4) return std::nullopt;
    groups[count++] = *group;
    if (last) break;
    if (text.starts_with(':')) {
      if (gap) return std::nullopt;
      gap = count;
      text.remove_prefix(1);
    } else if (text.empty()) {
      return std::nullopt;
    }
  }
  if (gap ? count == groups.size() : count != groups.size()) return std::nullopt;
  if (gap) {
    const auto at = [&](std::size_t i) { return groups.begin() + static_cast<std::ptrdiff_t>(i); };
    std::rotate(at(*gap), at(count), groups.end());
  }
  return groups;
}

/// The one text that RFC 5952 §4 recommends for an address.
std::string ipv6_text(const std::array<std::uint16_t, 8>& groups) {
  std::size_t gap = groups.size();
  std::size_t gap_size = 1;  // a single zero is not left out
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::size_t zeros = 0;
    while (i + zeros < groups.size() && groups[i + zeros] == 0) ++zeros;
    if (zeros > gap_size) {
      gap = i;
      gap_size = zeros;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == gap) {
      text += "::";
      i += gap_size - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    std::array<char, 4> digits{};
    text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), groups[i], 16).ptr);
  }
  return text;
}

/// Whether a resolver would take the name for a number (WHATWG URL, "ends in a number"): 127.1, 2130706433, 0x7f.0.0.1.
bool ends_in_number(std::string_view host) {
  const std::size_t dot = host.rfind('.');
  std::string_view last = dot == std::string_view::npos ? host : host.substr(dot + 1);
  if (std::ranges::all_of(last, is_digit)) return true;
  return last.starts_with("0x") && std::ranges::all_of(last.substr(2), is_hexadecimal);
}

/// A host name in lower case, or an IPv4 address.
std::optional<Error> check_host(std::string_view host) {
  if (host.empty()) return wrong("it has no host; https://api.example.com/v1 would be accepted");
  if (host.size() > 253) return wrong("its host has more than 253 characters");
  const auto allowed = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.'; };
  if (!std::ranges::all_of(host, allowed))
    return wrong("its host may have letters, digits, '-', '_' and '.'; other names are written in Punycode (xn--...)");
  if (host.ends_with('.')) return wrong("its host ends in a dot; leave that out");
  if (ends_in_number(host) && !parse_ipv4(host))
    return wrong("a host that ends in a number is four decimal numbers from 0 to 255 without leading zeros");
  std::string_view rest = host;
  while (!rest.empty()) {
    const std::string_view label = take_part(rest, '.');
    if (label.empty() || label.size() > 63) return wrong("the parts of its host must have 1 to 63 characters");
  }
  return std::nullopt;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > max_length)
    return wrong("it has " + std::to_string(text.size()) + " characters; at most 8192 are accepted");
  if (const std::optional<Error> error = check_characters(text)) return *error;

  Url url;
  const std::string scheme = in_lower_case(text.substr(0, 8));
  if (scheme == "https://") {
    url.https_ = true;
  } else if (!scheme.starts_with("http://")) {
    return wrong("it must begin with https:// or http://");
  }
  text.remove_prefix(url.https_ ? 8 : 7);
  std::string_view authority = text.substr(0, text.find_first_of("/?"));
  url.target_ = text.substr(authority.size());
  if (!url.target_.starts_with('/')) url.target_.insert(0, 1, '/');
  if (const std::optional<Error> error = check_segments(url.target_)) return *error;

  if (authority.find('@') != std::string_view::npos)
    return wrong("it has a user name or a password before its host; a key has a setting of its own");
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    const auto address = parse_ipv6(authority.substr(1, end == std::string_view::npos ? end : end - 1));
    if (end == std::string_view::npos || !address)
      return wrong("what stands in brackets is no IPv6 address, as in [2001:db8::1]");
    url.host_ = ipv6_text(*address);
    authority.remove_prefix(end + 1);
  } else {
    const std::string_view host = authority.substr(0, authority.find(':'));
    url.host_ = in_lower_case(host);
    if (const std::optional<Error> error = check_host(url.host_)) return *error;
    authority.remove_prefix(host.size());
  }

  url.port_ = url.https_ ? 443 : 80;
  if (authority.empty()) return url;
  if (authority.front() != ':') return wrong("only a port may follow the brackets, as in [2001:db8::1]:8080");
  authority.remove_prefix(1);
  if (authority.find(':') != std::string_view::npos)
    return wrong("an IPv6 address stands in brackets, as in [2001:db8::1]");
  const std::optional<std::uint16_t> port = number<std::uint16_t>(authority, 10);
  if (!port || authority.front() == '0')
    return wrong("its port must be a number from 1 to 65535, or left out with its colon");
  url.port_ = *port;
  return url;
}

bool Url::is_loopback() const noexcept {
  // A host that begins with "127." may still be a name: 127.example.com.
  return host_ == "localhost" || host_ == "::1" || (host_.starts_with("127.") && parse_ipv4(host_));
}

std::string Url::authority() const {
  std::string text = host_.find(':') == std::string_view::npos ? host_ : '[' + host_ + ']';
  if (port_ != (https_ ? 443 : 80)) text += ':' + std::to_string(port_);
  return text;
}

std::string Url::origin() const { return (https_ ? "https://" : "http://") + authority(); }

Result<Url> Url::joined(std::string_view path) const {
  if (const std::optional<Error> error = check_characters(path)) return *error;
  std::string_view base = path_of(target_);
  std::string_view query = std::string_view{target_}.substr(base.size());  // with its question mark
  std::string_view own_path = path_of(path);
  std::string_view own_query = path.substr(own_path.size());

  Url url = *this;
  url.target_ = base;
  own_path.remove_prefix(std::min(own_path.find_first_not_of('/'), own_path.size()));
  if (!own_path.empty()) {
    while (base.ends_with('/')) base.remove_suffix(1);
    url.target_ = std::string{base} + '/' + std::string{own_path};
  }
  url.target_ += own_query;
  if (!own_query.empty() && !query.empty()) {
    url.target_ += '&';
    query.remove_prefix(1);
  }
  url.target_ += query;
  if (const std::optional<Error> error = check_segments(url.target_)) return *error;
  if (const std::size_t size = url.to_string().size(); size > max_length)
    return wrong("with this path it has " + std::to_string(size) + " characters; at most 8192 are accepted");
  return url;
}

}  // namespace pentimento::http
