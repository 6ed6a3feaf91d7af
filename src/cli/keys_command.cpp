#include "backends.hpp"
#include "commands.hpp"
#include "findings_view.hpp"
#include "key_status.hpp"
#include "secret_reader.hpp"
#include "terminal.hpp"
#include "wording.hpp"
#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/secrets/keys.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

namespace pentimento::cli {

namespace {

Registry known_backends() { return make_registry({}).value(); }  // without options it cannot fail

ExitCode reject(const Error& error) {
  print_error(error.message());
  return exit_code(error);
}

/// The key of this name, or of the backend of this name. Errors: `invalid_argument`.
Result<std::string> key_of(const std::string& name, const std::string& action) {
  const std::vector<KeyUse> uses = key_uses(known_backends());
  if (name.empty()) {
    std::string known;
    for (const KeyUse& use : uses) known += (known.empty() ? "" : ", ") + use.key;
    return Error{errc::invalid_argument,
                 "no key was given; usage: pentimento keys " + action + " NAME, with one of " + known};
  }
  for (const KeyUse& use : uses) {
    if (std::ranges::find(use.backends, name) != use.backends.end()) return use.key;
  }
  // Some keys are of capitals and digits too; the name of a variable for one has more than one word.
  if (Keys::is_name(name) && name.find('_') != std::string::npos) return name;
  std::vector<std::string> names;
  for (const KeyUse& use : uses) {
    names.push_back(use.key);
    names.insert(names.end(), use.backends.begin(), use.backends.end());
  }
  // Only what resembles a name is repeated: anything else may be the key itself.
  const std::string suggestion = detail::did_you_mean(name, names);
  return Error{errc::invalid_argument, (suggestion.empty() ? "what was given" : '"' + printable(name) + '"') +
                                           " is not the name of a key or backend; keys are named like OPENAI_API_KEY" +
                                           suggestion};
}

ExitCode list() {
  Terminal terminal{stdout};
  ExitCode code = ExitCode::satisfied;
  for (const KeyStatus& status : key_statuses(known_backends())) {
    if (status.state == KeyState::wrong) code = ExitCode::io;
    print(terminal, status);
  }
  return code;
}

ExitCode set(const std::string& wanted) {
  const Result<std::string> name = key_of(wanted, "set");
  if (!name) return reject(name.error());
  const Keys keys;
  // A key file that cannot be used is reported before the key is typed.
  if (const Result<FoundKey> before = keys.find(*name);
      !before && before.error().code() != errc::unauthorized && before.error().code() != errc::invalid_argument)
    return reject(before.error());
  const Result<Secret> key = read_secret(*name + " (what you type is not shown): ");
  if (!key) return reject(key.error());
  if (const Result<void> stored = keys.store(*name, *key); !stored) return reject(stored.error());
  std::printf("%s is stored in %s, which only you can read\n", name->c_str(),
              printable(keys.places().key_file.string()).c_str());
  const Result<FoundKey> found = keys.find(*name);
  if (found && found->source() == KeySource::environment)
    std::printf("the environment has %s too, and overrides it\n", name->c_str());
  return ExitCode::satisfied;
}

ExitCode remove(const std::string& wanted) {
  const Result<std::string> name = key_of(wanted, "remove");
  if (!name) return reject(name.error());
  const Keys keys;
  const Result<bool> removed = keys.remove(*name);
  if (!removed) return reject(removed.error());
  if (*removed) {
    std::printf("%s was removed from %s\n", name->c_str(), printable(keys.places().key_file.string()).c_str());
  } else {
    std::printf("%s was not in %s\n", name->c_str(), printable(keys.places().key_file.string()).c_str());
  }
  const Result<FoundKey> found = keys.find(*name);
  if (found) std::printf("it is still set: %s\n", where_of(*found).c_str());
  return ExitCode::satisfied;
}

}  // namespace

ExitCode run_keys(const KeysOptions& options) {
  if (options.action == "set") return set(options.name);
  if (options.action == "remove") return remove(options.name);
  if (options.action == "list") {
    if (options.name.empty()) return list();
    print_error("\"keys list\" takes no name; usage: pentimento keys list");
    return ExitCode::usage;
  }
  // Only what resembles an action is repeated: anything else may be a key.
  const std::array actions{"list", "set", "remove"};
  const std::string suggestion = detail::did_you_mean(options.action, actions);
  print_error(suggestion.empty() ? "there is no such action; there are list, set and remove"
                                 : detail::unknown_name("action", options.action, actions));
  return ExitCode::usage;
}

}  // namespace pentimento::cli
