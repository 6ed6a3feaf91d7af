#pragma once

#include "terminal.hpp"
#include <pentimento/registry.hpp>
#include <pentimento/secrets/keys.hpp>

#include <string>
#include <vector>

namespace pentimento::cli {

/// A key, and the backends that are used with it.
struct KeyUse {
  std::string key;
  std::vector<std::string> backends;
};

/// The keys that backends ask for, in the order of the registry.
std::vector<KeyUse> key_uses(const Registry& registry);

enum class KeyState {
  found,
  missing,
  wrong,  ///< There is something that has to be put right first.
};

/// What is known of a key without showing it.
struct KeyStatus {
  KeyUse use;
  KeyState state = KeyState::missing;
  /// Where it was found, or what is wrong; empty where it is missing.
  std::string what;
  std::string warning;
};

/// The keys that backends ask for, and the others that the key file holds.
std::vector<KeyStatus> key_statuses(const Registry& registry);

/// `the environment`, `/home/me/.config/pentimento/keys`.
std::string where_of(const FoundKey& key);

/// One line: the key, where it is from, and what it is used with; a second one for a warning.
void print(Terminal& terminal, const KeyStatus& status);

}  // namespace pentimento::cli
