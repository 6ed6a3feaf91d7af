#include "backends.hpp"
#include "commands.hpp"
#include "findings_view.hpp"
#include "key_status.hpp"
#include "terminal.hpp"
#include "wording.hpp"
#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/http/client.hpp>
#include <pentimento/http/url.hpp>
#include <pentimento/providers/check_server.hpp>
#include <pentimento/secrets/keys.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pentimento::cli {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds patience{5};

/// A server with an address, the backends that use it, and its answer to their key.
struct Check {
  http::Url url;
  Server server;
  /// Empty if none was found.
  Secret key;
  std::vector<std::string> backends;
  std::optional<Result<std::string>> answer;
};

/// Returns an address without its query, which may hold a key.
std::string address_of(const http::Url& url) {
  std::string path = url.target().substr(0, url.target().find('?'));
  while (path.ends_with('/')) path.pop_back();
  return url.origin() + path;
}

/// Returns why an address cannot be used, if it cannot.
std::optional<std::string> reason_against(const BackendEntry& entry, const Result<http::Url>& url) {
  if (!url) return url.error().message();
  if (!entry.key().empty() && !url->is_https() && !url->is_loopback())
    return "the address " + url->origin() + " is not encrypted, so that others could read the key; use https";
  return std::nullopt;
}

/// Returns the key that the backends of a server use; empty if there is none.
Secret key_of(const Registry& registry, const Server& server) {
  if (!Keys::is_name(server.key_name)) return {};
  const Result<FoundKey> found = Keys{registry.options().keys}.find(server.key_name);
  return found ? found->secret() : Secret{};
}

/// Returns the checks of the servers of these backends, each once. Adds to `invalid` why an address cannot be used.
std::vector<Check> checks_of(const Registry& registry, const std::vector<std::string>& wanted,
                             std::map<std::string, std::string>& invalid) {
  std::vector<Check> checks;
  const auto add = [&](const std::vector<BackendEntry>& entries) {
    for (const BackendEntry& entry : entries) {
      if (!wanted.empty() && std::ranges::find(wanted, entry.name()) == wanted.end()) continue;
      if (entry.base_url().empty()) {
        // Such a server is the user's own: it matters only if its backend was named. A backend without a key may have
        // no server.
        if (!wanted.empty() && !entry.key().empty())
          invalid.emplace(entry.name(), "has no default address; give the setting \"base_url\"");
        continue;
      }
      const Result<http::Url> url = http::Url::parse(entry.base_url());
      if (const std::optional<std::string> why = reason_against(entry, url)) {
        invalid.emplace(entry.name(), *why);
        continue;
      }
      if (entry.server() == nullptr || entry.server()->check_path.empty()) continue;
      const Server& server = *entry.server();
      Secret key = key_of(registry, server);
      auto check = std::ranges::find_if(checks, [&](const Check& other) {
        return other.url == *url && other.server.check_path == server.check_path &&
               (other.server.key_name == server.key_name || (other.key.empty() && key.empty()));
      });
      if (check == checks.end()) check = checks.insert(checks.end(), Check{*url, server, std::move(key), {}, {}});
      if (std::ranges::find(check->backends, entry.name()) == check->backends.end())
        check->backends.push_back(entry.name());
    }
  };
  add(registry.generators());
  add(registry.critics());
  return checks;
}

asio::awaitable<void> carry_out(http::Client client, Check* check) {
  check->answer =
      co_await check_server(client, std::make_shared<const Server>(check->server), check->url, check->key, patience);
}

/// Asks every server at once.
Result<void> carry_out(std::vector<Check>& checks, const ServiceOptions& options) {
  asio::io_context context{1};
  http::ClientOptions how;
  how.ca_file = options.ca_file;
  how.proxy_from_environment = options.proxy;
  how.connect_timeout = patience;
  how.retry.max_attempts = 1;
  try {
    const http::Client client{context.get_executor(), how};
    for (Check& check : checks) asio::co_spawn(context, carry_out(client, &check), asio::detached);
    context.run();
  } catch (const Failure& failure) {
    return failure.error();
  }
  return {};
}

/// Prints the result of a check. Returns false if the user must do something about it.
bool print(Terminal& terminal, const Check& check, bool is_named) {
  const Signs& signs = terminal.signs();
  const Result<std::string> answer = check.answer.value_or(Error{errc::connect_failed, "no response"});
  const std::string used = " for " + joined(check.backends);
  const bool matters = is_named || !check.key.empty();
  const auto line = [&](std::string_view sign, Style style, const std::string& text) {
    terminal.print_hanging({"  " + std::string{sign} + ' ', style},
                           {{printable(address_of(check.url)), Style::strong}, {used + text}}, 4);
  };
  const auto problem = [&](const std::string& text) {
    line(matters ? signs.fail : signs.unknown, matters ? Style::bad : Style::doubt, text);
    return !matters;
  };
  if (answer) {
    const std::string key = check.key.empty() ? "" : " and accepts " + check.server.key_name;
    if (answer->empty()) return line(signs.pass, Style::good, ": answers" + key), true;
    return line(signs.unknown, Style::doubt, ": answers, but " + printable(*answer)), true;
  }
  const Error& error = answer.error();
  // That the key is missing has been said.
  if (error.code() == errc::unauthorized && check.key.empty())
    return line(signs.pass, Style::good, ": answers, and requires a key"), true;
  // Without TLS there is no certificate that could be at fault.
  if (error.code() == errc::connect_failed && check.url.is_loopback() && !check.url.is_https())
    return problem(": is not running");
  const bool fine = problem("");
  terminal.print_wrapped({{printable(error.message())}}, 4, 6);
  if (!error.provider_message().empty())
    terminal.print_wrapped({{printable(error.provider_message()), Style::faint}}, 4, 6);
  return fine;
}

/// Returns the environment variables that are set and name a proxy.
std::vector<std::string> proxy_variables() {
  std::vector<std::string> set;
  for (const char* name : {"https_proxy", "http_proxy", "all_proxy"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') set.emplace_back(name);
  }
  return set;
}

void print_rest(Terminal& terminal, const Registry& registry, const ServiceOptions& options) {
  const auto row = [&terminal](const std::string& name, const std::string& text) {
    terminal.print_hanging(label(name), {{printable(text)}}, 4);
  };
  row("here", "the generator sketch and the critic measure need neither a key nor a network");
  row("prices", "of " + registry.options().prices.date() +
                    (options.prices.empty() ? "; --prices FILE overrides them" : ", with " + options.prices));
  row("trust", options.ca_file.empty() ? "the certificate authorities of this system; --ca-file FILE replaces them"
                                       : "the certificate authorities of " + options.ca_file);
  const std::vector<std::string> proxies = proxy_variables();
  if (!proxies.empty()) {
    row("proxy", options.proxy
                     ? "by " + joined(proxies)
                     : joined(proxies) + (proxies.size() == 1 ? " is" : " are") + " set but not used; --proxy uses it");
  }
}

}  // namespace

ExitCode run_doctor(const DoctorOptions& options) {
  const Result<Registry> registry = make_registry(options.services);
  if (!registry) {
    print_error(registry.error().message());
    return ExitCode::usage;
  }
  std::vector<std::string> known = names_of(generators(*registry));
  for (const std::string& name : names_of(critics(*registry))) {
    if (std::ranges::find(known, name) == known.end()) known.push_back(name);
  }
  for (const std::string& name : options.backends) {
    if (std::ranges::find(known, name) != known.end()) continue;
    print_error(detail::unknown_name("backend", name, known));
    return ExitCode::usage;
  }
  const auto is_wanted = [&](const KeyUse& use) {
    return options.backends.empty() || std::ranges::any_of(use.backends, [&](const std::string& name) {
             return std::ranges::find(options.backends, name) != options.backends.end();
           });
  };
  std::vector<KeyStatus> keys = key_statuses(*registry);
  std::erase_if(keys, [&](const KeyStatus& status) { return !is_wanted(status.use); });

  Terminal terminal{stdout};
  bool fine = true;
  std::vector<std::string> advice;
  if (!keys.empty()) terminal.print({{"keys", Style::strong}});
  for (const KeyStatus& status : keys) {
    print(terminal, status);
    if (status.state == KeyState::missing) advice.push_back("pentimento keys set " + status.use.key);
    const bool needed = !options.backends.empty() && status.state != KeyState::found;
    fine = fine && !needed && status.state != KeyState::wrong;
  }

  std::map<std::string, std::string> invalid;
  std::vector<Check> checks = checks_of(*registry, options.backends, invalid);
  if (!checks.empty()) {
    terminal.show_live({{{"asking " + counted(checks.size(), "server"), Style::faint}}});
    const Result<void> asked = carry_out(checks, options.services);
    terminal.clear_live();
    if (!asked) {
      print_error(asked.error());
      return exit_code(asked.error());
    }
    terminal.print({{"servers", Style::strong}});
    for (const Check& check : checks) fine = print(terminal, check, !options.backends.empty()) && fine;
  }
  if (!invalid.empty()) terminal.print({{"addresses that cannot be used", Style::strong}});
  for (const auto& [name, why] : invalid) {
    terminal.print_wrapped(
        {{"  " + std::string{terminal.signs().fail} + ' ', Style::bad}, {name, Style::strong}, {": " + printable(why)}},
        4, 6);
  }
  fine = fine && invalid.empty();
  print_rest(terminal, *registry, options.services);
  for (const std::string& line : advice) terminal.print({label("to do"), {line, Style::accent}});
  return fine ? ExitCode::satisfied : ExitCode::unsatisfied;
}

}  // namespace pentimento::cli
