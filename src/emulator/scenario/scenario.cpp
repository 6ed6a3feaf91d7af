#include "emulator/json_reading.hpp"
#include "emulator/scenario/rules.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/emulator/scenario.hpp>
#include <pentimento/json.hpp>

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

// Members of several types --------------------------------------------------------------------------------------------

std::uint64_t read_count(const Node& node, std::uint64_t least, std::uint64_t most = most_bytes) {
  return json_form::read(node, As<std::uint64_t>{}, least, most);
}

std::optional<milliseconds> find_time(ObjectReader& reader, std::string_view key) {
  const auto time = find_value<std::int64_t>(reader, key, std::int64_t{0}, most_milliseconds);
  return time ? std::optional{milliseconds{*time}} : std::nullopt;
}

bool read_flag(ObjectReader& reader, std::string_view key) { return find_value<bool>(reader, key).value_or(false); }

/// Strings of a scenario are bytes: they are sent as they are.
std::string raw_text(const Node& node) { return std::string{node.text()}; }

/// Throws if a key has been given together with one of the others.
void check_alone(const Node& node, std::string_view key, const std::vector<std::string_view>& others) {
  const json::object& object = node.object();
  if (!object.contains(key)) return;
  for (const std::string_view other : others) {
    if (object.contains(other))
      node.fail('"' + std::string{key} + "\" and \"" + std::string{other} + "\" exclude each other");
  }
}

// Bytes ---------------------------------------------------------------------------------------------------------------

/// Appends a string, an object with "base64", "random" or "repeat", or an array of these.
void add_bytes(ByteScript& bytes, const Node& node) {
  if (node.value().is_string()) {
    bytes.add(raw_text(node));
  } else if (node.value().is_array()) {
    for (std::size_t i = 0; const json::value& part : node.array()) add_bytes(bytes, node.child(i++, part));
  } else {
    ObjectReader reader{node};
    if (const std::optional<Node> base64 = find(reader, "base64")) {
      const Result<std::vector<std::byte>> decoded = detail::decode_base64(base64->text(), max_payload);
      if (!decoded) base64->fail(decoded.error().message());
      bytes.add(std::string{reinterpret_cast<const char*>(decoded->data()), decoded->size()});
    } else if (const std::optional<Node> random = find(reader, "random")) {
      bytes.add_random(static_cast<std::size_t>(read_count(*random, 0, max_payload)));
    } else {
      const Node repeat = require(reader, "repeat");
      const bool is_endless = repeat.value().is_string() && repeat.text() == "forever";
      bytes.add(raw_text(require(reader, "of")), is_endless ? ByteScript::endless : read_count(repeat, 0));
    }
    reader.done();
  }
}

ByteScript read_bytes(const Node& node) {
  ByteScript bytes;
  add_bytes(bytes, node);
  return bytes;
}

// When ----------------------------------------------------------------------------------------------------------------

Turn read_turn(ObjectReader& reader) {
  Turn turn;
  if (const std::optional<Node> nth = find(reader, "nth")) turn = Turn{Turn::Kind::nth, read_count(*nth, 1)};
  if (const std::optional<Node> every = find(reader, "every")) turn = Turn{Turn::Kind::every, read_count(*every, 1)};
  check_alone(reader.node(), "nth", {"every"});
  return turn;
}

void read_when(const Node& node, RequestRule& rule) {
  ObjectReader reader{node};
  rule.turn = read_turn(reader);
  rule.method = reader.text("method");
  rule.path = reader.text("path");
  if (const auto number = find(reader, "request_of_connection")) rule.request_of_connection = read_count(*number, 1);
  reader.done();
}

void read_when(const Node& node, ConnectionRule& rule) {
  ObjectReader reader{node};
  rule.turn = read_turn(reader);
  rule.address = find_name(reader, "address", {"127.0.0.1", "::1"}).value_or("");
  reader.done();
}

// What happens to a request -------------------------------------------------------------------------------------------

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
  StreamErrorScript error;
  if (node.value().is_bool()) return error;
  ObjectReader reader{node};
  error.after = find_value<std::uint64_t>(reader, "after").value_or(0);
  error.code = reader.text("code");
  error.message = reader.text("message");
  reader.done();
  return error;
}

Chunking read_chunking(const Node& node) {
  Chunking chunking;
  if (node.value().is_bool()) return chunking;
  ObjectReader reader{node};
  if (const std::optional<Node> sizes = find(reader, "sizes")) {
    for (std::size_t i = 0; const json::value& size : sizes->array())
      chunking.sizes.push_back(read_count(sizes->child(i++, size), 1));
  }
  if (const std::optional<Node> trailers = find(reader, "trailers")) chunking.trailers = read_fields(*trailers);
  reader.done();
  return chunking;
}

Place read_place(const Node& node) {
  constexpr auto most = static_cast<std::int64_t>(most_bytes);
  Place place;
  if (!node.value().is_object()) {
    place.byte = json_form::read(node, As<std::int64_t>{}, -most, most);
    return place;
  }
  ObjectReader reader{node};
  place.byte = reader.get<std::int64_t>("byte", -most, most);
  place.of_body = find_name(reader, "of", {"reply", "body"}) == "body";
  reader.done();
  return place;
}

GarbageScript read_garbage(const Node& node) {
  ObjectReader reader{node};
  GarbageScript garbage;
  if (const std::optional<Node> at = find(reader, "at")) garbage.at = read_place(*at);
  garbage.below_tls = read_flag(reader, "below_tls");
  reader.done();
  return garbage;
}

Drip read_drip(const Node& node) {
  ObjectReader reader{node};
  Drip drip;
  if (const std::optional<Node> bytes = find(reader, "bytes")) drip.bytes = read_count(*bytes, 1);
  drip.every = find_time(reader, "every_ms").value_or(drip.every);
  if (const std::optional<Node> of = find(reader, "of")) {
    constexpr std::array<std::string_view, 3> parts{"head", "body", "reply"};
    drip.of = static_cast<ReplyPart>(read_name(*of, parts));
  }
  reader.done();
  return drip;
}

std::shared_ptr<const ReplyOverrides> read_overrides(ObjectReader& reader) {
  ReplyOverrides overrides;
  if (const std::optional<Node> refuse = find(reader, "refuse")) {
    constexpr std::array<std::string_view, 2> what{"prompt", "image"};
    const bool is_prompt = refuse->value().is_bool() ? refuse->truth() : read_name(*refuse, what) == 0;
    overrides.refuse = is_prompt ? Refusal::prompt : refuse->value().is_bool() ? Refusal::none : Refusal::image;
  }
  if (const std::optional<Node> error = find(reader, "stream_error"))
    overrides.stream_error = read_stream_error(*error);
  if (const std::optional<Node> payload = find(reader, "payload")) {
    const ByteScript bytes = read_bytes(*payload);
    if (bytes.size() > max_payload) payload->fail("a payload has at most 64 MiB");
    overrides.payload = bytes.to_string(max_payload);
  }
  if (overrides.refuse == Refusal::none && !overrides.stream_error && !overrides.payload) return nullptr;
  return std::make_shared<const ReplyOverrides>(std::move(overrides));
}

void read_content(ObjectReader& reader, RequestAction& action) {
  if (const std::optional<Node> headers = find(reader, "headers")) action.headers = read_fields(*headers);
  const std::optional<Node> status = find(reader, "status");
  const std::optional<Node> body = find(reader, "body");
  const std::optional<Node> value = reader.node_of("json");
  if (status) {
    FixedReply& fixed = action.fixed.emplace();
    fixed.status = json_form::read(*status, As<int>{}, 100, 999);
    if (body) {
      fixed.body = read_bytes(*body);
      fixed.content_type = "text/plain; charset=utf-8";
    } else if (value) {
      fixed.body.add(to_text(value->value()));
      fixed.content_type = "application/json";
    }
  } else if (body || value) {
    reader.node().fail("a body needs a \"status\"");
  }
  if (const std::optional<Node> error = find(reader, "error")) action.error = read_error(*error);
  if (const std::optional<Node> raw = find(reader, "raw")) action.raw = read_bytes(*raw);
  action.overrides = read_overrides(reader);
}

void check_combination(const Node& node, const RequestAction& action) {
  const std::vector<std::string_view> content{"status", "error", "refuse", "stream_error", "payload", "raw"};
  for (std::size_t i = 0; i < content.size(); ++i) {
    for (std::size_t j = i + 1; j < content.size(); ++j) check_alone(node, content[i], {content[j]});
  }
  const std::vector<std::string_view> reply{"early",        "status",  "headers", "error",       "refuse",
                                            "stream_error", "payload", "raw",     "truncate_at", "content_length",
                                            "no_length",    "chunked", "garbage", "drip",        "close_idle_after_ms"};
  check_alone(node, "read_body", reply);
  check_alone(node, "read_body", {"no_reply"});
  check_alone(node, "no_reply", reply);
  check_alone(node, "raw", {"headers", "content_length", "no_length", "chunked"});
  check_alone(node, "body", {"json"});
  check_alone(node, "content_length", {"no_length", "chunked"});
  check_alone(node, "no_length", {"chunked"});
  check_alone(node, "truncate_at", {"garbage"});
  if (action.early && !action.fixed && !action.error && !action.raw)
    node.fail("an early reply needs \"status\", \"error\" or \"raw\"");
  if (action.end == End::keep && (action.no_reply || action.read_body || action.no_length))
    node.fail("\"keep\" needs a reply with a length");
}

RequestAction read_action(const Node& node, As<RequestRule>) {
  ObjectReader reader{node};
  RequestAction action;
  action.delay = find_time(reader, "delay_ms").value_or(milliseconds{0});
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
  const bool breaks =
      action.read_body || action.no_reply || action.raw || action.no_length || action.truncate_at || action.garbage;
  action.end = breaks ? End::close : End::keep;
  if (const std::optional<Node> end = find(reader, "end")) {
    constexpr std::array<std::string_view, 5> ends{"keep", "close", "unclean", "reset", "stall"};
    action.end = static_cast<End>(read_name(*end, ends));
  }
  action.close_idle_after = find_time(reader, "close_idle_after_ms");
  reader.done();
  check_combination(node, action);
  return action;
}

// What happens to a connection ----------------------------------------------------------------------------------------

Opening read_opening(const Node& node) {
  Opening opening;
  opening.kind = Opening::Kind::bytes;
  if (node.value().is_string()) {
    constexpr std::array<std::string_view, 4> names{"stall", "close", "reset", "garbage"};
    opening.kind = static_cast<Opening::Kind>(read_name(node, names));
    opening.bytes.add_random(1000);
    return opening;
  }
  ObjectReader reader{node};
  if (const auto alert = find_value<int>(reader, "alert", 0, 255)) {
    opening.bytes.add({'\x15', '\x03', '\x03', '\x00', '\x02', '\x02', static_cast<char>(*alert)});
  } else {
    opening.bytes = read_bytes(require(reader, "raw"));
  }
  reader.done();
  return opening;
}

ConnectionAction read_action(const Node& node, As<ConnectionRule>) {
  ObjectReader reader{node};
  ConnectionAction action;
  action.never = find_name(reader, "accept", {"never"}).has_value();
  action.delay = find_time(reader, "delay_ms").value_or(milliseconds{0});
  if (const std::optional<Node> opening = find(reader, "opening")) action.opening = read_opening(*opening);
  if (const std::optional<Node> kind = find(reader, "certificate")) {
    std::array<std::string_view, 8> names{};
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = to_string(static_cast<CertificateKind>(i));
    action.certificate = static_cast<CertificateKind>(read_name(*kind, names));
  }
  action.tls_version = find_name(reader, "tls_version", {"1.0", "1.1", "1.2", "1.3"}).value_or("");
  action.receive_buffer = find_value<int>(reader, "receive_buffer", 1, 1 << 30);
  action.close_idle_after = find_time(reader, "close_idle_after_ms");
  reader.done();
  check_alone(node, "accept",
              {"delay_ms", "opening", "certificate", "tls_version", "receive_buffer", "close_idle_after_ms"});
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
    rule.action = read_action(require(rule_reader, "then"), As<Rule>{});
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
  for (const ConnectionRule& rule : rules.connections) {
    // Whoever is never accepted cannot be counted.
    if (rule.action.never && rule.turn.kind == Turn::Kind::every)
      node.fail("\"accept\" in " + rule.name + " cannot be combined with \"every\"; \"nth\" would be accepted");
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
