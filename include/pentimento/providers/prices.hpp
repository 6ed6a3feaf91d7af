#pragma once

#include <pentimento/error.hpp>
#include <pentimento/money.hpp>
#include <pentimento/pixel_size.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// What is counted apart when a call is billed by its tokens.
enum class TokenKind { text_in, cached_text_in, cache_write_in, image_in, cached_image_in, text_out, image_out };

inline constexpr std::size_t token_kinds = 7;

constexpr std::string_view to_string(TokenKind kind) noexcept {
  switch (kind) {
    case TokenKind::text_in: return "text_in";
    case TokenKind::cached_text_in: return "cached_text_in";
    case TokenKind::cache_write_in: return "cache_write_in";
    case TokenKind::image_in: return "image_in";
    case TokenKind::cached_image_in: return "cached_image_in";
    case TokenKind::text_out: return "text_out";
    case TokenKind::image_out: return "image_out";
  }
  return "unknown";
}

/// The tokens of one call. What was read from a cache does not count among the others.
class TokenUsage {
 public:
  TokenUsage() = default;

  std::uint64_t tokens(TokenKind kind) const noexcept { return counts_[static_cast<std::size_t>(kind)]; }
  TokenUsage& tokens(TokenKind kind, std::uint64_t count) noexcept {
    return counts_[static_cast<std::size_t>(kind)] = count, *this;
  }

  friend bool operator==(const TokenUsage&, const TokenUsage&) = default;

 private:
  std::array<std::uint64_t, token_kinds> counts_{};
};

static_assert(!std::is_aggregate_v<TokenUsage>);

/// What one model costs: so much a call, or so much a token. Prices by the token may come with what a picture has of
/// them.
class Price {
 public:
  /// A price by the token, with no kind priced yet.
  Price() = default;
  explicit Price(Money per_call) : per_call_{per_call} {}

  /// What each call costs; nothing where tokens are counted.
  const std::optional<Money>& per_call() const noexcept { return per_call_; }

  /// What a million tokens of this kind cost, if that is known.
  const std::optional<Money>& per_million(TokenKind kind) const noexcept {
    return rates_[static_cast<std::size_t>(kind)];
  }
  Price& per_million(TokenKind kind, std::optional<Money> rate) noexcept {
    return rates_[static_cast<std::size_t>(kind)] = rate, *this;
  }

  /**
   * What these tokens cost, rounded up to a whole micro-dollar; the price of a call where that is how it is billed.
   *
   * Cached tokens without a price of their own count as others of their kind, and the tokens of pictures as those of
   * text. Nothing when there are tokens that then still have none: what is not known is not free.
   */
  std::optional<Money> cost(const TokenUsage& usage) const noexcept;

  /// The most tokens that a picture of this quality and size may come to; nothing where the table has no figure for the
  /// quality, by just this name ("auto" is one).
  std::optional<std::uint64_t> picture_tokens(std::string_view quality, PixelSize size) const;
  /// Bounds the tokens of pictures of one quality by a number, whatever their size.
  Price& bound_picture(std::string quality, std::uint64_t most);
  /// Bounds them as OpenAI's calculator works them out for gpt-image-2: a grid of g by g*short/long cells, each of
  /// (2,000,000 + pixels) / 4,000,000 tokens.
  Price& bound_picture_by_grid(std::string quality, std::uint32_t grid);

  /// The most tokens that a picture that is sent may come to, if that is known.
  const std::optional<std::uint64_t>& sent_picture_tokens() const noexcept { return sent_picture_tokens_; }
  Price& sent_picture_tokens(std::optional<std::uint64_t> most) { return sent_picture_tokens_ = most, *this; }

  /// Where the figures come from, and what is assumed; empty where nothing is said.
  const std::string& basis() const noexcept { return basis_; }
  Price& basis(std::string text) { return basis_ = std::move(text), *this; }

  friend bool operator==(const Price&, const Price&) = default;

 private:
  struct PictureTokens {
    std::uint64_t most = 0;
    std::uint32_t grid = 0;  // 0 where `most` says it all
    friend bool operator==(const PictureTokens&, const PictureTokens&) = default;
  };

  std::optional<Money> per_call_;
  std::array<std::optional<Money>, token_kinds> rates_;
  std::map<std::string, PictureTokens, std::less<>> picture_tokens_;
  std::optional<std::uint64_t> sent_picture_tokens_;
  std::string basis_;
};

static_assert(!std::is_aggregate_v<Price>);

/**
 * What the models of the providers cost: data with a date, never code. A copy costs a reference count.
 *
 * The built-in table holds what was published on its date; replace or extend it with a file of your own when prices
 * change or a model is missing. The form, with dollars as they are published:
 *
 *     {"date": "2026-11-22",
 *      "sources": ["where the figures come from"],
 *      "prices": [
 *        {"provider": "stability", "model": "core", "usd_per_call": 0.03},
 *        {"provider": "openai", "model": "gpt-image-2",
 *         "usd_per_million": {"text_in": 5, "cached_text_in": 1.25, "image_in": 8, "image_out": 30},
 *         "picture_tokens": {"low": 700, "high": {"grid": 96}},
 *         "sent_picture_tokens": 8000, "basis": "the provider's page of that day"}]}
 *
 * The model "*" stands for all models of a provider that are not named; such an entry makes them all free or equally
 * dear. "picture_tokens" bounds what a made picture may come to, by quality ("auto" and others that are not named are
 * unknown).
 *
 * **What has no price is unknown, and never free**: its estimate is without bound, so that a `Budget` ends the run
 * before the call, unless the backend's options say what a call may cost at most.
 */
class PriceTable {
 public:
  /// No prices at all.
  PriceTable();

  /// The table that the library was built with.
  static const PriceTable& builtin();

  /// Reads a table. Strict: unknown and repeated keys, two entries for one model, negative prices and such above a
  /// million dollars are errors, with the path to them. Errors: `parse_failed`; `too_large` for more than 1 MiB.
  static Result<PriceTable> from_json(std::string_view text);
  /// The same from a file. Errors: also `io_failed`.
  static Result<PriceTable> from_file(const std::string& path);

  /// This table with the other's entries over its own; the date is the later of the two. The other's entry replaces the
  /// whole entry of that model.
  PriceTable merged(const PriceTable& over) const;

  /// The price of a model: its own entry; else that of the model without the date at its end
  /// ("gpt-image-2-2026-04-21"); else the provider's "*". Null where there is none. Valid as long as a copy of the
  /// table lives.
  const Price* find(std::string_view provider, std::string_view model) const;

  /// When the figures were looked up, as "2026-11-22"; empty for no prices.
  const std::string& date() const noexcept;
  const std::vector<std::string>& sources() const noexcept;

 private:
  struct State;
  explicit PriceTable(std::shared_ptr<const State> state) noexcept;

  std::shared_ptr<const State> state_;
};

static_assert(!std::is_aggregate_v<PriceTable>);

}  // namespace pentimento
