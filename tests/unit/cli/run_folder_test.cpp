#include "run_folder.hpp"

#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace pentimento;
using Replace = cli::RunFolder::Replace;
using namespace pentimento::cli;
namespace fs = std::filesystem;

namespace {

class Folder : public test::TemporaryFolder {
 public:
  void write(const char* name, const std::string& text) const { std::ofstream{*this / name} << text; }
  auto files() const { return std::distance(fs::directory_iterator{path()}, {}); }
};

}  // namespace

TEST_SUITE("Run folder") {
  TEST_CASE("names a folder after a brief") {
    CHECK(folder_name_of("Three red mugs on a plain white table") == "three-red-mugs");
    CHECK(folder_name_of("a lighthouse at night, stormy") == "a-lighthouse-at-night");
    CHECK(folder_name_of("Ein Käse") == "ein-käse");
    CHECK(folder_name_of("../../etc/passwd") == "etc-passwd");
    CHECK(folder_name_of("?!") == "picture");
    CHECK(folder_name_of(std::string(500, 'x')) == "picture");
  }

  TEST_CASE("names image files") {
    CHECK(image_file_of(CandidateId{0, 0}, MediaType::png) == "round-0-a.png");
    CHECK(image_file_of(CandidateId{12, 27}, MediaType::jpeg) == "round-12-ab.jpg");
    CHECK(image_file_of(CandidateId{1, 1, 1}, MediaType::webp) == "round-1-b-2.webp");
    CHECK(judged_file_of(CandidateId{1, 1, 1}, MediaType::png) == "round-1-b-2-judged.png");
  }

  TEST_CASE("tells what is in a folder") {
    const Folder folder;
    CHECK(folder_state(folder / "none") == FolderState::free);
    CHECK(folder_state(folder.path()) == FolderState::free);
    folder.write("thesis.txt", "");
    CHECK(folder_state(folder.path()) == FolderState::foreign);
    CHECK(folder_state(folder / "thesis.txt") == FolderState::not_a_folder);
    folder.write("events.jsonl", "{\"sequence\":0,\"type\":\"run_started\"}\n");
    CHECK(folder_state(folder.path()) == FolderState::ours);
    folder.write("events.jsonl", "{\"sequence\":0}\n\"run_started\"\n");
    CHECK(folder_state(folder.path()) == FolderState::foreign);
  }

  TEST_CASE("treats a run without events as free") {
    const Folder folder;
    folder.write("events.jsonl", "");
    CHECK(folder_state(folder.path()) == FolderState::free);
    folder.write("report.html", "");
    folder.write("round-0-a.png.0123456789abcdef.part", "half");
    CHECK(folder_state(folder.path()) == FolderState::free);
    {
      const auto run = RunFolder::create(folder.path(), Replace::no);
      REQUIRE(run.has_value());
      CHECK(folder.files() == 1);  // what was left is cleared away
    }
    for (const char* name : {"thesis.txt", "round-0-a.png", "report.html", "film.part"}) {
      folder.write(name, "ten years of work");
      CHECK_MESSAGE(folder_state(folder.path()) == FolderState::foreign, name);
      fs::remove(folder / name);
    }
    CHECK(folder_state(folder.path()) == FolderState::free);
  }

  TEST_CASE("keeps files of others") {
    const Folder folder;
    folder.write("events.jsonl", "{\"type\":\"run_started\"}\n");
    for (const char* name : {"thesis.txt", "film.part", "round-0-a.png", "best.png.0123456789abcdef.part"})
      folder.write(name, "x");
    REQUIRE(RunFolder::create(folder.path(), Replace::yes).has_value());
    CHECK(fs::exists(folder / "thesis.txt"));
    CHECK(fs::exists(folder / "film.part"));
    CHECK(folder.files() == 3);
  }

  TEST_CASE("rejects pipes and devices") {
    const Folder folder;
    REQUIRE(mkfifo((folder / "events.jsonl").c_str(), 0600) == 0);
    CHECK(folder_state(folder.path()) == FolderState::foreign);
    const auto is_rejected = [&] {
      const auto run = RunFolder::create(folder.path(), Replace::yes);
      REQUIRE(!run.has_value());
      CHECK(run.error().code() == errc::io_failed);
      CHECK_MESSAGE(run.error().message().find("not a regular file") != std::string::npos, run.error().message());
      const auto read = read_run(folder.path());
      REQUIRE(!read.has_value());
      CHECK_MESSAGE(read.error().message().find("regular file is needed") != std::string::npos, read.error().message());
    };
    is_rejected();
    fs::remove(folder / "events.jsonl");
    fs::create_symlink("/dev/zero", folder / "events.jsonl");
    CHECK(folder_state(folder.path()) == FolderState::foreign);
    is_rejected();
  }

  TEST_CASE("writes files atomically") {
    const Folder folder;
    REQUIRE(write_text("x", folder / "a.txt").has_value());
    CHECK(folder.files() == 1);
    fs::create_directory(folder / "folder.txt");
    CHECK(!write_text("x", folder / "folder.txt").has_value());  // it cannot be renamed over that
    CHECK(folder.files() == 2);
  }

  TEST_CASE("writes through no symbolic link") {
    const Folder folder;
    const Folder others;
    others.write("thesis.txt", "ten years of work");
    fs::create_symlink(others / "thesis.txt", folder / "report.html");
    fs::create_symlink(others / "thesis.txt", folder / "report.html.part");
    REQUIRE(write_text("x", folder / "report.html").has_value());
    CHECK(!fs::is_symlink(folder / "report.html"));
    CHECK(fs::file_size(folder / "report.html") == 1);

    fs::create_symlink(others / "thesis.txt", folder / "events.jsonl");
    CHECK(!RunFolder::create(folder.path(), Replace::yes).has_value());
    CHECK(fs::file_size(others / "thesis.txt") == 17);
  }

  TEST_CASE("one program at a time") {
    const Folder folder;
    {
      const auto first = RunFolder::create(folder.path(), Replace::no);
      REQUIRE(first.has_value());
      for (const Replace replace : {Replace::no, Replace::yes}) {
        const auto second = RunFolder::create(folder.path(), replace);
        REQUIRE(!second.has_value());
        CHECK(second.error().code() == errc::io_failed);
        CHECK(second.error().message().find("another run") != std::string::npos);
      }
    }
    folder.write("events.jsonl", "{\"sequence\":0,\"type\":\"run_started\"}\n");
    CHECK(!RunFolder::create(folder.path(), Replace::no).has_value());  // it was free when it was looked at
    CHECK(RunFolder::create(folder.path(), Replace::yes).has_value());
  }
}
