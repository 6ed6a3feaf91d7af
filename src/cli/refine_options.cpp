#include "refine_options.hpp"

#include "exit_code.hpp"
#include "values.hpp"
#include <pentimento/run_settings.hpp>

#include <CLI/CLI.hpp>

#include <cctype>
#include <cstddef>
#include <string>
#include <type_traits>

namespace pentimento::cli {

namespace {

constexpr const char* refine_footer = R"~(
Examples:
  pentimento refine "three red mugs on a plain white table, bright"
  pentimento refine "a red boat on a plain blue background" --aspect 16:9 --seed 7 --out boat
  pentimento refine "a green bottle" --must "plain white background" --should "bright" --avoid "a shadow"
  pentimento refine "a red shoe" --drafts 4 --until "score(90) || usd(0.50) || minutes(5)"
  pentimento refine "the same mug, on white" --image mug.jpg
  pentimento refine "a green tree left of a red house" --reviser ask
  pentimento refine "a yellow car" --json | jq -r .type
  pentimento refine "three red mugs" --generator stability --critic openai --until "satisfied || usd(0.60)" --dry-run

The run is recorded in $XDG_DATA_HOME/pentimento/runs (by default ~/.local/share/pentimento/runs), in a
folder named after the brief: run.sqlite has every event, images/ every image as it was received, both
written before the run goes on. Beside them are best.png, report.html, contact-sheet.png, transcript.json.

Ctrl-C ends the run and keeps what was made; a second Ctrl-C ends the program at once. NO_COLOR=1 or
TERM=dumb turns colours and live lines off.)~";

/// What a setting of a run does and takes: `images in each round, 1 to 64 [1]`.
template <class T>
std::string help_of(const RunSetting<T>& setting) {
  std::string text{setting.help};
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  const T by_default = (RunSettings{}.*setting.get)();
  if constexpr (std::is_enum_v<T>) {
    return text + " [" + with_hyphens(to_string(by_default)) + ']';
  } else {
    if (setting.most <= 1'000'000) text += ", " + std::to_string(setting.least) + " to " + std::to_string(setting.most);
    return text + " [" + std::to_string(by_default) + ']';
  }
}

/// The text in lines that fit beside the names of the options.
std::string in_lines(std::string text) {
  constexpr std::size_t width = 60;
  for (std::size_t begin = 0; text.size() - begin > width;) {
    const std::size_t space = text.rfind(' ', begin + width);
    if (space == std::string::npos || space <= begin) break;
    text[space] = '\n';
    begin = space + 1;
  }
  return text;
}

}  // namespace

void add_services(CLI::App& app, ServiceOptions& options) {
  app.add_option("--prices", options.prices, "A JSON price table; overrides the built-in prices")
      ->type_name("FILE")
      ->group("Providers");
  app.add_option("--ca-file", options.ca_file, "Certificate authorities to trust (PEM), in place of the system's")
      ->type_name("FILE")
      ->group("Providers");
  app.add_flag("--proxy", options.proxy, "Use the proxy of https_proxy, http_proxy, all_proxy and no_proxy")
      ->group("Providers");
}

void add_refine(CLI::App& app, RefineOptions& options) {
  app.add_option("brief", options.brief, "What the image should show, in quotes")->type_name("BRIEF");
  app.add_option("-u,--until", options.until,
                 "When to stop [satisfied || rounds(6) || plateau(3)];\nsee \"pentimento list policies\"")
      ->type_name("POLICY")
      ->group("The run");
  for_each_run_setting([&](const auto& setting) {
    const std::string name = with_hyphens(setting.name);
    const std::string short_name = setting.name == "drafts" ? "-n," : setting.name == "seed" ? "-s," : "";
    app.add_option(short_name + "--" + name, options.settings[setting.name], in_lines(help_of(setting)))
        ->type_name(std::is_enum_v<std::remove_cvref_t<decltype(setting.least)>> ? "CHOICE" : "N")
        ->group("The run");
  });

  app.add_option("--must", options.must, "What must hold in the image; repeatable")
      ->type_name("TEXT")
      ->allow_extra_args(false)
      ->group("The brief");
  app.add_option("--should", options.should, "What makes the image better; repeatable")
      ->type_name("TEXT")
      ->allow_extra_args(false)
      ->group("The brief");
  app.add_option("--avoid", options.avoid, "What the image should not show; repeatable")
      ->type_name("TEXT")
      ->allow_extra_args(false)
      ->group("The brief");
  app.add_option("--image", options.image, "The init image: PNG, JPEG, WebP or GIF")
      ->type_name("FILE")
      ->group("The brief");
  app.add_option("--size", options.size, "Size in pixels, such as 1024x768")->type_name("WxH")->group("The brief");
  app.add_option("--aspect", options.aspect, "Aspect ratio, such as 16:9")->type_name("W:H")->group("The brief");

  app.add_option("--generator", options.generator,
                 "Makes the images [sketch]: NAME, NAME:MODEL or\n{\"name\": NAME, ...}; see \"pentimento list "
                 "generators\"")
      ->type_name("NAME")
      ->group("Roles");
  app.add_option("--critic", options.critic, "Judges the images [measure]; the same forms")
      ->type_name("NAME")
      ->group("Roles");
  app.add_option("--profile", options.profile,
                 "What the critic judges besides the brief; see\n\"pentimento list profiles\"")
      ->type_name("NAME")
      ->group("Roles");
  app.add_option(
         "--reviser", options.reviser,
         "Writes the next prompt [checklist]: NAME, NAME:MODEL\nor {\"name\": NAME, ...}; see \"pentimento list "
         "revisers\"")
      ->type_name("NAME")
      ->group("Roles");

  app.add_option("-o,--out", options.out, "Folder of the run [named after the brief, among your runs]")
      ->type_name("DIR")
      ->group("Output");
  app.add_flag("--no-store", options.no_store, "Record nothing: no file is written")->group("Output");
  app.add_flag("--json", options.json, "Print one JSON event per line, and nothing else")->group("Output");
  app.add_flag("-q,--quiet", options.quiet, "Print only the path of the best image")->group("Output");
  app.add_flag("-y,--yes", options.yes,
               "Ask nothing: overwrite the folder of an earlier run, accept\nwhat the reviser proposes")
      ->group("Output");
  app.add_flag("--dry-run", options.dry_run, "Print what the run would do and the most it can cost;\nmake no call")
      ->group("The run");
  add_services(app, options.services);
  app.footer(std::string{exit_code_help} + '\n' + refine_footer);
}

}  // namespace pentimento::cli
