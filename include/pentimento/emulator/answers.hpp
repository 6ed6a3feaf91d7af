#pragma once

#include <pentimento/critic.hpp>
#include <pentimento/error.hpp>
#include <pentimento/image.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace pentimento::emulator {

/// A question to an emulated chat model, in whatever dialect it was asked.
struct ModelQuestion {
  ModelQuestion() = default;

  /// The text of the user's messages; each part ends with a line break. Without the instructions (system messages).
  std::string text;
  /// The images, in order.
  std::vector<Image> images;
  /// The JSON Schema of the answer. Null if the request has none.
  boost::json::value schema;
};

static_assert(!std::is_aggregate_v<ModelQuestion>);

/// Answers questions in place of a chat model. A string is sent as it is, any other value as JSON text. An error becomes
/// an error reply of the provider.
///
/// **Executor**: called on the strand of a connection. Several calls may run at once.
using AnswerFunction = std::function<boost::asio::awaitable<Result<boost::json::value>>(ModelQuestion question)>;

/**
 * Returns a function that answers the questions of a Pentimento vision critic by asking another critic.
 *
 * It reads two things and no words around them, so that prompts can be edited freely:
 *
 * - The schema, for what is asked: a plan has the key `items`, a critique `answers`, a comparison `better`, a rephrased
 *   prompt `left_out`. If the request has no schema, the first line of the text that is a JSON object with `properties`
 *   counts as the schema.
 * - The first line of the text that is a JSON object with `wish`, for what it is about: `{"items": [{"id", "text"}],
 *   "wish": "...", "avoid": ["..."], "declined": "..."}`.
 *
 * A question without any schema is answered with the statements of the critic's plan for the text of the question. Any
 * other question gets the least value that its schema allows. A prompt is rephrased without the word "forbidden", which
 * the emulator's moderation refuses.
 *
 * **Errors** (of the function): those of the critic.
 */
AnswerFunction answers_of(std::shared_ptr<Critic> critic);

/// Returns the least value that a schema allows: empty strings and arrays, `false`, 0, the first of an enumeration or of
/// several types. This is the emulator's answer if it has no `AnswerFunction`.
boost::json::value least_value(const boost::json::value& schema);

}  // namespace pentimento::emulator
