#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/image.hpp>
#include <pentimento/loop/run.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/stop/stop_policy.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace pentimento::capi {

/// The backends of a run: descriptions, not created yet.
struct RunBackends {
  boost::json::value generator;
  boost::json::value critic;
  /// Writes the proposals if `asks`, else the revisions.
  boost::json::value reviser;
  /// True if the caller answers each proposal.
  bool asks = false;
};

/// A request of `ptm_refine`, validated.
struct RefineRequest {
  Brief brief;
  RunBackends backends;
  AnyStopPolicy policy;
  RunSettings settings;
};

/// A request of `ptm_resume`, validated.
struct ResumeRequest {
  RunBackends backends;
  /// By default that of the record.
  std::optional<AnyStopPolicy> policy;
  OnUnknownOutcome on_unknown_outcome;
};

/// Parses a request; `images` are those whose records it has. Throws `Failure`.
RefineRequest read_refine_request(std::string_view text, std::vector<Image> images);
/// Throws `Failure`.
ResumeRequest read_resume_request(std::string_view text);

}  // namespace pentimento::capi
