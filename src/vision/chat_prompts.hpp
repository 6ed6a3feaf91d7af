#pragma once

#include "vision/chat_request.hpp"
#include <pentimento/brief.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/image.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// The words in which a critic asks, and the schemas of the answers.
//
// They follow the evidence gathered in November 2026: a checklist of yes/no questions with evidence first (DSG,
// 2310.18235; the answer's keys come out in the schema's order), "unclear" allowed, no totals and no scale, neutral
// questions that do not say which answer is hoped for (sycophancy: 2408.11261, 2603.18373), neutral names for the
// pictures of a comparison (order bias: PairBench 2502.15210), and the warning about words inside the picture in the
// instructions and in the question. That warning helps some and is no defence (FRAME, 2505.15249): the defence is in
// what an answer can do, see chat_answer.hpp.
//
// The schemas are of the subset that OpenAI, Anthropic, Gemini and the grammar compilers of local servers share:
// objects with every key required and no others, strings, enumerations and arrays, no bounds. Bounds are checked when
// an answer is read.

namespace pentimento::chat {

/// The ids under which questions are asked: "q1", "q2"... They say nothing and can be told from all text.
std::string question_id(std::size_t index);
/// The ids of the user's own requirements in a plan: "u1", "u2"...
std::string user_id(std::size_t index);

/// Asks for at most `room` further requirements.
Question plan_question(const Brief& brief, std::size_t room);

/// Asks about these requirements of a picture.
Question critique_question(const Brief& brief, const std::vector<Requirement>& asked, const Image& image);

/// The question of the article, word for word but for the sentence about words in the picture.
Question free_text_question(const Brief& brief, const Image& image);

/// Asks which of two pictures follows the brief better. `captions`: whether each picture has its name before it.
Question comparison_question(const Brief& brief, const std::vector<Requirement>& checklist, const Image& first,
                             const Image& second, bool captions);

/// Asks for other words for a prompt that a provider declined, and said this of.
Question rephrasing_question(const Brief& brief, std::string_view declined, std::string_view said);

/// What is added when an answer cannot be used.
std::string complaint(std::string_view what_was_wrong);

}  // namespace pentimento::chat
