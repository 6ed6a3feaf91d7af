#pragma once

#include <boost/asio/ip/address.hpp>

namespace pentimento::http {

/// True if an address is one of the public internet: not of this machine, a private network, a link, a group, documentation or a
/// reserved block. An IPv4 address inside an IPv6 address (mapped, NAT64, 6to4) decides for both. **Source**: the IANA registries
/// of special-purpose addresses, December 2026.
bool is_public(const boost::asio::ip::address& address);

}  // namespace pentimento::http
