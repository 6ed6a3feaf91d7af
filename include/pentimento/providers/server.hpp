#pragma once

#include <string>
#include <utility>
#include <vector>

namespace pentimento {

/**
 * The address of a provider's API, and how it takes a key. The same for every dialect.
 *
 * A dialect derives its own server type and adds what differs between the servers that speak it. All of it is data: a
 * further server is a further value.
 */
struct Server {
  /// Its name in settings, records and the price table: "openai".
  std::string name{};
  /// Its name in messages and lists: "OpenAI".
  std::string title{};
  /// The address of the API, the version included: "https://api.openai.com/v1". Empty if every user has their own.
  std::string base_url{};
  /// The environment variable that overrides `base_url` for backends that the `Registry` makes. Empty if there is none.
  std::string base_url_name{};

  /// The name under which `Keys` finds the key; also what messages call it.
  std::string key_name{};
  /// The header that carries the key, and the text before the key in it.
  std::string key_header = "Authorization";
  std::string key_prefix = "Bearer ";
  /// True if the server requires an API key. Not enforced for loopback addresses.
  bool needs_key = true;

  /// The page below `base_url` by which `check_server` finds out whether address and key are right: reading it costs nothing and
  /// needs the key. Empty if none is known.
  std::string check_path = "models";
  /// The header fields of that request besides the key.
  std::vector<std::pair<std::string, std::string>> check_fields{};
};

}  // namespace pentimento
