#pragma once

#include "emulator/scenario/byte_script.hpp"
#include "emulator/server/certificates.hpp"
#include <pentimento/http/headers.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

// A scenario as it was read; what everything means is said in pentimento/emulator/scenario.hpp.

namespace pentimento::emulator {

/// For which of the things that are counted a rule fires.
struct Turn {
  enum class Kind { always, nth, first, from, every };
  Kind kind = Kind::always;
  std::uint64_t number = 0;

  bool has_come(std::uint64_t count) const noexcept {
    switch (kind) {
      case Kind::always: return true;
      case Kind::nth: return count == number;
      case Kind::first: return count <= number;
      case Kind::from: return count >= number;
      case Kind::every: return count % number == 0;
    }
    return false;
  }
};

/// An error in the shape of a provider.
struct ErrorScript {
  int status = 500;
  std::string code;
  std::string message;
  std::string type;
};

struct StreamErrorScript {
  std::uint64_t after = 0;
  std::string code;
  std::string message;
};

/// What moderation is to refuse.
enum class Refusal { none, prompt, picture };

/// What a rule wants of a dialect.
struct Twist {
  Refusal refuse = Refusal::none;
  std::optional<StreamErrorScript> stream_error;
  std::optional<std::string> payload;
};

/// A reply that takes the place of the dialect's.
struct FixedReply {
  int status = 200;
  ByteScript body;
  std::string content_type;  // where `headers` has none; empty for none at all
};

/// A place in a reply.
struct Place {
  std::int64_t byte = 0;  // negative: from the end
  bool of_body = false;
};

enum class ChunkPart { size, data, crlf, last, trailer };

struct Chunking {
  std::vector<std::uint64_t> sizes;  // empty: the whole in one, or one for each event
  std::optional<ChunkPart> cut;
  std::uint64_t cut_chunk = 1;
  std::vector<http::Headers::Field> trailers;
};

struct GarbageScript {
  Place at;
  std::uint64_t bytes = 1000;
  std::uint64_t seed = 1;
  bool below_tls = false;
};

enum class ReplyPart { head, body, reply };

struct Drip {
  std::uint64_t bytes = 1;
  std::chrono::milliseconds every{100};
  ReplyPart of = ReplyPart::reply;
};

enum class End { keep, close, unclean, reset, stall };

struct RequestAction {
  std::chrono::milliseconds delay{0};
  bool early = false;
  std::optional<std::uint64_t> read_body;
  bool no_reply = false;

  std::optional<FixedReply> fixed;
  std::optional<ErrorScript> error;
  std::optional<ByteScript> raw;
  std::shared_ptr<const Twist> twist;  // or null
  std::vector<http::Headers::Field> headers;

  std::optional<std::string> content_length;
  bool no_length = false;
  std::optional<Chunking> chunking;

  std::optional<Place> truncate_at;
  std::optional<GarbageScript> garbage;
  std::optional<Drip> drip;
  std::chrono::milliseconds event_gap{0};

  End end = End::keep;
  std::optional<std::chrono::milliseconds> close_idle_after;
};

struct RequestRule {
  std::string name;
  Turn turn;
  std::string method;
  std::string path;
  std::uint64_t connection = 0;  // 0: any
  std::uint64_t request_of_connection = 0;
  RequestAction action;
};

/// What a connection begins with in place of what it should.
struct Opening {
  enum class Kind { stall, close, reset, bytes };
  Kind kind = Kind::stall;
  ByteScript bytes;
};

struct ConnectionAction {
  bool never = false;
  std::chrono::milliseconds delay{0};
  std::optional<Opening> opening;
  CertificateKind certificate = CertificateKind::valid;
  std::string tls_version;  // empty: any from 1.2
  std::optional<int> receive_buffer;
  std::optional<std::chrono::milliseconds> close_idle_after;
};

struct ConnectionRule {
  std::string name;
  Turn turn;
  std::string address;  // empty: any
  ConnectionAction action;
};

struct Rules {
  std::string about;
  std::vector<ConnectionRule> connections;
  std::vector<RequestRule> requests;
};

}  // namespace pentimento::emulator
