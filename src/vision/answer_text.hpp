#pragma once

#include <pentimento/error.hpp>
#include <pentimento/vision/vision_model.hpp>

#include <boost/json/value.hpp>

#include <string>

// Finds the answer in the text of a reply, whichever model wrote it.

namespace pentimento {

/**
 * Returns the JSON object that is the answer.
 *
 * That is the text itself if it is an object and nothing else. Otherwise it is the one object in the text, among words
 * or in a code fence, after `<think>` blocks (some templates leave only the closing tag). Two objects are no answer:
 * the model may have copied one out of the image. The thoughts are searched only if the text is empty: qwen3-vl on
 * Ollama puts its answer there (ollama #12831, 2025-10); elsewhere they hold drafts.
 *
 * Errors: `parse_failed` with what is wrong, as the end of "an earlier answer could not be used: ".
 */
Result<boost::json::value> find_answer(const Reply& reply);

/// Returns an answer in prose, without `<think>` blocks. Errors: `parse_failed`, as above.
Result<std::string> find_prose(const Reply& reply);

}  // namespace pentimento
