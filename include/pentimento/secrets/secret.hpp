#pragma once

#include <pentimento/error.hpp>

#include <compare>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

namespace pentimento::http {

/**
 * A key or a password. It cannot be streamed or converted to text by accident: `reveal()` is the one way to its value.
 *
 * As long as any copy lives, `redact` takes the value out of every text that passes through it: the library passes every
 * error of a call through, and every text that a provider sends. The memory is overwritten when the last copy goes. Copies share the value; they may
 * be used from any thread.
 */
class Secret {
 public:
  /// None.
  Secret() noexcept = default;
  explicit Secret(std::string value);

  /// The value of an environment variable. Errors: `invalid_argument`, naming the variable, when it is not set or empty,
  /// or holds a line break or a NUL, which no header may carry.
  static Result<Secret> from_environment(const std::string& variable);

  bool empty() const noexcept { return value_ == nullptr; }
  /// The value itself, for the header or the file that it belongs in. Valid as long as a copy lives.
  std::string_view reveal() const noexcept { return value_ == nullptr ? std::string_view{} : *value_; }

  friend bool operator==(const Secret& a, const Secret& b) noexcept { return a.reveal() == b.reveal(); }
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  std::shared_ptr<const std::string> value_;
};

static_assert(!std::is_aggregate_v<Secret>);

/// The text with every living secret replaced by "[redacted]": the value as it stands, in base64 (also behind a user
/// name), percent-encoded and as JSON escapes it, and any beginning of these that shows 12 of its characters or more.
/// Secrets of fewer than 6 characters are too short to be told from ordinary text and are left. Any thread.
std::string redact(std::string text);

/// The same for all texts of an error.
Error redact(Error error);

}  // namespace pentimento::http
