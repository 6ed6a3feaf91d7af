#pragma once

#include "support/images.hpp"
#include "support/wait_for.hpp"
#include <pentimento/vision/vision_critic.hpp>
#include <pentimento/vision/vision_model.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A vision model that answers from a script, and a critic that asks it.

namespace pentimento::test {

inline const Charge one_question = Charge::paid(Money::from_micros(2'400));
inline const Charge two_questions = Charge::paid(Money::from_micros(4'800));

/// A reply with this text.
inline Reply saying(std::string_view text, ReplyEnd end = ReplyEnd::stop) {
  return Reply{}.text(std::string{text}).end(end).charge(one_question).request_id("r-1");
}

/// Gives its replies one by one; the last one again and again.
class ScriptedModel final : public VisionModel {
 public:
  explicit ScriptedModel(std::vector<Result<Reply>> r) : replies{r.begin(), r.end()} {}

  std::deque<Result<Reply>> replies;
  std::vector<Question> questions;
  ModelLimits accepted;
  bool hangs = false;
  std::function<Money(const QuestionSize&)> price = [](const QuestionSize&) { return Money::from_micros(5'000); };

 private:
  std::string do_name() const override { return "scripted:judge-1"; }
  ModelLimits do_limits() const override { return accepted; }
  Money do_estimate(const QuestionSize& size) const override { return price(size); }
  boost::asio::awaitable<Result<Reply>> do_ask(Question question) override {
    questions.push_back(std::move(question));
    if (hangs) {
      boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor, questions.back().timeout()};
      co_await timer.async_wait(boost::asio::use_awaitable);
      co_return Error{errc::deadline_exceeded, "nothing came"}.charge(Charge::maybe_billed(Money::from_micros(5'000)));
    }
    Result<Reply> reply = replies.front();
    if (replies.size() > 1) replies.pop_front();
    co_return reply;
  }
};

inline std::shared_ptr<ScriptedModel> model(std::vector<Result<Reply>> replies) {
  return std::make_shared<ScriptedModel>(std::move(replies));
}

/// A model whose replies have these texts.
inline std::shared_ptr<ScriptedModel> answering(std::initializer_list<std::string_view> texts) {
  std::vector<Result<Reply>> replies;
  for (const std::string_view text : texts) replies.emplace_back(saying(text));
  return model(std::move(replies));
}

/// All texts of a question, and "[image]" for each image.
inline std::string words_of(const Question& question) {
  std::string text;
  for (const Question::Part& part : question.parts())
    text += std::holds_alternative<std::string>(part) ? std::get<std::string>(part) + '\n' : "[image]\n";
  return text;
}

inline std::vector<Image> images_of(const Question& question) {
  std::vector<Image> images;
  for (const Question::Part& part : question.parts()) {
    if (const auto* image = std::get_if<Image>(&part)) images.push_back(*image);
  }
  return images;
}

inline constexpr std::string_view good_answer =
    R"({"sees_picture":"yes","visible_text":[],"answers":[{"id":"q1","evidence":"three mugs","answer":"yes"},)"
    R"({"id":"q2","evidence":"one is blue","answer":"no"}],"worst_problem":"a blue mug",)"
    R"("suggested_prompt":"exactly three red mugs, all of them red"})";

inline Brief brief() {
  Brief brief{"three red mugs"};
  brief.must("exactly three mugs");
  return brief;
}

inline Checklist checklist() {
  return Checklist{std::vector<Requirement>{Requirement{"user-1", "exactly three mugs"},
                                            Requirement{"vision_red", "the mugs are red"}.owner("scripted:judge-1"),
                                            Requirement{"white", "a white background"}.owner("measure")}};
}

inline Candidate candidate(std::uint32_t tag = 1, std::uint32_t width = 64, std::uint32_t height = 64) {
  return Candidate{{0, 0}, GenerationRequest{"three red mugs"}, picture(tag, width, height)};
}

inline Result<Critique> critique(VisionCritic critic, const Candidate& judged = candidate()) {
  return wait_for(critic.critique(CritiqueRequest{brief(), checklist(), judged}));
}

inline Result<Comparison> compare(VisionCritic critic) {
  ComparisonRequest request{std::make_shared<const Brief>(brief()), std::make_shared<const Checklist>(checklist()),
                            candidate(1), candidate(2)};
  return wait_for(critic.compare(std::move(request)));
}

template <class T>
Error failure(const Result<T>& result) {
  REQUIRE(!result.has_value());
  return result.error();
}

inline bool holds(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace pentimento::test
