#pragma once

#include <pentimento/error.hpp>
#include <pentimento/http/client.hpp>
#include <pentimento/providers/server.hpp>
#include <pentimento/vision/remote_model.hpp>

#include <memory>
#include <string>
#include <utility>

namespace pentimento {

/// A server that speaks Anthropic Messages. The default is Anthropic, with the limits of its documents of 2026.
struct MessagesServer : Server {
  MessagesServer();

  /// Appended to `base_url`. Anthropic's own SDKs, too, have no version in their base address.
  std::string path = "v1/messages";
  /// The value of the header `anthropic-version`.
  std::string version = "2023-06-01";
  ModelLimits limits{};
};

struct MessagesOptions : RemoteModelOptions {
  MessagesServer server{};
};

/**
 * A vision model that is asked over Anthropic Messages: Claude, and the servers that speak the same dialect.
 *
 * `reasoning_effort` becomes `output_config.effort`. No temperature is sent: Claude 4.7 and later refuse it. Without a
 * figure of your own, an image is estimated at one token for every 28 by 28 pixels, at most 4,784.
 */
class MessagesModel final : public RemoteModel {
 public:
  /// Throws `Failure` with the error of `create`.
  MessagesModel(http::Client client, MessagesOptions options);

  /// Errors: `invalid_argument` for a missing model, a missing key where the server requires one, or an address that is
  /// missing or invalid.
  static Result<MessagesModel> create(http::Client client, MessagesOptions options);

 private:
  explicit MessagesModel(std::shared_ptr<const Impl> impl) noexcept : RemoteModel{std::move(impl)} {}
};

}  // namespace pentimento
