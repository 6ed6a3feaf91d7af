#pragma once

#include <pentimento/error.hpp>
#include <pentimento/money.hpp>
#include <pentimento/providers/prices.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// What a chat completion says, whichever server wrote it: text, refusal, why it ended, and what it cost.

namespace pentimento::chat {

/// The most that is taken of a reply's text. A longer one is no answer.
inline constexpr std::size_t max_reply_text = std::size_t{256} << 10;

class Reply {
 public:
  Reply() = default;

  /// The text of the answer; may be empty.
  const std::string& text() const noexcept { return text_; }
  Reply& text(std::string text) { return text_ = std::move(text), *this; }
  /// Whether the text was longer than `max_reply_text` and was cut off there.
  bool is_cut() const noexcept { return cut_; }
  Reply& cut(bool cut) { return cut_ = cut, *this; }
  /// What stands in the fields for a model's thoughts.
  const std::vector<std::string>& thoughts() const noexcept { return thoughts_; }
  Reply& think(std::string text) { return thoughts_.push_back(std::move(text)), *this; }
  /// Why the model declines, in its words.
  const std::string& refusal() const noexcept { return refusal_; }
  Reply& refusal(std::string text) { return refusal_ = std::move(text), *this; }
  /// "stop", "length", "content_filter", "error"...; empty where it is not said.
  const std::string& finish_reason() const noexcept { return finish_reason_; }
  Reply& finish_reason(std::string reason) { return finish_reason_ = std::move(reason), *this; }

  const std::optional<TokenUsage>& usage() const noexcept { return usage_; }
  Reply& usage(std::optional<TokenUsage> usage) { return usage_ = usage, *this; }
  /// What the server says that the call cost (`usage.cost` of OpenRouter).
  const std::optional<Money>& cost() const noexcept { return cost_; }
  Reply& cost(std::optional<Money> cost) { return cost_ = cost, *this; }

  /// Whether the provider declined, by a refusal or a filter.
  bool is_refused() const noexcept { return !refusal_.empty() || finish_reason_ == "content_filter"; }
  /// Whether the cap on tokens was reached before any text of the answer: hidden reasoning took them all.
  bool ran_out() const noexcept { return finish_reason_ == "length" && text_.empty(); }

 private:
  std::string text_;
  bool cut_ = false;
  std::vector<std::string> thoughts_;
  std::string refusal_;
  std::string finish_reason_;
  std::optional<TokenUsage> usage_;
  std::optional<Money> cost_;
};

static_assert(!std::is_aggregate_v<Reply>);

/// Reads the body of a reply with a status of 2xx. `reasoning_fields` are the server's fields for thoughts. Errors:
/// `backend_failed` for an error that stands in the body, as it is (OpenRouter, once a model has begun to write);
/// `unusable_reply` for what is no chat completion. Both with what is wrong as the message, for the caller to put in
/// words.
Result<Reply> read_reply(std::string_view body, const std::vector<std::string>& reasoning_fields);

/**
 * The JSON object that is the answer.
 *
 * The text itself, if it is an object and nothing else. Otherwise the one object that stands in it, after `<think>`
 * blocks (also where only the closing tag is there, as some templates have it), among words or in a code fence. More
 * than one is none: a picture may have had its own answer copied out. The thoughts are looked at only where the text
 * has nothing in it: qwen3-vl on Ollama puts its answer there (ollama #12831, 2025-10), and elsewhere they hold drafts.
 *
 * Errors: `parse_failed` with what is wrong, as the end of "an earlier answer could not be used: ".
 */
Result<boost::json::value> find_answer(const Reply& reply);

/// The text of an answer in prose, without `<think>` blocks; empty if there is none.
std::string prose(const Reply& reply);

}  // namespace pentimento::chat
