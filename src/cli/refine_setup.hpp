#pragma once

#include "refine_command.hpp"
#include <pentimento/brief.hpp>
#include <pentimento/critic.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/stop/stop_policy.hpp>

#include <memory>

namespace pentimento::cli {

/// What a run is made from, checked as far as it can be without any work.
struct RefineSetup {
  Brief brief;
  std::shared_ptr<Generator> generator;
  std::shared_ptr<Critic> critic;
  /// Null where a person is to be asked.
  std::shared_ptr<Reviser> reviser;
  AnyStopPolicy policy;
  RunSettings settings;
};

/// Errors: a sentence that names the option and what it takes.
Result<RefineSetup> check(const RefineOptions& options);

/// A picture that a user names, read and decoded once to see that it can be. Errors: as for `load_image`, and
/// `unreadable_image` or `too_large` where it cannot be decoded.
Result<Image> load_sound_image(const std::string& path);

/// The brief's requirements, none of which may be blank; they must be valid UTF-8.
Result<void> add_requirements(Brief& brief, const std::vector<std::string>& must,
                              const std::vector<std::string>& should, const std::vector<std::string>& avoid);

}  // namespace pentimento::cli
