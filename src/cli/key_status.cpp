#include "key_status.hpp"

#include "wording.hpp"

#include <algorithm>
#include <utility>

namespace pentimento::cli {

std::vector<KeyUse> key_uses(const Registry& registry) {
  std::vector<KeyUse> uses;
  const auto add = [&uses](const std::vector<BackendEntry>& entries) {
    for (const BackendEntry& entry : entries) {
      if (entry.key().empty()) continue;
      auto use = std::ranges::find(uses, entry.key(), &KeyUse::key);
      if (use == uses.end()) use = uses.insert(uses.end(), KeyUse{entry.key(), {}});
      if (std::ranges::find(use->backends, entry.name()) == use->backends.end()) use->backends.push_back(entry.name());
    }
  };
  add(registry.generators());
  add(registry.critics());
  return uses;
}

std::vector<KeyStatus> key_statuses(const Registry& registry) {
  const Keys keys;
  std::vector<KeyUse> uses = key_uses(registry);
  if (const Result<std::vector<std::string>> names = keys.names()) {
    for (const std::string& name : *names) {
      if (std::ranges::find(uses, name, &KeyUse::key) == uses.end()) uses.push_back({name, {}});
    }
  }
  std::vector<KeyStatus> statuses;
  for (KeyUse& use : uses) {
    KeyStatus status{std::move(use), KeyState::missing, {}, {}};
    if (const Result<FoundKey> found = keys.find(status.use.key)) {
      status.state = KeyState::found;
      status.what = where_of(*found);
      status.warning = found->warning();
    } else if (found.error().code() != errc::unauthorized) {
      status.state = KeyState::wrong;
      status.what = found.error().message();
    }
    statuses.push_back(std::move(status));
  }
  return statuses;
}

std::string where_of(const FoundKey& key) {
  return key.source() == KeySource::environment ? "the environment" : key.path().string();
}

void print(Terminal& terminal, const KeyStatus& status) {
  const Signs& signs = terminal.signs();
  const std::string used = status.use.backends.empty() ? "" : " for " + joined(status.use.backends);
  switch (status.state) {
    case KeyState::found:
      terminal.print_hanging({"  " + std::string{signs.pass} + ' ', Style::good},
                             {{status.use.key, Style::strong}, {used + ", from " + printable(status.what)}}, 4);
      break;
    case KeyState::missing:
      terminal.print_hanging({"  " + std::string{signs.unknown} + ' ', Style::doubt},
                             {{status.use.key, Style::strong}, {used + ": not set"}}, 4);
      break;
    case KeyState::wrong:
      terminal.print({{"  " + std::string{signs.fail} + ' ', Style::bad}, {status.use.key, Style::strong}, {used}});
      terminal.print_wrapped({{printable(status.what)}}, 4, 6);
      break;
  }
  if (!status.warning.empty()) terminal.print_wrapped({{printable(status.warning), Style::doubt}}, 4, 6);
}

}  // namespace pentimento::cli
