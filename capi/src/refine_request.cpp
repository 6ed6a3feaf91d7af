#include "refine_request.hpp"

#include "boundary.hpp"
#include "images.hpp"
#include "json/codec.hpp"
#include <pentimento/json.hpp>
#include <pentimento/refinement_loop.hpp>
#include <pentimento/stop/parse.hpp>
#include <pentimento/stop/policies.hpp>

#include <boost/json/object.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace pentimento::capi {
namespace {

namespace json = boost::json;
using json_form::Node;
using json_form::ObjectReader;

Brief read_brief(const Node& node) {
  if (node.value().is_string()) return Brief{std::string{node.text()}};
  return read(node, json_form::As<Brief>{});
}

/// The description of a backend: a name, or an object with one.
json::value read_backend(ObjectReader& in, std::string_view key, std::string_view by_default) {
  const std::optional<Node> node = in.node_of(key);
  if (!node) return json::value(by_default);
  if (!node->value().is_string() && !node->value().is_object())
    node->fail("a name or an object with a \"name\" is needed, not " + node->described());
  return node->value();
}

/// Reads the reviser, also {"name": "ask", "proposer": REVISER}.
void read_reviser(ObjectReader& in, RunBackends& request) {
  constexpr std::string_view by_default = "checklist";
  request.reviser = read_backend(in, "reviser", by_default);
  if (request.reviser == json::value("ask")) {
    request.asks = true;
    request.reviser = by_default;
    return;
  }
  const json::object* const object = request.reviser.if_object();
  if (object == nullptr || object->if_contains("name") == nullptr || object->at("name") != json::value("ask")) return;
  const json::value given = request.reviser;
  const Node node = in.node().child("reviser", given);
  ObjectReader ask{node};
  ask.get<std::string>("name");
  request.reviser = read_backend(ask, "proposer", by_default);
  request.asks = true;
  ask.done();
}

RunBackends read_backends(ObjectReader& in) {
  RunBackends backends{read_backend(in, "generator", "sketch"), read_backend(in, "critic", "measure"), {}};
  read_reviser(in, backends);
  return backends;
}

OnUnknownOutcome read_unknown_outcome(ObjectReader& in) {
  const std::optional<Node> node = in.node_of("unknown_outcome");
  if (!node) return OnUnknownOutcome::reject;
  const std::string_view word = node->text();
  if (word == "reject") return OnUnknownOutcome::reject;
  if (word == "abandon") return OnUnknownOutcome::abandon;
  if (word == "repeat") return OnUnknownOutcome::repeat;
  node->fail("\"reject\", \"abandon\" or \"repeat\" is needed, not " + node->described());
}

}  // namespace

RefineRequest read_refine_request(std::string_view text, std::vector<Image> images) {
  const json::value value = value_of(parse_json(text));
  const ImageSource source = among(std::move(images), "the images that were given");
  const Node whole{value, source};
  ObjectReader in{whole};
  // Before anything else: that "breif" is unknown says more than that "brief" is missing.
  for (const char* const member : {"brief", "generator", "critic", "reviser", "until"}) in.node_of(member);
  for_each_run_setting([&](const auto& setting) { in.node_of(setting.name); });
  in.done();
  const std::optional<Node> brief = in.node_of("brief");
  if (!brief) whole.fail("\"brief\" is missing");
  const auto until = in.get_or(describe(default_stop_policy()), "until");
  RefineRequest request{read_brief(*brief), read_backends(in), value_of(parse_stop_policy(until)), {}};
  RunSettings& settings = request.settings;
  for_each_run_setting([&]<class T>(const RunSetting<T>& setting) {
    T value = (settings.*setting.get)();
    if constexpr (std::is_enum_v<T>) {
      value = in.get_or(value, setting.name);
    } else {
      value = in.get_or(value, setting.name, setting.least, setting.most);
    }
    (settings.*setting.set)(value);
  });
  return request;
}

ResumeRequest read_resume_request(std::string_view text) {
  const json::value value = value_of(parse_json(text));
  const Node whole{value, ImageSource{}};
  ObjectReader in{whole};
  for (const char* const member : {"generator", "critic", "reviser", "until", "unknown_outcome"}) in.node_of(member);
  in.done();
  ResumeRequest request{read_backends(in), {}, read_unknown_outcome(in)};
  if (in.node_of("until")) request.policy = value_of(parse_stop_policy(in.get<std::string>("until")));
  return request;
}

}  // namespace pentimento::capi
