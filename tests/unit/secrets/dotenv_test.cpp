#include "support/temporary_folder.hpp"
#include <pentimento/secrets/dotenv.hpp>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace pentimento;
using test::TemporaryFolder;

namespace {

/// Returns the value of the only entry.
std::string value(std::string_view text) {
  const Result<std::vector<DotenvEntry>> entries = parse_dotenv(text);
  REQUIRE_MESSAGE(entries.has_value(), text);
  REQUIRE_MESSAGE(entries->size() == 1, text);
  return entries->front().value();
}

/// Checks the line and a word of the error. The text holds "canary" where a secret would be.
void check_rejected(std::string_view text, std::size_t line, std::string_view word) {
  const Result<std::vector<DotenvEntry>> entries = parse_dotenv(text);
  REQUIRE_MESSAGE(!entries.has_value(), text);
  CHECK(entries.error().code() == errc::parse_failed);
  const std::string message = entries.error().message();
  CHECK_MESSAGE(message.starts_with("line " + std::to_string(line) + ": "), text << ": " << message);
  CHECK_MESSAGE(message.find(word) != std::string::npos, message);
  CHECK_MESSAGE(message.find("canary") == std::string::npos, message);
}

void write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream{path, std::ios::binary}.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace

// The expected names and values are those of python-dotenv 0.21 for the same texts, without its interpolation.
TEST_SUITE("Dotenv") {
  TEST_CASE("entries with their lines") {
    for (const std::string end : {"\n", "\r\n"}) {
      std::string text = "\xEF\xBB\xBF";
      for (const char* line :
           {"# keys", "", "A=1", "  export B = 'two'  # the second", "\tD=\"4", "", "4\"", "e.f-2=5"})
        text += line + end;
      const std::vector<DotenvEntry> expected{{"A", "1", 3}, {"B", "two", 4}, {"D", "4\n\n4", 5}, {"e.f-2", "5", 8}};
      CHECK(parse_dotenv(text).value() == expected);
    }
  }

  TEST_CASE("no entries") {
    for (std::string_view text : {"", "\n", " \t\r\n", "#", "# A=1", "  # A=1\n#\n", "\xEF\xBB\xBF"})
      CHECK(parse_dotenv(text).value().empty());
  }

  TEST_CASE("bare values") {
    CHECK(value("A=") == "");
    CHECK(value("A= \n") == "");
    CHECK(value("A =\t b c \t ") == "b c");
    CHECK(value("A=b \t# c # d") == "b");
    CHECK(value("A=b#c") == "b#c");
    CHECK(value("A=b#c # d") == "b#c");
    CHECK(value("A=b=c==") == "b=c==");
    CHECK(value("A=b'c\"d") == "b'c\"d");
    CHECK(value("A=b\\n\\'\\") == "b\\n\\'\\");
    CHECK(value("A=${B} $C") == "${B} $C");
    CHECK(value("A=\xC3\xA9") == "\xC3\xA9");
    CHECK(value("export=1") == "1");
  }

  TEST_CASE("single quotes") {
    CHECK(value("A=''") == "");
    CHECK(value("A='b c # d'#e") == "b c # d");
    CHECK(value("A='it\\'s'") == "it's");
    CHECK(value("A='b\\\\'") == "b\\");
    CHECK(value("A='b\\n\\t\\\"'") == "b\\n\\t\\\"");
    CHECK(value("A='say \"b\"'") == "say \"b\"");
  }

  TEST_CASE("double quotes") {
    CHECK(value("A=\"\"") == "");
    CHECK(value("A=\"b c # d\" # e") == "b c # d");
    CHECK(value(R"(A="\\n|\"|\n")") == "\\n|\"|\n");
    CHECK(value(R"(A="b\\")") == "b\\");
    CHECK(value(R"(A="it's ${B}")") == "it's ${B}");
  }

  TEST_CASE("errors with their lines") {
    check_rejected("canary", 1, "NAME=value");
    check_rejected("A=1\n\n= canary", 3, "NAME=value");
    check_rejected("export =canary", 1, "NAME=value");
    check_rejected("'A'=canary", 1, "NAME=value");
    check_rejected("A canary=1", 1, "NAME=value");
    check_rejected("A=# canary", 1, "quotes");
    check_rejected("A='1\n2'\nB='1'canary", 3, "comment");
    check_rejected("A=\"1\" \"canary\"", 1, "comment");
    check_rejected("B=1\nA='canary\n\n", 2, "closing");
    check_rejected("A='canary\\'", 1, "closing");
    check_rejected("A=\"canary\\t\"", 1, "backslash");
    check_rejected("A=\"canary\\", 1, "backslash");
    check_rejected("A=1\nB=can\rary", 2, "control");
    check_rejected(std::string_view{"A=1\nB='can\0ary'", 15}, 2, "control");
  }

  TEST_CASE("size limit") {
    CHECK(value("A=" + std::string(max_dotenv_bytes - 2, 'x')).size() == max_dotenv_bytes - 2);
    CHECK(parse_dotenv(std::string(max_dotenv_bytes, '\n')).has_value());
    CHECK(parse_dotenv(std::string(max_dotenv_bytes + 1, '\n')).error().code() == errc::too_large);
  }

  TEST_CASE("last entry of a name counts") {
    const DotenvFile file{parse_dotenv("A=1\nB=2\nA=3").value(), false};
    REQUIRE(file.find("A") != nullptr);
    CHECK(file.find("A")->value() == "3");
    CHECK(file.find("A")->line() == 3);
    CHECK(file.find("C") == nullptr);
  }

  TEST_CASE("file permissions") {
    const TemporaryFolder folder;
    write(folder / ".env", "A=1\r\n");
    for (const auto& [mode, open] : {std::pair{0600U, false},
                                     {0400U, false},
                                     {0700U, false},
                                     {0640U, true},
                                     {0604U, true},
                                     {0644U, true},
                                     {0620U, true}}) {
      REQUIRE(::chmod((folder / ".env").c_str(), mode) == 0);
      const auto file = read_dotenv(folder / ".env").value();
      CHECK(file.entries() == std::vector<DotenvEntry>{{"A", "1", 1}});
      CHECK(file.is_open_to_others() == open);
    }
  }

  TEST_CASE("missing file has no entries") {
    const TemporaryFolder folder;
    write(folder / "file", "");
    for (const std::filesystem::path& path : {folder / ".env", folder / "no" / ".env", folder / "file" / ".env"}) {
      const DotenvFile file = read_dotenv(path).value();
      CHECK(file.entries().empty());
      CHECK_FALSE(file.is_open_to_others());
    }
  }

  TEST_CASE("unreadable files") {
    const TemporaryFolder folder;
    const auto check_error = [](const std::filesystem::path& path, errc code, std::string_view word) {
      const auto file = read_dotenv(path);
      REQUIRE(!file.has_value());
      CHECK(file.error().code() == code);
      const std::string message = file.error().message();
      CHECK_MESSAGE(message.starts_with("cannot read " + path.string() + ": "), message);
      CHECK_MESSAGE(message.find(word) != std::string::npos, message);
      CHECK_MESSAGE(message.find("canary") == std::string::npos, message);
    };
    check_error(folder.path(), errc::io_failed, "regular file");
    check_error("/dev/zero", errc::io_failed, "regular file");
    write(folder / "wrong", "A=1\nB='canary");
    check_error(folder / "wrong", errc::parse_failed, "line 2: ");
    write(folder / "large", std::string(max_dotenv_bytes + 1, '#'));
    check_error(folder / "large", errc::too_large, "64 KiB");
    std::filesystem::create_symlink("loop", folder / "loop");
    check_error(folder / "loop", errc::io_failed, "symbolic links");
  }

  TEST_CASE("follows symbolic links, rejects pipes without waiting") {
    const TemporaryFolder folder;
    write(folder / "file", "A=1");
    std::filesystem::create_symlink("file", folder / "link");
    CHECK(read_dotenv(folder / "link").value().find("A") != nullptr);
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    const auto file = read_dotenv(folder / "fifo");  // nobody writes
    REQUIRE(!file.has_value());
    CHECK(file.error().code() == errc::io_failed);
  }
}
