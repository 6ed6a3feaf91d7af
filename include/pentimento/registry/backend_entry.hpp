#pragma once

#include <pentimento/providers/server.hpp>

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace pentimento {

/// A backend that can be chosen by name.
class BackendEntry {
 public:
  BackendEntry(std::string name, std::string what) : name_{std::move(name)}, what_{std::move(what)} {}

  const std::string& name() const noexcept { return name_; }
  /// One line for a list: what it is.
  const std::string& what() const noexcept { return what_; }
  /// The name of its API key; empty if it needs none.
  const std::string& key() const noexcept { return key_; }
  BackendEntry& key(std::string name) { return key_ = std::move(name), *this; }
  /// The default address; empty if it is not on a network or has no default.
  const std::string& base_url() const noexcept { return base_url_; }
  BackendEntry& base_url(std::string url) { return base_url_ = std::move(url), *this; }
  /// Its server, for `check_server`; null if it has none or it is not known.
  const Server* server() const noexcept { return server_ ? &*server_ : nullptr; }
  BackendEntry& server(Server server) { return server_ = std::move(server), *this; }

 private:
  std::string name_;
  std::string what_;
  std::string key_;
  std::string base_url_;
  std::optional<Server> server_;
};

static_assert(!std::is_aggregate_v<BackendEntry>);

}  // namespace pentimento
