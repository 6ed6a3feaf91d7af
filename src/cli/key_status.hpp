#pragma once

#include "terminal.hpp"
#include <pentimento/registry.hpp>
#include <pentimento/secrets/keys.hpp>

#include <string>
#include <vector>

namespace pentimento::cli {

/// A key and the backends that use it.
struct KeyUse {
  std::string key;
  std::vector<std::string> backends;
};

/// The keys that backends use, in the order of the registry.
std::vector<KeyUse> key_uses(const Registry& registry);

enum class KeyState {
  found,
  missing,
  wrong,  ///< It cannot be read until the user has corrected something.
};

/// What is known of a key, without the key.
struct KeyStatus {
  KeyUse use;
  KeyState state = KeyState::missing;
  /// Where it was found, or what is wrong; empty if it is missing.
  std::string what;
  std::string warning;
};

/// The keys that backends use, then the other keys of the key file.
std::vector<KeyStatus> key_statuses(const Registry& registry);

/// `the environment`, `/home/me/.config/pentimento/keys`.
std::string where_of(const FoundKey& key);

/// Prints one line: the key, the backends that use it, and where it was found; and a second one for a warning.
void print(Terminal& terminal, const KeyStatus& status);

}  // namespace pentimento::cli
