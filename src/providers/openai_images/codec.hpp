#pragma once

#include "providers/provider_error.hpp"
#include <pentimento/generation.hpp>
#include <pentimento/http/request.hpp>
#include <pentimento/http/response.hpp>
#include <pentimento/money.hpp>
#include <pentimento/pixel_size.hpp>
#include <pentimento/providers/openai_images.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The requests to servers of the OpenAI Images API (request.cpp), their sizes in pixels (sizes.cpp) and their replies
// (reply.cpp), as pure functions.

namespace pentimento::openai_images {

/// Returns the model of the options, or else the server's default.
const std::string& model_of(const OpenAiImagesOptions& options);

/// Returns the base URL of the options, or else the server's.
const std::string& base_url_of(const OpenAiImagesOptions& options);

/// Validates the options of a generator. **Errors**: as for `OpenAiImagesGenerator::create`.
Result<void> validate(const OpenAiImagesOptions& options);

/// Returns what must be known about a call to explain its errors.
ProviderCall call_of(const OpenAiImagesOptions& options, Money worst_case);

Capabilities capabilities_of(const OpenAiImagesOptions& options);

/// Validates the first request of a run; see `Generator::validate`.
std::optional<Error> validate_first(const GenerationRequest& request, const OpenAiImagesOptions& options);

/// Returns the worst-case cost of a request: by the table, or else that of the options, or else unbounded.
Money estimate(const GenerationRequest& request, const OpenAiImagesOptions& options);

/// Returns the nearest of the server's aspect ratios, which must outlive the result.
std::string_view nearest_aspect_ratio(PixelSize size, const OpenAiImagesServer& server);
/// Returns the nearest size of OpenAI's rule for flexible models.
PixelSize flexible_size(PixelSize size);
/// Returns the size of a request as it is sent: "1536x1024", "auto", or nothing for the server's default.
std::string size_text(const GenerationRequest& request, const OpenAiImagesOptions& options);
/// Returns the sizes that the image of a request may have.
std::vector<PixelSize> possible_sizes(const GenerationRequest& request, const OpenAiImagesOptions& options);

/// Removes the tags of native options and their content from a prompt; see `OpenAiImagesServer::tag`.
std::string without_tag(std::string prompt, std::string_view tag);

/// Encodes a request. The options must be valid. **Errors**: `invalid_argument`, `unsupported`, `too_large`.
Result<http::Request> encode(const GenerationRequest& request, const OpenAiImagesOptions& options);

/// Decodes a complete reply. **Parameters**: `fetched` is what its `image_address` led to, if the reply has one.
Result<Generation> decode(const http::Response& response, const GenerationRequest& request,
                          const OpenAiImagesOptions& options, const Result<http::Response>* fetched = nullptr);

/// Returns the address of the image in a complete reply; empty if it has the image itself, or neither.
std::string image_address(const http::Response& response);

/// Returns the request for an image that a reply gives as an address, without the key. Addresses of the API's own origin are
/// accepted, and on this machine if the API is on it; any other must be https and public. **Errors**: `invalid_argument`.
Result<http::Request> fetch_request(const std::string& address, const OpenAiImagesOptions& options,
                                    std::chrono::milliseconds timeout);

/// Decodes a streamed reply: passes partial images on, and keeps the final image or the error. Thread-safe, and owns its data:
/// after a cancellation the client may still process an event.
class Stream final : public http::EventListener {
 public:
  Stream(const GenerationRequest& request, std::shared_ptr<const OpenAiImagesOptions> options);

  bool on_event(const http::ServerEvent& event) noexcept override;

  /// True if the final image has arrived.
  bool has_image() const;
  /// Returns the stream as a complete reply, if it gives the image as an address. **Parameters**: the header of its reply.
  std::optional<http::Response> as_reply_with_address(const http::Headers& headers) const;
  /// Returns the result of the stream after its end.
  Result<Generation> take(std::string request_id);

 private:
  std::optional<Result<Generation>> read(const http::ServerEvent& event);

  std::shared_ptr<const OpenAiImagesOptions> options_;
  bool has_init_image_;
  ProviderCall call_;
  mutable std::mutex mutex_;
  std::optional<Result<Generation>> result_;
  std::string reply_with_address_;
};

}  // namespace pentimento::openai_images
