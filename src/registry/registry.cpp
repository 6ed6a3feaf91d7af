#include "registry/builtin_backends.hpp"
#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/json.hpp>
#include <pentimento/registry.hpp>

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

namespace pentimento {

namespace json = boost::json;

namespace {

/// The backends of one role, by name.
template <class Role>
class Backends {
 public:
  explicit Backends(std::string kind) : kind_{std::move(kind)} {}

  void add(BackendEntry entry, Registry::Factory<Role> factory) {
    const auto same = std::ranges::find(items_, entry.name(), [](const Item& item) { return item.entry.name(); });
    Item item{std::move(entry), std::move(factory)};
    if (same == items_.end()) {
      items_.push_back(std::move(item));
    } else {
      *same = std::move(item);
    }
  }

  std::vector<BackendEntry> entries() const {
    std::vector<BackendEntry> entries;
    for (const Item& item : items_) entries.push_back(item.entry);
    return entries;
  }

  Result<std::shared_ptr<Role>> make(const json::value& wanted, const Registry::Services& services) const {
    if (wanted.is_string()) return make(std::string_view{wanted.get_string()}, services);
    const json::value* name = wanted.is_object() ? wanted.get_object().if_contains("name") : nullptr;
    if (name == nullptr || !name->is_string()) {
      return Error{errc::invalid_argument, "the " + kind_ +
                                               " is invalid; its name is accepted, or an object with a \"name\" and "
                                               "settings, as in {\"name\": \"" +
                                               example() + "\"}"};
    }
    return make(std::string{name->get_string()}, wanted.get_object(), services);
  }

  Result<std::shared_ptr<Role>> make(std::string_view text, const Registry::Services& services) const {
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    if (start != std::string_view::npos && text[start] == '{') {
      const Result<json::value> parsed = parse_json(text);
      if (!parsed) return parsed.error();
      return make(*parsed, services);
    }
    json::object settings;
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos) settings["model"] = text.substr(colon + 1);
    return make(std::string{text.substr(0, colon)}, settings, services);
  }

 private:
  struct Item {
    BackendEntry entry;
    Registry::Factory<Role> factory;
  };

  std::string example() const { return items_.empty() ? "..." : items_.front().entry.name(); }

  Result<std::shared_ptr<Role>> make(const std::string& name, const json::object& object,
                                     const Registry::Services& services) const {
    const auto found = std::ranges::find(items_, name, [](const Item& item) { return item.entry.name(); });
    if (found == items_.end()) {
      std::vector<std::string> names;
      for (const Item& item : items_) names.push_back(item.entry.name());
      return Error{errc::invalid_argument, detail::unknown_name(kind_, name, names)};
    }
    BackendSettings settings{name, object};
    Result<std::shared_ptr<Role>> made = found->factory(settings, services);
    // An invalid setting explains more than the error that it caused.
    if (const Result<void> finished = settings.finish(); !finished) return finished.error();
    return made;
  }

  std::string kind_;
  std::vector<Item> items_;
};

}  // namespace

class Registry::Impl final : public Services {
 public:
  explicit Impl(RegistryOptions options) : options_{std::move(options)} {}

  const RegistryOptions& options() const override { return options_; }
  RegistryOptions& options() { return options_; }

  Result<http::Client> client() const override {
    const std::lock_guard lock{mutex_};
    try {
      if (!client_) client_.emplace(options_.client);
    } catch (const Failure& failure) {
      return failure.error();
    }
    return *client_;
  }

  Backends<Generator> generators{"generator"};
  Backends<Critic> critics{"critic"};
  Backends<Reviser> revisers{"reviser"};

 private:
  RegistryOptions options_;
  mutable std::mutex mutex_;
  mutable std::optional<http::Client> client_;
};

Registry::Registry(RegistryOptions options) : impl_{std::make_shared<Impl>(std::move(options))} {
  add_builtin_backends(*this);
}

Registry& Registry::add_generator(BackendEntry entry, Factory<Generator> factory) {
  return impl_->generators.add(std::move(entry), std::move(factory)), *this;
}
Registry& Registry::add_critic(BackendEntry entry, Factory<Critic> factory) {
  return impl_->critics.add(std::move(entry), std::move(factory)), *this;
}
Registry& Registry::add_reviser(BackendEntry entry, Factory<Reviser> factory) {
  return impl_->revisers.add(std::move(entry), std::move(factory)), *this;
}

std::vector<BackendEntry> Registry::generators() const { return impl_->generators.entries(); }
std::vector<BackendEntry> Registry::critics() const { return impl_->critics.entries(); }
std::vector<BackendEntry> Registry::revisers() const { return impl_->revisers.entries(); }

Result<std::shared_ptr<Generator>> Registry::make_generator(const json::value& wanted) const {
  return impl_->generators.make(wanted, *impl_);
}
Result<std::shared_ptr<Generator>> Registry::make_generator(std::string_view wanted) const {
  return impl_->generators.make(wanted, *impl_);
}
Result<std::shared_ptr<Critic>> Registry::make_critic(const json::value& wanted) const {
  return impl_->critics.make(wanted, *impl_);
}
Result<std::shared_ptr<Critic>> Registry::make_critic(std::string_view wanted) const {
  return impl_->critics.make(wanted, *impl_);
}
Result<std::shared_ptr<Reviser>> Registry::make_reviser(const json::value& wanted) const {
  return impl_->revisers.make(wanted, *impl_);
}
Result<std::shared_ptr<Reviser>> Registry::make_reviser(std::string_view wanted) const {
  return impl_->revisers.make(wanted, *impl_);
}

RegistryOptions& Registry::options() noexcept { return impl_->options(); }
const RegistryOptions& Registry::options() const noexcept { return impl_->options(); }

}  // namespace pentimento
