#pragma once

#include <pentimento/transcript.hpp>

#include <string>

namespace pentimento {

/**
 * Returns the report of a run: one HTML page (UTF-8) that needs no other file and loads nothing.
 *
 * It shows every round with its images, verdicts, prompts and costs. The images are embedded, so that the page is about
 * 4/3 of their size. A candidate whose image has no bytes, as in a transcript read back from JSON, is shown without it.
 *
 * The content security policy allows only the script and style of the page, by their hashes. What users, models and
 * providers wrote is only ever data and text nodes.
 */
std::string report_html(const Transcript& run);

}  // namespace pentimento
