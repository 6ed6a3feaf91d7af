#pragma once

#include "api.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace pentimento::test {

/// The longest that a test waits, in milliseconds.
constexpr int patience = 30'000;

inline bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// An engine with a generator "mine" and a critic "judge" of the test's own.
struct Setup {
  explicit Setup(Backend::Finish generates = Backend::Finish::at_once,
                 Backend::Finish judges = Backend::Finish::at_once)
      : generator{generates}, critic{judges}, engine{new_engine()} {
    REQUIRE(generator.add_generator(engine.get()) == PTM_OK);
    REQUIRE(critic.add_critic(engine.get()) == PTM_OK);
  }
  ~Setup() {
    engine.reset();  // before the backends that it calls
    CHECK(generator.destroyed == 1);
    CHECK(critic.destroyed == 1);
  }

  RunHandle refine(std::string_view more = "", const ptm_run_options* options = nullptr) {
    RunHandle run;
    Error error;
    const std::string json = request(more);
    REQUIRE_MESSAGE(ptm_refine(engine.get(), view(json), options, &run, &error) == PTM_OK, message(error));
    return run;
  }

  Backend generator;
  Backend critic;
  EngineHandle engine;
};

/// The events of a run that are left, up to its end.
inline std::vector<std::string> events_of(const RunHandle& run) {
  std::vector<std::string> events;
  Text event;
  Error error;
  ptm_status status = PTM_OK;
  while ((status = ptm_run_next(run.get(), patience, &event, &error)) == PTM_OK) events.push_back(string(event));
  REQUIRE_MESSAGE(status == PTM_END, message(error));
  return events;
}

inline std::string type_of(std::string_view event) {
  const std::size_t at = event.find("\"type\":\"") + 8;
  return std::string{event.substr(at, event.find('"', at) - at)};
}

inline std::vector<std::string> types_of(const std::vector<std::string>& events) {
  std::vector<std::string> types;
  for (const std::string& event : events) types.push_back(type_of(event));
  return types;
}

/// The only event of this type.
inline std::string event_of(const std::vector<std::string>& events, std::string_view type) {
  std::string found;
  for (const std::string& event : events) {
    if (type_of(event) != type) continue;
    CHECK(found.empty());
    found = event;
  }
  REQUIRE(!found.empty());
  return found;
}

inline std::string lines_of(const std::vector<std::string>& events) {
  std::string lines;
  for (const std::string& event : events) lines += event + '\n';
  return lines;
}

inline std::string outcome_of(const RunHandle& run) {
  Text text;
  Error error;
  REQUIRE_MESSAGE(ptm_run_outcome(run.get(), &text, &error) == PTM_OK, message(error));
  return string(text);
}

inline std::string record_of(const ptm_image* image) {
  Text record;
  REQUIRE(ptm_image_record(image, &record, nullptr) == PTM_OK);
  return string(record);
}

/// The SHA-256 in the first record of a JSON text.
inline std::string hash_in(std::string_view json) {
  return std::string{json.substr(json.find("\"sha256\":\"") + 10, 64)};
}

}  // namespace pentimento::test
