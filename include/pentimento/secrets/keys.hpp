#pragma once

#include <pentimento/error.hpp>
#include <pentimento/secrets/secret.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// Where a key was found.
enum class KeySource {
  environment,  ///< A variable of the process.
  key_file,     ///< The file written by `Keys::store`.
  dotenv,       ///< `.env` in the working directory.
};

constexpr std::string_view to_string(KeySource source) noexcept {
  switch (source) {
    case KeySource::environment: return "environment";
    case KeySource::key_file: return "key_file";
    case KeySource::dotenv: return "dotenv";
  }
  return "unknown";
}

/// A key and where it was found.
class FoundKey {
 public:
  FoundKey(Secret secret, KeySource source, std::filesystem::path path, std::string warning)
      : secret_{std::move(secret)}, source_{source}, path_{std::move(path)}, warning_{std::move(warning)} {}

  const Secret& secret() const noexcept { return secret_; }
  KeySource source() const noexcept { return source_; }
  /// The file that holds it; empty for the environment.
  const std::filesystem::path& path() const noexcept { return path_; }
  /// A sentence to show to the user; empty if there is nothing to warn of.
  const std::string& warning() const noexcept { return warning_; }

 private:
  Secret secret_;
  KeySource source_;
  std::filesystem::path path_;
  std::string warning_;
};

static_assert(!std::is_aggregate_v<FoundKey>);

/// The files that are searched for keys. A file with an empty path is skipped.
struct KeyPlaces {
  /// Returns `$XDG_CONFIG_HOME/pentimento/keys`, or else `~/.config/pentimento/keys`. Empty if neither variable holds an
  /// absolute path.
  static std::filesystem::path default_key_file();

  std::filesystem::path key_file = default_key_file();
  std::filesystem::path dotenv = ".env";
};

/**
 * Finds and stores keys. A key is named like its environment variable: `STABILITY_API_KEY`, `OPENAI_API_KEY`.
 *
 * The order is: the environment, the key file, `.env` in the working directory. An empty value counts as absent. The key
 * file is written with mode 0600 and rejected if other users can access it. A `.env` that other users can access is used,
 * with a warning: it is often not ours to change. Nothing is cached between calls.
 *
 * A name is a capital letter and up to 63 capital letters, digits and '_'. A key is up to 4096 printable ASCII characters
 * without spaces.
 *
 * **Thread safety**: thread-safe.
 */
class Keys {
 public:
  explicit Keys(KeyPlaces places = {}) : places_{std::move(places)} {}

  static bool is_name(std::string_view name) noexcept;

  /// Finds a key. **Errors**: `unauthorized` if there is none; the message lists the places and says how to store one.
  /// `invalid_argument` for an invalid name, and for a value that cannot be a key. `io_failed` and `parse_failed` for an
  /// unusable file.
  Result<FoundKey> find(const std::string& name) const;

  /// Stores a key in the key file, replacing the one of this name. The file is replaced as a whole or not at all. Its
  /// folder is created if needed, with mode 0700. **Errors**: `invalid_argument`; `io_failed`, also if the key file is a
  /// symbolic link; `too_large` if the file would exceed 64 KiB.
  Result<void> store(const std::string& name, const Secret& key) const;

  /// Removes a key from the key file. Returns false if it was not there. **Errors**: as for `store`.
  Result<bool> remove(const std::string& name) const;

  /// Returns the names of the keys in the key file, in alphabetical order. **Errors**: as for `find`.
  Result<std::vector<std::string>> names() const;

  const KeyPlaces& places() const noexcept { return places_; }

 private:
  KeyPlaces places_;
};

static_assert(!std::is_aggregate_v<Keys>);

}  // namespace pentimento
