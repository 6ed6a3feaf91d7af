#include "http/public_address.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace pentimento::http {

namespace ip = boost::asio::ip;

namespace {

template <std::size_t Size>
struct Block {
  std::array<std::uint8_t, Size> first;
  std::size_t bits;

  constexpr bool contains(const std::array<std::uint8_t, Size>& address) const {
    for (std::size_t bit = 0; bit < bits; ++bit) {
      if (((address[bit / 8] ^ first[bit / 8]) & (0x80U >> (bit % 8))) != 0) return false;
    }
    return true;
  }
};

using Block4 = Block<4>;
using Block6 = Block<16>;

constexpr std::array<Block4, 16> special4{{
    {{0}, 8},           // this network
    {{10}, 8},          // private
    {{100, 64}, 10},    // shared by a provider's customers
    {{127}, 8},         // loopback
    {{169, 254}, 16},   // link-local: also the metadata of a cloud's machines
    {{172, 16}, 12},    // private
    {{192, 0, 0}, 24},  // protocol assignments
    {{192, 0, 2}, 24},  // documentation
    {{192, 31, 196}, 24},
    {{192, 52, 193}, 24},
    {{192, 88, 99}, 24},   // 6to4 relays
    {{192, 168}, 16},      // private
    {{198, 18}, 15},       // benchmarks
    {{198, 51, 100}, 24},  // documentation
    {{203, 0, 113}, 24},   // documentation
    {{224}, 3},            // multicast and reserved
}};

constexpr Block6 global6{{0x20}, 3};
constexpr Block6 mapped6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr Block6 nat64{{0, 0x64, 0xff, 0x9b}, 96};
constexpr Block6 six_to_four{{0x20, 0x02}, 16};
constexpr std::array<Block6, 3> special6{{
    {{0x20, 0x01}, 23},              // protocol assignments, such as Teredo
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff}, 20},              // documentation
}};

bool is_public(const ip::address_v4::bytes_type& bytes) {
  return std::ranges::none_of(special4, [&](const Block4& block) { return block.contains(bytes); });
}

bool is_public(const ip::address_v6::bytes_type& bytes) {
  const auto embedded = [&](std::size_t at) {
    return ip::address_v4::bytes_type{bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]};
  };
  if (mapped6.contains(bytes) || nat64.contains(bytes)) return is_public(embedded(12));
  if (six_to_four.contains(bytes)) return is_public(embedded(2));
  return global6.contains(bytes) &&
         std::ranges::none_of(special6, [&](const Block6& block) { return block.contains(bytes); });
}

}  // namespace

bool is_public(const ip::address& address) {
  return address.is_v4() ? is_public(address.to_v4().to_bytes()) : is_public(address.to_v6().to_bytes());
}

}  // namespace pentimento::http
