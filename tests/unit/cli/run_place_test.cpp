// The folders of runs: run_place.hpp, derived_files.hpp.
#include "run_place.hpp"

#include "derived_files.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace pentimento;
using namespace pentimento::cli;
namespace fs = std::filesystem;

namespace {

RefineOptions options_for(const fs::path& folder, bool yes = false) {
  RefineOptions options;
  options.brief = "three red mugs";
  options.out = folder.string();
  options.yes = yes;
  return options;
}

void write(const fs::path& file) { std::ofstream{file} << "ten years of work"; }

}  // namespace

TEST_SUITE("Run place") {
  TEST_CASE("names a folder after a brief") {
    CHECK(folder_name_of("Three red mugs on a plain white table") == "three-red-mugs");
    CHECK(folder_name_of("a lighthouse at night, stormy") == "a-lighthouse-at-night");
    CHECK(folder_name_of("Ein Käse") == "ein-käse");
    CHECK(folder_name_of("../../etc/passwd") == "etc-passwd");
    CHECK(folder_name_of("?!") == "picture");
    CHECK(folder_name_of(std::string(500, 'x')) == "picture");
  }

  TEST_CASE("discards a run and the folder that was made for it") {
    const test::TemporaryFolder folder;
    Result<NewRun> run = create_run(options_for(folder / "run"));
    REQUIRE(run.has_value());
    CHECK(RunFolder::is_run(folder / "run"));
    run->discard();
    CHECK(!fs::exists(folder / "run"));
  }

  TEST_CASE("keeps files of others") {
    const test::TemporaryFolder folder;
    fs::create_directory(folder / "images");
    for (const char* name : {"thesis.txt", "images/holiday.png"}) write(folder / name);
    const Result<NewRun> rejected = create_run(options_for(folder.path()));
    REQUIRE(!rejected.has_value());
    CHECK(rejected.error().code() == errc::invalid_argument);
    Result<NewRun> run = create_run(options_for(folder.path(), true));
    REQUIRE(run.has_value());
    run->discard();
    CHECK(!RunFolder::is_run(folder.path()));
    CHECK(fs::exists(folder / "thesis.txt"));
    CHECK(fs::exists(folder / "images/holiday.png"));
  }

  TEST_CASE("replaces a run that never began") {
    const test::TemporaryFolder folder;
    REQUIRE(create_run(options_for(folder.path())).has_value());
    CHECK(create_run(options_for(folder.path())).has_value());
  }

  TEST_CASE("replaces no run that goes on") {
    const test::TemporaryFolder folder;
    const Result<NewRun> run = create_run(options_for(folder.path()));
    REQUIRE(run.has_value());
    const Result<NewRun> second = create_run(options_for(folder.path(), true));
    REQUIRE(!second.has_value());
    CHECK(second.error().code() == errc::io_failed);
    CHECK(RunFolder::is_run(folder.path()));
  }

  TEST_CASE("replaces no damaged run") {
    const test::TemporaryFolder folder;
    write(folder / "run.sqlite");
    CHECK(!create_run(options_for(folder.path(), true)).has_value());
    CHECK(fs::file_size(folder / "run.sqlite") == 17);
  }

  TEST_CASE("writes derived files through no symbolic link") {
    const test::TemporaryFolder folder;
    const test::TemporaryFolder others;
    write(others / "thesis.txt");
    fs::create_symlink(others / "thesis.txt", folder / "report.html");
    CHECK(write_derived_files(Transcript{}, folder.path()).empty());
    CHECK(!fs::is_symlink(folder / "report.html"));
    CHECK(fs::file_size(others / "thesis.txt") == 17);
  }
}
