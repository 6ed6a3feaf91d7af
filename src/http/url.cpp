#include <pentimento/http/url.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

namespace pentimento::http {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t max_length = 8192;

// Messages do not repeat the URL: its query, or even its host, may be a key.
Error invalid(std::string_view why) { return {errc::invalid_argument, "the URL is invalid: " + std::string{why}}; }
Error invalid_at(std::size_t offset, std::string_view why) {
  return {errc::invalid_argument,
          "the URL is invalid at character " + std::to_string(offset + 1) + ": " + std::string{why}};
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hexadecimal(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); }

std::string to_lower(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

/// Removes and returns the part before the next `separator`, or the rest.
std::string_view take_part(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

/// Rejects characters that no URL contains (RFC 3986), and a '%' that encodes nothing. Square brackets are accepted: they
/// are common in queries.
std::optional<Error> validate_characters(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ' || (c >= '\t' && c <= '\r')) return invalid_at(i, "white space must be percent-encoded, as in %20");
    if (c < ' ' || c > '~') return invalid_at(i, "control and non-ASCII characters must be percent-encoded");
    if (c == '#') return invalid_at(i, "a fragment (#...) is not accepted; remove it");
    if (std::string_view{R"("<>\^`{|}")"}.find(c) != std::string_view::npos)
      return invalid_at(i, std::string{"the character "} + c + " must be percent-encoded");
    if (c == '%' && (i + 2 >= text.size() || !is_hexadecimal(text[i + 1]) || !is_hexadecimal(text[i + 2])))
      return invalid_at(i, "two hexadecimal digits must follow a %; write %25 for the character itself");
  }
  return std::nullopt;
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

/// Rejects "." and "..", also percent-encoded: an id that is joined to a path must not leave it.
std::optional<Error> validate_segments(std::string_view target) {
  std::string_view path = path_of(target);
  while (!path.empty()) {
    std::string segment = to_lower(take_part(path, '/'));
    for (std::size_t at = 0; (at = segment.find("%2e", at)) != std::string_view::npos;) segment.replace(at, 3, 1, '.');
    if (segment == "." || segment == "..") return invalid(R"(its path contains "." or ".."; write it without them)");
  }
  return std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
  std::uint16_t value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

bool is_ipv4(const std::string& host) {
  boost::system::error_code error;
  ip::make_address_v4(host, error);
  return !error;
}

/// Returns the canonical form of an IPv6 address; empty if it is invalid.
std::string canonical_ipv6(std::string_view text) {
  boost::system::error_code error;
  const ip::address_v6 address = ip::make_address_v6(std::string{text}, error);
  // A zone ("%eth0") is no part of a URL.
  return error || text.find('%') != std::string_view::npos ? std::string{} : address.to_string();
}

/// True if a resolver would read the name as a number (WHATWG URL, "ends in a number"): 127.1, 2130706433, 0x7f.0.0.1.
bool ends_in_number(std::string_view host) {
  const std::size_t dot = host.rfind('.');
  std::string_view last = dot == std::string_view::npos ? host : host.substr(dot + 1);
  if (std::ranges::all_of(last, is_digit)) return true;
  return last.starts_with("0x") && std::ranges::all_of(last.substr(2), is_hexadecimal);
}

/// Validates a host name in lower case, or an IPv4 address.
std::optional<Error> validate_host(const std::string& host) {
  if (host.empty()) return invalid("it has no host; https://api.example.com/v1 would be accepted");
  if (host.size() > 253) return invalid("its host is too long; at most 253 characters are accepted");
  const auto allowed = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.'; };
  if (!std::ranges::all_of(host, allowed))
    return invalid(
        "its host has an invalid character; letters, digits, '-', '_' and '.' are accepted, and Punycode (xn--...)");
  if (host.ends_with('.')) return invalid("its host ends in a dot; remove it");
  if (ends_in_number(host) && !is_ipv4(host))
    return invalid("its host ends in a number; four decimal numbers from 0 to 255 without leading zeros are accepted");
  std::string_view rest = host;
  while (!rest.empty()) {
    const std::string_view label = take_part(rest, '.');
    if (label.empty() || label.size() > 63) return invalid("its host is invalid; each part has 1 to 63 characters");
  }
  return std::nullopt;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > max_length)
    return invalid("it has " + std::to_string(text.size()) + " characters; at most 8192 are accepted");
  if (const std::optional<Error> error = validate_characters(text)) return *error;

  Url url;
  const std::string scheme = to_lower(text.substr(0, 8));
  if (scheme == "https://") {
    url.https_ = true;
  } else if (!scheme.starts_with("http://")) {
    return invalid("its scheme is not accepted; it must begin with https:// or http://");
  }
  text.remove_prefix(url.https_ ? 8 : 7);
  std::string_view authority = text.substr(0, text.find_first_of("/?"));
  url.target_ = text.substr(authority.size());
  if (!url.target_.starts_with('/')) url.target_.insert(0, 1, '/');
  if (const std::optional<Error> error = validate_segments(url.target_)) return *error;

  if (authority.find('@') != std::string_view::npos)
    return invalid("it contains a user name or password; set the key separately");
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end != std::string_view::npos) url.host_ = canonical_ipv6(authority.substr(1, end - 1));
    if (url.host_.empty()) return invalid("its brackets contain no IPv6 address, such as [2001:db8::1]");
    authority.remove_prefix(end + 1);
  } else {
    const std::string_view host = authority.substr(0, authority.find(':'));
    url.host_ = to_lower(host);
    if (const std::optional<Error> error = validate_host(url.host_)) return *error;
    authority.remove_prefix(host.size());
  }

  url.port_ = url.https_ ? 443 : 80;
  if (authority.empty()) return url;
  if (authority.front() != ':')
    return invalid("something follows the brackets; only a port is accepted, as in [2001:db8::1]:8080");
  authority.remove_prefix(1);
  if (authority.find(':') != std::string_view::npos)
    return invalid("it has several colons; an IPv6 address needs brackets, as in [2001:db8::1]");
  const std::optional<std::uint16_t> port = parse_port(authority);
  if (!port || authority.front() == '0') return invalid("its port is invalid; 1 to 65535 are accepted");
  url.port_ = *port;
  return url;
}

bool Url::is_loopback() const noexcept {
  // A host that begins with "127." may still be a name: 127.example.com.
  return host_ == "localhost" || host_ == "::1" || (host_.starts_with("127.") && is_ipv4(host_));
}

std::string Url::authority() const {
  std::string text = host_.find(':') == std::string_view::npos ? host_ : '[' + host_ + ']';
  if (port_ != (https_ ? 443 : 80)) text += ':' + std::to_string(port_);
  return text;
}

std::string Url::origin() const { return (https_ ? "https://" : "http://") + authority(); }

Result<Url> Url::joined(std::string_view path) const {
  if (const std::optional<Error> error = validate_characters(path)) return *error;
  std::string_view base = path_of(target_);
  std::string_view query = std::string_view{target_}.substr(base.size());  // includes the question mark
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
  if (const std::optional<Error> error = validate_segments(url.target_)) return *error;
  if (const std::size_t size = url.to_string().size(); size > max_length)
    return invalid("with this path it has " + std::to_string(size) + " characters; at most 8192 are accepted");
  return url;
}

Result<void> validate_for_secrets(const Url& url) {
  if (url.is_https() || url.is_loopback()) return {};
  return Error{errc::invalid_argument, "the address " + url.origin() +
                                           " is not encrypted, so anyone on the way could read "
                                           "the key; use https"};
}

}  // namespace pentimento::http
