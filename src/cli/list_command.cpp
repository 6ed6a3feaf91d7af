#include "backends.hpp"
#include "commands.hpp"
#include "findings_view.hpp"
#include "terminal.hpp"
#include <pentimento/detail/did_you_mean.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace pentimento::cli {

namespace {

struct Group {
  std::string name;
  std::string title;
  std::vector<Choice> choices;
};

std::vector<Group> groups() {
  const Registry registry = make_registry({}).value();  // without options it cannot fail
  return {{"generators", "Generators (--generator)", generators(registry)},
          {"critics", "Critics (--critic)", critics(registry)},
          {"revisers", "Revisers (--reviser)", revisers(registry)},
          {"profiles", "Profiles of the critic measure (--profile)", profiles()},
          {"policies", "Stop policies (--until)", policies()}};
}

}  // namespace

ExitCode run_list(const std::string& what) {
  const std::vector<Group> all = groups();
  std::vector<std::string> names;
  for (const Group& group : all) names.push_back(group.name);
  if (!what.empty() && std::ranges::find(names, what) == names.end()) {
    print_error(detail::unknown_name("list", what, names));
    return ExitCode::usage;
  }
  Terminal terminal{stdout};
  bool first = true;
  for (const Group& group : all) {
    if (!what.empty() && group.name != what) continue;
    if (!std::exchange(first, false)) terminal.print({{""}});
    terminal.print_wrapped({{group.title, Style::strong}}, 0, 3);
    std::size_t widest = 0;
    for (const Choice& choice : group.choices) widest = std::max(widest, choice.name.size());
    const int indent = static_cast<int>(widest) + 5;
    for (const Choice& choice : group.choices) {
      std::string name = "  " + choice.name;
      name.resize(static_cast<std::size_t>(indent), ' ');
      terminal.print_hanging({name, Style::accent}, {{choice.what}}, 6);
    }
  }
  return ExitCode::satisfied;
}

}  // namespace pentimento::cli
