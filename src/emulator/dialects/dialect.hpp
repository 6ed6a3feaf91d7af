#pragma once

#include "emulator/scenario/rules.hpp"
#include "emulator/server/http_request.hpp"
#include "emulator/server/reply.hpp"
#include <pentimento/emulator/answers.hpp>
#include <pentimento/emulator/emulator.hpp>
#include <pentimento/generator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::emulator {

/// A request for a dialect, and what the scenario changes in the answer. Cheap to copy.
class EmulatedRequest {
 public:
  EmulatedRequest(HttpRequest http, std::shared_ptr<const ReplyOverrides> overrides, std::uint64_t number)
      : http_{std::make_shared<const HttpRequest>(std::move(http))},
        overrides_{overrides != nullptr ? std::move(overrides) : std::make_shared<const ReplyOverrides>()},
        number_{number} {}

  const std::string& method() const noexcept { return http_->method; }
  const std::string& path() const noexcept { return http_->path; }
  const http::Headers& headers() const noexcept { return http_->headers; }
  /// Valid as long as a copy of the request lives.
  std::string_view body() const noexcept { return http_->body; }
  const ReplyOverrides& overrides() const noexcept { return *overrides_; }
  /// Its number over all requests.
  std::uint64_t number() const noexcept { return number_; }

 private:
  std::shared_ptr<const HttpRequest> http_;
  std::shared_ptr<const ReplyOverrides> overrides_;
  std::uint64_t number_;
};

static_assert(!std::is_aggregate_v<EmulatedRequest>);

/// The key in `Authorization: Bearer`, or an empty view.
std::string_view bearer_key(const http::Headers& headers);
/// True if the content type of a request is this one, with or without parameters.
bool has_media_type(const EmulatedRequest& request, std::string_view type);
/// The JSON object that is the body of a request. Errors: `parse_failed`.
Result<boost::json::value> parse_object(const EmulatedRequest& request, std::size_t depth);

/// What dialects answer with: the backends of `Emulator` and its options.
struct Backends {
  std::shared_ptr<Generator> generator;
  AnswerFunction answer;
  std::string api_key;
  std::function<Result<Image>(const Image&, MediaType)> encode;
};

/// One provider's protocol. To add another, derive from it and add it to `make_dialects`.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// "Stability v2beta", and its endpoints: "POST /v2beta/stable-image/generate/{sd3,core,ultra}".
  virtual std::string name() const = 0;
  virtual std::vector<std::string> endpoints() const = 0;

  /// True if a path belongs to this dialect.
  virtual bool matches(std::string_view path) const = 0;
  /// Answers a request. What it throws becomes an error 500 in its shape. Runs on the strand of the connection; several
  /// calls may run at once.
  virtual boost::asio::awaitable<EmulatedReply> handle(EmulatedRequest request) = 0;
  /// An error in the shape of the provider. `number` is that of the request.
  virtual EmulatedReply error(const ErrorScript& error, std::uint64_t number) const = 0;

 protected:
  Dialect() = default;
  Dialect(const Dialect&) = default;
  Dialect& operator=(const Dialect&) = default;
};

std::unique_ptr<Dialect> make_stability_dialect(std::shared_ptr<const Backends> backends);
std::unique_ptr<Dialect> make_openai_images_dialect(std::shared_ptr<const Backends> backends);
std::unique_ptr<Dialect> make_chat_completions_dialect(std::shared_ptr<const Backends> backends);
std::unique_ptr<Dialect> make_anthropic_messages_dialect(std::shared_ptr<const Backends> backends);
/// The lists of models, and whatever no other dialect matches. Comes last.
std::unique_ptr<Dialect> make_models_dialect(std::shared_ptr<const Backends> backends);

/// All dialects. The first that matches answers.
std::vector<std::unique_ptr<Dialect>> make_dialects(const std::shared_ptr<const Backends>& backends);

}  // namespace pentimento::emulator
