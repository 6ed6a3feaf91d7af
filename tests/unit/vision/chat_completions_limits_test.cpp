#include "chat_critic.hpp"
#include <pentimento/detail/base64.hpp>

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
#include <utility>

using namespace pentimento;
using test::brief;
using test::candidate;
using test::checklist;
using test::completion;
using test::critic_at;
using test::critique;
using test::failure;
using test::good_answer;
using test::holds;
using test::one_call;
using test::options_at;
using test::prices;
using test::ScriptedServer;
using test::ServedReply;
using test::usage;
using test::wait_for;
using namespace std::chrono_literals;

namespace {

std::string refusal_of(const ChatCompletionsOptions& options) {
  const Result<ChatCompletionsCritic> critic = ChatCompletionsCritic::create(http::Client{}, options);
  REQUIRE(!critic.has_value());
  CHECK(critic.error().code() == errc::invalid_argument);
  return critic.error().message();
}

/// A picture of half the size, whatever the limit, and how often it was asked for.
struct Halving {
  std::atomic<int> calls = 0;
  std::thread::id thread;
  ScaleDown scale_down = [this](const Image& image, std::uint32_t) -> Result<Image> {
    ++calls;
    thread = std::this_thread::get_id();
    return test::picture(99, image.size().width() / 2, image.size().height() / 2);
  };
};

}  // namespace

// Pictures
// ----------------------------------------------------------------------------------------------------------------

TEST_CASE("a picture beyond the limit is scaled on another thread, and the small one is what was judged") {
  ScriptedServer server{completion(good_answer), completion(good_answer)};
  Halving halving;
  ChatCompletionsOptions options = options_at(server);
  options.scale_down = halving.scale_down;
  options.max_image_side = 500;
  ChatCompletionsCritic critic{http::Client{}, options};
  const Result<Critique> judged = critique(critic, candidate(1, 1000, 400));
  REQUIRE_MESSAGE(judged.has_value(), judged.error().message());
  CHECK(judged->judged() == test::picture(99, 500, 200));
  CHECK(halving.calls == 1);
  CHECK(halving.thread != std::this_thread::get_id());
  CHECK(holds(server.requests().front().body, detail::encode_base64(test::png_bytes(500, 200, 99))));
  CHECK(!critique(critic, candidate(1, 500, 400)).value().judged());
  CHECK(halving.calls == 1);
}

TEST_CASE("a picture that cannot be made to fit is an error, and nothing is sent") {
  ScriptedServer server{};
  ChatCompletionsOptions options = options_at(server);
  const auto code = [&](const Candidate& judged) {
    const Error error = failure(critique(ChatCompletionsCritic{http::Client{}, options}, judged));
    CHECK(error.charge() == Charge{});
    CHECK(error.message().find('\n') == std::string::npos);
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
  options.scale_down = [](const Image&, std::uint32_t) -> Result<Image> { return Error{errc::unreadable_image, "hm"}; };
  CHECK(code(candidate(1, 1000, 10)) == errc::unreadable_image);
  options.scale_down = [](const Image&, std::uint32_t) -> Result<Image> { throw std::runtime_error{"hm"}; };
  CHECK(code(candidate(1, 1000, 10)) == errc::backend_failed);
  options.scale_down = {};
  options.server.max_image_bytes = 32;
  CHECK(code(candidate()) == errc::too_large);
  CHECK(server.requests().empty());
}

TEST_CASE("up to a limit a picture is sent as it is where nothing can scale it") {
  ScriptedServer server{completion(good_answer)};
  const Result<Critique> judged = critique(critic_at(server), candidate(1, 2048, 1500));
  REQUIRE(judged.has_value());
  CHECK(!judged->judged());
}

TEST_CASE("a format that the server does not take is encoded anew, or an error") {
  ScriptedServer server{completion(good_answer, "null")};
  ChatCompletionsOptions options = options_at(server);
  options.server = ChatServer::named("llama.cpp").value();
  using test::operator<<;
  test::Bytes webp;
  webp << "RIFF";
  test::put(webp, {22, 0, 0, 0});
  webp << "WEBPVP8X";
  test::put(webp, {10, 0, 0, 0, 0, 0, 0, 0, 63, 0, 0, 63, 0, 0});
  const Candidate judged{{0, 0}, GenerationRequest{"x"}, Image{webp}};
  const Error error = failure(critique(ChatCompletionsCritic{http::Client{}, options}, judged));
  CHECK(error.code() == errc::unsupported);
  CHECK(error.message() ==
        "llama.cpp takes image/png, image/jpeg, image/gif and not image/webp: give the critic a scale_down, "
        "which re-encodes it");
  CHECK(server.requests().empty());
  Halving halving;
  options.scale_down = halving.scale_down;
  const Result<Critique> again = critique(ChatCompletionsCritic{http::Client{}, options}, judged);
  REQUIRE_MESSAGE(again.has_value(), again.error().message());
  CHECK(again->judged() == test::picture(99, 32, 32));
}

// Money
// -------------------------------------------------------------------------------------------------------------------

TEST_CASE("the estimate is the worst case of two askings") {
  ScriptedServer server{};
  ChatCompletionsOptions options = options_at(server);
  options.max_output_tokens = 1'000;
  options.max_question_bytes = 9'488;  // with 512 for the complaint: 5,000 tokens
  options.image_tokens = 2'000;
  const auto estimate = [&](CallKind kind) { return ChatCompletionsCritic{http::Client{}, options}.estimate(kind); };
  CHECK(estimate(CallKind::plan) == Money::from_micros(2 * (5'000 * 2 + 1'000 * 10)));
  CHECK(estimate(CallKind::critique) == Money::from_micros(2 * (7'000 * 2 + 1'000 * 10)));
  CHECK(estimate(CallKind::compare) == Money::from_micros(2 * (9'000 * 2 + 1'000 * 10)));
  CHECK(estimate(CallKind::generate) == Money{});
  CHECK(estimate(CallKind::revise) == Money{});
  SUBCASE("a picture counts by the largest that may be sent") {
    options.image_tokens = 0;  // 64 by 64 patches, 2.5 times: what cannot be scaled may have 2048 pixels
    CHECK(estimate(CallKind::critique) == Money::from_micros(2 * (15'240 * 2 + 1'000 * 10)));
    options.scale_down = [](const Image& image, std::uint32_t) -> Result<Image> { return image; };
    CHECK(estimate(CallKind::critique) == Money::from_micros(2 * (7'560 * 2 + 1'000 * 10)));
  }
  SUBCASE("what has no price is unknown, unless the user says what it is at most") {
    options.model = "nobody-knows";
    CHECK(estimate(CallKind::critique) == Money::unbounded());
    options.worst_case = usd(0.05);
    CHECK(estimate(CallKind::critique) == usd(0.05));
  }
  SUBCASE("a plan that is not asked for costs nothing") {
    options.max_items = 0;
    CHECK(estimate(CallKind::plan) == Money{});
    options.max_items = 20;
    options.style = ChatStyle::free_text;
    CHECK(estimate(CallKind::plan) == Money{});
    CHECK(estimate(CallKind::critique) == Money::from_micros(2 * (7'000 * 2 + 1'000 * 10)));
  }
  SUBCASE("a server of one's own costs nothing") {
    options.server = ChatServer::named("ollama").value();
    CHECK(estimate(CallKind::critique) == Money{});
  }
}

TEST_CASE("the charge is what the server says, else its usage by the prices, else the worst case") {
  ScriptedServer server{completion(good_answer, R"({"prompt_tokens":1,"completion_tokens":1,"cost":0.0125})"),
                        completion(good_answer, "null"),
                        completion(good_answer, R"({"cost":0})"),
                        completion(good_answer),
                        completion(good_answer),
                        completion(good_answer)};
  ChatCompletionsOptions options = options_at(server);
  ChatCompletionsCritic critic{http::Client{}, options};
  CHECK(critique(critic).value().charge() == Charge::paid(usd(0.0125)));
  CHECK(critique(critic).value().charge() ==
        Charge::estimated(Money::from_micros(critic.estimate(CallKind::critique).micros() / 2)));
  CHECK(critique(critic).value().charge() == Charge::paid(Money{}));
  options.model = "nobody-knows";
  options.name = "openai:judge-1";
  CHECK(critique(ChatCompletionsCritic{http::Client{}, options}).value().charge() ==
        Charge::maybe_billed(Money::unbounded()));
  options.worst_case = usd(0.05);
  CHECK(critique(ChatCompletionsCritic{http::Client{}, options}).value().charge() == Charge::estimated(usd(0.025)));
  options.worst_case.reset();
  options.server = ChatServer::named("ollama").value();
  CHECK(critique(ChatCompletionsCritic{http::Client{}, options}).value().charge() == Charge{});
}

// Limits
// ------------------------------------------------------------------------------------------------------------------

TEST_CASE("options that cannot be used are refused, each in one sentence") {
  ChatCompletionsOptions options;
  CHECK(refusal_of(options) == "the model is missing: name one, for a critic one that takes pictures");
  options.model = "judge-1";
  CHECK(refusal_of(options) == "openai wants a key: set OPENAI_API_KEY");
  CHECK_THROWS_AS((ChatCompletionsCritic{http::Client{}, options}), Failure);
  options.base_url = "nowhere";
  CHECK(refusal_of(options).starts_with("the address is wrong"));
  options.base_url = "http://127.0.0.1:1/v1";  // an emulator on this machine needs no key
  CHECK(ChatCompletionsCritic::create(http::Client{}, options).has_value());
  options.server.extra_body = "[]";
  CHECK(refusal_of(options) == "extra_body has to be the text of a JSON object");
  options.server.extra_body.clear();
  options.max_output_tokens = 0;
  CHECK(refusal_of(options) == "max_output_tokens has to be above 0");
  options.max_output_tokens = 1;
  options.max_image_side = 0;
  CHECK(refusal_of(options) == "max_image_side and max_unscaled_side have to be above 0");
  options.max_image_side = 1;
  options.timeout = 0ms;
  CHECK(refusal_of(options) == "the timeout of the critic has to be above 0");
}

TEST_CASE("a critic is named by its server and model, or as the user says") {
  ChatCompletionsOptions options;
  options.model = "llava";
  options.server = ChatServer::named("ollama").value();
  CHECK(ChatCompletionsCritic{http::Client{}, options}.name() == "ollama:llava");
  options.name = "judge";
  CHECK(ChatCompletionsCritic{http::Client{}, options}.name() == "judge");
}

TEST_CASE("a question that is too long is not sent") {
  ScriptedServer server{};
  ChatCompletionsCritic critic = critic_at(server);
  const Result<Plan> plan = wait_for(critic.plan(Brief{std::string(20'000, 'x')}));
  REQUIRE(!plan.has_value());
  CHECK(plan.error().code() == errc::too_large);
  CHECK(server.requests().empty());
}

TEST_CASE("the time-out spans both askings") {
  ScriptedServer server{completion("no"), ServedReply::silence()};
  ChatCompletionsOptions options = options_at(server);
  options.timeout = 400ms;
  const auto start = std::chrono::steady_clock::now();
  const Error error = failure(critique(ChatCompletionsCritic{http::Client{}, options}));
  CHECK(std::chrono::steady_clock::now() - start < 5s);
  CHECK(error.code() == errc::deadline_exceeded);
  // The first was paid; of the second nobody knows.
  CHECK(error.charge().billing() == Billing::maybe_billed);
  CHECK(error.charge().amount() > one_call.amount());
}

namespace {

boost::asio::awaitable<void> judge(ChatCompletionsCritic* critic, std::optional<Result<Critique>>* kept) {
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
  CritiqueRequest request{brief(), checklist(), candidate()};
  kept->emplace(co_await critic->critique(std::move(request)));
}

}  // namespace

TEST_CASE("a cancelled critique ends at once, and says what may have been billed") {
  ScriptedServer server{ServedReply::silence()};
  ChatCompletionsCritic critic = critic_at(server);
  boost::asio::io_context context;
  boost::asio::cancellation_signal signal;
  std::optional<Result<Critique>> result;
  std::chrono::steady_clock::time_point cancelled;
  boost::asio::co_spawn(context, judge(&critic, &result),
                        boost::asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr) {}));
  boost::asio::steady_timer timer{context, 200ms};
  timer.async_wait([&](boost::system::error_code) {
    cancelled = std::chrono::steady_clock::now();
    signal.emit(boost::asio::cancellation_type::total);
  });
  context.run_for(test::patience);
  REQUIRE(result.has_value());
  CHECK(std::chrono::steady_clock::now() - cancelled < 2s);
  const Error error = failure(*result);
  CHECK(error.code() == errc::cancelled);
  CHECK(error.charge().billing() == Billing::maybe_billed);
}
