#include "vision/dialect.hpp"
#include "vision/messages_codec.hpp"
#include <pentimento/vision/messages.hpp>

#include <algorithm>

namespace pentimento {
namespace {

/// One token for each patch of 28 by 28 pixels. Claude 4.7 and later scale an image down to at most 4,784 tokens,
/// earlier models to fewer.
std::uint64_t tokens_of_image(std::uint32_t side) {
  const std::uint64_t patches = (std::uint64_t{side} + 27) / 28;
  return std::min<std::uint64_t>(patches * patches, 4'784);
}

}  // namespace

MessagesServer::MessagesServer() {
  name = "anthropic";
  title = "Anthropic";
  base_url = "https://api.anthropic.com";
  base_url_name = "ANTHROPIC_BASE_URL";
  key_name = "ANTHROPIC_API_KEY";
  key_header = "x-api-key";
  key_prefix.clear();
  check_path = "v1/models";
  check_fields = {{"anthropic-version", version}};
  limits.max_images = 20;              // with more, an image may have 2,000 pixels a side only
  limits.max_image_bytes = 7'500'000;  // 10 MB in base64
  limits.max_image_side = 8'000;
  limits.max_question_bytes = 31'000'000;  // of a body of 32 MB
}

MessagesModel::MessagesModel(http::Client client, MessagesOptions options)
    : MessagesModel{create(std::move(client), std::move(options)).value()} {}

Result<MessagesModel> MessagesModel::create(http::Client client, MessagesOptions options) {
  const MessagesServer& server = options.server;
  Result<http::Url> url = remote_address(server, options, server.path);
  if (!url) return url.error();
  Dialect dialect{
      .server = server,
      .url = std::move(*url),
      .fields = {{"anthropic-version", server.version}},
      .limits = server.limits,
      .encode = [model = options.model, effort = options.reasoning_effort](
                    const Question& question, int) { return messages_codec::encode(question, model, effort); },
      .decode = messages_codec::decode,
      .image_tokens = tokens_of_image,
      .free_statuses = {529},
      .free_codes = {"overloaded_error"}};
  return MessagesModel{std::make_shared<const Impl>(std::move(client), options, std::move(dialect))};
}

}  // namespace pentimento
