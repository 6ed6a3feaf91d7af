#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::http {

/// The header fields of a message, in order. Names are case-insensitive.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;

  Headers& add(std::string name, std::string value) {
    return fields_.emplace_back(std::move(name), std::move(value)), *this;
  }
  /// Returns the value of the first field of this name, or null.
  const std::string* find(std::string_view name) const noexcept {
    for (const Field& field : fields_) {
      if (same_name(field.first, name)) return &field.second;
    }
    return nullptr;
  }
  /// Returns the value of the first field of this name, or an empty text.
  std::string_view value(std::string_view name) const noexcept {
    const std::string* found = find(name);
    return found == nullptr ? std::string_view{} : std::string_view{*found};
  }
  const std::vector<Field>& fields() const noexcept { return fields_; }

  friend bool operator==(const Headers&, const Headers&) = default;

  /// Compares two names, ASCII case-insensitively.
  static bool same_name(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
  }

 private:
  std::vector<Field> fields_;
};

static_assert(!std::is_aggregate_v<Headers>);

}  // namespace pentimento::http
