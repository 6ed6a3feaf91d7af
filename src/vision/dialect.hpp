#pragma once

#include "providers/provider_error.hpp"
#include <pentimento/error.hpp>
#include <pentimento/http/body.hpp>
#include <pentimento/http/url.hpp>
#include <pentimento/providers/server.hpp>
#include <pentimento/vision/remote_model.hpp>
#include <pentimento/vision/vision_model.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento {

/// What `RemoteModel` has to know of a wire format: data, and two pure functions.
struct Dialect {
  Server server;
  http::Url url;
  /// Header fields besides Content-Type, Accept and the key.
  std::vector<std::pair<std::string, std::string>> fields;
  ModelLimits limits;

  /// The body of a request. The bytes of an image are not copied. Not every server knows every way to ask for JSON: `simpler`
  /// is 0 at first, and at most `simplest`, where the words of the question have to do.
  std::function<http::Body(const Question& question, int simpler)> encode;
  int simplest = 0;
  /// Reads the body of a reply of status 2xx. Errors: `backend_failed` for an error in the body, `unusable_reply` for
  /// anything else that is not a reply; the message ends the sentence "the reply of <server> cannot be used: ".
  std::function<Result<Reply>(std::string_view body)> decode;
  /// An upper bound of the tokens of an image with sides of so many pixels.
  std::function<std::uint64_t(std::uint32_t side)> image_tokens;

  /// Statuses and error codes after which the provider has done and billed nothing.
  std::vector<int> free_statuses;
  std::vector<std::string> free_codes;
};

/// Returns the address that questions are sent to. Errors: `invalid_argument` for a missing model, a missing key where
/// the server requires one, or an address that is missing or invalid.
Result<http::Url> remote_address(const Server& server, const RemoteModelOptions& options, const std::string& path,
                                 const std::string& query = {});

class RemoteModel::Impl {
 public:
  Impl(http::Client client, const RemoteModelOptions& options, Dialect dialect);

  std::string name() const { return dialect_.server.name + ':' + options_.model; }
  const ModelLimits& limits() const noexcept { return dialect_.limits; }
  Money estimate(const QuestionSize& size) const;
  void warm_up() const;
  boost::asio::awaitable<Result<Reply>> ask(Question question) const;

 private:
  boost::asio::awaitable<Result<http::Response>> send(const Question& question, int simpler, Money worst_case,
                                                      std::chrono::milliseconds timeout) const;
  Charge charge_of(const Reply& reply, Money worst_case) const;
  ProviderCall provider_call(Money worst_case) const;
  Error failure(const http::Response& response, Money worst_case) const;

  http::Client client_;
  RemoteModelOptions options_;
  Dialect dialect_;
  std::optional<Price> price_;
  /// How much simpler than at first JSON is asked for, as the server's answers have taught.
  mutable std::atomic<int> simpler_ = 0;
};

}  // namespace pentimento
