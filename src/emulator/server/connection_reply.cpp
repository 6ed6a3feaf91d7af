// Connection: sending replies as a scenario describes.

#include "emulator/server/connection.hpp"
#include "emulator/server/request_record.hpp"

#include <boost/beast/http/status.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

namespace pentimento::emulator {

namespace asio = boost::asio;
using http::Headers;
using http::Io;

namespace {

constexpr std::size_t piece_size = std::size_t{16} << 10;
constexpr std::uint64_t endless = ByteScript::endless;

std::string hexadecimal(std::uint64_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return std::string{digits.data(), end.ptr};
}

std::string lines_of(const std::vector<Headers::Field>& fields) {
  std::string lines;
  for (const auto& [name, value] : fields) lines += name + ": " + value + "\r\n";
  return lines;
}

/// The size of the n-th chunk, from 0, if so many bytes are left.
std::uint64_t chunk_size(const Chunking& chunking, std::uint64_t n, std::uint64_t left) {
  if (chunking.sizes.empty()) return left == endless ? piece_size : left;
  return std::min(left, n < chunking.sizes.size() ? chunking.sizes[n] : chunking.sizes.back());
}

std::uint64_t chunk_on_wire(std::uint64_t size) { return sum(size, hexadecimal(size).size() + 4); }

/// The number of bytes of a chunked body on the wire.
std::uint64_t chunked_size(const Chunking& chunking, std::uint64_t left) {
  if (left == endless) return endless;
  std::uint64_t total = 5 + lines_of(chunking.trailers).size();
  std::uint64_t n = 0;
  for (; left > 0 && n < std::max<std::size_t>(chunking.sizes.size(), 1); ++n) {
    const std::uint64_t size = chunk_size(chunking, n, left);
    total = sum(total, chunk_on_wire(size));
    left -= size;
  }
  if (left == 0) return total;
  const std::uint64_t last = chunking.sizes.back();
  for (std::uint64_t i = 0; i < left / last; ++i) total = sum(total, chunk_on_wire(last));
  return left % last == 0 ? total : sum(total, chunk_on_wire(left % last));
}

bool has(const std::vector<Headers::Field>& fields, std::string_view name) {
  return std::ranges::any_of(fields,
                             [&](const Headers::Field& field) { return Headers::same_name(field.first, name); });
}

std::uint64_t position_of(const Place& place, std::uint64_t head, std::uint64_t total) {
  const std::uint64_t base = place.of_body ? head : 0;
  if (place.byte >= 0) return base + static_cast<std::uint64_t>(place.byte);
  const auto back = static_cast<std::uint64_t>(-place.byte);
  if (total == endless) return endless;
  return total - base > back ? total - back : base;
}

}  // namespace

/// The state of a reply that is being sent.
struct Connection::Wire {
  explicit Wire(RequestLog& l) : log{l} {}

  RequestLog& log;
  std::uint64_t position = 0;
  std::uint64_t stop = endless;  // nothing is sent from this byte on
  const Drip* drip = nullptr;
  bool in_head = true;
  std::uint64_t turn = 0;  // how many bytes may be sent before the next wait
  bool dripped = false;
  bool gone = false;  // the client has left
  std::vector<std::byte> scratch = std::vector<std::byte>(piece_size);

  bool is_dripping() const noexcept {
    return drip != nullptr && drip->of != (in_head ? ReplyPart::body : ReplyPart::head);
  }
};

asio::awaitable<bool> Connection::send(EmulatedReply reply, std::optional<ByteScript> script,
                                       const RequestAction& action, bool has_body, Record& record) {
  const bool is_streamed = reply.is_streamed();
  BodySource source = script ? BodySource{*script} : BodySource{reply.parts()};

  std::vector<Headers::Field> fields;
  for (const Headers::Field& field : reply.headers()) {
    if (!has(action.headers, field.first)) fields.push_back(field);
  }
  if (!has(action.headers, "server")) fields.emplace_back("server", "pentimento-emulator");
  fields.insert(fields.end(), action.headers.begin(), action.headers.end());

  const int status = reply.status();
  const bool has_own_length = has(action.headers, "content-length") || has(action.headers, "transfer-encoding");
  const bool may_have_body = status >= 200 && status != 204 && status != 304;
  std::optional<Chunking> chunking = action.chunking;
  if (!chunking && is_streamed && !action.no_length && !action.content_length && !has_own_length) chunking.emplace();
  if (chunking && chunking->sizes.empty() && is_streamed) {
    for (const http::Body& event : reply.parts()) {
      if (event.size() > 0) chunking->sizes.push_back(event.size());
    }
  }
  if (chunking) {
    fields.emplace_back("transfer-encoding", "chunked");
  } else if (action.no_length || (source.size() == endless && !action.content_length && !has_own_length)) {
    fields.emplace_back("connection", "close");
  } else if (action.content_length) {
    fields.emplace_back("content-length", *action.content_length);
  } else if (!has_own_length && may_have_body) {
    fields.emplace_back("content-length", std::to_string(source.size()));
  }
  const std::string_view reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  const std::string head =
      "HTTP/1.1 " + std::to_string(status) + ' ' + std::string{reason} + "\r\n" + lines_of(fields) + "\r\n";

  Wire wire{record.log};
  wire.drip = action.drip ? &*action.drip : nullptr;
  record.log.status = status;
  has_body = has_body && may_have_body;
  const std::uint64_t body_size = !has_body ? 0 : chunking ? chunked_size(*chunking, source.size()) : source.size();
  const std::uint64_t total = sum(head.size(), body_size);
  if (action.truncate_at) wire.stop = position_of(*action.truncate_at, head.size(), total);
  if (action.garbage) wire.stop = position_of(action.garbage->at, head.size(), total);

  bool going = co_await put(std::as_bytes(std::span{head}), wire);
  wire.in_head = false;
  if (going && has_body && chunking) {
    going = co_await put_chunked(source, *chunking, wire);
  } else if (going && has_body) {
    going = co_await put_body(source, endless, wire);
  }
  if (!wire.gone && action.garbage) co_await put_garbage(*action.garbage, wire);
  co_return !wire.gone;
}

asio::awaitable<bool> Connection::send_raw(const RequestAction& action, Record& record) {
  BodySource source{*action.raw};
  Wire wire{record.log};
  wire.drip = action.drip ? &*action.drip : nullptr;
  wire.in_head = wire.drip != nullptr && wire.drip->of == ReplyPart::head;  // all of it counts as both
  if (action.truncate_at) wire.stop = position_of(*action.truncate_at, 0, source.size());
  if (action.garbage) wire.stop = position_of(action.garbage->at, 0, source.size());
  co_await put_body(source, endless, wire);
  if (!wire.gone && action.garbage) co_await put_garbage(*action.garbage, wire);
  co_return !wire.gone;
}

/// Writes bytes, up to where the reply stops. Returns true if all of them were written.
asio::awaitable<bool> Connection::put(std::span<const std::byte> bytes, Wire& wire) {
  while (!bytes.empty()) {
    if (wire.position >= wire.stop) co_return false;
    std::uint64_t count = std::min<std::uint64_t>(bytes.size(), wire.stop - wire.position);
    if (wire.is_dripping()) {
      if (wire.turn == 0) {
        wire.turn = wire.drip->bytes;
        if (std::exchange(wire.dripped, true)) {
          const bool there = co_await linger(wire.drip->every);
          wire.gone = !there;
        }
      }
      count = std::min(count, wire.turn);
      wire.turn -= count;
    }
    const auto size = static_cast<std::size_t>(count);
    if (!wire.gone) {
      const bool written = co_await write(bytes.first(size));
      wire.gone = !written;
    }
    if (wire.gone) co_return false;
    bytes = bytes.subspan(size);
    wire.position += count;
    wire.log.bytes_sent += count;
  }
  co_return true;
}

/// Writes the next bytes of a body: so many, or as many as there are.
asio::awaitable<bool> Connection::put_body(BodySource& source, std::uint64_t count, Wire& wire) {
  while (count > 0) {
    const std::span<const std::byte> bytes = source.next(wire.scratch, count);
    if (bytes.empty()) break;
    if (count != endless) count -= bytes.size();
    const bool going = co_await put(bytes, wire);
    if (!going) co_return false;
  }
  co_return true;
}

asio::awaitable<bool> Connection::put_chunked(BodySource& source, const Chunking& chunking, Wire& wire) {
  std::uint64_t left = source.size();
  std::string line;
  for (std::uint64_t n = 0; left > 0; ++n) {
    const std::uint64_t size = chunk_size(chunking, n, left);
    line += hexadecimal(size) + "\r\n";
    bool going = co_await put(std::as_bytes(std::span{line}), wire);
    if (going) going = co_await put_body(source, size, wire);
    if (!going) co_return false;
    line = "\r\n";
    if (left != endless) left -= size;
  }
  line += "0\r\n" + lines_of(chunking.trailers) + "\r\n";
  const bool going = co_await put(std::as_bytes(std::span{line}), wire);
  co_return going;
}

asio::awaitable<void> Connection::put_garbage(const GarbageScript& garbage, Wire& wire) {
  ByteScriptReader reader{ByteScript{}.add_random(1000)};
  for (std::size_t count = reader.read(wire.scratch); count > 0; count = reader.read(wire.scratch)) {
    const std::span<const std::byte> bytes = std::span<const std::byte>{wire.scratch}.first(count);
    const bool written = garbage.below_tls ? co_await write_below_tls(bytes) : co_await write(bytes);
    wire.gone = !written;
    if (wire.gone) co_return;
    wire.log.bytes_sent += count;
  }
}

/// Writes all bytes. Returns false if the client has gone.
asio::awaitable<bool> Connection::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    std::size_t count = 0;
    const Io state = stream_->try_write(bytes, count);
    bytes = bytes.subspan(count);
    if (state == Io::done) continue;
    if (state == Io::closed || state == Io::cut_off) co_return false;
    co_await wait(state, Clock::time_point::max());
  }
  co_return true;
}

asio::awaitable<bool> Connection::write_below_tls(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      co_await wait(Io::want_write, Clock::time_point::max());
    } else if (errno != EINTR) {
      co_return false;
    }
  }
  co_return true;
}

}  // namespace pentimento::emulator
