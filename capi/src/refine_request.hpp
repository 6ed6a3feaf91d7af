#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/image.hpp>
#include <pentimento/run_settings.hpp>
#include <pentimento/stop/stop_policy.hpp>

#include <boost/json/value.hpp>

#include <string_view>
#include <vector>

namespace pentimento::capi {

/// What a caller asks for with `ptm_refine`; the backends by name, not made yet.
struct RefineRequest {
  Brief brief;
  boost::json::value generator;
  boost::json::value critic;
  /// Of the proposals, where a person is asked.
  boost::json::value reviser;
  bool asks = false;
  AnyStopPolicy policy;
  RunSettings settings;
};

/// Reads it, with the bytes of the pictures that it has records of. Throws `Failure`.
RefineRequest read_refine_request(std::string_view text, std::vector<Image> images);

}  // namespace pentimento::capi
