#pragma once

#include "backends.hpp"
#include "commands.hpp"
#include <pentimento/brief.hpp>
#include <pentimento/critic.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/stop/stop_policy.hpp>

#include <memory>
#include <optional>

namespace pentimento::cli {

/// Everything that a run needs, validated.
struct RefineSetup {
  Brief brief;
  std::shared_ptr<Generator> generator;
  std::shared_ptr<Critic> critic;
  /// Null if a person is asked.
  std::shared_ptr<Reviser> reviser;
  AnyStopPolicy policy;
  RunSettings settings;
};

/// Validates the options and makes the roles. **Parameters**: the options add to `branched`, the brief of a branch, if it is given.
/// **Errors**: with a message that names the option and what it accepts.
Result<RefineSetup> check(const RefineOptions& options, OnWait on_wait = {}, std::optional<Brief> branched = {});

/// Loads an image and decodes it once as a check. Errors: those of `load_image`; `unreadable_image` or `too_large` if
/// it cannot be decoded.
Result<Image> load_sound_image(const std::string& path);

/// Adds requirements to a brief. Errors: `invalid_argument` for a blank text and for invalid UTF-8.
Result<void> add_requirements(Brief& brief, const std::vector<std::string>& must,
                              const std::vector<std::string>& should, const std::vector<std::string>& avoid);

}  // namespace pentimento::cli
