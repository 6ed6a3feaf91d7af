#include "detail/descriptor.hpp"
#include "detail/environment.hpp"
#include "secrets/wipe.hpp"
#include <pentimento/secrets/dotenv.hpp>
#include <pentimento/secrets/keys.hpp>

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>

namespace pentimento {
namespace {

namespace fs = std::filesystem;
using detail::Descriptor;
using detail::system_reason;
using detail::wipe;

/// The keys of a file, by name.
using KeyMap = std::map<std::string, Secret>;

// The message does not repeat what was given: it may be the key itself.
Error invalid_name() {
  return {errc::invalid_argument,
          "the name of the key is invalid; it is that of an environment variable, such as STABILITY_API_KEY: a capital "
          "letter, then up to 63 capital letters, digits and '_'"};
}

constexpr std::string_view what_a_key_is = "a key has at most 4096 printable ASCII characters and no spaces";

/// Stricter than HTTP: a comment or a sentence in place of a key is rejected before it is sent.
bool is_key(std::string_view value) {
  return value.size() <= 4096 && std::ranges::all_of(value, [](char c) { return c > ' ' && c <= '~'; });
}

Error invalid_key(const std::string& name, const std::string& place) {
  return {errc::invalid_argument,
          "the value of " + name + " in " + place + " is not a key; " + std::string{what_a_key_is}};
}

Error no_key_file() {
  return {errc::invalid_argument,
          "there is no place for a key file; XDG_CONFIG_HOME or HOME must hold an absolute path"};
}

std::string open_to_others(const fs::path& path) {
  return path.string() + " can be read or changed by other users of this machine; run: chmod 600 " + path.string();
}

Result<DotenvFile> read_key_file(const fs::path& path) {
  if (path.empty()) return DotenvFile{};
  Result<DotenvFile> file = read_dotenv(path);
  if (file && file->is_open_to_others()) return Error{errc::io_failed, open_to_others(path)};
  return file;
}

/// Returns the key of this name in a file, or an empty one.
Result<Secret> key_in(const DotenvFile& file, const std::string& name, const fs::path& path) {
  const DotenvEntry* entry = file.find(name);
  if (entry == nullptr) return Secret{};
  if (is_key(entry->value())) return Secret{entry->value()};
  return invalid_key(name, path.string() + ", line " + std::to_string(entry->line()) + ',');
}

Result<KeyMap> all_keys(const fs::path& path) {
  const Result<DotenvFile> file = read_key_file(path);
  if (!file) return file.error();
  KeyMap keys;
  for (const DotenvEntry& entry : file->entries()) {
    if (!Keys::is_name(entry.name())) {
      return Error{errc::parse_failed, "cannot read " + path.string() + ": line " + std::to_string(entry.line()) +
                                           ": the name of the key is invalid; NAME=value was expected"};
    }
    Result<Secret> key = key_in(*file, entry.name(), path);
    if (!key) return key.error();
    if (!key->empty()) keys.insert_or_assign(entry.name(), *std::move(key));
  }
  return keys;
}

/// Appends a value in the form that `parse_dotenv` reads: bare, unless its first character needs quotes.
void append_value(std::string& text, std::string_view value) {
  if (!value.starts_with('\'') && !value.starts_with('"') && !value.starts_with('#')) {
    text += value;
    return;
  }
  text += '\'';
  for (char c : value) {
    if (c == '\\' || c == '\'') text += '\\';
    text += c;
  }
  text += '\'';
}

std::string file_text(const KeyMap& keys) {
  std::string text;
  text.reserve(2 * max_dotenv_bytes);  // allocated once, so that wiping it is enough
  text += "# Pentimento's keys. Keep this file private. To change it: pentimento keys set NAME\n";
  for (const auto& [name, key] : keys) {
    text += name;
    text += '=';
    append_value(text, key.reveal());
    text += '\n';
  }
  return text;
}

/// Creates a folder and its missing parents, with mode 0700.
bool make_folders(const fs::path& folder) {
  if (folder.empty() || ::mkdir(folder.c_str(), S_IRWXU) == 0 || errno == EEXIST) return true;
  return errno == ENOENT && folder.has_parent_path() && folder != folder.parent_path() &&
         make_folders(folder.parent_path()) && (::mkdir(folder.c_str(), S_IRWXU) == 0 || errno == EEXIST);
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// The folder of the key file, locked against other processes that change the file.
class LockedFolder {
 public:
  explicit LockedFolder(const fs::path& folder)
      : path_{folder.empty() ? "." : folder}, folder_{::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)} {
    // A failure is ignored: some network file systems have no locks, and the file is replaced in one step anyway.
    while (folder_.is_open() && ::flock(folder_.get(), LOCK_EX) != 0 && errno == EINTR) {}
  }

  bool is_open() const { return folder_.is_open(); }

  /// Returns why the file must not be replaced, if it must not.
  std::optional<std::string> validate_target(const fs::path& name) const {
    struct stat facts {};
    if (::fstatat(folder_.get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0)
      return errno == ENOENT ? std::nullopt : std::optional{system_reason()};
    if (S_ISLNK(facts.st_mode)) return "it is a symbolic link; replace it with the file itself";
    if (!S_ISREG(facts.st_mode)) return "it is not a regular file";
    return std::nullopt;
  }

  /**
   * Replaces the file. Returns what went wrong, if anything.
   *
   * The keys are written to a file without a name, where the file system has that: a program that is killed meanwhile leaves
   * no copy of them. It gets a name just before it replaces the file. A copy left by a program that was killed between these
   * two steps, or on another file system, is removed by the next change.
   */
  std::optional<std::string> replace(const fs::path& name, std::string_view text) const {
    remove_leftovers(name);
    std::array<unsigned char, 8> bits{};
    if (RAND_bytes(bits.data(), static_cast<int>(bits.size())) != 1) return "OpenSSL has no random numbers here";
    std::string temporary = prefix_of(name);
    for (unsigned char byte : bits) temporary += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
    constexpr mode_t mode = S_IRUSR | S_IWUSR;
    const Descriptor nameless{::openat(folder_.get(), ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, mode)};
    if (nameless.is_open()) {
      if (!fill(nameless, text)) return system_reason();
      const std::string link = "/proc/self/fd/" + std::to_string(nameless.get());
      if (::linkat(AT_FDCWD, link.c_str(), folder_.get(), temporary.c_str(), AT_SYMLINK_FOLLOW) == 0)
        return put_in_place(temporary, name);
    }
    const Descriptor file{
        ::openat(folder_.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)};
    if (!file.is_open()) return system_reason();
    if (fill(file, text)) return put_in_place(temporary, name);
    const std::string reason = system_reason();
    ::unlinkat(folder_.get(), temporary.c_str(), 0);
    return reason;
  }

 private:
  static std::string prefix_of(const fs::path& name) { return '.' + name.string() + '-'; }

  /// Writes the text and has it on the disk.
  static bool fill(const Descriptor& file, std::string_view text) {
    return ::fchmod(file.get(), S_IRUSR | S_IWUSR) == 0 && write_all(file.get(), text) && ::fsync(file.get()) == 0;
  }

  std::optional<std::string> put_in_place(const std::string& temporary, const fs::path& name) const {
    if (::renameat(folder_.get(), temporary.c_str(), folder_.get(), name.c_str()) != 0) {
      const std::string reason = system_reason();
      ::unlinkat(folder_.get(), temporary.c_str(), 0);
      return reason;
    }
    ::fsync(folder_.get());  // best effort: not every file system can
    return std::nullopt;
  }

  /// Removes temporary files of programs that were killed. The folder is locked, so that nobody else is writing one.
  void remove_leftovers(const fs::path& name) const {
    std::error_code error;
    const std::string prefix = prefix_of(name);
    for (const fs::directory_entry& entry : fs::directory_iterator{path_, error}) {
      const std::string found = entry.path().filename().string();
      if (found.size() == prefix.size() + 16 && found.starts_with(prefix)) ::unlinkat(folder_.get(), found.c_str(), 0);
    }
  }

  fs::path path_;
  Descriptor folder_;
};

/// Applies `change` to the keys of a file and writes them if it returns true. Returns what it returned.
template <class Change>
Result<bool> rewrite(const fs::path& path, Change change) {
  const auto fail = [&](std::string_view why) {
    return Error{errc::io_failed, "cannot write " + path.string() + ": " + std::string{why}};
  };
  const LockedFolder folder{path.parent_path()};
  if (!folder.is_open()) return fail(system_reason());
  if (const auto why = folder.validate_target(path.filename())) return fail(*why);
  Result<KeyMap> keys = all_keys(path);
  if (!keys) return keys.error();
  if (!change(*keys)) return false;
  std::string text = file_text(*keys);
  const bool fits = text.size() <= max_dotenv_bytes;
  const std::optional<std::string> failure = fits ? folder.replace(path.filename(), text) : std::nullopt;
  wipe(text);
  if (!fits) return Error{errc::too_large, "the key file would be too large; at most 64 KiB are accepted"};
  if (failure) return fail(*failure);
  return true;
}

}  // namespace

fs::path KeyPlaces::default_key_file() {
  const auto folder = [](const char* variable) {
    const char* value = std::getenv(variable);
    fs::path path = value == nullptr ? "" : value;
    return path.is_absolute() ? path : fs::path{};
  };
  fs::path config = folder("XDG_CONFIG_HOME");
  if (config.empty()) {
    config = folder("HOME");
    if (config.empty()) return {};
    config /= ".config";
  }
  return config / "pentimento" / "keys";
}

bool Keys::is_name(std::string_view name) noexcept {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return !name.empty() && name.size() <= 64 && is_capital(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_capital(c) || (c >= '0' && c <= '9') || c == '_'; });
}

Result<FoundKey> Keys::find(const std::string& name) const {
  if (!is_name(name)) return invalid_name();
  if (const std::string_view value = detail::environment(name); !value.empty()) {
    if (!is_key(value)) return invalid_key(name, "the environment");
    return FoundKey{Secret{std::string{value}}, KeySource::environment, {}, {}};
  }
  std::string looked_at = "the environment";
  if (!places_.key_file.empty()) {
    const Result<DotenvFile> file = read_key_file(places_.key_file);
    if (!file) return file.error();
    const Result<Secret> key = key_in(*file, name, places_.key_file);
    if (!key) return key.error();
    if (!key->empty()) return FoundKey{*key, KeySource::key_file, places_.key_file, {}};
    looked_at += (places_.dotenv.empty() ? " or " : ", ") + places_.key_file.string();
  }
  if (!places_.dotenv.empty()) {
    const Result<DotenvFile> file = read_dotenv(places_.dotenv);
    if (!file) return file.error();
    const Result<Secret> key = key_in(*file, name, places_.dotenv);
    if (!key) return key.error();
    if (!key->empty()) {
      std::string warning = file->is_open_to_others() ? open_to_others(places_.dotenv) : std::string{};
      return FoundKey{*key, KeySource::dotenv, places_.dotenv, std::move(warning)};
    }
    looked_at += " or " + places_.dotenv.string();
  }
  return Error{errc::unauthorized, "there is no key " + name + " in " + looked_at +
                                       "; set the variable, or store the key with: pentimento keys set " + name};
}

Result<void> Keys::store(const std::string& name, const Secret& key) const {
  if (!is_name(name)) return invalid_name();
  if (key.empty() || !is_key(key.reveal()))
    return Error{errc::invalid_argument, "the key is invalid; " + std::string{what_a_key_is}};
  if (places_.key_file.empty()) return no_key_file();
  const fs::path folder = places_.key_file.parent_path();
  if (!make_folders(folder)) {
    const std::string reason = system_reason();
    return Error{errc::io_failed, "cannot create the folder " + folder.string() + ": " + reason};
  }
  const Result<bool> written =
      rewrite(places_.key_file, [&](KeyMap& keys) { return keys.insert_or_assign(name, key), true; });
  if (!written) return written.error();
  return {};
}

Result<bool> Keys::remove(const std::string& name) const {
  if (!is_name(name)) return invalid_name();
  std::error_code ignored;
  if (places_.key_file.empty() || fs::symlink_status(places_.key_file, ignored).type() == fs::file_type::not_found)
    return false;
  return rewrite(places_.key_file, [&](KeyMap& keys) { return keys.erase(name) > 0; });
}

Result<std::vector<std::string>> Keys::names() const {
  const Result<KeyMap> keys = all_keys(places_.key_file);
  if (!keys) return keys.error();
  std::vector<std::string> names;
  for (const auto& [name, key] : *keys) names.push_back(name);
  return names;
}

}  // namespace pentimento
