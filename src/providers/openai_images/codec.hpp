#pragma once

#include "providers/provider_error.hpp"
#include <pentimento/generation.hpp>
#include <pentimento/http/request.hpp>
#include <pentimento/http/response.hpp>
#include <pentimento/money.hpp>
#include <pentimento/pixel_size.hpp>
#include <pentimento/providers/openai_images.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

// What goes to servers of the OpenAI Images API (openai_images_request.cpp) and what comes back (openai_images_reply.cpp), as
// pure functions.

namespace pentimento::openai_images {

/// The model that is asked for: the one of the options, else the server's own.
const std::string& model_of(const OpenAiImagesOptions& options);

/// What the errors of a call are to say.
ProviderCall call_of(const OpenAiImagesOptions& options, Money worst_case);

Capabilities capabilities_of(const OpenAiImagesOptions& options);

/// The most that a request may cost, if that is known, else what the options say, else without bound.
Money estimate(const GenerationRequest& request, const OpenAiImagesOptions& options);

/// The nearest size of OpenAI's rule for models that take any.
PixelSize flexible_size(PixelSize size);

/// A prompt without a tag of native options and all that stands in it; see `OpenAiImagesQuirks::tag`.
std::string without_tag(std::string prompt, std::string_view tag);

/// The call that asks for a picture. Errors: what is wrong with request or options; nothing is to be sent then.
Result<http::Request> encode(const GenerationRequest& request, const OpenAiImagesOptions& options);

/// What a whole reply to this request means.
Result<Generation> decode(const http::Response& response, const GenerationRequest& request,
                          const OpenAiImagesOptions& options);

/// Takes the events of a streamed reply: hands pictures on the way to the caller and keeps the last one, or the
/// error. After a cancel the client may still be at an event while nobody waits any more, so it owns what it needs
/// and is locked.
class Stream final : public http::EventListener {
 public:
  Stream(const GenerationRequest& request, std::shared_ptr<const OpenAiImagesOptions> options);

  bool on_event(const http::ServerEvent& event) noexcept override;

  /// Whether the picture has come.
  bool has_picture() const;
  /// What the stream came to, once it is over.
  Result<Generation> take(std::string request_id);

 private:
  std::optional<Result<Generation>> read(const http::ServerEvent& event);

  std::shared_ptr<const OpenAiImagesOptions> options_;
  bool from_picture_;
  ProviderCall call_;
  mutable std::mutex mutex_;
  std::optional<Result<Generation>> result_;
};

}  // namespace pentimento::openai_images
