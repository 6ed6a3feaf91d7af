#pragma once

#include <pentimento/error.hpp>
#include <pentimento/secrets/secret.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento::http {

/// Where a key was found.
enum class KeySource {
  environment,  ///< A variable of the process.
  key_file,     ///< The file that `Keys::store` writes.
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

/// A key, and where it came from.
class FoundKey {
 public:
  FoundKey(Secret secret, KeySource source, std::filesystem::path path, std::string warning)
      : secret_{std::move(secret)}, source_{source}, path_{std::move(path)}, warning_{std::move(warning)} {}

  const Secret& secret() const noexcept { return secret_; }
  KeySource source() const noexcept { return source_; }
  /// The file that it stood in; empty for the environment.
  const std::filesystem::path& path() const noexcept { return path_; }
  /// A sentence that the user should see, or nothing.
  const std::string& warning() const noexcept { return warning_; }

 private:
  Secret secret_;
  KeySource source_;
  std::filesystem::path path_;
  std::string warning_;
};

static_assert(!std::is_aggregate_v<FoundKey>);

/// The files in which keys are looked for. An empty path is no place.
struct KeyPlaces {
  /// `$XDG_CONFIG_HOME/pentimento/keys`, else `~/.config/pentimento/keys`; empty where neither variable holds an absolute
  /// path.
  static std::filesystem::path default_key_file();

  std::filesystem::path key_file = default_key_file();
  std::filesystem::path dotenv = ".env";
};

/**
 * Where keys come from. The name of a key is that of its environment variable: `STABILITY_API_KEY`, `OPENAI_API_KEY`.
 *
 * The environment is asked first, then the key file, then `.env` in the working directory; an empty value is none. The
 * key file belongs to its user alone: it is written with mode 0600 and refused when it is open to others. A `.env` that
 * is open to others is taken with a warning, since it is often not ours to change. Nothing is kept between calls.
 *
 * A name has a capital letter and then up to 63 capital letters, digits and '_'; a key is printable ASCII without spaces,
 * up to 4096 characters.
 * Threads: any.
 */
class Keys {
 public:
  explicit Keys(KeyPlaces places = {}) : places_{std::move(places)} {}

  static bool is_name(std::string_view name) noexcept;

  /// Looks a key up. Errors: `unauthorized`, with all places and how to store a key, when there is none;
  /// `invalid_argument` for what is no name, and for a value that no key can have; `io_failed` and `parse_failed` for a
  /// file that has to be put right first.
  Result<FoundKey> find(const std::string& name) const;

  /// Puts a key into the key file, in place of an older one. The file is written whole or not at all; its folder is
  /// made if need be, with mode 0700. Errors: `invalid_argument`; `io_failed`, also for a key file that is a symbolic link;
  /// `too_large` for more keys than 64 KiB hold.
  Result<void> store(const std::string& name, const Secret& key) const;

  /// Takes a key out of the key file. Returns whether it was there. Errors: as for `store`.
  Result<bool> remove(const std::string& name) const;

  /// The names of the keys in the key file, in alphabetical order. Errors: as for `find`.
  Result<std::vector<std::string>> names() const;

  const KeyPlaces& places() const noexcept { return places_; }

 private:
  KeyPlaces places_;
};

static_assert(!std::is_aggregate_v<Keys>);

}  // namespace pentimento::http
