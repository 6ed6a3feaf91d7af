#pragma once

#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/error.hpp>
#include <pentimento/providers/server.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento {

/// Returns the server of this name. **Errors**: `invalid_argument`, with the known names.
template <std::derived_from<Server> DialectServer>
Result<DialectServer> find_server(std::vector<DialectServer> servers, std::string_view name) {
  std::vector<std::string> known;
  for (DialectServer& server : servers) {
    if (server.name == name) return std::move(server);
    known.push_back(server.name);
  }
  return Error{errc::invalid_argument, detail::unknown_name("server", name, known)};
}

}  // namespace pentimento
