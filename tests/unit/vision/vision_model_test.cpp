#include "scripted_model.hpp"
#include <pentimento/vision/vision_model.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace pentimento;
using test::answering;
using test::failure;
using test::saying;
using namespace std::chrono_literals;

namespace {

/// A model of a user's own that knows nothing of money or limits.
class Echo final : public VisionModel {
 public:
  bool throws = false;
  Money cost;

 private:
  std::string do_name() const override { return "echo"; }
  Money do_estimate(const QuestionSize&) const override { return cost; }
  void do_warm_up() override { throw std::runtime_error{"no"}; }
  boost::asio::awaitable<Result<Reply>> do_ask(Question question) override {
    if (throws) throw std::runtime_error{"out of order"};
    co_return Reply{}.text(question.instructions());
  }
};

Question question() {
  Question question{"Say so."};
  return question.add("Image 1:").add(test::picture(1, 64, 32)).add("What is it?");
}

}  // namespace

TEST_SUITE("VisionModel") {
  TEST_CASE("knows how large a question is") {
    Question asked = question();
    asked.schema("form", "{}").max_output_tokens(7);
    const QuestionSize size = asked.size();
    CHECK(size.text_bytes == 7 + 8 + 11 + 4 + 2);
    CHECK(size.images == 1);
    CHECK(size.image_side == 64);
    CHECK(size.max_output_tokens == 7);
  }

  TEST_CASE("of a user's own needs a name and an answer") {
    Echo echo;
    echo.warm_up();  // does not throw
    Result<Reply> reply = test::wait_for(echo.ask(question()));
    REQUIRE(reply.has_value());
    CHECK(reply->text() == "Say so.");
    CHECK(reply->end() == ReplyEnd::stop);
    CHECK(reply->charge() == Charge{});
    echo.cost = usd(0.01);
    reply = test::wait_for(echo.ask(question()));
    CHECK(reply->charge() == Charge::estimated(usd(0.01)));
    echo.throws = true;
    const Error error = failure(test::wait_for(echo.ask(question())));
    CHECK(error.code() == errc::backend_failed);
    CHECK(error.charge() == Charge::maybe_billed(usd(0.01)));
  }

  TEST_CASE("counts an estimate that throws as unbounded") {
    const auto model = answering({"x"});
    model->price = [](const QuestionSize&) -> Money { throw std::runtime_error{"no"}; };
    CHECK(model->estimate({}) == Money::unbounded());
    model->price = [](const QuestionSize&) { return Money::from_micros(-1); };
    CHECK(model->estimate({}) == Money{});
  }

  TEST_CASE("rejects what it does not accept before it is asked") {
    const auto model = answering({"x"});
    const auto code = [&](Question asked) {
      const Error error = failure(test::wait_for(model->ask(std::move(asked))));
      CHECK(error.charge() == Charge{});
      return error.code();
    };
    CHECK(code(Question{"nothing else"}) == errc::invalid_argument);
    CHECK(code(question().max_output_tokens(0)) == errc::invalid_argument);
    CHECK(code(question().timeout(0ms)) == errc::invalid_argument);
    CHECK(code(question().add(Image::recorded(MediaType::png, {9, 9}, 9, std::string(64, '0')))) ==
          errc::invalid_argument);
    model->accepted.max_images = 1;
    CHECK(code(question().add(test::picture(2))) == errc::too_large);
    model->accepted.max_image_side = 63;
    CHECK(code(question()) == errc::too_large);
    model->accepted = {};
    model->accepted.max_image_bytes = 10;
    CHECK(code(question()) == errc::too_large);
    model->accepted = {};
    model->accepted.max_question_bytes = 60;
    CHECK(code(question()) == errc::too_large);
    model->accepted = {};
    model->accepted.image_types = {MediaType::jpeg};
    CHECK(code(question()) == errc::unsupported);
    CHECK(model->questions.empty());
  }
}
