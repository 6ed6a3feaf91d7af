#pragma once

#include <pentimento/transcript.hpp>

#include <string>

namespace pentimento::cli {

/**
 * A run as one HTML page to read: the brief and its checklist, what the iteration bought, the rounds as a tree, and every
 * picture with its findings and the words that changed.
 *
 * The page needs nothing beside it: pictures are embedded, and its content security policy lets nothing else be loaded
 * or run. All that users, models and providers wrote is escaped. It can be read without its script.
 */
std::string report_of(const Transcript& run);

}  // namespace pentimento::cli
