#include "http/proxy.hpp"

#include <pentimento/detail/base64.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <cstdlib>
#include <initializer_list>
#include <span>

namespace pentimento::http {

namespace ip = boost::asio::ip;

namespace {

std::string variable(std::initializer_list<const char*> names, std::string* which = nullptr) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    if (which != nullptr) *which = name;
    return value;
  }
  return {};
}

std::string percent_decoded(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      plain += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

Result<std::optional<Proxy>> proxy_from(std::initializer_list<const char*> names) {
  std::string name;
  std::string text = variable(names, &name);
  if (text.empty()) return std::optional<Proxy>{};
  if (text.find("://") == std::string::npos) text.insert(0, "http://");
  std::string user;
  const std::size_t start = text.find("://") + 3;
  const std::size_t at = text.find('@', start);
  if (at != std::string::npos && at < text.find('/', start)) {
    user = percent_decoded(std::string_view{text}.substr(start, at - start));
    text.erase(start, at + 1 - start);
  }
  Result<Url> url = Url::parse(text);
  if (!url || url->is_https() || url->target() != "/") {
    return Error{errc::invalid_argument, "the proxy in the environment variable " + name +
                                             " is invalid; http://[user:password@]host:port is accepted"};
  }
  return std::optional<Proxy>{Proxy{std::move(*url), user}};
}

bool is_in_network(const ip::address& address, const std::string& network) {
  boost::system::error_code error;
  if (address.is_v4()) {
    const ip::network_v4 net = ip::make_network_v4(network, error);
    return !error && ip::network_v4{address.to_v4(), net.prefix_length()}.canonical() == net.canonical();
  }
  const ip::network_v6 net = ip::make_network_v6(network, error);
  return !error && ip::network_v6{address.to_v6(), net.prefix_length()}.canonical() == net.canonical();
}

/// Takes ":8080" from the end of an entry. Returns the number, or nothing if there is none. An address of IPv6 has its port
/// behind brackets.
std::optional<std::string> take_port(std::string& entry) {
  const std::size_t colon = entry.rfind(':');
  const bool is_bracketed = entry.starts_with('[');
  if (colon == std::string::npos || (is_bracketed ? entry[colon - 1] != ']' : entry.find(':') != colon))
    return std::nullopt;
  std::string port = entry.substr(colon + 1);
  entry.resize(colon);
  return port;
}

bool is_covered(const Url& url, std::string entry) {
  if (entry == "*") return true;
  if (const std::optional<std::string> port = take_port(entry); port && *port != std::to_string(url.port()))
    return false;
  if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
  std::string host = url.host();
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  if (const ip::address address = ip::make_address(host, error); !error) {
    if (entry.find('/') != std::string::npos) return is_in_network(address, entry);
    const ip::address excepted = ip::make_address(entry, error);  // 0:0:0:0:0:0:0:1 is ::1
    return !error && address == excepted;
  }
  if (entry.starts_with("*.")) entry.erase(0, 2);
  if (entry.starts_with('.')) entry.erase(0, 1);
  if (entry.ends_with('.')) entry.pop_back();
  if (entry.empty()) return false;
  return host == entry ||
         (host.size() > entry.size() && host.ends_with(entry) && host[host.size() - entry.size() - 1] == '.');
}

}  // namespace

Proxy::Proxy(Url url, const std::string& user) : url_{std::move(url)} {
  if (user.empty()) return;
  authorization_ = Secret{"Basic " + detail::encode_base64(std::as_bytes(std::span{user}))};
  user_ = Secret{user};
  if (const std::size_t colon = user.find(':'); colon != std::string::npos) password_ = Secret{user.substr(colon + 1)};
}

Result<ProxySettings> ProxySettings::from_environment() {
  ProxySettings settings;
  Result<std::optional<Proxy>> https = proxy_from({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  if (!https) return https.error();
  Result<std::optional<Proxy>> http = proxy_from({"http_proxy", "all_proxy", "ALL_PROXY"});
  if (!http) return http.error();
  settings.https_ = std::move(*https);
  settings.http_ = std::move(*http);
  settings.except_ = variable({"no_proxy", "NO_PROXY"});
  return settings;
}

const Proxy* ProxySettings::find(const Url& url) const {
  const std::optional<Proxy>& proxy = url.is_https() ? https_ : http_;
  return !proxy || url.is_loopback() || is_excepted(url, except_) ? nullptr : &*proxy;
}

bool is_excepted(const Url& url, std::string_view no_proxy) {
  std::string entry;
  for (std::size_t i = 0; i <= no_proxy.size(); ++i) {
    const char c = i < no_proxy.size() ? no_proxy[i] : ',';
    if (c != ',' && c != ' ' && c != '\t') {
      entry += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    } else if (!entry.empty() && is_covered(url, std::exchange(entry, {}))) {
      return true;
    }
  }
  return false;
}

}  // namespace pentimento::http
