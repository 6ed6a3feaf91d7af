#pragma once

#include "emulator/dialects/dialect.hpp"
#include <pentimento/error.hpp>
#include <pentimento/image.hpp>
#include <pentimento/pixel_size.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

// What the dialects of chat models have in common.

namespace pentimento::emulator {

/// What a request asks of a chat model, after validation.
struct ChatRequest {
  ChatRequest() = default;

  std::string model;
  ModelQuestion question;
  /// A JSON object is wanted, without a schema.
  bool as_json = false;
  /// The most tokens that the model may produce, hidden reasoning included.
  std::uint64_t cap = 0;
  /// The tokens of hidden reasoning that the model produces first.
  std::uint64_t reasoning = 0;
  std::uint64_t text_tokens = 0;
  std::uint64_t image_tokens = 0;
};

static_assert(!std::is_aggregate_v<ChatRequest>);

/// The text that a chat model produces, cut off at the cap.
struct ChatAnswer {
  ChatAnswer() = default;

  std::string text;
  bool is_cut_off = false;
  std::uint64_t tokens = 0;  ///< Hidden reasoning included.
};

static_assert(!std::is_aggregate_v<ChatAnswer>);

/// Asks the answer function, or returns the payload of the scenario. Errors: those of the function.
boost::asio::awaitable<Result<ChatAnswer>> answer_chat(std::shared_ptr<const Backends> backends, ChatRequest chat,
                                                       EmulatedRequest request);

/// Adds text of the user to the question.
void add_text(ChatRequest& chat, std::string_view text, bool is_users);

/// Decodes an image in base64. Errors: `parse_failed` if it is not base64, `unreadable_image` if it is empty or not an
/// image of the stated type, `too_large` above 50 MiB.
Result<Image> decode_image(std::string_view base64, std::string_view stated_type);

/// The approximate number of tokens in a text.
std::uint64_t tokens_of(std::string_view text);
/// The tokens of an image: one for each patch of this many pixels a side.
std::uint64_t tokens_of(PixelSize size, std::uint32_t patch = 32);

}  // namespace pentimento::emulator
