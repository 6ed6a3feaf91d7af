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

/// The kinds of tokens that are billed at different rates.
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

/// The tokens of one call. Tokens read from a cache or written to it are counted only there.
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

/// The price of one model: per call or per token. A price per token may have bounds on the tokens of an image.
class Price {
 public:
  /// A price per token, without rates yet.
  Price() = default;
  explicit Price(Money per_call) : per_call_{per_call} {}

  /// The price of each call; empty for a price per token.
  const std::optional<Money>& per_call() const noexcept { return per_call_; }

  /// The price of a million tokens of this kind; empty if unknown.
  const std::optional<Money>& per_million(TokenKind kind) const noexcept {
    return rates_[static_cast<std::size_t>(kind)];
  }
  Price& per_million(TokenKind kind, std::optional<Money> rate) noexcept {
    return rates_[static_cast<std::size_t>(kind)] = rate, *this;
  }

  /**
   * Returns the cost of these tokens, rounded up to a whole micro-dollar; the price of a call if calls are billed.
   *
   * If a kind has no rate, another rate is used: for cached tokens that of uncached ones, for image tokens that of text.
   * Empty if there is no such rate either, because an unknown price does not mean free.
   */
  std::optional<Money> cost(const TokenUsage& usage) const noexcept;

  /// Returns the upper bound of the tokens of a generated image of this quality and size. Empty if the table has no
  /// figure for this quality ("auto" is a quality too).
  std::optional<std::uint64_t> image_tokens(std::string_view quality, PixelSize size) const;
  /// Sets the bound for one quality, whatever the size.
  Price& bound_image(std::string quality, std::uint64_t most);
  /// Sets the bound for one quality by the rule of OpenAI's calculator for gpt-image-2: a grid of g by g*short/long
  /// cells of (2,000,000 + pixels) / 4,000,000 tokens each.
  Price& bound_image_by_grid(std::string quality, std::uint32_t grid);

  /// The upper bound of the tokens of an image that is sent; empty if unknown.
  const std::optional<std::uint64_t>& sent_image_tokens() const noexcept { return sent_image_tokens_; }
  Price& sent_image_tokens(std::optional<std::uint64_t> most) { return sent_image_tokens_ = most, *this; }

  /// The source of the figures and what is assumed; may be empty.
  const std::string& basis() const noexcept { return basis_; }
  Price& basis(std::string text) { return basis_ = std::move(text), *this; }

  friend bool operator==(const Price&, const Price&) = default;

 private:
  struct ImageTokens {
    std::uint64_t most = 0;
    std::uint32_t grid = 0;  // 0: `most` is the bound
    friend bool operator==(const ImageTokens&, const ImageTokens&) = default;
  };

  std::optional<Money> per_call_;
  std::array<std::optional<Money>, token_kinds> rates_;
  std::map<std::string, ImageTokens, std::less<>> image_tokens_;
  std::optional<std::uint64_t> sent_image_tokens_;
  std::string basis_;
};

static_assert(!std::is_aggregate_v<Price>);

/**
 * The prices of the providers' models, with the date on which they were looked up. Cheap to copy.
 *
 * The built-in table has the prices published on its date. Replace or extend it with a file of your own if prices
 * have changed or a model is missing. The format, with dollars as they are published:
 *
 *     {"date": "2026-11-22",
 *      "sources": ["where the figures come from"],
 *      "prices": [
 *        {"provider": "stability", "model": "core", "usd_per_call": 0.03},
 *        {"provider": "openai", "model": "gpt-image-2",
 *         "usd_per_million": {"text_in": 5, "cached_text_in": 1.25, "image_in": 8, "image_out": 30},
 *         "image_tokens": {"low": 700, "high": {"grid": 96}},
 *         "sent_image_tokens": 8000, "basis": "the provider's page of that day"}]}
 *
 * The model "*" stands for every model of a provider that is not named. The kinds of tokens are text_in,
 * cached_text_in, cache_write_in, image_in, cached_image_in, text_out and image_out. "image_tokens" bounds the tokens
 * of a generated image, by quality; a quality that is not named, "auto" included, is unknown.
 *
 * **A model without a price is not free**: its estimate is unbounded, so a `Budget` ends the run before the call,
 * unless the backend's options set a worst-case cost.
 */
class PriceTable {
 public:
  /// An empty table.
  PriceTable();

  /// The table that the library was built with.
  static const PriceTable& builtin();

  /// Reads a table. Strict: unknown and repeated keys, two entries for one model, and prices that are negative or above
  /// a million dollars are errors, with the path to them. Errors: `parse_failed`; `too_large` for more than 1 MiB.
  static Result<PriceTable> from_json(std::string_view text);
  /// Reads a table from a file. Errors: also `io_failed`.
  static Result<PriceTable> from_file(const std::string& path);

  /// Returns this table with the entries of another one, which override its own. The date is the later of the two.
  PriceTable merged(const PriceTable& over) const;

  /// Returns the price of a model: its own entry, else that of the model without the date at its end
  /// ("gpt-image-2-2026-04-21"), else the provider's "*", else null. Valid as long as a copy of the table lives.
  const Price* find(std::string_view provider, std::string_view model) const;

  /// The day when the figures were looked up, as "2026-11-22"; empty for an empty table.
  const std::string& date() const noexcept;
  const std::vector<std::string>& sources() const noexcept;

 private:
  struct State;
  explicit PriceTable(std::shared_ptr<const State> state) noexcept;

  std::shared_ptr<const State> state_;
};

static_assert(!std::is_aggregate_v<PriceTable>);

}  // namespace pentimento
