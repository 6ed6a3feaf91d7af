#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/image.hpp>
#include <pentimento/vision/vision_model.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// The words of a critic's questions, and the schemas of the answers. The words may change freely. The emulator reads
// the line of JSON in each question and the keys of the schema (pentimento/emulator/answers.hpp): change them together.
//
// They follow the evidence gathered in November 2026: a checklist of yes/no questions with the evidence first (DSG,
// 2310.18235; keys are answered in the schema's order), "unclear" allowed, no totals and no scale, neutral questions
// that do not show which answer is hoped for (sycophancy: 2408.11261, 2603.18373), neutral names for the images of a
// comparison (order bias: PairBench 2502.15210), and the warning about words inside the image in the instructions and
// in the question. That warning helps a little and is no defence (FRAME, 2505.15249): the defence is what an answer
// can do, see answers.hpp.
//
// The schemas use the subset that OpenAI, Anthropic, Gemini and the grammar compilers of local servers share: objects
// with every key required and no others, strings, enumerations and arrays, no bounds. Bounds are checked when an answer
// is read.

namespace pentimento {

/// The ids of the questions: "q1", "q2", ... They mean nothing and cannot be mistaken for other text.
std::string question_id(std::size_t index);
/// The ids of the user's own requirements in a plan: "u1", "u2", ...
std::string user_id(std::size_t index);

/// Asks for at most `room` further requirements.
Question plan_question(const Brief& brief, std::size_t room);

/// Asks about these requirements of an image.
Question critique_question(const Brief& brief, const std::vector<Requirement>& asked, const Image& image);

/// The question of the article, word for word except for the sentence about words in the image.
Question free_text_question(const Brief& brief, const Image& image);

/// Asks which of two images meets the brief better. `labels`: each image is named by a text before it.
Question comparison_question(const Brief& brief, const std::vector<Requirement>& checklist, const Image& first,
                             const Image& second, bool labels);

/// Asks for other words for a prompt that a provider refused, with the provider's words.
Question rephrasing_question(const Brief& brief, std::string_view refused, std::string_view said);

/// What is added to a question whose answer could not be used.
std::string correction(std::string_view what_was_wrong);

}  // namespace pentimento
