#include "application.hpp"

#include "commands.hpp"
#include "emulate_command.hpp"
#include "exit_code.hpp"
#include "findings_view.hpp"
#include "refine_options.hpp"
#include "usage_error.hpp"
#include <pentimento/version.hpp>

#include <CLI/CLI.hpp>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

namespace pentimento::cli {

namespace {

constexpr const char* main_footer = R"~(
Examples:
  pentimento refine "three red mugs on a plain white table, bright"
  pentimento refine "a blue bottle left of a green apple" --drafts 3 --until "satisfied || rounds(4)"
  pentimento critique photo.jpg --brief "one shoe on a white background"
  pentimento runs
  pentimento resume last
  pentimento keys set stability
  pentimento list

"pentimento COMMAND --help" lists the options of a command, with examples.)~";

constexpr const char* critique_footer = R"~(
Examples:
  pentimento critique mugs.png --brief "three red mugs on a white background"
  pentimento critique shoe.jpg --profile marketplace-main
  pentimento critique car.webp --must "the car is yellow" --json)~";

constexpr const char* list_footer = R"~(
Kinds: generators, critics, revisers, profiles, policies.

Examples:
  pentimento list
  pentimento list policies)~";

constexpr const char* keys_footer =
    R"~(The key is asked for on the terminal, where it is not shown, or read as the first line of the standard
input. It is stored in a file that only you can read. The environment overrides that file; the file
overrides .env in the working folder.

Examples:
  pentimento keys
  pentimento keys set stability
  pass show openai | pentimento keys set OPENAI_API_KEY
  pentimento keys remove OPENAI_API_KEY)~";

constexpr const char* doctor_footer =
    R"~(Each server is asked once, with its key if there is one, for its list of models or its balance, which
costs nothing. No key is shown, or sent anywhere else. The exit code is 1 if a backend that was named, or
whose key is set, cannot be used.

Examples:
  pentimento doctor
  pentimento doctor stability openai)~";

constexpr const char* emulate_footer =
    R"~(Speaks the dialects of Stability, OpenAI Images and Chat Completions with the offline backends: free of
charge and the same every time. It listens on this machine only. A prompt with the word "forbidden" is
refused, as by a provider; masks are checked, but the whole image may change.

Examples:
  pentimento emulate
  pentimento emulate --port 8080 --scenario examples/emulator/bad_day.json
  pentimento emulate --tls --write-ca ca.pem

  STABILITY_BASE_URL=http://127.0.0.1:8080 STABILITY_API_KEY=any \
    pentimento refine "three red mugs" --generator stability)~";

constexpr const char* report_footer = R"~(
Examples:
  pentimento report last
  pentimento report three-red-mugs
  pentimento report ./mugs

Writes best.png, transcript.json, contact-sheet.png and report.html from the record, also of a run that was
killed. The record itself is not changed.)~";

constexpr const char* what_a_run_is =
    "RUN is an id, a beginning of one that no other run has, \"last\", or the path of a run folder.\n";

constexpr const char* runs_footer = R"~(
Examples:
  pentimento runs
  pentimento runs red mugs --state interrupted
  pentimento runs --since 2026-11-30 --json | jq -r '.[].id'

States: running, interrupted, stopped, empty.)~";

constexpr const char* show_footer = R"~(
Examples:
  pentimento show last
  pentimento show three-red-mugs --json | jq .transcript.ledger)~";

constexpr const char* sheet_footer = R"~(
Examples:
  pentimento sheet last
  pentimento sheet three-red-mugs --out mugs.png)~";

constexpr const char* diff_footer = R"~(
The exit code is 1 if anything differs.

Examples:
  pentimento diff last@0a last@2b
  pentimento diff three-red-mugs@1a three-red-mugs-2@1a)~";

constexpr const char* resume_footer = R"~(
Nothing that has ended is paid again, and limits on money, rounds and time go on from where they were. The
roles are those of the record; give --profile again if the run had one.

Examples:
  pentimento resume last
  pentimento resume three-red-mugs --abandon)~";

constexpr const char* branch_footer = R"~(
The image of the candidate is the init image of the new run, and competes in its first round. The
requirements of the earlier run stay; --must, --should and --avoid add to them.

Examples:
  pentimento branch last@2b
  pentimento branch three-red-mugs@1a "three red mugs on a dark table" --until "rounds(2)"
  pentimento branch last@0c --generator stability --critic openai --until "satisfied || usd(0.50)")~";

constexpr const char* replay_footer = R"~(
No call is made. With the policy of the run the result is the same, to the last event.

Examples:
  pentimento replay last
  pentimento replay three-red-mugs --until "plateau(2)")~";

constexpr const char* rm_footer = R"~(
Examples:
  pentimento rm last
  pentimento rm three-red-mugs three-red-mugs-2 --yes

A run that a process holds is not removed, nor a folder elsewhere: that you can remove yourself.)~";

void add_run(CLI::App& app, std::string& run, const char* footer) {
  app.add_option("run", run, "The run")->type_name("RUN")->required();
  app.footer(std::string{what_a_run_is} + footer);
}

void add_runs(CLI::App& app, RunsOptions& options) {
  app.add_option("words", options.words, "Only runs with all these words in their id or brief")->type_name("WORD");
  app.add_option("--state", options.state, "Only runs in this state")->type_name("STATE");
  app.add_option("--since", options.since, "Only runs since the beginning of this day, such as 2026-11-30")
      ->type_name("DAY");
  app.add_flag("--json", options.json, "Print the list as JSON");
  app.footer(runs_footer);
}

void add_resume(CLI::App& app, ResumeOptions& options) {
  add_run(app, options.run, resume_footer);
  app.add_flag("--repeat", options.repeat, "Make calls again that may have been billed already, and pay again");
  app.add_flag("--abandon", options.abandon, "Count those calls as failed, and go on");
  RefineOptions& refine = options.refine;
  for (std::string* role : {&refine.generator, &refine.critic, &refine.reviser}) role->clear();
  app.add_option("--generator", refine.generator, "Makes the images [as recorded]")->type_name("NAME");
  app.add_option("--critic", refine.critic, "Judges the images [as recorded]")->type_name("NAME");
  app.add_option("--profile", refine.profile, "What the critic judges besides the brief")->type_name("NAME");
  app.add_option("--reviser", refine.reviser, "Writes the next prompt [as recorded]")->type_name("NAME");
  app.add_flag("--json", refine.json, "Print one JSON event per line, from here on");
  app.add_flag("-q,--quiet", refine.quiet, "Print only the path of the best image");
  add_services(app, refine.services);
}

void add_branch(CLI::App& app, BranchOptions& options) {
  app.add_option("from", options.from, "The candidate to start from, such as last@2b")->type_name("RUN@ID")->required();
  RefineOptions& refine = options.refine;
  add_refine(app, refine);
  for (std::string* role : {&refine.generator, &refine.critic, &refine.reviser}) role->clear();
  for (const char* name : {"brief", "--until", "--generator", "--critic", "--reviser"}) {
    CLI::Option* const option = app.get_option(name);
    const std::string text = option->get_description();
    const std::size_t end = text.find('[');
    option->description(text.substr(0, end) + (end == std::string::npos ? " [as recorded]" : "[as recorded]") +
                        (end == std::string::npos ? "" : text.substr(text.find(']') + 1)));
  }
  app.remove_option(app.get_option("--image"));
  app.footer(std::string{what_a_run_is} + branch_footer);
}

void add_diff(CLI::App& app, DiffOptions& options) {
  app.add_option("before", options.before, "A candidate, such as last@1a")->type_name("RUN@ID")->required();
  app.add_option("after", options.after, "Another one")->type_name("RUN@ID")->required();
  app.footer(std::string{what_a_run_is} + diff_footer);
}

void add_rm(CLI::App& app, RmOptions& options) {
  app.add_option("runs", options.runs, "The runs")->type_name("RUN");
  app.add_flag("-y,--yes", options.yes, "Do not ask");
  app.footer(std::string{what_a_run_is} + rm_footer);
}

void add_critique(CLI::App& app, CritiqueOptions& options) {
  app.add_option("image", options.image, "The image: PNG, JPEG, WebP or GIF")->type_name("IMAGE");
  app.add_option("-b,--brief", options.brief, "What the image should show")->type_name("BRIEF");
  app.add_option("--must", options.must, "What must hold in the image; repeatable")
      ->type_name("TEXT")
      ->allow_extra_args(false);
  app.add_option("--should", options.should, "What makes the image better; repeatable")
      ->type_name("TEXT")
      ->allow_extra_args(false);
  app.add_option("--critic", options.critic, "Judges the image [measure]")->type_name("NAME");
  app.add_option("--profile", options.profile,
                 "What the critic judges besides the brief; see\n\"pentimento list profiles\"")
      ->type_name("NAME");
  app.add_flag("--json", options.json, "Print the checklist, the critique and the score as JSON");
  app.add_flag("-q,--quiet", options.quiet, "Print nothing; see the exit code");
  add_services(app, options.services);
  app.footer(std::string{exit_code_help} + '\n' + critique_footer);
}

void add_keys(CLI::App& app, KeysOptions& options) {
  app.add_option("action", options.action, "list, set or remove [list]")->type_name("ACTION");
  app.add_option("name", options.name, "Name of the key, or of a backend that uses it")->type_name("NAME");
  app.footer(keys_footer);
}

void add_doctor(CLI::App& app, DoctorOptions& options) {
  app.add_option("backends", options.backends, "Only these backends; by default all")->type_name("NAME");
  add_services(app, options.services);
  app.footer(doctor_footer);
}

void add_emulate(CLI::App& app, EmulateOptions& options) {
  app.add_option("-p,--port", options.port, "Port [8080]; 0 takes a free one")->type_name("N");
  app.add_option("--scenario", options.scenario, "A JSON script of faults to play")->type_name("FILE");
  app.add_flag("--tls", options.tls, "Use TLS, with a certificate authority made for this run");
  app.add_option("--write-ca", options.write_ca, "Where to write the certificate of that authority")->type_name("FILE");
  app.add_flag("--ipv6", options.ipv6, "Listen at [::1] as well");
  app.add_flag("--proxy", options.proxy, "Also be an HTTP proxy for this machine");
  app.add_flag("--json", options.json, "Print one JSON request per line");
  app.add_flag("-q,--quiet", options.quiet, "Print only the address");
  app.footer(emulate_footer);
}

/// Prints an error if the standard output could not be written. Returns the exit code of the program.
ExitCode finish_output(ExitCode code) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  const std::string why = errno == 0 ? "" : ": " + std::generic_category().message(errno);
  // A reader that closed its end has read all that it wanted.
  pollfd output{STDOUT_FILENO, 0, 0};
  if (::poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP)) != 0) return code;
  if (code != ExitCode::satisfied && code != ExitCode::unsatisfied) return code;  // a worse error was printed
  print_error("cannot write to the standard output" + why);
  return ExitCode::io;
}

class Program {
 public:
  Program() {
    app_.name("pentimento");
    app_.set_version_flag("--version", "pentimento " + std::string{version()}, "Print the version and exit");
    app_.set_help_flag("-h,--help", "Print this help and exit");
    app_.footer(std::string{exit_code_help} + '\n' + main_footer);
    app_.get_formatter()->column_width(30);
    app_.require_subcommand(0, 1);
    add_refine(*refine_, refine_options_);
    add_critique(*critique_, critique_options_);
    list_->add_option("kind", list_what_, "Only this kind")->type_name("KIND");
    list_->footer(list_footer);
    add_runs(*runs_, runs_options_);
    add_run(*show_, show_options_.run, show_footer);
    show_->add_flag("--json", show_options_.json, "Print the state and the transcript as JSON");
    add_run(*sheet_, sheet_options_.run, sheet_footer);
    sheet_->add_option("-o,--out", sheet_options_.out, "File to write [contact-sheet.png in the folder of the run]")
        ->type_name("FILE");
    add_diff(*diff_, diff_options_);
    add_resume(*resume_, resume_options_);
    add_branch(*branch_, branch_options_);
    add_run(*replay_, replay_options_.run, replay_footer);
    replay_->add_option("-u,--until", replay_options_.until, "Another stop policy")->type_name("POLICY");
    replay_->add_flag("--json", replay_options_.json, "Print the result as JSON");
    add_rm(*rm_, rm_options_);
    report_->add_option("run", report_run_, "Id of the run, a beginning of it, its folder, or \"last\"")
        ->type_name("RUN");
    report_->footer(report_footer);
    add_keys(*keys_, keys_options_);
    add_doctor(*doctor_, doctor_options_);
    add_emulate(*emulate_, emulate_options_);
  }

  ExitCode run(int argc, char** argv) {
    const std::vector<std::string> words{argv + std::min(argc, 1), argv + argc};
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& asked) {  // --help, --version
      app_.exit(asked);
      return ExitCode::satisfied;
    } catch (const CLI::ParseError& error) {
      print_error(sentence_of(app_, error, words));
      return ExitCode::usage;
    }
    for (const CLI::App* used : app_.get_subcommands()) {
      const std::string empty = empty_option(*used, words);
      if (empty.empty()) continue;
      print_error(empty + " is empty; a value is needed; see pentimento " + used->get_name() + " --help");
      return ExitCode::usage;
    }
    if (*refine_) return run_refine(refine_options_);
    if (*critique_) return run_critique(critique_options_);
    if (*runs_) return run_runs(runs_options_);
    if (*show_) return run_show(show_options_);
    if (*sheet_) return run_sheet(sheet_options_);
    if (*diff_) return run_diff(diff_options_);
    if (*resume_) return run_resume(resume_options_);
    if (*branch_) return run_branch(branch_options_);
    if (*replay_) return run_replay(replay_options_);
    if (*rm_) return run_rm(rm_options_);
    if (*keys_) return run_keys(keys_options_);
    if (*doctor_) return run_doctor(doctor_options_);
    if (*emulate_) return run_emulate(emulate_options_);
    if (*list_) {
      if (list_what_.empty() && list_->count("kind") > 0) {
        print_error("the kind is empty; a kind is needed; see pentimento list --help");
        return ExitCode::usage;
      }
      return run_list(list_what_);
    }
    if (*report_) {
      if (report_run_.empty()) {
        print_error("no run was given; usage: pentimento report RUN");
        return ExitCode::usage;
      }
      return run_report(report_run_);
    }
    std::cerr << app_.help();
    return ExitCode::usage;
  }

 private:
  CLI::App app_{"Turns a brief into an image that meets it: generate, critique, revise, repeat."};
  CLI::App* refine_ = app_.add_subcommand("refine", "Make images until one meets the brief");
  CLI::App* critique_ = app_.add_subcommand("critique", "Judge an image by a brief");
  CLI::App* list_ = app_.add_subcommand("list", "List generators, critics, revisers, profiles and stop policies");
  CLI::App* runs_ = app_.add_subcommand("runs", "List your runs");
  CLI::App* show_ = app_.add_subcommand("show", "Show the rounds, verdicts, prompts and costs of a run");
  CLI::App* sheet_ = app_.add_subcommand("sheet", "Write the contact sheet of a run");
  CLI::App* diff_ = app_.add_subcommand("diff", "Compare the prompts and verdicts of two candidates");
  CLI::App* resume_ = app_.add_subcommand("resume", "Go on with an interrupted run");
  CLI::App* branch_ = app_.add_subcommand("branch", "Start a new run from a candidate of an earlier one");
  CLI::App* replay_ = app_.add_subcommand("replay", "Replay a run offline, also under another stop policy");
  CLI::App* rm_ = app_.add_subcommand("rm", "Remove runs with their images");
  CLI::App* report_ = app_.add_subcommand("report", "Write the report of an earlier run again");
  CLI::App* keys_ = app_.add_subcommand("keys", "List, store and remove API keys");
  CLI::App* doctor_ =
      app_.add_subcommand("doctor", "Check which keys are set, and which servers answer and accept them");
  CLI::App* emulate_ = app_.add_subcommand("emulate", "Run a local server that stands in for the providers");
  RefineOptions refine_options_;
  CritiqueOptions critique_options_;
  RunsOptions runs_options_;
  ShowOptions show_options_;
  SheetOptions sheet_options_;
  DiffOptions diff_options_;
  ResumeOptions resume_options_;
  BranchOptions branch_options_;
  ReplayOptions replay_options_;
  RmOptions rm_options_;
  KeysOptions keys_options_;
  DoctorOptions doctor_options_;
  EmulateOptions emulate_options_;
  std::string list_what_;
  std::string report_run_;
};

}  // namespace

int run_application(int argc, char** argv) {
  // libvips would print warnings about damaged images; the error message has what they say.
  ::setenv("VIPS_WARNING", "0", 0);
  try {
    return static_cast<int>(finish_output(Program{}.run(argc, argv)));
  } catch (const std::exception& error) {
    print_error(std::string{"internal error: "} + error.what());
    return static_cast<int>(ExitCode::backend);
  }
}

}  // namespace pentimento::cli
