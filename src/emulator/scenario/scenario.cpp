#include "emulator/scenario/rules.hpp"
#include "json/codec.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/emulator/scenario.hpp>
#include <pentimento/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

namespace pentimento::emulator {
namespace {

namespace json = boost::json;
using json_form::As;
using json_form::Node;
using json_form::ObjectReader;
using std::chrono::milliseconds;

constexpr std::size_t max_payload = std::size_t{64} << 20;
constexpr std::int64_t most_milliseconds = 24 * 60 * 60 * 1000;
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 53;

// Small things --------------------------------------------------------------------------------------------------------

std::uint64_t read_count(const Node& node, std::uint64_t least, std::uint64_t most = most_bytes) {
  return json_form::read(node, As<std::uint64_t>{}, least, most);
}

milliseconds read_time(const Node& node) {
  return milliseconds{json_form::read(node, As<std::int64_t>{}, std::int64_t{0}, most_milliseconds)};
}

std::optional<Node> find(ObjectReader& reader, std::string_view key) { return reader.node_of(key); }

bool read_flag(ObjectReader& reader, std::string_view key) {
  const std::optional<Node> node = find(reader, key);
  return node && node->truth();
}

milliseconds read_time(ObjectReader& reader, std::string_view key) {
  const std::optional<Node> node = find(reader, key);
  return node ? read_time(*node) : milliseconds{0};
}

std::optional<milliseconds> find_time(ObjectReader& reader, std::string_view key) {
  const std::optional<Node> node = find(reader, key);
  return node ? std::optional{read_time(*node)} : std::nullopt;
}

/// One of some names.
template <std::size_t Count>
std::size_t read_name(const Node& node, const std::array<std::string_view, Count>& names) {
  const std::string_view text = node.text();
  const auto found = std::ranges::find(names, text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string known;
  for (const std::string_view name : names) known += (known.empty() ? "" : ", ") + std::string{name};
  node.fail(node.described() + " is not one of " + known);
}

/// Strings of a scenario are bytes: what is in them goes out as it stands.
std::string raw_text(const Node& node) { return std::string{node.text()}; }

/// Complains of keys that make no sense together.
void refuse_together(const Node& node, std::string_view key, const std::vector<std::string_view>& others) {
  const json::object& object = node.object();
  if (!object.contains(key)) return;
  for (const std::string_view other : others) {
    if (object.contains(other))
      node.fail('"' + std::string{key} + "\" and \"" + std::string{other} + "\" exclude each other");
  }
}

// Bytes ---------------------------------------------------------------------------------------------------------------

ByteScript read_bytes(const Node& node);

std::uint64_t read_amount(const Node& node) {
  if (node.value().is_string()) {
    if (node.text() != "forever") node.fail(node.described() + " is neither a number nor \"forever\"");
    return ByteScript::endless;
  }
  return read_count(node, 0);
}

ByteScript read_described_bytes(const Node& node) {
  ObjectReader reader{node};
  ByteScript bytes;
  if (const std::optional<Node> base64 = find(reader, "base64")) {
    const Result<std::vector<std::byte>> decoded = detail::decode_base64(base64->text(), max_payload);
    if (!decoded) base64->fail(decoded.error().message());
    bytes = ByteScript::text(std::string{reinterpret_cast<const char*>(decoded->data()), decoded->size()});
  } else if (const std::optional<Node> random = find(reader, "random")) {
    bytes = ByteScript::random(read_amount(*random), reader.get_or(std::uint64_t{1}, "seed"));
  } else if (const std::optional<Node> repeat = find(reader, "repeat")) {
    const std::optional<Node> of = find(reader, "of");
    if (!of) node.fail("\"of\" is missing");
    bytes = ByteScript::repeat(read_amount(*repeat), read_bytes(*of));
  } else {
    node.fail("\"base64\", \"random\" or \"repeat\" is needed");
  }
  reader.done();
  return bytes;
}

ByteScript read_bytes(const Node& node) {
  if (node.value().is_string()) return ByteScript::text(raw_text(node));
  if (node.value().is_object()) return read_described_bytes(node);
  if (!node.value().is_array()) {
    node.fail("bytes are a string, an object with \"base64\", \"random\" or \"repeat\", or a list of these, not " +
              node.described());
  }
  std::vector<ByteScript> parts;
  for (std::size_t i = 0; const json::value& part : node.array()) parts.push_back(read_bytes(node.child(i++, part)));
  return ByteScript::sequence(std::move(parts));
}

// When ----------------------------------------------------------------------------------------------------------------

Turn read_turn(ObjectReader& reader) {
  using Kind = Turn::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 4> kinds{
      {{"nth", Kind::nth}, {"first", Kind::first}, {"from", Kind::from}, {"every", Kind::every}}};
  Turn turn;
  for (const auto& [key, kind] : kinds) {
    const std::optional<Node> node = find(reader, key);
    if (!node) continue;
    if (turn.kind != Kind::always) reader.node().fail("only one of nth, first, from and every may stand here");
    turn = Turn{kind, read_count(*node, 1)};
  }
  return turn;
}

void read_when(const Node& node, RequestRule& rule) {
  ObjectReader reader{node};
  rule.turn = read_turn(reader);
  rule.method = reader.text("method");
  rule.path = reader.text("path");
  if (const auto number = find(reader, "connection")) rule.connection = read_count(*number, 1);
  if (const auto number = find(reader, "request_of_connection")) rule.request_of_connection = read_count(*number, 1);
  reader.done();
}

void read_when(const Node& node, ConnectionRule& rule) {
  ObjectReader reader{node};
  rule.turn = read_turn(reader);
  if (const std::optional<Node> address = find(reader, "address")) {
    constexpr std::array<std::string_view, 2> addresses{"127.0.0.1", "::1"};
    rule.address = addresses[read_name(*address, addresses)];
  }
  reader.done();
}

// What a request meets with -------------------------------------------------------------------------------------------

std::vector<http::Headers::Field> read_fields(const Node& node) {
  std::vector<http::Headers::Field> fields;
  if (node.value().is_object()) {
    for (const json::key_value_pair& item : node.object()) {
      const std::string_view name{item.key().data(), item.key().size()};
      fields.emplace_back(std::string{name}, raw_text(node.child(name, item.value())));
    }
    return fields;
  }
  for (std::size_t i = 0; const json::value& value : node.array()) {
    const Node pair = node.child(i++, value);
    if (pair.array().size() != 2) pair.fail("a name and a value are needed");
    fields.emplace_back(raw_text(pair.child(std::size_t{0}, pair.array()[0])),
                        raw_text(pair.child(std::size_t{1}, pair.array()[1])));
  }
  return fields;
}

ErrorScript read_error(const Node& node) {
  ObjectReader reader{node};
  ErrorScript error;
  error.status = reader.get<int>("status", 300, 599);
  error.code = reader.text("code");
  error.message = reader.text("message");
  error.type = reader.text("type");
  reader.done();
  return error;
}

StreamErrorScript read_stream_error(const Node& node) {
  ObjectReader reader{node};
  StreamErrorScript error;
  if (const std::optional<Node> after = find(reader, "after")) error.after = read_count(*after, 0);
  error.code = reader.text("code");
  error.message = reader.text("message");
  reader.done();
  return error;
}

Chunking read_chunking(const Node& node) {
  Chunking chunking;
  if (node.value().is_bool()) {
    if (!node.truth()) node.fail("true or an object is needed");
    return chunking;
  }
  ObjectReader reader{node};
  if (const std::optional<Node> sizes = find(reader, "sizes")) {
    for (std::size_t i = 0; const json::value& size : sizes->array())
      chunking.sizes.push_back(read_count(sizes->child(i++, size), 1));
  }
  if (const std::optional<Node> trailers = find(reader, "trailers")) chunking.trailers = read_fields(*trailers);
  if (const std::optional<Node> cut = find(reader, "cut")) {
    ObjectReader cut_reader{*cut};
    constexpr std::array<std::string_view, 5> parts{"size", "data", "crlf", "last", "trailer"};
    const std::optional<Node> in = find(cut_reader, "in");
    if (!in) cut->fail("\"in\" is missing");
    chunking.cut = static_cast<ChunkPart>(read_name(*in, parts));
    if (const std::optional<Node> chunk = find(cut_reader, "chunk")) {
      if (*chunking.cut >= ChunkPart::last) chunk->fail("there is but one last chunk");
      chunking.cut_chunk = read_count(*chunk, 1);
    }
    cut_reader.done();
  }
  reader.done();
  return chunking;
}

Place read_place(const Node& node) {
  Place place;
  constexpr auto most = static_cast<std::int64_t>(most_bytes);
  if (!node.value().is_object()) {
    place.byte = json_form::read(node, As<std::int64_t>{}, -most, most);
    return place;
  }
  ObjectReader reader{node};
  place.byte = reader.get<std::int64_t>("byte", -most, most);
  if (const std::optional<Node> of = find(reader, "of")) {
    constexpr std::array<std::string_view, 2> parts{"reply", "body"};
    place.of_body = read_name(*of, parts) == 1;
  }
  reader.done();
  return place;
}

GarbageScript read_garbage(const Node& node) {
  ObjectReader reader{node};
  GarbageScript garbage;
  if (const std::optional<Node> at = find(reader, "at")) garbage.at = read_place(*at);
  if (const std::optional<Node> bytes = find(reader, "bytes")) garbage.bytes = read_count(*bytes, 1);
  garbage.seed = reader.get_or(std::uint64_t{1}, "seed");
  garbage.below_tls = read_flag(reader, "below_tls");
  reader.done();
  return garbage;
}

Drip read_drip(const Node& node) {
  ObjectReader reader{node};
  Drip drip;
  if (const std::optional<Node> bytes = find(reader, "bytes")) drip.bytes = read_count(*bytes, 1);
  if (const std::optional<Node> every = find(reader, "every_ms")) drip.every = read_time(*every);
  if (const std::optional<Node> of = find(reader, "of")) {
    constexpr std::array<std::string_view, 3> parts{"head", "body", "reply"};
    drip.of = static_cast<ReplyPart>(read_name(*of, parts));
  }
  reader.done();
  return drip;
}

Twist read_twist(ObjectReader& reader) {
  Twist twist;
  if (const std::optional<Node> refuse = find(reader, "refuse")) {
    constexpr std::array<std::string_view, 2> what{"prompt", "picture"};
    twist.refuse = Refusal::none;
    if (refuse->value().is_bool()) {
      if (refuse->truth()) twist.refuse = Refusal::prompt;
    } else {
      twist.refuse = read_name(*refuse, what) == 0 ? Refusal::prompt : Refusal::picture;
    }
  }
  if (const std::optional<Node> error = find(reader, "stream_error")) {
    if (!error->value().is_bool()) {
      twist.stream_error = read_stream_error(*error);
    } else if (error->truth()) {
      twist.stream_error = StreamErrorScript{};
    }
  }
  if (const std::optional<Node> payload = find(reader, "payload")) {
    const ByteScript bytes = read_bytes(*payload);
    if (bytes.size() > max_payload) payload->fail("a payload has at most 64 MiB");
    twist.payload = bytes.to_string(max_payload);
  }
  return twist;
}

void read_content(ObjectReader& reader, RequestAction& action) {
  if (const std::optional<Node> headers = find(reader, "headers")) action.headers = read_fields(*headers);
  const std::optional<Node> status = find(reader, "status");
  const std::optional<Node> body = find(reader, "body");
  const std::optional<Node> value = find(reader, "json");
  if (status) {
    FixedReply& fixed = action.fixed.emplace();
    fixed.status = json_form::read(*status, As<int>{}, 100, 999);
    if (body) {
      fixed.body = read_bytes(*body);
      fixed.content_type = "text/plain; charset=utf-8";
    } else if (value) {
      fixed.body = ByteScript::text(to_text(value->value()));
      fixed.content_type = "application/json";
    }
  } else if (body || value) {
    reader.node().fail("a body needs a \"status\"");
  }
  if (const std::optional<Node> error = find(reader, "error")) action.error = read_error(*error);
  if (const std::optional<Node> raw = find(reader, "raw")) action.raw = read_bytes(*raw);
  Twist twist = read_twist(reader);
  if (twist.refuse != Refusal::none || twist.stream_error || twist.payload)
    action.twist = std::make_shared<const Twist>(std::move(twist));
}

void refuse_nonsense(const Node& node, const RequestAction& action) {
  const std::vector<std::string_view> content{"status", "error", "refuse", "stream_error", "payload", "raw"};
  for (std::size_t i = 0; i < content.size(); ++i) {
    for (std::size_t j = i + 1; j < content.size(); ++j) {
      // A picture that is refused in the middle of a stream has come from somewhere.
      if (content[i] != "stream_error" || content[j] != "payload") refuse_together(node, content[i], {content[j]});
    }
  }
  const std::vector<std::string_view> all{"early",       "status",         "headers",      "error",
                                          "refuse",      "stream_error",   "payload",      "raw",
                                          "truncate_at", "content_length", "no_length",    "chunked",
                                          "garbage",     "drip",           "event_gap_ms", "close_idle_after_ms"};
  refuse_together(node, "read_body", all);
  refuse_together(node, "read_body", {"no_reply"});
  refuse_together(node, "no_reply", all);
  refuse_together(node, "raw", {"headers", "content_length", "no_length", "chunked", "event_gap_ms"});
  refuse_together(node, "body", {"json"});
  refuse_together(node, "content_length", {"no_length", "chunked"});
  refuse_together(node, "no_length", {"chunked"});
  refuse_together(node, "truncate_at", {"garbage"});
  if (action.early && !action.fixed && !action.error && !action.raw)
    node.fail("an early reply needs \"status\", \"error\" or \"raw\"");
  if (action.end == End::keep && (action.no_reply || action.read_body))
    node.fail("without a reply the connection cannot go on");
  if (action.end == End::keep && action.no_length) node.fail("only the end of the connection ends such a reply");
}

RequestAction read_action(const Node& node, As<RequestRule>) {
  ObjectReader reader{node};
  RequestAction action;
  action.delay = read_time(reader, "delay_ms");
  action.early = read_flag(reader, "early");
  if (const std::optional<Node> count = find(reader, "read_body")) action.read_body = read_count(*count, 0);
  action.no_reply = read_flag(reader, "no_reply");
  read_content(reader, action);
  if (const std::optional<Node> length = find(reader, "content_length")) {
    action.content_length = length->value().is_string() ? raw_text(*length) : std::to_string(read_count(*length, 0));
  }
  action.no_length = read_flag(reader, "no_length");
  if (const std::optional<Node> chunked = find(reader, "chunked")) action.chunking = read_chunking(*chunked);
  if (const std::optional<Node> place = find(reader, "truncate_at")) action.truncate_at = read_place(*place);
  if (const std::optional<Node> garbage = find(reader, "garbage")) action.garbage = read_garbage(*garbage);
  if (const std::optional<Node> drip = find(reader, "drip")) action.drip = read_drip(*drip);
  action.event_gap = read_time(reader, "event_gap_ms");
  const bool breaks = action.read_body || action.no_reply || action.raw || action.no_length || action.truncate_at ||
                      action.garbage || (action.chunking && action.chunking->cut);
  action.end = breaks ? End::close : End::keep;
  if (const std::optional<Node> end = find(reader, "end")) {
    constexpr std::array<std::string_view, 5> ends{"keep", "close", "unclean", "reset", "stall"};
    action.end = static_cast<End>(read_name(*end, ends));
  }
  action.close_idle_after = find_time(reader, "close_idle_after_ms");
  reader.done();
  refuse_nonsense(node, action);
  return action;
}

// What a connection meets with ----------------------------------------------------------------------------------------

ByteScript tls_alert(int description) {
  const std::string record{'\x15', '\x03', '\x03', '\x00', '\x02', '\x02', static_cast<char>(description)};
  return ByteScript::text(record);
}

Opening read_opening(const Node& node) {
  Opening opening;
  opening.kind = Opening::Kind::bytes;
  if (node.value().is_string()) {
    constexpr std::array<std::string_view, 4> names{"stall", "close", "reset", "garbage"};
    opening.kind = static_cast<Opening::Kind>(read_name(node, names));
    opening.bytes = ByteScript::random(1000, 1);
    return opening;
  }
  ObjectReader reader{node};
  if (const std::optional<Node> alert = find(reader, "alert")) {
    opening.bytes = tls_alert(json_form::read(*alert, As<int>{}, 0, 255));
  } else if (const std::optional<Node> raw = find(reader, "raw")) {
    opening.bytes = read_bytes(*raw);
  } else {
    node.fail("\"alert\" or \"raw\" is needed");
  }
  reader.done();
  return opening;
}

ConnectionAction read_action(const Node& node, As<ConnectionRule>) {
  ObjectReader reader{node};
  ConnectionAction action;
  if (const std::optional<Node> accept = find(reader, "accept")) {
    constexpr std::array<std::string_view, 1> names{"never"};
    action.never = read_name(*accept, names) == 0;
    refuse_together(node, "accept",
                    {"delay_ms", "opening", "certificate", "tls_version", "receive_buffer", "close_idle_after_ms"});
  }
  action.delay = read_time(reader, "delay_ms");
  if (const std::optional<Node> opening = find(reader, "opening")) action.opening = read_opening(*opening);
  if (const std::optional<Node> kind = find(reader, "certificate")) {
    std::array<std::string_view, 8> names{};
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = to_string(static_cast<CertificateKind>(i));
    action.certificate = static_cast<CertificateKind>(read_name(*kind, names));
  }
  if (const std::optional<Node> version = find(reader, "tls_version")) {
    constexpr std::array<std::string_view, 4> names{"1.0", "1.1", "1.2", "1.3"};
    action.tls_version = names[read_name(*version, names)];
  }
  if (const std::optional<Node> bytes = find(reader, "receive_buffer"))
    action.receive_buffer = json_form::read(*bytes, As<int>{}, 1, 1 << 30);
  action.close_idle_after = find_time(reader, "close_idle_after_ms");
  reader.done();
  return action;
}

// Rules ---------------------------------------------------------------------------------------------------------------

template <class Rule>
std::vector<Rule> read_rules(ObjectReader& reader, std::string_view list) {
  std::vector<Rule> rules;
  const std::optional<Node> node = find(reader, list);
  if (!node) return rules;
  for (std::size_t i = 0; const json::value& value : node->array()) {
    const Node rule_node = node->child(i, value);
    ObjectReader rule_reader{rule_node};
    Rule rule;
    rule.name = rule_reader.get_or(std::string{list} + '[' + std::to_string(i) + ']', "name");
    if (const std::optional<Node> when = find(rule_reader, "when")) read_when(*when, rule);
    const std::optional<Node> then = find(rule_reader, "then");
    if (!then) rule_node.fail("\"then\" is missing");
    rule.action = read_action(*then, As<Rule>{});
    rule_reader.done();
    rules.push_back(std::move(rule));
    ++i;
  }
  return rules;
}

Rules read_scenario(const json::value& value) {
  const ImageSource no_images;
  const Node node{value, no_images};
  ObjectReader reader{node};
  Rules rules;
  rules.about = reader.text("about");
  rules.connections = read_rules<ConnectionRule>(reader, "connections");
  rules.requests = read_rules<RequestRule>(reader, "requests");
  reader.done();
  for (std::size_t i = 0; i < rules.connections.size(); ++i) {
    const Turn& turn = rules.connections[i].turn;
    const bool lasts = turn.kind != Turn::Kind::first && turn.kind != Turn::Kind::every;
    if (rules.connections[i].action.never && !lasts) {
      throw Failure{
          Error{errc::parse_failed, "$.connections[" + std::to_string(i) +
                                        "].when: what is never accepted stays so; \"nth\" or \"from\" is needed"}};
    }
  }
  return rules;
}

}  // namespace

Scenario::Scenario() {
  static const auto none = std::make_shared<const Rules>();
  rules_ = none;
}

Result<Scenario> Scenario::parse(std::string_view text) {
  const Result<json::value> value = parse_json(text);
  if (!value) return value.error();
  try {
    return Scenario{std::make_shared<const Rules>(read_scenario(*value))};
  } catch (const Failure& failure) {
    return failure.error();
  }
}

Result<Scenario> Scenario::from_file(const std::string& path) {
  const auto failed = [&](errc code, const std::string& why) {
    return Error{code, "cannot read the scenario " + path + ": " + why};
  };
  std::ifstream file{path, std::ios::binary};
  if (!file) return failed(errc::io_failed, "there is no such file, or it may not be read");
  std::string text;
  std::array<char, 1 << 14> piece{};
  while (file.read(piece.data(), piece.size()), file.gcount() > 0) {
    text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > JsonLimits{}.bytes) return failed(errc::too_large, "it has more than 8 MiB");
  }
  if (file.bad() || (text.empty() && !file.eof())) return failed(errc::io_failed, "reading it failed");
  Result<Scenario> scenario = parse(text);
  if (!scenario) return failed(scenario.error().code(), scenario.error().message());
  return scenario;
}

const std::string& Scenario::about() const noexcept { return rules_->about; }

}  // namespace pentimento::emulator
