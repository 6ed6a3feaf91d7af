#include "scripted_model.hpp"
#include "support/images.hpp"
#include <pentimento/vision/vision_critic.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

using namespace pentimento;
using test::answering;
using test::brief;
using test::candidate;
using test::checklist;
using test::critique;
using test::failure;
using test::good_answer;
using test::holds;
using test::images_of;
using test::one_question;
using namespace std::chrono_literals;

namespace {

/// An image of half the size, whatever the limit, and how often it was asked for.
struct Halving {
  std::atomic<int> calls = 0;
  std::thread::id thread;
  ScaleDown scale_down = [this](const Image& image, std::uint32_t) -> Result<Image> {
    ++calls;
    thread = std::this_thread::get_id();
    return test::picture(99, image.size().width() / 2, image.size().height() / 2);
  };
};

Candidate webp() {
  using test::operator<<;
  test::Bytes bytes;
  bytes << "RIFF";
  test::put(bytes, {22, 0, 0, 0});
  bytes << "WEBPVP8X";
  test::put(bytes, {10, 0, 0, 0, 0, 0, 0, 0, 63, 0, 0, 63, 0, 0});
  return Candidate{{0, 0}, GenerationRequest{"x"}, Image{bytes}};
}

boost::asio::awaitable<void> judge(VisionCritic* critic, std::optional<Result<Critique>>* kept) {
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
  CritiqueRequest request{brief(), checklist(), candidate()};
  kept->emplace(co_await critic->critique(std::move(request)));
}

}  // namespace

TEST_SUITE("VisionCritic images") {
  TEST_CASE("sends an image without its metadata, and says so") {
    test::Bytes bytes = test::png_bytes(64, 64);
    test::Bytes text;
    test::big32(text, 6);
    test::operator<<(text, "tEXtCamera----");
    constexpr std::ptrdiff_t after_header = 33;
    bytes.insert(bytes.begin() + after_header, text.begin(), text.end());
    const Candidate given{{0, 0}, GenerationRequest{"x"}, Image{bytes}};
    const auto model = answering({good_answer});
    VisionCritic critic{model};
    CHECK(critique(critic, given).value().judged() == test::picture(0));
    CHECK(images_of(model->questions.front()).front() == test::picture(0));
    VisionCriticOptions options;
    options.send_metadata = true;
    VisionCritic open{answering({good_answer}), options};
    CHECK_FALSE(critique(open, given).value().judged().has_value());
  }

  TEST_CASE("are scaled on another thread and recorded as judged") {
    const auto model = answering({good_answer});
    Halving halving;
    VisionCriticOptions options;
    options.scale_down = halving.scale_down;
    options.max_image_side = 500;
    VisionCritic critic{model, options};
    const Result<Critique> judged = critique(critic, candidate(1, 1000, 400));
    REQUIRE_MESSAGE(judged.has_value(), judged.error().message());
    CHECK(judged->judged() == test::picture(99, 500, 200));
    CHECK(halving.calls == 1);
    CHECK(halving.thread != std::this_thread::get_id());
    CHECK(images_of(model->questions.front()).front() == test::picture(99, 500, 200));
    CHECK(!critique(critic, candidate(1, 500, 400)).value().judged());
    CHECK(halving.calls == 1);
  }

  TEST_CASE("that do not fit are an error, and nothing is asked") {
    const auto model = answering({good_answer});
    VisionCriticOptions options;
    const auto code = [&](const Candidate& judged) {
      const Error error = failure(critique(VisionCritic{model, options}, judged));
      CHECK(error.charge() == Charge{});
      return error.code();
    };
    CHECK(code(candidate(1, 2049, 10)) == errc::too_large);
    CHECK(code(Candidate{
              {0, 0}, GenerationRequest{"x"}, Image::recorded(MediaType::png, {9, 9}, 9, std::string(64, '0'))}) ==
          errc::invalid_argument);
    Halving halving;
    options.scale_down = halving.scale_down;
    options.max_image_side = 100;
    CHECK(code(candidate(1, 1000, 10)) == errc::too_large);
    options.scale_down = [](const Image&, std::uint32_t) -> Result<Image> {
      return Error{errc::unreadable_image, "hm"};
    };
    CHECK(code(candidate(1, 1000, 10)) == errc::unreadable_image);
    options.scale_down = [](const Image&, std::uint32_t) -> Result<Image> { throw std::runtime_error{"hm"}; };
    CHECK(code(candidate(1, 1000, 10)) == errc::backend_failed);
    options.scale_down = {};
    model->accepted.max_image_bytes = 32;
    CHECK(code(candidate()) == errc::too_large);
    CHECK(model->questions.empty());
  }

  TEST_CASE("are sent unscaled up to a limit") {
    const Result<Critique> judged = critique(VisionCritic{answering({good_answer})}, candidate(1, 2048, 1500));
    REQUIRE(judged.has_value());
    CHECK(!judged->judged());
  }

  TEST_CASE("obey the model's limits") {
    const auto model = answering({good_answer});
    model->accepted.max_image_side = 800;
    CHECK(failure(critique(VisionCritic{model}, candidate(1, 900, 10))).code() == errc::too_large);
    std::uint32_t wanted = 0;
    VisionCriticOptions options;
    options.scale_down = [&](const Image&, std::uint32_t side) -> Result<Image> {
      wanted = side;
      return test::picture(99, side, 10);
    };
    CHECK(critique(VisionCritic{model, options}, candidate(1, 900, 10)).has_value());
    CHECK(wanted == 800);
  }

  TEST_CASE("of a type that the model does not accept are converted") {
    const auto model = answering({good_answer});
    model->accepted.image_types = {MediaType::png, MediaType::jpeg};
    const Error error = failure(critique(VisionCritic{model}, webp()));
    CHECK(error.code() == errc::unsupported);
    CHECK(holds(error.message(), "image/webp"));
    CHECK(holds(error.message(), "scale_down"));
    CHECK(model->questions.empty());
    Halving halving;
    VisionCriticOptions options;
    options.scale_down = halving.scale_down;
    const Result<Critique> again = critique(VisionCritic{model, options}, webp());
    REQUIRE_MESSAGE(again.has_value(), again.error().message());
    CHECK(again->judged() == test::picture(99, 32, 32));
  }
}

TEST_SUITE("VisionCritic money") {
  TEST_CASE("is the worst case of two questions") {
    const auto model = answering({good_answer});
    QuestionSize size;
    model->price = [&](const QuestionSize& asked) {
      size = asked;
      return Money::from_micros(700);
    };
    VisionCriticOptions options;
    options.max_output_tokens = 1'000;
    options.max_question_bytes = 9'488;
    const auto estimate = [&](CallKind kind) { return VisionCritic{model, options}.estimate(kind); };
    CHECK(estimate(CallKind::plan) == Money::from_micros(1'400));
    CHECK(size.text_bytes == 10'000);        // 512 for what was wrong with the first answer
    CHECK(size.max_output_tokens == 2'000);  // of the second, if the first was cut
    CHECK(size.images == 0);
    CHECK(estimate(CallKind::critique) == Money::from_micros(1'400));
    CHECK(size.images == 1);
    CHECK(size.image_side == 2'048);  // what cannot be scaled
    options.scale_down = [](const Image& image, std::uint32_t) -> Result<Image> { return image; };
    CHECK(estimate(CallKind::compare) == Money::from_micros(1'400));
    CHECK(size.images == 2);
    CHECK(size.image_side == 1'024);
    CHECK(estimate(CallKind::generate) == Money{});
    CHECK(estimate(CallKind::revise) == Money{});
    options.max_items = 0;
    CHECK(estimate(CallKind::plan) == Money{});
    options.max_items = 20;
    options.style = CritiqueStyle::free_text;
    CHECK(estimate(CallKind::plan) == Money{});
    model->price = [](const QuestionSize&) { return Money::unbounded(); };
    CHECK(estimate(CallKind::critique) == Money::unbounded());
  }
}

TEST_SUITE("VisionCritic before a run") {
  TEST_CASE("rejects a brief that makes too long a question") {
    const auto model = answering({good_answer});
    VisionCriticOptions options;
    const auto rejected = [&](std::size_t bytes) {
      const Brief brief{std::string(bytes, 'x')};
      return VisionCritic{model, options}.validate(brief, Checklist{});
    };
    CHECK(!rejected(1'000));
    REQUIRE(rejected(12'500));
    CHECK(rejected(12'500)->code() == errc::too_large);
    CHECK(holds(rejected(12'500)->message(), "max_question_bytes"));
    options.max_question_bytes = 30'000;
    CHECK(!rejected(12'500));
    options.max_question_bytes = 16'384;
    options.style = CritiqueStyle::free_text;
    CHECK(!rejected(12'500));
    CHECK(rejected(16'384));
    CHECK(model->questions.empty());
  }

  TEST_CASE("rejects a checklist that makes too long a question") {
    const Brief brief{"three mugs"};
    const VisionCritic critic{answering({good_answer})};
    std::vector<Requirement> planned;
    for (int i = 0; i < 20; ++i)
      planned.push_back(Requirement{"vision_" + std::to_string(i), std::string(900, 'x')}.owner("scripted:judge-1"));
    CHECK(critic.validate(brief, Checklist{{}, planned})->code() == errc::too_large);
    planned.resize(10, Requirement{"x", "x"});
    CHECK(!critic.validate(brief, Checklist{{}, planned}));
  }

  TEST_CASE("asks nothing about an empty checklist") {
    const auto model = answering({good_answer});
    VisionCritic critic{model};
    const Result<Critique> judged =
        test::wait_for(critic.critique(CritiqueRequest{Brief{"mugs"}, Checklist{}, candidate()}));
    REQUIRE(judged.has_value());
    CHECK(judged->findings().empty());
    CHECK(judged->charge() == Charge::paid(Money{}));
    CHECK(model->questions.empty());
  }
}

TEST_SUITE("VisionCritic limits") {
  TEST_CASE("reject caps of 0") {
    const auto code = [](const VisionCriticOptions& options) {
      const Result<VisionCritic> critic = VisionCritic::create(answering({good_answer}), options);
      CHECK_THROWS_AS((VisionCritic{answering({good_answer}), options}), Failure);
      return failure(critic).code();
    };
    VisionCriticOptions options;
    options.max_output_tokens = 0;
    CHECK(code(options) == errc::invalid_argument);
    options = {};
    options.max_image_side = 0;
    CHECK(code(options) == errc::invalid_argument);
    options = {};
    options.timeout = 0ms;
    CHECK(code(options) == errc::invalid_argument);
    CHECK_THROWS_AS(VisionCritic{std::shared_ptr<VisionModel>{}}, Failure);
  }

  TEST_CASE("reject a question that is too long") {
    const auto model = answering({good_answer});
    VisionCritic critic{model};
    CHECK(failure(test::wait_for(critic.plan(Brief{std::string(20'000, 'x')}))).code() == errc::too_large);
    CHECK(model->questions.empty());
  }

  TEST_CASE("give both questions one deadline") {
    const auto model = answering({"no"});
    VisionCriticOptions options;
    options.timeout = 10s;
    CHECK(failure(critique(VisionCritic{model, options})).code() == errc::unusable_reply);
    REQUIRE(model->questions.size() == 2);
    CHECK(model->questions[0].timeout() <= 10s);
    CHECK(model->questions[1].timeout() <= model->questions[0].timeout());
  }

  TEST_CASE("end a critique that is cancelled") {
    const auto model = answering({good_answer});
    model->hangs = true;
    VisionCritic critic{model};
    boost::asio::io_context context;
    boost::asio::cancellation_signal signal;
    std::optional<Result<Critique>> result;
    boost::asio::co_spawn(context, judge(&critic, &result),
                          boost::asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr) {}));
    boost::asio::steady_timer timer{context, 50ms};
    timer.async_wait([&](boost::system::error_code) { signal.emit(boost::asio::cancellation_type::total); });
    context.run_for(test::patience);
    REQUIRE(result.has_value());
    const Error error = failure(*result);
    CHECK(error.code() == errc::cancelled);
    CHECK(error.charge().billing() == Billing::maybe_billed);
  }
}
