#pragma once

#include <pentimento/error.hpp>

#include <boost/json/fwd.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento {

/**
 * The settings of a backend: a JSON object that a factory reads member by member. A member that the factory does not read is
 * an error. An invalid setting reads as missing; `finish` returns the first error.
 */
class BackendSettings {
 public:
  /// `backend` is its name, for messages.
  BackendSettings(std::string backend, const boost::json::object& settings);
  ~BackendSettings();
  BackendSettings(const BackendSettings&) = delete;
  BackendSettings& operator=(const BackendSettings&) = delete;

  const std::string& backend() const noexcept;

  /// A non-empty text.
  std::optional<std::string> text(const std::string& name);
  /// One of these texts.
  std::optional<std::string> choice(const std::string& name, const std::vector<std::string>& choices);
  std::optional<bool> flag(const std::string& name);
  /// A whole number within a range.
  std::optional<std::int64_t> whole(const std::string& name, std::int64_t least, std::int64_t most);
  /// A number within a range.
  std::optional<double> number(const std::string& name, double least, double most);
  /// A number of seconds, from 0.001 to 86,400.
  std::optional<std::chrono::milliseconds> seconds(const std::string& name);
  /// The members of an object of texts, in order.
  std::vector<std::pair<std::string, std::string>> texts(const std::string& name);

  /// Reports an error that only the factory can know.
  void fail(Error error);
  /// Returns the first error: of an invalid setting, of an unknown one, or that of `fail`.
  /// **Errors**: `invalid_argument` with the setting and what it takes; the error of `fail`.
  Result<void> finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pentimento
