#include "run_folder.hpp"

#include <doctest/doctest.h>

using namespace pentimento;
using namespace pentimento::cli;

TEST_CASE("a folder is named after the first words of a brief") {
  CHECK(folder_name_of("Three red mugs on a plain white table") == "three-red-mugs");
  CHECK(folder_name_of("a lighthouse at night, stormy") == "a-lighthouse-at-night");
  CHECK(folder_name_of("Ein Käse") == "ein-käse");
  CHECK(folder_name_of("../../etc/passwd") == "etc-passwd");
  CHECK(folder_name_of("?!") == "picture");
  CHECK(folder_name_of(std::string(500, 'x')) == "picture");
}

TEST_CASE("pictures have names that sort and can be read") {
  CHECK(picture_file_of(CandidateId{0, 0}, MediaType::png) == "round-0-a.png");
  CHECK(picture_file_of(CandidateId{12, 27}, MediaType::jpeg) == "round-12-ab.jpg");
  CHECK(picture_file_of(CandidateId{1, 1, 1}, MediaType::webp) == "round-1-b-2.webp");
}
