#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/registry/backend_settings.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace pentimento {

namespace json = boost::json;

class BackendSettings::Impl {
 public:
  Impl(std::string name, const json::object& object) : backend{std::move(name)}, settings{object} {}

  const json::value* find(const std::string& name) {
    asked.insert(name);
    return settings.if_contains(name);
  }

  void wrong(const std::string& name, const std::string& wanted) {
    if (!error) error = Error{errc::invalid_argument, backend + ": the setting \"" + name + "\" takes " + wanted};
  }

  std::string backend;
  json::object settings;
  std::set<std::string> asked{"name"};
  std::optional<Error> error;
  std::optional<Error> failure;
};

BackendSettings::BackendSettings(std::string backend, const json::object& settings)
    : impl_{std::make_unique<Impl>(std::move(backend), settings)} {}
BackendSettings::~BackendSettings() = default;

const std::string& BackendSettings::backend() const noexcept { return impl_->backend; }

std::optional<std::string> BackendSettings::text(const std::string& name) {
  const json::value* value = impl_->find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string() && !value->get_string().empty()) return std::string{value->get_string()};
  impl_->wrong(name, "a text");
  return std::nullopt;
}

std::optional<std::string> BackendSettings::choice(const std::string& name, const std::vector<std::string>& choices) {
  const json::value* value = impl_->find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    const std::string text{value->get_string()};
    if (std::ranges::find(choices, text) != choices.end()) return text;
  }
  std::string list;
  for (const std::string& choice : choices) list += (list.empty() ? "one of " : ", ") + choice;
  impl_->wrong(name, list);
  return std::nullopt;
}

std::optional<bool> BackendSettings::flag(const std::string& name) {
  const json::value* value = impl_->find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  impl_->wrong(name, "true or false");
  return std::nullopt;
}

std::optional<std::int64_t> BackendSettings::whole(const std::string& name, std::int64_t least, std::int64_t most) {
  const json::value* value = impl_->find(name);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  if (!error && number >= least && number <= most) return number;
  impl_->wrong(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<double> BackendSettings::number(const std::string& name, double least, double most) {
  const json::value* value = impl_->find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) {
    const double number = value->to_number<double>();
    if (number >= least && number <= most) return number;
  }
  const auto shown = [](double limit) { return json::serialize(json::value{limit}); };
  impl_->wrong(name, "a number from " + shown(least) + " to " + shown(most));
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> BackendSettings::seconds(const std::string& name) {
  const std::optional<double> seconds = number(name, 0.001, 86'400);
  if (!seconds) return std::nullopt;
  return std::chrono::milliseconds{std::llround(*seconds * 1000)};
}

std::vector<std::pair<std::string, std::string>> BackendSettings::texts(const std::string& name) {
  std::vector<std::pair<std::string, std::string>> members;
  const json::value* value = impl_->find(name);
  if (value == nullptr) return members;
  const bool fits = value->is_object() &&
                    std::ranges::all_of(value->get_object(),
                                        [](const json::key_value_pair& member) { return member.value().is_string(); });
  if (!fits) {
    impl_->wrong(name, "an object whose members are texts");
    return members;
  }
  for (const json::key_value_pair& member : value->get_object())
    members.emplace_back(std::string{member.key()}, std::string{member.value().get_string()});
  return members;
}

void BackendSettings::fail(Error error) {
  if (!impl_->failure) impl_->failure = std::move(error);
}

Result<void> BackendSettings::finish() {
  if (impl_->error) return *impl_->error;
  for (const json::key_value_pair& member : impl_->settings) {
    const std::string name{member.key()};
    if (impl_->asked.contains(name)) continue;
    std::vector<std::string> known{impl_->asked.begin(), impl_->asked.end()};
    std::erase(known, "name");
    return Error{errc::invalid_argument, impl_->backend + ": " + detail::unknown_name("setting", name, known)};
  }
  // A setting that is misspelt may be what the factory misses.
  if (impl_->failure) return *impl_->failure;
  return {};
}

}  // namespace pentimento
