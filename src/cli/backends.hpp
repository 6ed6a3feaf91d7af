#pragma once

#include <pentimento/registry.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::cli {

/// How backends are reached and what they cost, as it was written on the command line; empty for what was not.
struct ServiceOptions {
  std::string prices;
  std::string ca_file;
  bool proxy = false;
};

/// Something that can be chosen by name, and what it is.
struct Choice {
  std::string name;
  std::string what;
};

/// Every backend that this program knows. Errors: a file of the options that cannot be used.
Result<Registry> make_registry(const ServiceOptions& options);

std::vector<Choice> generators(const Registry& registry);
std::vector<Choice> critics(const Registry& registry);
/// Those of the registry, and "ask", which needs a terminal.
std::vector<Choice> revisers(const Registry& registry);
std::vector<Choice> profiles();
std::vector<Choice> policies();

std::vector<std::string> names_of(const std::vector<Choice>& choices);

/// The critic that is asked for, with the profile of that name unless it is empty. Errors: as `Registry::make_critic`;
/// `invalid_argument` for a profile of a critic that has none.
Result<std::shared_ptr<Critic>> make_critic(const Registry& registry, std::string_view wanted,
                                            const std::string& profile);

}  // namespace pentimento::cli
