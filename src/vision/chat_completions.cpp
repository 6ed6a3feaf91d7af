#include "vision/chat_answer.hpp"
#include "vision/chat_prompts.hpp"
#include "vision/chat_reply.hpp"
#include "vision/chat_request.hpp"
#include "vision/model_text.hpp"
#include "providers/provider_error.hpp"
#include <pentimento/offload.hpp>
#include <pentimento/revise/rules.hpp>
#include <pentimento/vision/chat_completions.hpp>
#include <pentimento/vision/chat_rephraser.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <mutex>
#include <type_traits>
#include <utility>

namespace pentimento {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

/// Text that is added when a question is asked again, at most.
constexpr std::size_t max_complaint = 512;
/// What is told of a provider's words, at most.
constexpr std::size_t max_said = 1'000;
/// Beyond any answer: 4,000 tokens are some 16 KiB, and some servers send the thoughts along.
constexpr std::size_t max_reply_bytes = std::size_t{4} << 20;

// Money
// -------------------------------------------------------------------------------------------------------------------

/// The error of a call whose cost is known, with that said.
Error billed(const Error& error, const Charge& charge) {
  std::string message = error.message();
  if (charge.billing() == Billing::paid && !charge.amount().is_zero())
    message += "; " + to_string(charge.amount()) + " was charged";
  if (charge.billing() > Billing::paid) {
    message += charge.amount() == Money::unbounded()
                   ? "; it may have been charged"
                   : "; up to " + to_string(charge.amount()) + " may have been charged";
  }
  Error with_bill{error.code(), std::move(message)};
  return with_bill.provider_message(error.provider_message()).request_id(error.request_id()).charge(charge);
}

Money twice(Money money) { return money + money; }

/// The 32 by 32 patches of the largest picture, 2.5 times: more than any known model counts, but for gpt-4o-mini.
std::uint64_t default_image_tokens(std::uint32_t side) {
  const std::uint64_t patches = (std::uint64_t{side} + 31) / 32;
  return (patches * patches * 5 + 1) / 2;
}

// Answers
// -----------------------------------------------------------------------------------------------------------------

/// What came of a question, and what it cost.
template <class Answer>
class Answered {
 public:
  Answered(Answer answer, Charge charge) : answer_{std::move(answer)}, charge_{charge} {}
  Answer& answer() noexcept { return answer_; }
  const Charge& charge() const noexcept { return charge_; }

 private:
  Answer answer_;
  Charge charge_;
};

static_assert(!std::is_aggregate_v<Answered<int>>);

/// Reads an answer in prose.
class ProseReader {
 public:
  using Answer = std::string;
  ProseReader() {}  // NOLINT(modernize-use-equals-default): not an aggregate

  static Result<std::string> read(const chat::Reply& reply) {
    if (reply.is_cut()) return Error{errc::parse_failed, "it is far too long"};
    std::string text = chat::prose(reply);
    if (text.empty()) return Error{errc::parse_failed, "it is empty"};
    return text;
  }
};

static_assert(!std::is_aggregate_v<ProseReader>);

template <class Reader>
Result<typename Reader::Answer> answer_in(const chat::Reply& reply, const Reader& reader) {
  if constexpr (std::is_same_v<Reader, ProseReader>) {
    return reader.read(reply);
  } else {
    const Result<boost::json::value> json = chat::find_answer(reply);
    if (!json) return json.error();
    return reader.read(*json);
  }
}

/// A reply that was read, and what it cost.
class Exchanged {
 public:
  Exchanged(chat::Reply reply, Charge charge, std::string request_id)
      : reply_{std::move(reply)}, charge_{charge}, request_id_{std::move(request_id)} {}
  const chat::Reply& reply() const noexcept { return reply_; }
  const Charge& charge() const noexcept { return charge_; }
  const std::string& request_id() const noexcept { return request_id_; }

 private:
  chat::Reply reply_;
  Charge charge_;
  std::string request_id_;
};

static_assert(!std::is_aggregate_v<Exchanged>);

/// Whether a provider's words say that the model, or the server as it was started, cannot look at pictures.
bool says_no_pictures(std::string_view words) {
  constexpr std::array signs{std::string_view{"image input is not supported"}, std::string_view{"mmproj"},
                             std::string_view{"does not support image"}, std::string_view{"images are not supported"},
                             std::string_view{"image_url is only supported"}};
  return std::ranges::any_of(signs, [&](std::string_view sign) { return words.find(sign) != words.npos; });
}

bool is_taken(const Image& image, const ChatServer& server) {
  return std::ranges::find(server.image_types, image.media_type()) != server.image_types.end();
}

std::string types_of(const ChatServer& server) {
  std::string names;
  for (const MediaType type : server.image_types) names += (names.empty() ? "" : ", ") + std::string{to_string(type)};
  return names;
}

std::uint32_t longest_side(const Image& image) { return std::max(image.size().width(), image.size().height()); }

std::optional<Error> fault_of(const ChatCompletionsOptions& options, const Result<http::Url>& url) {
  const auto wrong = [](std::string what) { return Error{errc::invalid_argument, std::move(what)}; };
  const ChatServer& server = options.server;
  if (options.model.empty()) return wrong("the model is missing: name one, for a critic one that takes pictures");
  if (!url) return url.error();
  if (server.needs_key && options.api_key.empty() && !url->is_loopback())
    return wrong(server.name + " wants a key: set " + server.key_name);
  if (options.max_output_tokens == 0) return wrong("max_output_tokens has to be above 0");
  if (options.max_image_side == 0 || options.max_unscaled_side == 0)
    return wrong("max_image_side and max_unscaled_side have to be above 0");
  if (options.timeout.count() <= 0) return wrong("the timeout of the critic has to be above 0");
  return std::nullopt;
}

}  // namespace

class ChatCompletionsCritic::Impl {
 public:
  Impl(http::Client client, ChatCompletionsOptions options, http::Url url, std::string extra)
      : client_{std::move(client)}, options_{std::move(options)}, url_{std::move(url)}, extra_{std::move(extra)} {
    if (const Price* price = options_.prices.find(options_.server.name, options_.model)) price_ = *price;
  }

  std::string name() const {
    return options_.name.empty() ? options_.server.name + ':' + options_.model : options_.name;
  }

  bool compares() const { return options_.compares; }

  void prepare() const { client_.warm(url_); }

  Money estimate(CallKind kind) const {
    const bool asked = kind == CallKind::critique || kind == CallKind::compare || (kind == CallKind::plan && plans());
    if (!asked) return {};
    return options_.worst_case ? *options_.worst_case : twice(worst_attempt(pictures_in(kind)));
  }

  Money estimate_of_rephrasing() const {
    return options_.worst_case ? *options_.worst_case : twice(worst_attempt(pictures_in(CallKind::revise)));
  }

  asio::awaitable<Result<Plan>> plan(Brief brief) {
    Plan plan;
    if (options_.style == ChatStyle::free_text) co_return plan;
    const std::size_t mine = brief.requirements().size();
    for (const Requirement& requirement : brief.requirements()) {
      Requirement claimed = requirement;
      if (claimed.owner().empty()) plan.add(std::move(claimed.owner(name())));
    }
    if (!plans()) co_return plan;
    if (mine >= options_.max_items) co_return plan.charge(Charge::paid(Money{}));
    const std::size_t room = options_.max_items - mine;
    chat::PlanReader reader{brief, room};
    chat::Question question = chat::plan_question(brief, room);
    Result<Answered<std::vector<Requirement>>> answered =
        co_await ask(std::move(question), std::move(reader), CallKind::plan);
    if (!answered) co_return answered.error();
    for (Requirement& requirement : answered->answer()) plan.add(std::move(requirement.owner(name())));
    plan.charge(answered->charge());
    co_return plan;
  }

  asio::awaitable<Result<Critique>> critique(CritiqueRequest request) {
    Result<Image> image = co_await fitted(request.image());
    if (!image) co_return image.error();
    Result<Critique> critique = Critique{};
    if (options_.style == ChatStyle::free_text) {
      critique = co_await in_prose(request, *image);
    } else {
      critique = co_await by_checklist(request, *image);
    }
    if (critique && *image != request.image()) critique->judged(*image);
    co_return critique;
  }

  asio::awaitable<Result<Comparison>> compare(ComparisonRequest request) {
    const Result<Image> first = co_await fitted(request.first().image());
    if (!first) co_return first.error();
    const Result<Image> second = co_await fitted(request.second().image());
    if (!second) co_return second.error();
    chat::ComparisonReader reader{request.brief()};
    chat::Question question = chat::comparison_question(request.brief(), request.checklist().requirements(), *first,
                                                        *second, options_.server.captions_images);
    Result<Answered<chat::Choice>> answered = co_await ask(std::move(question), std::move(reader), CallKind::compare);
    if (!answered) co_return answered.error();
    if (!answered->answer().sees()) co_return blind(answered->charge());
    Comparison comparison = answered->answer().comparison();
    co_return comparison.charge(answered->charge());
  }

  /// Puts the last round's prompt, which was declined, in other words.
  asio::awaitable<Result<Revision>> rephrase(RevisionRequest request) {
    const Transcript& run = request.transcript();
    const Round& declined = run.rounds().back();
    const Error& refusal = *declined.refusal();
    const std::string& said = refusal.provider_message().empty() ? refusal.message() : refusal.provider_message();
    chat::RephrasingReader reader;
    chat::Question question =
        chat::rephrasing_question(run.brief(), declined.revision().request().prompt(), shortened_text(said, max_said));
    Result<Answered<chat::Rephrasing>> answered =
        co_await ask(std::move(question), std::move(reader), CallKind::revise);
    if (!answered) co_return answered.error();
    const chat::Rephrasing& other = answered->answer();
    const bool is_edit = declined.revision().action() == Action::edit;
    GenerationRequest next = declined.revision().request();
    next.prompt(shortened_text(other.prompt(), request.capabilities().max_prompt_bytes()));
    Revision revision{is_edit ? Action::edit : Action::reprompt, std::move(next)};
    revision.parent(declined.revision().parent()).charge(answered->charge());
    const Revision fitted = fit_revision(revision, run, request.capabilities());
    if (!other.prompt().empty() && !was_refused(run, fitted.request().prompt()))
      co_return revision.why("what was declined, in other words; left out: " + other.left_out());
    co_return revision.action(Action::stop)
        .why("the model finds no other words for what was declined: " + other.left_out());
  }

 private:
  bool plans() const { return options_.style == ChatStyle::checklist && options_.max_items > 0; }

  // Money
  // ---------------------------------------------------------------------------------------------------------------

  static std::uint64_t pictures_in(CallKind kind) {
    return kind == CallKind::critique ? 1 : kind == CallKind::compare ? 2 : 0;
  }

  std::uint64_t image_tokens() const {
    if (options_.image_tokens > 0) return options_.image_tokens;
    if (price_ && price_->sent_picture_tokens()) return *price_->sent_picture_tokens();
    const std::uint32_t side =
        options_.scale_down ? options_.max_image_side : std::max(options_.max_image_side, options_.max_unscaled_side);
    return default_image_tokens(side);
  }

  /// The most that one request with so many pictures can cost. Text counts a token for two bytes, twice what English
  /// takes.
  Money worst_attempt(std::uint64_t pictures) const {
    if (options_.worst_case)
      return Money::from_micros(options_.worst_case->micros() / 2 + options_.worst_case->micros() % 2);
    if (!options_.server.is_billed) return {};
    if (!price_) return Money::unbounded();
    TokenUsage usage;
    usage.tokens(TokenKind::text_in, (options_.max_question_bytes + max_complaint) / 2);
    usage.tokens(TokenKind::image_in, pictures * image_tokens());
    usage.tokens(TokenKind::text_out, options_.max_output_tokens);
    return price_->cost(usage).value_or(Money::unbounded());
  }

  Charge charge_of(const chat::Reply& reply, Money worst) const {
    if (!options_.server.is_billed) return {};
    if (reply.cost()) return Charge::paid(*reply.cost());
    if (reply.usage() && price_) {
      if (const std::optional<Money> cost = price_->cost(*reply.usage())) return Charge::paid(*cost);
    }
    if (worst.is_zero()) return {};
    return worst == Money::unbounded() ? Charge::maybe_billed(worst) : Charge::estimated(worst);
  }

  ProviderCall provider_call(Money worst) const {
    ProviderCall call;
    call.has_key = !options_.api_key.empty();
    call.provider = options_.server.name;
    call.key_name = options_.server.key_name;
    call.model = options_.model;
    call.worst_case = worst;
    return call;
  }

  // Pictures
  // ------------------------------------------------------------------------------------------------------------

  /// The picture as it can be sent.
  asio::awaitable<Result<Image>> fitted(Image image) {
    if (!image.has_bytes())
      co_return Error{errc::invalid_argument, "the picture is only recorded: its bytes are not at hand"};
    if (options_.scale_down && (longest_side(image) > options_.max_image_side || !is_taken(image, options_.server))) {
      Result<Image> scaled = co_await scaled_down(image);
      if (!scaled) co_return scaled.error();
      if (longest_side(*scaled) > options_.max_image_side) {
        co_return Error{errc::too_large, "scale_down gave a picture of " + to_string(scaled->size()) +
                                             " where its sides may have " + std::to_string(options_.max_image_side) +
                                             " pixels"};
      }
      image = std::move(*scaled);
    }
    if (!is_taken(image, options_.server)) {
      co_return Error{errc::unsupported, options_.server.name + " takes " + types_of(options_.server) + " and not " +
                                             std::string{to_string(image.media_type())} +
                                             ": give the critic a scale_down, which re-encodes it"};
    }
    const std::uint32_t most = std::max(options_.max_image_side, options_.max_unscaled_side);
    if (longest_side(image) > most) {
      co_return Error{errc::too_large, "the picture is " + to_string(image.size()) + "; sides of up to " +
                                           std::to_string(most) +
                                           " pixels are sent as they are: give the critic a scale_down"};
    }
    if (image.byte_count() > options_.server.max_image_bytes) {
      co_return Error{errc::too_large, "the picture has " + std::to_string(image.byte_count()) + " bytes; " +
                                           options_.server.name + " takes up to " +
                                           std::to_string(options_.server.max_image_bytes)};
    }
    co_return image;
  }

  asio::awaitable<Result<Image>> scaled_down(Image image) {
    const asio::any_io_executor thread = thread_for_scaling();
    auto job = [scale_down = options_.scale_down, image = std::move(image), side = options_.max_image_side] {
      return scale_down(image, side);
    };
    try {
      Result<Image> scaled = co_await offload(thread, std::move(job));
      co_return scaled;
    } catch (...) {
      // Nothing was sent, so that nothing was paid.
      co_return error_from_current_exception("scaling a picture for the critic");
    }
  }

  asio::any_io_executor thread_for_scaling() {
    const std::lock_guard lock{mutex_};
    if (!thread_) thread_.emplace(1);
    return thread_->get_executor();
  }

  // Asking
  // --------------------------------------------------------------------------------------------------------------

  asio::awaitable<Result<Critique>> in_prose(CritiqueRequest request, Image image) {
    chat::Question question = chat::free_text_question(request.brief(), image);
    ProseReader reader;
    Result<Answered<std::string>> answered = co_await ask(std::move(question), std::move(reader), CallKind::critique);
    if (!answered) co_return answered.error();
    Critique critique = chat::critique_of_prose(answered->answer(), request.brief());
    co_return critique.charge(answered->charge());
  }

  asio::awaitable<Result<Critique>> by_checklist(CritiqueRequest request, Image image) {
    const std::vector<Requirement> asked = questions(request.checklist());
    chat::CritiqueReader reader{request.brief(), asked};
    chat::Question question = chat::critique_question(request.brief(), asked, image);
    Result<Answered<chat::Reading>> answered = co_await ask(std::move(question), std::move(reader), CallKind::critique);
    if (!answered) co_return answered.error();
    if (!answered->answer().sees()) co_return blind(answered->charge());
    Critique critique = answered->answer().critique();
    co_return critique.charge(answered->charge());
  }

  /// What is asked about: what this critic owns or nobody does, and what that depends on, whoever owns it.
  std::vector<Requirement> questions(const Checklist& checklist) const {
    std::vector<std::string> ids;
    for (const Requirement& requirement : checklist) {
      if (requirement.owner().empty() || requirement.owner() == name()) ids.push_back(requirement.id());
    }
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const Requirement* const requirement = checklist.find(ids[i]);
      if (requirement == nullptr) continue;
      for (const std::string& need : requirement->depends_on()) {
        if (std::ranges::find(ids, need) == ids.end()) ids.push_back(need);
      }
    }
    std::vector<Requirement> asked;
    for (const Requirement& requirement : checklist) {
      if (std::ranges::find(ids, requirement.id()) != ids.end()) asked.push_back(requirement);
    }
    return asked;
  }

  Error blind(const Charge& charge) const {
    Error error{errc::unusable_reply, "the model \"" + options_.model +
                                          "\" says that it was shown no picture: " + options_.server.name +
                                          " may have dropped what it could not read, or the model takes no pictures"};
    return billed(std::move(error), charge);
  }

  /// Asks, and once more where the answer cannot be used.
  template <class Reader>
  asio::awaitable<Result<Answered<typename Reader::Answer>>> ask(chat::Question question, Reader reader,
                                                                 CallKind kind) {
    if (question.text_bytes() > options_.max_question_bytes) {
      co_return Error{errc::too_large, "the brief and its checklist make a question of " +
                                           std::to_string(question.text_bytes()) + " bytes; " +
                                           std::to_string(options_.max_question_bytes) + " are the limit"};
    }
    const Money worst = worst_attempt(pictures_in(kind));
    const Clock::time_point deadline = Clock::now() + options_.timeout;
    Charge charge;
    for (bool again = false;; again = true) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
      if (std::optional<Error> error = co_await end_of_time(left)) co_return std::move(error->charge(charge));
      chat::Question copy = question;
      Result<Exchanged> exchanged = co_await exchange(std::move(copy), worst, left);
      if (!exchanged) {
        Error error = exchanged.error();
        co_return std::move(error.charge(charge + error.charge()));
      }
      const chat::Reply& reply = exchanged->reply();
      charge = charge + exchanged->charge();
      if (reply.is_refused()) co_return refused(reply, exchanged->request_id(), charge);
      Result<typename Reader::Answer> answer = answer_in(reply, reader);
      if (answer) {
        Answered<typename Reader::Answer> answered{std::move(*answer), charge};
        co_return answered;
      }
      if (reply.ran_out()) {
        co_return unusable("the model spent all of its " + std::to_string(options_.max_output_tokens) +
                               " tokens before it answered: raise max_output_tokens, or lower reasoning_effort",
                           reply, exchanged->request_id(), charge);
      }
      if (again) {
        co_return unusable("asked twice, and the second answer does not fit either: " + answer.error().message(), reply,
                           exchanged->request_id(), charge);
      }
      question.say(chat::complaint(shortened_text(answer.error().message(), max_complaint - 200)));
    }
  }

  Error unusable(const std::string& why, const chat::Reply& reply, const std::string& request_id,
                 const Charge& charge) const {
    return billed(unusable_reply(why, reply.text(), request_id, provider_call(Money{})), charge);
  }

  Error refused(const chat::Reply& reply, const std::string& request_id, const Charge& charge) const {
    const bool in_words = !reply.refusal().empty();
    return billed(provider_refusal(in_words ? "the model will not answer" : "finish reason content_filter",
                                   in_words ? reply.refusal() : reply.text(), request_id, provider_call(Money{})),
                  charge);
  }

  /// Why there is to be no further request, if that is so.
  static asio::awaitable<std::optional<Error>> end_of_time(std::chrono::milliseconds left) {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
      co_return Error{errc::cancelled, "the critic was cancelled between two requests"};
    if (left.count() <= 0) co_return Error{errc::deadline_exceeded, "the critic's time was up before it had an answer"};
    co_return std::nullopt;
  }

  /// One request and its reply.
  asio::awaitable<Result<Exchanged>> exchange(chat::Question question, Money worst, std::chrono::milliseconds time) {
    http::Request request{http::Method::post, url_};
    request.header("Accept", "application/json")
        .authorize(options_.server.key_header, options_.server.key_prefix, options_.api_key)
        .body(chat::request_body(question, options_, extra_), "application/json")
        .timeout(time)
        .max_response_bytes(max_reply_bytes)
        .worst_case(worst);
    const Result<http::Response> response = co_await client_.send(std::move(request));
    if (!response) co_return response.error();
    if (!response->is_success()) co_return failure(*response, worst);
    // An answer goes into records and into prompts for other providers: a key that it repeats must not.
    const std::string text = redact(std::string{response->text()});
    Result<chat::Reply> reply = chat::read_reply(text, options_.server.reasoning_fields);
    if (!reply) {
      if (reply.error().code() == errc::backend_failed)
        co_return provider_stream_error(response->text(), response->request_id(), provider_call(worst));
      co_return unusable_reply(reply.error().message(), response->text(), response->request_id(), provider_call(worst));
    }
    if (reply->finish_reason() == "error")
      co_return provider_stream_error(response->text(), response->request_id(), provider_call(worst));
    const Charge charge = charge_of(*reply, worst);
    Exchanged exchanged{std::move(*reply), charge, response->request_id()};
    co_return exchanged;
  }

  Error failure(const http::Response& response, Money worst) const {
    Error error = provider_error(response, provider_call(worst));
    if (!says_no_pictures(error.provider_message())) return error;
    Error blind{errc::unsupported,
                options_.server.name + " runs \"" + options_.model +
                    "\" without eyes: name a model that takes pictures, or start the server with its "
                    "vision part (llama.cpp: --mmproj)"};
    return blind.provider_message(error.provider_message()).request_id(error.request_id()).charge(error.charge());
  }

  http::Client client_;
  ChatCompletionsOptions options_;
  http::Url url_;
  std::string extra_;
  std::optional<Price> price_;
  std::mutex mutex_;
  std::optional<asio::thread_pool> thread_;  // starts with the first picture that is too large; its destructor waits
};

ChatCompletionsCritic::ChatCompletionsCritic(http::Client client, ChatCompletionsOptions options)
    : ChatCompletionsCritic{create(std::move(client), std::move(options)).value()} {}

ChatCompletionsCritic::ChatCompletionsCritic(std::shared_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {}

Result<ChatCompletionsCritic> ChatCompletionsCritic::create(http::Client client, ChatCompletionsOptions options) {
  const Result<http::Url> url = chat::address(options);
  if (std::optional<Error> fault = fault_of(options, url)) return std::move(*fault);
  Result<std::string> extra = chat::extra_members(options);
  if (!extra) return extra.error();
  return ChatCompletionsCritic{std::make_shared<Impl>(std::move(client), std::move(options), *url, std::move(*extra))};
}

std::string ChatCompletionsCritic::do_name() const { return impl_->name(); }

Money ChatCompletionsCritic::do_estimate(CallKind kind) const { return impl_->estimate(kind); }

bool ChatCompletionsCritic::do_can_compare() const { return impl_->compares(); }

void ChatCompletionsCritic::do_prepare() { impl_->prepare(); }

asio::awaitable<Result<Plan>> ChatCompletionsCritic::do_plan(Brief brief) { return impl_->plan(std::move(brief)); }

asio::awaitable<Result<Critique>> ChatCompletionsCritic::do_critique(CritiqueRequest request) {
  return impl_->critique(std::move(request));
}

asio::awaitable<Result<Comparison>> ChatCompletionsCritic::do_compare(ComparisonRequest request) {
  return impl_->compare(std::move(request));
}

ChatRephraser::ChatRephraser(const ChatCompletionsCritic& critic, detail::RolePointer<Reviser> otherwise)
    : model_{critic.impl_}, otherwise_{std::move(otherwise).share()} {}

std::string ChatRephraser::do_name() const { return otherwise_->name() + ", rephrasing by " + model_->name(); }

Money ChatRephraser::do_estimate() const { return std::max(model_->estimate_of_rephrasing(), otherwise_->estimate()); }

asio::awaitable<Result<Revision>> ChatRephraser::do_revise(RevisionRequest request) {
  if (ends_in_refusal(request.transcript())) {
    Result<Revision> rephrased = co_await model_->rephrase(std::move(request));
    co_return rephrased;
  }
  Result<Revision> revision = co_await otherwise_->revise(std::move(request));
  // Without a word on its cost it would count as the model's worst case.
  if (revision && revision->charge() == Charge{}) revision->charge(Charge::paid(Money{}));
  co_return revision;
}

}  // namespace pentimento
