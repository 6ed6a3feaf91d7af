#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/image.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/stop/stop_policy.hpp>

#include <boost/json/value.hpp>

#include <string_view>
#include <vector>

namespace pentimento::capi {

/// A request of `ptm_refine`, validated. The backends are descriptions, not created yet.
struct RefineRequest {
  Brief brief;
  boost::json::value generator;
  boost::json::value critic;
  /// Writes the proposals if `asks`, else the revisions.
  boost::json::value reviser;
  /// True if the caller answers each proposal.
  bool asks = false;
  AnyStopPolicy policy;
  RunSettings settings;
};

/// Parses a request; `images` are those whose records it has. Throws `Failure`.
RefineRequest read_refine_request(std::string_view text, std::vector<Image> images);

}  // namespace pentimento::capi
