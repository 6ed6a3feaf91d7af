#include "usage_error.hpp"

#include "wording.hpp"
#include <pentimento/detail/did_you_mean.hpp>

#include <algorithm>
#include <cstddef>

namespace pentimento::cli {

namespace {

/// The names that an unexpected word could be a misspelling of.
std::vector<std::string> names_near(const CLI::App& app, bool option) {
  std::vector<std::string> names;
  if (!option) {
    for (const CLI::App* sub : app.get_subcommands(nullptr)) names.push_back(sub->get_name());
    return names;
  }
  for (const CLI::Option* known : app.get_options()) {
    for (const std::string& name : known->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

}  // namespace

std::string sentence_of(CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& words) {
  CLI::App* used = &app;
  for (CLI::App* sub : app.get_subcommands()) used = sub;
  const std::string command = used == &app ? "pentimento" : "pentimento " + used->get_name();
  const std::string help = "; see " + command + " --help";
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    std::vector<std::string> extras = app.remaining(true);
    std::erase(extras, "--");
    const std::string word = extras.empty() ? std::string{} : extras.front();
    const auto mark = std::ranges::find(words, "--");
    const bool option = word.starts_with('-');
    if (!option && used->get_name() == "keys")
      return "a key on the command line could be read by others; the program asks for it" + help;
    if (option && std::find(mark, words.end(), word) != words.end())
      return '"' + printable(word) + "\" follows \"--\", where no options are read; put it before" + help;
    const std::string name = option ? word.substr(0, word.find('=')) : word;
    const std::string what = option ? "unknown option " : used == &app ? "unknown command " : "unexpected word ";
    const std::string guess = detail::did_you_mean(name, names_near(*used, option));
    const std::string quotes = !option && used->get_name() == "refine" ? "; put the brief in quotes" : "";
    return what + '"' + printable(name) + "\" for " + command + (guess.empty() ? quotes + help : guess);
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string text = error.what();
    const std::string name = text.substr(0, text.find(':'));
    const CLI::Option* option = used->get_option_no_throw(name);
    const std::size_t times = option == nullptr ? 0 : option->count();
    if (times > 1) return name + " is given " + (times == 2 ? "twice" : counted(times, "time")) + "; give it once";
    return name + " needs a value" + help;
  }
  return printable(error.what()) + help;
}

std::string empty_option(const CLI::App& app, const std::vector<std::string>& words) {
  const auto mark = std::ranges::find(words, "--");
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional() || option->get_items_expected_max() == 0) continue;
    if (std::ranges::find(option->results(), "") != option->results().end()) return option->get_name();
    // After "--name=" CLI11 takes the next word as the value.
    if (std::find(words.begin(), mark, option->get_name() + '=') != mark) return option->get_name();
  }
  return {};
}

}  // namespace pentimento::cli
