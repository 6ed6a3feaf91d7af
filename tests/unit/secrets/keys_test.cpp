#include "support/temporary_folder.hpp"
#include <pentimento/secrets/keys.hpp>

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace pentimento;
using test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

constexpr const char* key_name = "PENTIMENTO_TEST_KEY";

/// Sets or unsets an environment variable until the end of the scope.
class Variable {
 public:
  Variable(const char* variable, const char* value) : variable_{variable} {
    if (const char* before = std::getenv(variable)) before_ = before;
    set(value);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { set(before_ ? before_->c_str() : nullptr); }

 private:
  void set(const char* value) const {
    if (value == nullptr) {
      ::unsetenv(variable_);
    } else {
      ::setenv(variable_, value, 1);
    }
  }

  const char* variable_;
  std::optional<std::string> before_;
};

void write_file(const fs::path& path, std::string_view text, mode_t mode = 0600) {
  std::ofstream{path, std::ios::binary} << text;
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

std::string read(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

unsigned mode(const fs::path& path) {
  struct stat facts {};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 07777U;
}

Keys keys_in(const TemporaryFolder& folder) {
  KeyPlaces places;
  places.key_file = folder / "config/pentimento/keys";
  places.dotenv = folder / ".env";
  return Keys{places};
}

void make_key_file(const TemporaryFolder& folder, std::string_view text, mode_t mode = 0600) {
  fs::create_directories(folder / "config/pentimento");
  write_file(folder / "config/pentimento/keys", text, mode);
}

/// Returns the error, which must not contain the key.
Error error_of(const Result<FoundKey>& key) {
  REQUIRE(!key.has_value());
  CHECK_MESSAGE(key.error().message().find("canary") == std::string::npos, key.error().message());
  return key.error();
}

bool mentions(const Error& error, std::string_view text) { return error.message().find(text) != std::string::npos; }

}  // namespace

TEST_SUITE("Keys") {
  TEST_CASE("order of the sources") {
    const TemporaryFolder folder;
    const Keys keys = keys_in(folder);
    write_file(folder / ".env", "PENTIMENTO_TEST_KEY='canary-dotenv'");
    {
      const FoundKey key = keys.find(key_name).value();
      CHECK(key.secret().reveal() == "canary-dotenv");
      CHECK(key.source() == KeySource::dotenv);
      CHECK(key.path() == folder / ".env");
      CHECK(key.warning().empty());
    }
    REQUIRE(keys.store(key_name, Secret{"canary-file"}).has_value());
    {
      const FoundKey key = keys.find(key_name).value();
      CHECK(key.secret().reveal() == "canary-file");
      CHECK(key.source() == KeySource::key_file);
      CHECK(key.path() == folder / "config/pentimento/keys");
      CHECK(key.warning().empty());
    }
    const Variable variable{key_name, "canary-environment"};
    const FoundKey key = keys.find(key_name).value();
    CHECK(key.secret().reveal() == "canary-environment");
    CHECK(key.source() == KeySource::environment);
    CHECK(key.path().empty());
    CHECK(key.warning().empty());
  }

  TEST_CASE("names of the sources") {
    CHECK(to_string(KeySource::environment) == "environment");
    CHECK(to_string(KeySource::key_file) == "key_file");
    CHECK(to_string(KeySource::dotenv) == "dotenv");
  }

  TEST_CASE("empty value counts as absent") {
    const TemporaryFolder folder;
    const Keys keys = keys_in(folder);
    const Variable variable{key_name, ""};
    make_key_file(folder, "PENTIMENTO_TEST_KEY=\n");
    write_file(folder / ".env", "PENTIMENTO_TEST_KEY=canary\nPENTIMENTO_TEST_KEY=\n");
    CHECK(error_of(keys.find(key_name)).code() == errc::unauthorized);
    write_file(folder / ".env", "PENTIMENTO_TEST_KEY=\nPENTIMENTO_TEST_KEY=canary\n");
    CHECK(keys.find(key_name).value().source() == KeySource::dotenv);
  }

  TEST_CASE("missing key") {
    const TemporaryFolder folder;
    const Error error = error_of(keys_in(folder).find(key_name));
    CHECK(error.code() == errc::unauthorized);
    for (const std::string& part : {(folder / "config/pentimento/keys").string(), (folder / ".env").string(),
                                    std::string{"pentimento keys set PENTIMENTO_TEST_KEY"}})
      CHECK(mentions(error, part));
  }

  TEST_CASE("empty path is skipped") {
    const TemporaryFolder folder;
    write_file(folder / ".env", "PENTIMENTO_TEST_KEY=canary");
    KeyPlaces places;
    places.key_file.clear();
    places.dotenv = folder / ".env";
    CHECK(Keys{places}.find(key_name).has_value());
    places.dotenv.clear();
    CHECK(mentions(error_of(Keys{places}.find(key_name)), "in the environment; set the variable"));
    CHECK(Keys{places}.names().value().empty());
    CHECK_FALSE(Keys{places}.remove(key_name).value());
    const Result<void> stored = Keys{places}.store(key_name, Secret{"canary-0123456789"});
    REQUIRE(!stored.has_value());
    CHECK(stored.error().code() == errc::invalid_argument);
    CHECK(mentions(stored.error(), "XDG_CONFIG_HOME"));
  }

  TEST_CASE("default key file") {
    const Variable config{"XDG_CONFIG_HOME", "/config"};
    const Variable home{"HOME", "/home/someone"};
    CHECK(KeyPlaces{}.key_file == "/config/pentimento/keys");
    CHECK(KeyPlaces{}.dotenv == ".env");
    for (const char* none : {static_cast<const char*>(nullptr), "", "relative"}) {
      const Variable no_config{"XDG_CONFIG_HOME", none};
      CHECK(KeyPlaces{}.key_file == "/home/someone/.config/pentimento/keys");
      const Variable no_home{"HOME", none};
      CHECK(KeyPlaces{}.key_file.empty());
    }
  }

  TEST_CASE("invalid names") {
    const TemporaryFolder folder;
    const Keys keys = keys_in(folder);
    for (const char* text : {"", "a", "canary-key", "A-B", "1A", "_A", "A B", "A=B", "A\n", "\xC3\x89"}) {
      CHECK_FALSE(Keys::is_name(text));
      const Error error = error_of(keys.find(text));
      CHECK(error.code() == errc::invalid_argument);
      CHECK(mentions(error, "STABILITY_API_KEY"));
      CHECK(keys.store(text, Secret{"canary-0123456789"}).error().code() == errc::invalid_argument);
      CHECK(keys.remove(text).error().code() == errc::invalid_argument);
    }
    CHECK(Keys::is_name("A"));
    CHECK(Keys::is_name("OPENAI_API_KEY"));
    CHECK(Keys::is_name("A1_"));
    CHECK(Keys::is_name("A" + std::string(63, '0')));
    CHECK_FALSE(Keys::is_name("A" + std::string(64, '0')));
    CHECK_FALSE(Keys::is_name(std::string_view{"A\0", 2}));
  }

  TEST_CASE("file and folder modes") {
    for (mode_t mask : {0000U, 0022U, 0077U}) {
      const TemporaryFolder folder;
      const mode_t before = ::umask(mask);
      const Result<void> stored = keys_in(folder).store(key_name, Secret{"canary-0123456789"});
      ::umask(before);
      REQUIRE(stored.has_value());
      CHECK(mode(folder / "config/pentimento/keys") == 0600);
      CHECK(mode(folder / "config/pentimento") == 0700);
      CHECK(mode(folder / "config") == 0700);
      CHECK(keys_in(folder).find(key_name).value().secret().reveal() == "canary-0123456789");
      // No temporary file is left.
      CHECK(std::distance(fs::directory_iterator{folder / "config/pentimento"}, {}) == 1);
    }
  }

  TEST_CASE("key file format") {
    const TemporaryFolder folder;
    const Keys keys = keys_in(folder);
    REQUIRE(keys.store("B_KEY", Secret{"canary-b"}).has_value());
    REQUIRE(keys.store("A_KEY", Secret{"canary-a=#'\"$\\"}).has_value());
    REQUIRE(keys.store("B_KEY", Secret{"canary-new"}).has_value());
    const std::string text = read(folder / "config/pentimento/keys");
    CHECK(text.starts_with("# "));
    CHECK(text.substr(text.find('\n')) == "\nA_KEY=canary-a=#'\"$\\\nB_KEY=canary-new\n");
    CHECK(keys.names().value() == std::vector<std::string>{"A_KEY", "B_KEY"});
    CHECK(keys.find("A_KEY").value().secret().reveal() == "canary-a=#'\"$\\");
    CHECK(keys.find("B_KEY").value().secret().reveal() == "canary-new");
  }

  TEST_CASE("stored key is found unchanged") {
    const TemporaryFolder folder;
    const Keys keys = keys_in(folder);
    std::vector<std::string> values;
    for (char c : std::string_view{"\"'#$\\=`a~!"}) {
      values.push_back(c + std::string{"#"} + c);
      values.push_back(std::string{"'\\"} + c + "\"\\");
    }
    values.push_back(std::string(4096, 'x'));
    for (const std::string& value : values) {
      REQUIRE(keys.store(key_name, Secret{value}).has_value());
      CHECK(keys.find(key_name).value().secret().reveal() == value);
    }
  }

  TEST_CASE("invalid keys") {
    const TemporaryFolder folder;
    const Keys keys = keys_in(folder);
    for (const std::string& value :
         {std::string{"canary key"}, std::string{"canary\n"}, std::string{"canary\t"}, std::string{"canary\0", 7},
          std::string{"canary\xC3\xA9"}, std::string(4097, 'x')}) {
      const Result<void> stored = keys.store(key_name, Secret{value});
      REQUIRE(!stored.has_value());
      CHECK(stored.error().code() == errc::invalid_argument);
      CHECK(mentions(stored.error(), "printable ASCII"));
      CHECK_FALSE(mentions(stored.error(), "canary"));
    }
    CHECK(keys.store(key_name, Secret{}).error().code() == errc::invalid_argument);
    CHECK_FALSE(fs::exists(folder / "config"));

    // Such as the placeholder of a template.
    write_file(folder / ".env", "A=1\nPENTIMENTO_TEST_KEY=your canary here\n");
    Error error = error_of(keys.find(key_name));
    CHECK(error.code() == errc::invalid_argument);
    CHECK(mentions(error, (folder / ".env").string() + ", line 2, is not a key"));
    make_key_file(folder, "PENTIMENTO_TEST_KEY='canary key'");
    error = error_of(keys.find(key_name));
    CHECK(error.code() == errc::invalid_argument);
    CHECK(mentions(error, (folder / "config/pentimento/keys").string() + ", line 1, is not a key"));
    const Variable variable{key_name, "canary key"};
    error = error_of(keys.find(key_name));
    CHECK(error.code() == errc::invalid_argument);
    CHECK(mentions(error, "in the environment is not a key"));
  }

  TEST_CASE("key file open to others is rejected") {
    const TemporaryFolder folder;
    const Keys keys = keys_in(folder);
    const std::string path = (folder / "config/pentimento/keys").string();
    for (mode_t open : {0640U, 0604U, 0644U, 0660U, 0610U}) {
      make_key_file(folder, "PENTIMENTO_TEST_KEY=canary", open);
      // Also if the key is in .env.
      write_file(folder / ".env", "PENTIMENTO_TEST_KEY=canary");
      const Error error = error_of(keys.find(key_name));
      CHECK(error.code() == errc::io_failed);
      CHECK(mentions(error, path + " can be read or changed by other users of this machine; run: chmod 600 " + path));
      CHECK(keys.names().error().code() == errc::io_failed);
      CHECK(keys.store(key_name, Secret{"canary-0123456789"}).error().code() == errc::io_failed);
      CHECK(keys.remove(key_name).error().code() == errc::io_failed);
      CHECK(read(path) == "PENTIMENTO_TEST_KEY=canary");
    }
    const Variable variable{key_name, "canary-environment"};
    CHECK(keys.find(key_name).has_value());
  }

  TEST_CASE("dotenv open to others warns") {
    const TemporaryFolder folder;
    write_file(folder / ".env", "PENTIMENTO_TEST_KEY=canary", 0644);
    const FoundKey key = keys_in(folder).find(key_name).value();
    CHECK(key.secret().reveal() == "canary");
    CHECK(key.warning() == (folder / ".env").string() +
                               " can be read or changed by other users of this machine; run: chmod 600 " +
                               (folder / ".env").string());
  }

  TEST_CASE("unparsable file is an error") {
    const TemporaryFolder folder;
    const Keys keys = keys_in(folder);
    write_file(folder / ".env", "A=1\nB='canary\n");
    Error error = error_of(keys.find(key_name));
    CHECK(error.code() == errc::parse_failed);
    CHECK(mentions(error, (folder / ".env").string() + ": line 2: "));
    make_key_file(folder, "A_KEY=canary\nnot a name\n");
    error = error_of(keys.find(key_name));
    CHECK(error.code() == errc::parse_failed);
    CHECK(keys.store(key_name, Secret{"canary-0123456789"}).error().code() == errc::parse_failed);
    CHECK(read(folder / "config/pentimento/keys") == "A_KEY=canary\nnot a name\n");
    make_key_file(folder, "A_KEY=canary\nlower=canary\n");
    CHECK(keys.names().error().code() == errc::parse_failed);
    CHECK(mentions(keys.names().error(), "line 2"));
  }

  TEST_CASE("remove") {
    const TemporaryFolder folder;
    const Keys keys = keys_in(folder);
    CHECK_FALSE(keys.remove("A_KEY").value());
    CHECK_FALSE(fs::exists(folder / "config"));
    REQUIRE(keys.store("A_KEY", Secret{"canary-a"}).has_value());
    REQUIRE(keys.store("B_KEY", Secret{"canary-b"}).has_value());
    CHECK_FALSE(keys.remove("C_KEY").value());
    CHECK(keys.remove("A_KEY").value());
    CHECK_FALSE(keys.remove("A_KEY").value());
    CHECK(keys.names().value() == std::vector<std::string>{"B_KEY"});
    CHECK(keys.remove("B_KEY").value());
    CHECK(keys.names().value().empty());
    CHECK(read(folder / "config/pentimento/keys").find("canary") == std::string::npos);
    CHECK(mode(folder / "config/pentimento/keys") == 0600);
  }

  TEST_CASE("white space around a key of the environment is ignored") {
    const TemporaryFolder folder;
    {
      const Variable padded{key_name, " \tcanary-environment\r\n"};
      CHECK(keys_in(folder).find(key_name).value().secret().reveal() == "canary-environment");
    }
    {
      const Variable blank{key_name, " \n"};
      CHECK(error_of(keys_in(folder).find(key_name)).code() == errc::unauthorized);
    }
    const Variable words{key_name, "two canary words"};
    CHECK(mentions(error_of(keys_in(folder).find(key_name)), key_name));
  }

  TEST_CASE("a change removes the copy of a program that was killed") {
    const TemporaryFolder folder;
    make_key_file(folder, "A_KEY=canary-a\n");
    const fs::path leftover = folder / "config/pentimento/.keys-0123456789abcdef";
    write_file(leftover, "A_KEY=canary-a\n", 0600);
    write_file(folder / "config/pentimento/.keys-of-my-own", "", 0600);
    REQUIRE(keys_in(folder).store(key_name, Secret{"canary-0123456789"}).has_value());
    CHECK_FALSE(fs::exists(leftover));
    CHECK(fs::exists(folder / "config/pentimento/.keys-of-my-own"));
    CHECK(std::distance(fs::directory_iterator{folder / "config/pentimento"}, {}) == 2);
  }

  TEST_CASE("symbolic link is not replaced") {
    const TemporaryFolder folder;
    const Keys keys = keys_in(folder);
    fs::create_directories(folder / "config/pentimento");
    write_file(folder / "target", "A_KEY=canary\n");
    fs::create_symlink(folder / "target", folder / "config/pentimento/keys");
    for (const Error& error :
         {keys.store(key_name, Secret{"canary-0123456789"}).error(), keys.remove("A_KEY").error()}) {
      CHECK(error.code() == errc::io_failed);
      CHECK(mentions(error, "symbolic link"));
    }
    CHECK(read(folder / "target") == "A_KEY=canary\n");
    CHECK(fs::is_symlink(folder / "config/pentimento/keys"));
    // Reading is allowed: dotfiles managers create links.
    CHECK(keys.find("A_KEY").has_value());

    fs::remove(folder / "config/pentimento/keys");
    fs::create_symlink(folder / "nowhere", folder / "config/pentimento/keys");
    CHECK(mentions(keys.store(key_name, Secret{"canary-0123456789"}).error(), "symbolic link"));
    CHECK_FALSE(fs::exists(folder / "nowhere"));

    fs::remove(folder / "config/pentimento/keys");
    fs::create_directory(folder / "config/pentimento/keys");
    CHECK(keys.store(key_name, Secret{"canary-0123456789"}).error().code() == errc::io_failed);
    CHECK(std::distance(fs::directory_iterator{folder / "config/pentimento"}, {}) == 1);
  }

  TEST_CASE("unwritable folder") {
    const TemporaryFolder folder;
    write_file(folder / "config", "a file");
    const Error error = keys_in(folder).store(key_name, Secret{"canary-0123456789"}).error();
    CHECK(error.code() == errc::io_failed);
    CHECK(mentions(error, (folder / "config/pentimento").string()));
  }

  TEST_CASE("size limit of the key file") {
    const TemporaryFolder folder;
    const Keys keys = keys_in(folder);
    std::string letters = "A";
    int stored = 0;
    while (true) {
      const Result<void> result = keys.store(letters, Secret{std::string(4096, 'x')});
      if (!result) {
        CHECK(result.error().code() == errc::too_large);
        break;
      }
      ++stored;
      ++letters.front();
      REQUIRE(stored < 17);
    }
    CHECK(stored == 15);
    CHECK(keys.names().value().size() == 15);
  }

  TEST_CASE("concurrent stores") {
    const TemporaryFolder folder;
    const Keys keys = keys_in(folder);
    {
      std::vector<std::jthread> threads;
      for (char letter = 'A'; letter < 'G'; ++letter) {
        threads.emplace_back([&keys, letter] {
          for (int i = 0; i < 5; ++i) {
            const bool stored = keys.store(letter + std::to_string(i), Secret{"canary-0123456789"}).has_value();
            if (!stored) std::abort();
          }
        });
      }
    }
    CHECK(keys.names().value().size() == 30);
  }
}
