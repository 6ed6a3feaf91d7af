#pragma once

#include <pentimento/transcript.hpp>

#include <string>

namespace pentimento::cli {

/**
 * The report of a run: one HTML page that needs nothing beside it and loads nothing.
 *
 * The page is static (see page/). Its script renders the transcript's JSON and the images, which are embedded as data.
 * The content security policy allows only the script and style of the page, by their hashes. What users, models and
 * providers wrote is only ever data and text nodes.
 */
std::string report_of(const Transcript& run);

}  // namespace pentimento::cli
