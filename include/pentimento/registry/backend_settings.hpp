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
 * The settings of a backend: a JSON object that is read member by member. What a factory has not asked for by the end is
 * unknown, and an error. The first error is kept, and reading goes on with what stands for "not given".
 */
class BackendSettings {
 public:
  /// `backend` is its name, for messages.
  BackendSettings(std::string backend, const boost::json::object& settings);
  ~BackendSettings();
  BackendSettings(const BackendSettings&) = delete;
  BackendSettings& operator=(const BackendSettings&) = delete;

  const std::string& backend() const noexcept;

  /// A text that is not empty.
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
  /// The members of an object of texts, in their order.
  std::vector<std::pair<std::string, std::string>> texts(const std::string& name);

  /// Says that something is wrong that only the factory can know.
  void fail(Error error);
  /// Whether all was right. Errors: `invalid_argument`, naming the setting, what was wrong and what would be accepted.
  Result<void> finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pentimento
