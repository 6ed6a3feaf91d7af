#include "backends.hpp"
#include "commands.hpp"
#include "findings_view.hpp"
#include "key_status.hpp"
#include "terminal.hpp"
#include "wording.hpp"
#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/http/client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

namespace pentimento::cli {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds patience{5};

/// A server and the backends that use it.
struct Server {
  http::Url url;
  std::vector<std::string> backends;
  /// The status of its response, or the error.
  std::optional<Result<int>> status;
};

/// Why an address cannot be used; none if it can.
std::optional<std::string> reason_against(const BackendEntry& entry, const Result<http::Url>& url) {
  if (!url) return url.error().message();
  if (!entry.key().empty() && !url->is_https() && !url->is_loopback())
    return "the address " + url->origin() + " is not encrypted, so that others could read the key; use https";
  return std::nullopt;
}

/// The servers of these backends, each once. Adds to `faults` why the address of a backend cannot be used.
std::vector<Server> servers_of(const Registry& registry, const std::vector<std::string>& wanted,
                               std::map<std::string, std::string>& faults) {
  std::vector<Server> servers;
  const auto add = [&](const std::vector<BackendEntry>& entries) {
    for (const BackendEntry& entry : entries) {
      if (!wanted.empty() && std::ranges::find(wanted, entry.name()) == wanted.end()) continue;
      if (entry.base_url().empty()) {
        // Such a server is the user's own: it matters only if its backend was named. A backend without a key may have
        // no server.
        if (!wanted.empty() && !entry.key().empty())
          faults.emplace(entry.name(), "has no default address; give the setting \"base_url\"");
        continue;
      }
      const Result<http::Url> url = http::Url::parse(entry.base_url());
      if (const std::optional<std::string> fault = reason_against(entry, url)) {
        faults.emplace(entry.name(), *fault);
        continue;
      }
      auto server = std::ranges::find_if(servers, [&](const Server& s) { return s.url.origin() == url->origin(); });
      if (server == servers.end()) server = servers.insert(servers.end(), Server{*url, {}, {}});
      if (std::ranges::find(server->backends, entry.name()) == server->backends.end())
        server->backends.push_back(entry.name());
    }
  };
  add(registry.generators());
  add(registry.critics());
  return servers;
}

asio::awaitable<void> ask(http::Client client, Server* server) {
  http::Request request{http::Method::get, server->url};
  request.timeout(patience);
  const Result<http::Response> reply = co_await client.send(std::move(request));
  server->status = reply ? Result<int>{reply->status()} : Result<int>{reply.error()};
}

/// Sends every server one request that costs nothing and has no key, all at once. Any response counts as alive.
Result<void> ask(std::vector<Server>& servers, const ServiceOptions& options) {
  asio::io_context context{1};
  http::ClientOptions how;
  how.ca_file = options.ca_file;
  how.proxy_from_environment = options.proxy;
  how.connect_timeout = patience;
  try {
    const http::Client client{context.get_executor(), how};
    for (Server& server : servers) asio::co_spawn(context, ask(client, &server), asio::detached);
    context.run();
  } catch (const Failure& failure) {
    return failure.error();
  }
  return {};
}

bool print_servers(Terminal& terminal, const std::vector<Server>& servers, const std::vector<KeyStatus>& keys,
                   bool all_wanted) {
  const Signs& signs = terminal.signs();
  bool fine = true;
  for (const Server& server : servers) {
    const std::string used = " for " + joined(server.backends);
    const Result<int> status = server.status.value_or(Error{errc::connect_failed, "no response"});
    if (status) {
      terminal.print({{"  " + std::string{signs.pass} + ' ', Style::good},
                      {server.url.origin(), Style::strong},
                      {used + ": answers"}});
      continue;
    }
    const bool has_key = std::ranges::any_of(keys, [&](const KeyStatus& key) {
      return key.state == KeyState::found && std::ranges::any_of(key.use.backends, [&](const std::string& name) {
               return std::ranges::find(server.backends, name) != server.backends.end();
             });
    });
    const bool matters = all_wanted || has_key;
    fine = fine && !matters;
    if (server.url.is_loopback() && status.error().code() == errc::connect_failed) {
      terminal.print(
          {{"  " + std::string{matters ? signs.fail : signs.unknown} + ' ', matters ? Style::bad : Style::faint},
           {server.url.origin(), Style::strong},
           {used + ": is not running"}});
      continue;
    }
    terminal.print(
        {{"  " + std::string{matters ? signs.fail : signs.unknown} + ' ', matters ? Style::bad : Style::doubt},
         {server.url.origin(), Style::strong},
         {used}});
    terminal.print_wrapped({{printable(status.error().message())}}, 4, 6);
  }
  return fine;
}

/// The environment variables that name a proxy and are set.
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

  std::map<std::string, std::string> faults;
  std::vector<Server> servers = servers_of(*registry, options.backends, faults);
  if (!servers.empty()) {
    terminal.show_live({{{"asking " + counted(servers.size(), "server"), Style::faint}}});
    const Result<void> asked = ask(servers, options.services);
    terminal.clear_live();
    if (!asked) {
      print_error(asked.error());
      return exit_code(asked.error());
    }
    terminal.print({{"servers", Style::strong}});
    fine = print_servers(terminal, servers, keys, !options.backends.empty()) && fine;
  }
  if (!faults.empty()) terminal.print({{"addresses that cannot be used", Style::strong}});
  for (const auto& [name, fault] : faults) {
    terminal.print_wrapped({{"  " + std::string{terminal.signs().fail} + ' ', Style::bad},
                            {name, Style::strong},
                            {": " + printable(fault)}},
                           4, 6);
  }
  fine = fine && faults.empty();
  print_rest(terminal, *registry, options.services);
  for (const std::string& line : advice) terminal.print({label("to do"), {line, Style::accent}});
  return fine ? ExitCode::satisfied : ExitCode::unsatisfied;
}

}  // namespace pentimento::cli
