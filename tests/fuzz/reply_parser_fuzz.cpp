// A reply of HTTP/1.1 in pieces is the reply as a whole, within its limits, and no error leaves half a reply behind.
// Input: the size of a piece, then what a server sends before it closes the connection.

#include "http/reply_parser.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <utility>

using namespace pentimento;
using namespace pentimento::http;

namespace {

constexpr ReplyLimits limits{4'096, 50, 10'000};

void check(bool holds) {
  if (!holds) std::abort();
}

/// The reply, or nothing for an error.
std::optional<Response> read(std::span<const std::byte> bytes, std::size_t piece) {
  ReplyParser parser{limits, nullptr};
  while (!bytes.empty()) {
    const std::size_t size = std::min(piece, bytes.size());
    if (const Result<void> fed = parser.feed(bytes.first(size)); !fed) {
      check(fed.error().code() == errc::unusable_reply || fed.error().code() == errc::too_large);
      return std::nullopt;
    }
    bytes = bytes.subspan(size);
  }
  if (const Result<void> ended = parser.end(true, false); !ended) return std::nullopt;
  check(parser.is_done() && parser.has_head());
  return parser.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span<const std::byte> bytes{reinterpret_cast<const std::byte*>(data + 1), size - 1};
  const std::optional<Response> whole = read(bytes, bytes.size() + 1);
  const std::optional<Response> pieces = read(bytes, std::size_t{data[0]} % 32 + 1);
  check(whole.has_value() == pieces.has_value());
  if (!whole) return 0;
  check(whole->status() >= 100 && whole->status() <= 999);
  check(whole->body().size() <= limits.body_bytes);
  check(whole->headers().fields().size() <= limits.headers);
  check(whole->status() == pieces->status() && whole->text() == pieces->text());
  return 0;
}
