#include "backends.hpp"

#include "findings_view.hpp"
#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/offline/measure.hpp>
#include <pentimento/registry/offline_backends.hpp>
#include <pentimento/stop/parse.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace pentimento::cli {

namespace {

std::vector<Choice> choices_of(const std::vector<BackendEntry>& entries) {
  std::vector<Choice> choices;
  for (const BackendEntry& entry : entries)
    choices.push_back({entry.name(), entry.what() + (entry.key().empty() ? "" : "; key " + entry.key())});
  return choices;
}

}  // namespace

Result<Registry> make_registry(const ServiceOptions& options, OnWait on_wait) {
  RegistryOptions shared;
  shared.on_warning = [said = std::make_shared<std::set<std::string>>()](const std::string& warning) {
    if (said->insert(warning).second) print_error(warning);
  };
  shared.client.ca_file = options.ca_file;
  shared.client.proxy_from_environment = options.proxy;
  shared.client.on_wait = std::move(on_wait);
  if (!options.prices.empty()) {
    Result<PriceTable> prices = PriceTable::from_file(options.prices);
    if (!prices) return Error{prices.error().code(), "--prices: " + prices.error().message()};
    shared.prices = shared.prices.merged(*prices);
  }
  if (!options.ca_file.empty() || options.proxy) {
    try {
      const http::Client usable{shared.client};
    } catch (const Failure& failure) {
      return Error{failure.error().code(),
                   (options.ca_file.empty() ? "--proxy: " : "--ca-file: ") + failure.error().message()};
    }
  }
  Registry registry{std::move(shared)};
  add_offline_backends(registry);
  return registry;
}

std::vector<Choice> generators(const Registry& registry) { return choices_of(registry.generators()); }

std::vector<Choice> critics(const Registry& registry) { return choices_of(registry.critics()); }

std::vector<Choice> revisers(const Registry& registry) {
  std::vector<Choice> choices = choices_of(registry.revisers());
  choices.push_back({"ask", "asks you: shows what checklist proposes and takes your prompt instead"});
  return choices;
}

std::vector<Choice> profiles() {
  std::vector<Choice> choices;
  for (const std::string& name : offline::MeasuringCritic::profiles())
    choices.push_back({name, offline::MeasuringCritic::profile_source(name)});
  return choices;
}

std::vector<Choice> policies() {
  std::vector<Choice> choices;
  for (const StopClause& clause : stop_clauses())
    choices.push_back({std::string{clause.example}, std::string{clause.meaning}});
  choices.push_back({"a || b", "either; a && b: both; !a: not; parentheses as usual"});
  return choices;
}

std::vector<std::string> names_of(const std::vector<Choice>& choices) {
  std::vector<std::string> names;
  for (const Choice& choice : choices) names.push_back(choice.name);
  return names;
}

Result<std::shared_ptr<Critic>> make_critic(const Registry& registry, std::string_view wanted,
                                            const std::string& profile) {
  if (profile.empty()) return registry.make_critic(wanted);
  if (wanted != "measure") {
    const std::string name{wanted};
    return Error{errc::invalid_argument, "the critic \"" + name + "\" has no profiles; only measure has"};
  }
  const std::vector<std::string> known = offline::MeasuringCritic::profiles();
  if (std::ranges::find(known, profile) == known.end())
    return Error{errc::invalid_argument, detail::unknown_name("profile", profile, known)};
  const boost::json::object settings{{"name", wanted}, {"profile", profile}};
  return registry.make_critic(boost::json::value(settings));
}

}  // namespace pentimento::cli
