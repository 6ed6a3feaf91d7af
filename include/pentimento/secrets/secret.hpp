#pragma once

#include <pentimento/error.hpp>

#include <compare>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

namespace pentimento {

/**
 * A key or a password. It cannot be streamed or converted to text by accident: `reveal()` is the only access to its value.
 *
 * While any copy exists, `redact` removes the value from every text passed to it. The library passes it every error of a
 * call and every text that a provider sends.
 *
 * **Lifetime**: copies share the value; its memory is overwritten with the last one. **Thread safety**: thread-safe.
 */
class Secret {
 public:
  /// An empty secret.
  Secret() noexcept = default;
  explicit Secret(std::string value);

  /// Returns the value of an environment variable, without the white space around it. **Errors**: `invalid_argument`, naming
  /// the variable, if it is not set or empty, or contains a line break, which no HTTP header can carry.
  static Result<Secret> from_environment(const std::string& variable);

  bool empty() const noexcept { return value_ == nullptr; }
  /// Returns the value. **Lifetime**: valid while any copy exists.
  std::string_view reveal() const noexcept { return value_ == nullptr ? std::string_view{} : *value_; }

  friend bool operator==(const Secret& a, const Secret& b) noexcept { return a.reveal() == b.reveal(); }
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  std::shared_ptr<const std::string> value_;
};

static_assert(!std::is_aggregate_v<Secret>);

/// Replaces every existing secret in a text with "[redacted]". Found are the plain value, its base64 form (also behind a
/// user name), its percent-encoded and JSON-escaped forms, and any beginning of these that shows at least 12 characters of
/// the value. Secrets shorter than 6 characters are not redacted: they cannot be told from ordinary text.
/// **Thread safety**: thread-safe.
std::string redact(std::string text);

/// Redacts every text of an error.
Error redact(Error error);

}  // namespace pentimento
