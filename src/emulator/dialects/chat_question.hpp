#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

// What our own critic asks (src/providers/chat_prompts.cpp), read back from its words, so that a critic of ours can
// answer.

namespace pentimento::emulator {

/// What a request to a chat model asks for.
enum class Asked { plan, critique, comparison, rephrasing, suggestion, something_else };

/// The question in a request, as far as it is understood.
class ChatQuestion {
 public:
  /// `text` is all that the user says, `schema` the form of the answer that was sent apart, or null.
  static ChatQuestion read(std::string_view text, const boost::json::value& schema);

  Asked asked() const noexcept { return asked_; }
  /// The form of the answer, be it from the request or from its words; null where there is none.
  const boost::json::value& schema() const noexcept { return schema_; }
  /// The goal, what is to be avoided, and what is asked about, as requirements with the ids of the question: "u1",
  /// "q1".
  const Brief& brief() const noexcept { return brief_; }
  /// The prompt that was declined, where other words are asked for.
  const std::string& declined() const noexcept { return declined_; }
  /// How many statements a plan may have.
  std::size_t room() const noexcept { return room_; }

 private:
  Asked asked_ = Asked::something_else;
  boost::json::value schema_;
  Brief brief_{""};
  std::string declined_;
  std::size_t room_ = 20;
};

static_assert(!std::is_aggregate_v<ChatQuestion>);

/// The finding on the requirement at this place of the question's brief, or null: the one with its id, or the one on a
/// planned requirement with its text.
const Finding* finding_on(const Requirement& asked, const Checklist& checklist, const Critique& critique);

/// The answers, in the forms that the schemas of our critic ask for.
boost::json::value plan_answer(const ChatQuestion& question, const std::vector<Requirement>& planned);
boost::json::value critique_answer(const ChatQuestion& question, const Checklist& checklist, const Critique& critique);
boost::json::value comparison_answer(const ChatQuestion& question, const Checklist& checklist, const Critique& first,
                                     const Critique& second);
/// The declined prompt without the word for which this emulator declines, or said differently where it has none.
boost::json::value rephrasing_answer(const ChatQuestion& question);

}  // namespace pentimento::emulator
