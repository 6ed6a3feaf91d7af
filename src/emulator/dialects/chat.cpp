#include "emulator/dialects/chat.hpp"

#include "json/lookup.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/detail/utf8.hpp>
#include <pentimento/json.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

namespace pentimento::emulator {

namespace {

constexpr std::size_t max_image_bytes = std::size_t{50} << 20;

std::string text_of(const boost::json::value& answer) {
  return answer.is_string() ? std::string{json_form::text_of(answer.get_string())} : to_text(answer);
}

}  // namespace

boost::asio::awaitable<Result<ChatAnswer>> answer_chat(std::shared_ptr<const Backends> backends, ChatRequest chat,
                                                       EmulatedRequest request) {
  ChatAnswer answer;
  if (request.overrides().payload) {
    answer.text = *request.overrides().payload;
  } else if (backends->answer) {
    Result<boost::json::value> value = co_await backends->answer(std::move(chat.question));
    if (!value) co_return value.error();
    answer.text = text_of(*value);
  } else if (!chat.question.schema.is_null()) {
    answer.text = to_text(least_value(chat.question.schema));
  } else {
    answer.text = chat.as_json ? "{}" : "This is an emulator. It has no model behind it.";
  }
  const std::uint64_t room = chat.cap - std::min(chat.cap, chat.reasoning);
  if (tokens_of(answer.text) > room) {
    answer.text.resize(detail::cut_utf8(answer.text, static_cast<std::size_t>(room) * 4).size());
    answer.is_cut_off = true;
  }
  answer.tokens = tokens_of(answer.text) + std::min(chat.cap, chat.reasoning);
  co_return answer;
}

void add_text(ChatRequest& chat, std::string_view text, bool is_users) {
  chat.text_tokens += tokens_of(text);
  if (is_users) chat.question.text += std::string{text} + '\n';
}

Result<Image> decode_image(std::string_view base64, std::string_view stated_type) {
  auto bytes = detail::decode_base64(base64, max_image_bytes);
  if (!bytes) return bytes.error();
  if (bytes->empty()) return Error{errc::unreadable_image, "the image is empty"};
  Result<Image> image = Image::from_bytes(std::move(*bytes));
  if (image && to_string(image->media_type()) != stated_type) {
    return Error{errc::unreadable_image, "the image is stated to be " + std::string{stated_type} + " and is " +
                                             std::string{to_string(image->media_type())}};
  }
  return image;
}

std::uint64_t tokens_of(std::string_view text) { return (text.size() + 3) / 4; }

std::uint64_t tokens_of(PixelSize size, std::uint32_t patch) {
  return std::uint64_t{(size.width() + patch - 1) / patch} * ((size.height() + patch - 1) / patch);
}

}  // namespace pentimento::emulator
