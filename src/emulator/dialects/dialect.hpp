#pragma once

#include "emulator/server/http_request.hpp"
#include "emulator/server/reply.hpp"
#include "emulator/scenario/rules.hpp"
#include <pentimento/critic.hpp>
#include <pentimento/emulator/emulator.hpp>
#include <pentimento/generator.hpp>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::emulator {

/// A request that a dialect is to answer, and what a scenario wants of the answer.
class EmulatedRequest {
 public:
  EmulatedRequest(HttpRequest http, std::shared_ptr<const Twist> twist, std::uint64_t number)
      : http_{std::make_shared<const HttpRequest>(std::move(http))},
        twist_{twist != nullptr ? std::move(twist) : std::make_shared<const Twist>()},
        number_{number} {}

  const std::string& method() const noexcept { return http_->method; }
  const std::string& path() const noexcept { return http_->path; }
  const http::Headers& headers() const noexcept { return http_->headers; }
  /// Valid as long as a copy of the request lives.
  std::string_view body() const noexcept { return http_->body; }
  const Twist& twist() const noexcept { return *twist_; }
  /// Its number over all requests.
  std::uint64_t number() const noexcept { return number_; }

 private:
  std::shared_ptr<const HttpRequest> http_;
  std::shared_ptr<const Twist> twist_;
  std::uint64_t number_;
};

static_assert(!std::is_aggregate_v<EmulatedRequest>);

/// What dialects answer with.
struct Backends {
  std::shared_ptr<Generator> generator;
  std::shared_ptr<Critic> critic;
  std::string api_key;
  std::function<Result<Image>(const Image&, MediaType)> encode;
  std::function<Result<Image>(const Image&)> mask_of_transparency;
};

/// What an API key is worth.
enum class KeyState { missing, wrong, good };

/// One provider's way of talking. To add another: derive from it, and name it in `make_dialects`.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// "Stability v2beta", and what it answers to: "POST /v2beta/stable-image/generate/{sd3,core,ultra}".
  virtual std::string name() const = 0;
  virtual std::vector<std::string> endpoints() const = 0;

  /// Whether a path is of this dialect, with whatever method.
  virtual bool matches(std::string_view method, std::string_view path) const = 0;
  /// Answers. May throw, which becomes an error 500 in its shape. On the strand of the connection; several at once.
  virtual boost::asio::awaitable<EmulatedReply> handle(EmulatedRequest request) = 0;
  /// An error in its shape; `number` is that of the request.
  virtual EmulatedReply error(const ErrorScript& error, std::uint64_t number) const = 0;

 protected:
  Dialect() = default;
  Dialect(const Dialect&) = default;
  Dialect& operator=(const Dialect&) = default;
};

std::unique_ptr<Dialect> make_stability_dialect(std::shared_ptr<const Backends> backends);
std::unique_ptr<Dialect> make_openai_images_dialect(std::shared_ptr<const Backends> backends);
std::unique_ptr<Dialect> make_chat_completions_dialect(std::shared_ptr<const Backends> backends);
/// The list of models, and whatever no other dialect knows; comes last.
std::unique_ptr<Dialect> make_models_dialect(std::shared_ptr<const Backends> backends);

/// All of them; the first that matches answers.
inline std::vector<std::unique_ptr<Dialect>> make_dialects(const std::shared_ptr<const Backends>& backends) {
  std::vector<std::unique_ptr<Dialect>> dialects;
  dialects.push_back(make_stability_dialect(backends));
  dialects.push_back(make_openai_images_dialect(backends));
  dialects.push_back(make_chat_completions_dialect(backends));
  dialects.push_back(make_models_dialect(backends));
  return dialects;
}

}  // namespace pentimento::emulator
