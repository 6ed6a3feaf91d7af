#pragma once

#include "commands.hpp"
#include <pentimento/registry.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::cli {

/// Something that can be chosen by name, and one line about it.
struct Choice {
  std::string name;
  std::string what;
};

/// Receives the waits before retries, on a thread of the client.
using OnWait = std::function<void(const http::RetryWait& wait)>;

/// Every backend that this program knows. Errors: if a file named by an option cannot be used.
Result<Registry> make_registry(const ServiceOptions& options, OnWait on_wait = {});

std::vector<Choice> generators(const Registry& registry);
std::vector<Choice> critics(const Registry& registry);
/// Those of the registry, and `ask`, which needs a terminal.
std::vector<Choice> revisers(const Registry& registry);
std::vector<Choice> profiles();
std::vector<Choice> policies();

std::vector<std::string> names_of(const std::vector<Choice>& choices);

/// Makes a critic, with a profile if one is given. Errors: those of `Registry::make_critic`; `invalid_argument` for an
/// unknown profile or a critic without profiles.
Result<std::shared_ptr<Critic>> make_critic(const Registry& registry, std::string_view wanted,
                                            const std::string& profile);

}  // namespace pentimento::cli
