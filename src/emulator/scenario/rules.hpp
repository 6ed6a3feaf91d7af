#pragma once

#include "emulator/scenario/byte_script.hpp"
#include "emulator/server/certificates.hpp"
#include <pentimento/http/headers.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// A scenario in memory. pentimento/emulator/scenario.hpp documents what each part means.

namespace pentimento::emulator {

/// Which of the matching requests or connections a rule applies to, by number from 1.
struct Turn {
  enum class Kind { always, nth, every };
  Kind kind = Kind::always;
  std::uint64_t number = 0;

  bool applies(std::uint64_t count) const noexcept {
    if (kind == Kind::nth) return count == number;
    return kind == Kind::always || count % number == 0;
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

/// What the provider's moderation refuses.
enum class Refusal { none, prompt, image };

/// What a scenario changes in the reply of a dialect.
struct ReplyOverrides {
  Refusal refuse = Refusal::none;
  std::optional<StreamErrorScript> stream_error;
  std::optional<std::string> payload;
};

/// A reply instead of the dialect's.
struct FixedReply {
  int status = 200;
  ByteScript body;
  std::string content_type;  // the default, unless `headers` has one; may be empty
};

/// A position in a reply.
struct Place {
  std::int64_t byte = 0;  // negative: from the end
  bool of_body = false;
};

struct Chunking {
  std::vector<std::uint64_t> sizes;  // if empty: one chunk, or one for each event
  std::vector<http::Headers::Field> trailers;
};

/// Random bytes from a position on.
struct GarbageScript {
  Place at;
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
  std::shared_ptr<const ReplyOverrides> overrides;  // may be null
  std::vector<http::Headers::Field> headers;

  std::optional<std::string> content_length;
  bool no_length = false;
  std::optional<Chunking> chunking;

  std::optional<Place> truncate_at;
  std::optional<GarbageScript> garbage;
  std::optional<Drip> drip;

  End end = End::keep;
  std::optional<std::chrono::milliseconds> close_idle_after;
};

struct RequestRule {
  std::string name;
  Turn turn;
  std::string method;
  std::string path;
  std::uint64_t request_of_connection = 0;  // 0: any
  RequestAction action;
};

/// How a connection begins instead of as it should.
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
  std::string tls_version;  // if empty: any from 1.2
  std::optional<int> receive_buffer;
  std::optional<std::chrono::milliseconds> close_idle_after;
};

struct ConnectionRule {
  std::string name;
  Turn turn;
  std::string address;  // if empty: any
  ConnectionAction action;
};

struct Rules {
  std::string about;
  std::vector<ConnectionRule> connections;
  std::vector<RequestRule> requests;
};

}  // namespace pentimento::emulator
