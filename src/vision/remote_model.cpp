#include "vision/dialect.hpp"

#include <algorithm>
#include <array>

namespace pentimento {
namespace {

/// Beyond any answer: 4,000 tokens are some 16 KiB, and some servers send the reasoning along.
constexpr std::size_t max_reply_bytes = std::size_t{4} << 20;

/// True if a provider's words say that the model, or the server as it was started, cannot look at images.
bool says_no_images(std::string_view words) {
  constexpr std::array signs{std::string_view{"image input is not supported"}, std::string_view{"mmproj"},
                             std::string_view{"does not support image"}, std::string_view{"images are not supported"},
                             std::string_view{"image_url is only supported"}};
  return std::ranges::any_of(signs, [&](std::string_view sign) { return words.find(sign) != words.npos; });
}

/// True if a server does not know the way in which JSON was asked for.
bool rejects_format(const http::Response& response) {
  if (response.status() != 400 && response.status() != 422) return false;
  constexpr std::array signs{std::string_view{"response_format"}, std::string_view{"json_schema"},
                             std::string_view{"json_object"}, std::string_view{"output_config"},
                             std::string_view{"structured output"}};
  return std::ranges::any_of(signs,
                             [&](std::string_view sign) { return response.text().find(sign) != std::string::npos; });
}

}  // namespace

Result<http::Url> remote_address(const Server& server, const RemoteModelOptions& options, const std::string& path,
                                 const std::string& query) {
  const auto invalid = [](std::string what) { return Error{errc::invalid_argument, std::move(what)}; };
  if (options.model.empty()) return invalid("the model is missing; name one that accepts images");
  const std::string& base = options.base_url.empty() ? server.base_url : options.base_url;
  if (base.empty()) return invalid("the address of " + server.name + " is missing; set base_url: \"https://host/v1\"");
  Result<http::Url> url = http::Url::parse(base);
  if (!url) return url;
  if (server.needs_key && options.api_key.empty() && !url->is_loopback())
    return invalid("the key of " + server.name + " is missing; set " + server.key_name);
  if (!options.api_key.empty()) {
    if (const Result<void> safe = http::validate_for_secrets(*url); !safe) return safe.error();
  }
  url = url->joined(path);
  if (!url || query.empty()) return url;
  const char* const sign = url->target().find('?') == std::string::npos ? "?" : "&";
  return http::Url::parse(url->to_string() + sign + query);
}

RemoteModel::Impl::Impl(http::Client client, const RemoteModelOptions& options, Dialect dialect)
    : client_{std::move(client)}, options_{options}, dialect_{std::move(dialect)} {
  if (const Price* price = options_.prices.find(dialect_.server.name, options_.model)) price_ = *price;
}

Money RemoteModel::Impl::estimate(const QuestionSize& size) const {
  if (options_.worst_case) return *options_.worst_case;
  if (!price_) return Money::unbounded();
  std::uint64_t per_image = options_.image_tokens;
  if (per_image == 0) per_image = price_->sent_image_tokens().value_or(dialect_.image_tokens(size.image_side));
  TokenUsage usage;
  usage.tokens(TokenKind::text_in, size.text_bytes / 2);  // twice what English takes
  usage.tokens(TokenKind::image_in, size.images * per_image);
  usage.tokens(TokenKind::text_out, size.max_output_tokens);
  return price_->cost(usage).value_or(Money::unbounded());
}

void RemoteModel::Impl::warm_up() const { client_.warm_up(dialect_.url); }

boost::asio::awaitable<Result<http::Response>> RemoteModel::Impl::send(const Question& question, int simpler,
                                                                       Money worst_case,
                                                                       std::chrono::milliseconds timeout) const {
  http::Request request{http::Method::post, dialect_.url};
  request.header("Accept", "application/json");
  for (const auto& [name, value] : dialect_.fields) request.header(name, value);
  request.authorize(dialect_.server.key_header, dialect_.server.key_prefix, options_.api_key)
      .body(dialect_.encode(question, simpler), "application/json")
      .timeout(timeout)
      .max_response_bytes(max_reply_bytes)
      .worst_case(worst_case)
      .classifier(provider_classifier(dialect_.free_statuses));
  return client_.send(std::move(request));
}

boost::asio::awaitable<Result<Reply>> RemoteModel::Impl::ask(Question question) const {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + question.timeout();
  const Money worst_case = estimate(question.size());
  int simpler = simpler_;
  Result<http::Response> response = co_await send(question, simpler, worst_case, question.timeout());
  // A request that is rejected for its format has cost nothing.
  while (response && !question.schema().empty() && simpler < dialect_.simplest && rejects_format(*response)) {
    ++simpler;
    int known = simpler_;  // other calls may have learned more at the same time
    while (known < simpler && !simpler_.compare_exchange_weak(known, simpler)) {}
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    response = co_await send(question, simpler, worst_case, std::max(left, std::chrono::milliseconds{1}));
  }
  if (!response) co_return response.error();
  if (!response->is_success()) co_return failure(*response, worst_case);
  // An answer goes into records and into prompts for other providers: a key that it repeats must not.
  const std::string body = redact(std::string{response->text()});
  Result<Reply> reply = dialect_.decode(body);
  if (!reply && reply.error().code() == errc::backend_failed)
    co_return provider_stream_error(response->text(), response->request_id(), provider_call(worst_case));
  if (!reply) {
    co_return unusable_reply(reply.error().message(), response->text(), response->request_id(),
                             provider_call(worst_case));
  }
  reply->request_id(response->request_id()).charge(charge_of(*reply, worst_case));
  co_return reply;
}

Charge RemoteModel::Impl::charge_of(const Reply& reply, Money worst_case) const {
  if (reply.charge() != Charge{}) return reply.charge();
  if (reply.usage() && price_) {
    if (const std::optional<Money> cost = price_->cost(*reply.usage())) return Charge::paid(*cost);
  }
  return worst_case == Money::unbounded() ? Charge::maybe_billed(worst_case) : Charge::from_estimate(worst_case);
}

ProviderCall RemoteModel::Impl::provider_call(Money worst_case) const {
  ProviderCall call;
  call.provider = dialect_.server.name;
  call.has_key = !options_.api_key.empty();
  call.key_name = dialect_.server.key_name;
  call.model = options_.model;
  call.worst_case = worst_case;
  call.free_codes = dialect_.free_codes;
  call.free_statuses = dialect_.free_statuses;
  return call;
}

Error RemoteModel::Impl::failure(const http::Response& response, Money worst_case) const {
  Error error = provider_error(response, provider_call(worst_case));
  if (!says_no_images(error.provider_message())) return error;
  Error blind{errc::unsupported, dialect_.server.name + " runs \"" + options_.model +
                                     "\" without vision; name a model that accepts images, or start the server with "
                                     "its vision part (llama.cpp: --mmproj)"};
  return blind.provider_message(error.provider_message()).request_id(error.request_id()).charge(error.charge());
}

std::string RemoteModel::do_name() const { return impl_->name(); }

ModelLimits RemoteModel::do_limits() const { return impl_->limits(); }

Money RemoteModel::do_estimate(const QuestionSize& size) const { return impl_->estimate(size); }

void RemoteModel::do_warm_up() { impl_->warm_up(); }

boost::asio::awaitable<Result<Reply>> RemoteModel::do_ask(Question question) { return impl_->ask(std::move(question)); }

}  // namespace pentimento
