#include "emulate_command.hpp"

#include "end_signals.hpp"
#include "findings_view.hpp"
#include "terminal.hpp"
#include "values.hpp"
#include "wording.hpp"
#include <pentimento/emulator/answers.hpp>
#include <pentimento/emulator/emulator.hpp>
#include <pentimento/image_file.hpp>
#include <pentimento/json.hpp>
#include <pentimento/offline/convert.hpp>
#include <pentimento/offline/measure.hpp>
#include <pentimento/offline/sketch.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <utility>

namespace pentimento::cli {

namespace asio = boost::asio;

namespace {

ExitCode reject(const std::string& sentence, ExitCode code = ExitCode::usage) {
  print_error(sentence);
  return code;
}

/// `812 B`, `1.5 kB`, `2.0 MB`.
std::string words_of_bytes(std::uint64_t bytes) {
  char text[32];
  if (bytes < 1'000) {
    std::snprintf(text, sizeof text, "%u B", static_cast<unsigned>(bytes));
  } else if (bytes < 1'000'000) {
    std::snprintf(text, sizeof text, "%.1f kB", static_cast<double>(bytes) / 1e3);
  } else {
    std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  }
  return text;
}

void print(Terminal& terminal, const emulator::RequestLog& request) {
  const bool good = request.complete && request.status >= 200 && request.status < 300;
  std::string head = std::to_string(request.number);
  head.resize(5, ' ');
  Line line{{head, Style::faint},
            {request.status == 0 ? "---" : std::to_string(request.status), good ? Style::good : Style::bad},
            {"  " + printable(request.method.empty() ? "no request" : request.method + ' ' + request.path)},
            {"   " + words_of_bytes(request.bytes_received) + " in, " + words_of_bytes(request.bytes_sent) + " out, " +
                 words_of(std::chrono::duration_cast<Duration>(request.duration)),
             Style::faint}};
  if (!request.complete) line.push_back({", cut off", Style::bad});
  if (!request.rule.empty()) line.push_back({"   by rule: " + printable(request.rule), Style::doubt});
  terminal.print(line);
  terminal.flush();
}

void print_json_line(const emulator::RequestLog& request) {
  boost::json::object object;
  object["number"] = request.number;
  object["connection"] = request.connection;
  object["method"] = printable(request.method);
  object["path"] = printable(request.path);
  object["status"] = request.status;
  object["milliseconds"] = request.duration.count();
  object["bytes_received"] = request.bytes_received;
  object["bytes_sent"] = request.bytes_sent;
  object["complete"] = request.complete;
  if (!request.rule.empty()) object["rule"] = printable(request.rule);
  std::printf("%s\n", to_text(boost::json::value(std::move(object))).c_str());
  std::fflush(stdout);
}

void print_start(Terminal& terminal, const emulator::Emulator& server, const EmulateOptions& options) {
  terminal.print({{printable("listens at " + server.base_url()), Style::strong}});
  const std::string described = server.describe();
  for (std::size_t begin = 0; begin < described.size();) {
    const std::size_t end = std::min(described.find('\n', begin), described.size());
    terminal.print({{"  " + printable(described.substr(begin, end - begin)), Style::faint}});
    begin = end + 1;
  }
  terminal.print({{"To use it instead of the providers:"}});
  terminal.print({{"  export STABILITY_BASE_URL=" + server.base_url() + " STABILITY_API_KEY=any", Style::accent}});
  terminal.print({{"  export OPENAI_BASE_URL=" + server.base_url() + "/v1 OPENAI_API_KEY=any", Style::accent}});
  terminal.print({{"  export ANTHROPIC_BASE_URL=" + server.base_url() + " ANTHROPIC_API_KEY=any", Style::accent}});
  const std::string trust = options.tls ? " --ca-file " + options.write_ca : "";
  terminal.print({{printable("  pentimento refine \"three red mugs\" --generator stability --critic openai" + trust),
                   Style::accent}});
  terminal.print({{"Ctrl-C ends it.", Style::faint}});
  terminal.flush();
}

void print_end(Terminal& terminal, const emulator::Emulator& server) {
  const emulator::RequestCounts counts = server.requests();
  terminal.print({{counted(counts.total, "request") + " on " + counted(server.connections(), "connection")}});
  for (const auto& [path, count] : counts.by_path)
    terminal.print({{"  " + std::to_string(count) + "  " + printable(path), Style::faint}});
}

}  // namespace

ExitCode run_emulate(const EmulateOptions& options) {
  const Result<std::uint64_t> port = parse_whole("--port", options.port, 0, 65'535);
  if (!port) return reject(port.error().message());
  if (options.json && options.quiet) return reject("--json and --quiet exclude each other; give one of them");
  if (options.tls && options.write_ca.empty())
    return reject("--tls is given without --write-ca; clients have to trust the certificate in --write-ca FILE");
  if (!options.tls && !options.write_ca.empty())
    return reject("--write-ca is given without --tls; there is no certificate to write");

  emulator::EmulatorOptions how;
  how.port = static_cast<std::uint16_t>(*port);
  how.ipv6 = options.ipv6;
  how.tls = options.tls;
  how.proxy = options.proxy;
  how.answer = emulator::answers_of(std::make_shared<offline::MeasuringCritic>());
  how.encode = [](const Image& image, MediaType type) { return offline::convert(image, type); };
  if (!options.scenario.empty()) {
    Result<emulator::Scenario> scenario = emulator::Scenario::from_file(options.scenario);
    if (!scenario) return reject("--scenario: " + scenario.error().message());
    how.scenario = std::move(*scenario);
  }

  Terminal terminal{stdout};
  if (options.json) {
    how.on_request = print_json_line;
  } else if (!options.quiet) {
    how.on_request = [&terminal](const emulator::RequestLog& request) { print(terminal, request); };
  }
  asio::io_context context{1};
  std::unique_ptr<emulator::Emulator> server;
  try {
    server = std::make_unique<emulator::Emulator>(context.get_executor(), std::make_shared<offline::SketchGenerator>(),
                                                  std::move(how));
  } catch (const Failure& failure) {
    return reject(failure.error().message(), exit_code(failure.error()));
  }
  if (options.tls) {
    const std::string ca = server->ca_pem();
    if (const Result<void> written = detail::write_file(options.write_ca, std::as_bytes(std::span{ca})); !written)
      return reject("--write-ca: " + written.error().message(), exit_code(written.error()));
  }
  // Set up before the address is printed: whoever reads it may send the signal at once.
  asio::signal_set signals{context};
  add_end_signals(signals);
  signals.async_wait([&](const boost::system::error_code&, int) {
    server->stop();
    context.stop();
  });
  if (options.json) {
    std::printf("%s\n", to_text(boost::json::value{{"listening", server->base_url()}}).c_str());
    std::fflush(stdout);
  } else if (options.quiet) {
    std::printf("%s\n", server->base_url().c_str());
    std::fflush(stdout);
  } else {
    print_start(terminal, *server, options);
  }
  // The address could not be printed: nobody can use the server.
  if (std::ferror(stdout) != 0) return ExitCode::io;

  context.run();
  if (!options.json && !options.quiet) print_end(terminal, *server);
  return ExitCode::satisfied;
}

}  // namespace pentimento::cli
