#include "support/temporary_folder.hpp"
#include <pentimento/secrets/dotenv.hpp>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace pentimento::http;
using test::TemporaryFolder;

namespace {

using Pairs = std::vector<std::pair<std::string, std::optional<std::string>>>;

Pairs pairs(std::string_view text) {
  const Result<std::vector<Assignment>> assignments = parse_dotenv(text);
  REQUIRE_MESSAGE(assignments.has_value(), text);
  Pairs result;
  for (const Assignment& assignment : *assignments) result.emplace_back(assignment.name(), assignment.value());
  return result;
}

/// The value of the one assignment in the text.
std::optional<std::string> value(std::string_view text) {
  const Pairs all = pairs(text);
  REQUIRE_MESSAGE(all.size() == 1, text);
  return all.front().second;
}

void check_wrong_line(std::string_view text, std::size_t line, std::string_view why) {
  const Result<std::vector<Assignment>> assignments = parse_dotenv(text);
  REQUIRE_MESSAGE(!assignments.has_value(), text);
  CHECK(assignments.error().code() == errc::parse_failed);
  const std::string message = assignments.error().message();
  CHECK_MESSAGE(message.starts_with("line " + std::to_string(line) + ": "), text << ": " << message);
  CHECK_MESSAGE(message.find(why) != std::string::npos, message);
  CHECK_MESSAGE(message.find("canary") == std::string::npos, message);
}

void write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream{path, std::ios::binary}.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace

TEST_CASE("assignments are read in their order, with their lines") {
  const auto assignments =
      parse_dotenv("# keys\n\nA=1\n  export B = 'two'  # the second\nC\n\n\tD=\"4\n4\"\nE=5").value();
  const std::vector<Assignment> expected{
      {"A", "1", 3}, {"B", "two", 4}, {"C", std::nullopt, 5}, {"D", "4\n4", 7}, {"E", "5", 9}};
  CHECK(assignments == expected);
}

TEST_CASE("a text without assignments has none") {
  for (std::string_view text :
       {"", "\n", " \t\v\f\r\n", "#", "# A=1", "  # A=1\n#\n", "\xEF\xBB\xBF", "export # A=1"}) {
    CHECK(pairs(text).empty());
  }
}

TEST_CASE("a name alone has no value, which is not the same as an empty one") {
  CHECK(value("FOO") == std::nullopt);
  CHECK(value("FOO ") == std::nullopt);
  CHECK(value("export FOO # comment") == std::nullopt);
  CHECK(value("FOO#comment") == std::nullopt);
  CHECK(value("'FOO'") == std::nullopt);
  CHECK(value("FOO=") == "");
  CHECK(value("FOO= \n") == "");
  CHECK(value("FOO=''") == "");
  CHECK(value("FOO=\"\"") == "");
}

TEST_CASE("names are bare or in single quotes, behind an export or not") {
  CHECK(pairs("a.b-c/d\"'\xC3\xA9=1") == Pairs{{"a.b-c/d\"'\xC3\xA9", "1"}});
  CHECK(pairs("'a b=#\\'=1") == Pairs{{"a b=#\\", "1"}});
  CHECK(pairs("' '  =  1") == Pairs{{" ", "1"}});
  CHECK(pairs("export A=1") == Pairs{{"A", "1"}});
  CHECK(pairs("export \t 'A'=1") == Pairs{{"A", "1"}});
  CHECK(pairs("export=1") == Pairs{{"export", "1"}});
  CHECK(pairs("export export=1") == Pairs{{"export", "1"}});
  CHECK(pairs("exported=1") == Pairs{{"exported", "1"}});
  CHECK(pairs("export") == Pairs{{"export", std::nullopt}});
}

TEST_CASE("a bare value goes to the end of its line or to a comment") {
  CHECK(value("A=b c") == "b c");
  CHECK(value("A =\t b c \t ") == "b c");
  CHECK(value("A=b # c") == "b");
  CHECK(value("A=b \t# c # d") == "b");
  CHECK(value("A=b#c") == "b#c");
  CHECK(value("A=b#c # d") == "b#c");
  CHECK(value("A=b=c==") == "b=c==");
  // White space before the value belongs to the equals sign, so that what follows is no comment.
  CHECK(value("A= # b") == "# b");
  CHECK(value("A=#b") == "#b");
  CHECK(value("A=b'c\"d") == "b'c\"d");
  CHECK(value("A=b\\n\\'\\") == "b\\n\\'\\");
  CHECK(value("A=`b`") == "`b`");
  CHECK(value("A=\xC3\xA9\xFF") == "\xC3\xA9\xFF");
}

TEST_CASE("nothing is expanded") {
  CHECK(value("A=${B} $C ${D:-e}") == "${B} $C ${D:-e}");
  CHECK(value("A=\"${B} $C `date`\"") == "${B} $C `date`");
}

TEST_CASE("single quotes know two escapes") {
  CHECK(value("A='b c # d'") == "b c # d");
  CHECK(value("A='it\\'s'") == "it's");
  CHECK(value("A='b\\\\c'") == "b\\c");
  CHECK(value("A='b\\\\'") == "b\\");
  CHECK(value("A='b\\n\\t\\\"\\x'") == "b\\n\\t\\\"\\x");
  CHECK(value("A='say \"b\"'") == "say \"b\"");
}

TEST_CASE("double quotes know ten escapes") {
  CHECK(value("A=\"b c # d\"") == "b c # d");
  CHECK(value(R"(A="\\|\'|\"|\a|\b|\f|\n|\r|\t|\v")") == "\\|'|\"|\a|\b|\f|\n|\r|\t|\v");
  CHECK(value(R"(A="\x\0\$\ \é")") == R"(\x\0\$\ \é)");
  CHECK(value(R"(A="b\\")") == "b\\");
  CHECK(value(R"(A="\\n")") == "\\n");
  CHECK(value(R"(A="it's")") == "it's");
}

TEST_CASE("a value in quotes may go over lines, and the lines after it are counted right") {
  CHECK(pairs("A='1\n2\n'\nB=\"\n3\"#c\nC") == Pairs{{"A", "1\n2\n"}, {"B", "\n3"}, {"C", std::nullopt}});
  CHECK(value("A=\"1\\\n2\"") == "1\\\n2");
  check_wrong_line("A='1\n2\n3'\n=", 4, "name");
  check_wrong_line("A='1\r\n2\r3'\r\n=", 4, "name");
}

TEST_CASE("lines end with LF, CR LF or CR, and become LF in a value") {
  for (std::string_view end : {"\n", "\r\n", "\r"}) {
    std::string text;
    for (std::string_view line : {"A=1", "B='2", "3'", "C", "", "D=4 # x"}) text += std::string{line} += end;
    CHECK(pairs(text) == Pairs{{"A", "1"}, {"B", "2\n3"}, {"C", std::nullopt}, {"D", "4"}});
  }
  CHECK(value("A=\"1\r\n\r\n\r2\\r\\n\"") == "1\n\n\n2\r\n");
}

TEST_CASE("a byte order mark is skipped at the start only") {
  CHECK(pairs("\xEF\xBB\xBF"
              "A=1") == Pairs{{"A", "1"}});
  CHECK(pairs("\n\xEF\xBB\xBF"
              "A=1") == Pairs{{"\xEF\xBB\xBF"
                               "A",
                               "1"}});
}

TEST_CASE("every error says its line and never what stands there") {
  check_wrong_line("=canary", 1, "a name was expected");
  check_wrong_line("A=1\n\n= canary", 3, "a name was expected");
  check_wrong_line("export =canary", 1, "a name was expected");
  check_wrong_line("''=canary", 1, "a name in single quotes");
  check_wrong_line("'canary=1", 1, "a name in single quotes");
  check_wrong_line("'canary\n'=1", 1, "a name in single quotes");
  check_wrong_line("canary 1", 1, "only a comment");
  check_wrong_line("A=1\nA canary=1", 2, "only a comment");
  check_wrong_line("'A'canary=1", 1, "only a comment");
  check_wrong_line("A='1'canary", 1, "only a comment");
  check_wrong_line("A=\"1\" canary", 1, "only a comment");
  check_wrong_line("A=\"1\n2\" canary", 2, "only a comment");
  check_wrong_line("A='1' 'canary'", 1, "only a comment");
  check_wrong_line("B=1\nA='canary", 2, "not closed");
  check_wrong_line("B=1\nA=\"canary\n\n\n", 2, "not closed");
  check_wrong_line("A='canary\\'", 1, "not closed");
  check_wrong_line("A=\"canary\\\"", 1, "not closed");
  check_wrong_line("A='", 1, "not closed");
  check_wrong_line("A=\"\\", 1, "not closed");
}

TEST_CASE("a NUL and more than 64 KiB are refused") {
  check_wrong_line(std::string_view{"A=1\nB=can\0ary", 13}, 2, "NUL");
  check_wrong_line(std::string_view{"\0", 1}, 1, "NUL");
  CHECK(value("A=" + std::string(65'534, 'x')) == std::string(65'534, 'x'));
  const auto too_large = parse_dotenv("A=" + std::string(65'535, 'x'));
  REQUIRE(!too_large.has_value());
  CHECK(too_large.error().code() == errc::too_large);
  CHECK(pairs(std::string(65'536, '\n')).empty());
}

TEST_CASE("random texts are read or refused with a line, and what is read can be written and read again") {
  std::mt19937 random{6};
  constexpr std::string_view parts[] = {"A", "b", "=",       "'", "\"", "\\", "\n", "\r\n",
                                        " ", "#", "export ", "$", "\t", "n",  "x=y"};
  std::size_t read = 0;
  for (int run = 0; run < 20'000; ++run) {
    std::string text;
    for (auto count = random() % 16; count > 0; --count) text += parts[random() % std::size(parts)];
    const Result<std::vector<Assignment>> assignments = parse_dotenv(text);
    if (!assignments) {
      CHECK(assignments.error().code() == errc::parse_failed);
      continue;
    }
    std::string again;
    for (const Assignment& assignment : *assignments) {
      const bool bare = assignment.name().find('\'') != std::string::npos;
      again += bare ? assignment.name() : '\'' + assignment.name() + '\'';
      if (assignment.value()) {
        again += "=\"";
        for (char c : *assignment.value()) {
          if (c == '\\' || c == '"') again += '\\';
          again += c;
        }
        again += '"';
      }
      again += '\n';
    }
    CHECK_MESSAGE(pairs(again) == pairs(text), text);
    read += assignments->size();
  }
  CHECK(read > 5000);
}

TEST_CASE("the last assignment to a name counts") {
  const DotenvFile file{parse_dotenv("A=1\nB=2\nA=3\nB").value(), false};
  REQUIRE(file.find("A") != nullptr);
  CHECK(file.find("A")->value() == "3");
  CHECK(file.find("A")->line() == 3);
  CHECK(file.find("B")->value() == std::nullopt);
  CHECK(file.find("C") == nullptr);
  CHECK(file.find("") == nullptr);
}

TEST_CASE("a file is read, and says whether others can") {
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
    CHECK(file.assignments() == std::vector<Assignment>{{"A", "1", 1}});
    CHECK(file.is_open_to_others() == open);
  }
}

TEST_CASE("a file that is not there has no assignments") {
  const TemporaryFolder folder;
  write(folder / "file", "");
  for (const std::filesystem::path& path : {folder / ".env", folder / "no" / ".env", folder / "file" / ".env"}) {
    const DotenvFile file = read_dotenv(path).value();
    CHECK(file.assignments().empty());
    CHECK_FALSE(file.is_open_to_others());
  }
}

TEST_CASE("what is no file, and a file that does not follow the grammar, is refused with its path") {
  const TemporaryFolder folder;
  const auto refused = [](const std::filesystem::path& path, errc code, std::string_view why) {
    const auto file = read_dotenv(path);
    REQUIRE(!file.has_value());
    CHECK(file.error().code() == code);
    const std::string message = file.error().message();
    CHECK_MESSAGE(message.starts_with("cannot read " + path.string() + ": "), message);
    CHECK_MESSAGE(message.find(why) != std::string::npos, message);
    CHECK_MESSAGE(message.find("canary") == std::string::npos, message);
  };
  refused(folder.path(), errc::io_failed, "neither a file nor a FIFO");
  refused("/dev/zero", errc::io_failed, "neither a file nor a FIFO");
  refused("/dev/null", errc::io_failed, "neither a file nor a FIFO");
  write(folder / "wrong", "A=1\nB='canary");
  refused(folder / "wrong", errc::parse_failed, "line 2: ");
  write(folder / "large", std::string(65'537, '#'));
  refused(folder / "large", errc::too_large, "64 KiB");
  write(folder / "just", std::string(65'536, '#'));
  CHECK(read_dotenv(folder / "just").has_value());
  std::filesystem::create_symlink("loop", folder / "loop");
  refused(folder / "loop", errc::io_failed, "symbolic links");
}

TEST_CASE("a symbolic link and a FIFO are read") {
  const TemporaryFolder folder;
  write(folder / "file", "A=1");
  std::filesystem::create_symlink("file", folder / "link");
  CHECK(read_dotenv(folder / "link").value().find("A") != nullptr);
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const std::jthread writer{[&] { write(folder / "fifo", "A=2"); }};
  const auto file = read_dotenv(folder / "fifo").value();
  REQUIRE(file.find("A") != nullptr);
  CHECK(file.find("A")->value() == "2");
  CHECK_FALSE(file.is_open_to_others());
}
