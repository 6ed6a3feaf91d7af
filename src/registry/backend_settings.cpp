#include "json/reader.hpp"
#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/registry/backend_settings.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace pentimento {

using json_form::Node;
using json_form::ObjectReader;
using json_form::Problem;

class BackendSettings::Impl final : public json_form::Wording {
 public:
  Impl(std::string name, const boost::json::object& object)
      : backend{std::move(name)}, value(object), node{value, no_images, *this}, in{node} {
    in.ignore("name");
  }

  Error error(const Node& wrong, const Problem& problem) const override {
    const auto invalid = [&](const std::string& why) { return Error{errc::invalid_argument, backend + ": " + why}; };
    const auto setting = [&] { return "the setting \"" + wrong.path().substr(std::string_view{"$."}.size()) + '"'; };
    switch (problem.kind) {
      case Problem::Kind::unknown: {
        std::vector<std::string> names = problem.names;
        std::erase(names, "name");
        return invalid(detail::unknown_name("setting", problem.text, names));
      }
      case Problem::Kind::choice: {
        std::string names;
        for (const std::string& each : problem.names) names += (names.empty() ? "" : ", ") + each;
        return invalid(setting() + " takes one of " + names + ", not " + wrong.described());
      }
      default: return invalid(setting() + " takes " + problem.text + ", not " + wrong.described());
    }
  }

  /// Reads with the reader; nothing if the setting is invalid.
  template <class Read>
  auto read(Read read) -> decltype(read(std::declval<ObjectReader&>())) {
    try {
      return read(in);
    } catch (const Failure& thrown) {
      if (!first_error) first_error = thrown.error();
      return {};
    }
  }

  std::string backend;
  ImageSource no_images;
  boost::json::value value;
  Node node;
  ObjectReader in;
  std::optional<Error> first_error;
  std::optional<Error> failure;
};

BackendSettings::BackendSettings(std::string backend, const boost::json::object& settings)
    : impl_{std::make_unique<Impl>(std::move(backend), settings)} {}
BackendSettings::~BackendSettings() = default;

const std::string& BackendSettings::backend() const noexcept { return impl_->backend; }

std::optional<std::string> BackendSettings::text(const std::string& name) {
  return impl_->read([&](ObjectReader& in) {
    auto text = in.find<std::string>(name);
    if (text && text->empty()) in.node_of(name)->fail({Problem::Kind::type, "a text that is not empty", {}});
    return text;
  });
}

std::optional<std::string> BackendSettings::choice(const std::string& name, const std::vector<std::string>& choices) {
  return impl_->read([&](ObjectReader& in) {
    auto text = in.find<std::string>(name);
    if (text && std::ranges::find(choices, *text) == choices.end())
      in.node_of(name)->fail({Problem::Kind::choice, {}, choices});
    return text;
  });
}

std::optional<bool> BackendSettings::flag(const std::string& name) {
  return impl_->read([&](ObjectReader& in) { return in.find<bool>(name); });
}

std::optional<std::int64_t> BackendSettings::whole(const std::string& name, std::int64_t least, std::int64_t most) {
  return impl_->read([&](ObjectReader& in) { return in.find<std::int64_t>(name, least, most); });
}

std::optional<double> BackendSettings::number(const std::string& name, double least, double most) {
  return impl_->read([&](ObjectReader& in) { return in.find<double>(name, least, most); });
}

std::optional<std::chrono::milliseconds> BackendSettings::seconds(const std::string& name) {
  const std::optional<double> seconds = number(name, 0.001, 86'400);
  if (!seconds) return std::nullopt;
  return std::chrono::milliseconds{std::llround(*seconds * 1000)};
}

std::vector<std::pair<std::string, std::string>> BackendSettings::texts(const std::string& name) {
  return impl_->read([&](ObjectReader& in) {
    std::vector<std::pair<std::string, std::string>> members;
    const std::optional<Node> node = in.node_of(name);
    if (!node) return members;
    for (const boost::json::key_value_pair& member : node->object()) {
      const std::string_view key{member.key().data(), member.key().size()};
      members.emplace_back(key, node->child(key, member.value()).text());
    }
    return members;
  });
}

void BackendSettings::fail(Error error) {
  if (!impl_->failure) impl_->failure = std::move(error);
}

Result<void> BackendSettings::finish() {
  // In this order: a misspelt setting may be what the factory misses.
  if (!impl_->first_error) {
    impl_->read([](ObjectReader& in) {
      in.done();
      return true;
    });
  }
  if (impl_->first_error) return *impl_->first_error;
  if (impl_->failure) return *impl_->failure;
  return {};
}

}  // namespace pentimento
