#include <pentimento/candidate.hpp>

#include <doctest/doctest.h>

using namespace pentimento;

TEST_SUITE("CandidateId") {
  TEST_CASE("draft letters continue after z") {
    CHECK(draft_letters(0) == "a");
    CHECK(draft_letters(1) == "b");
    CHECK(draft_letters(25) == "z");
    CHECK(draft_letters(26) == "aa");
    CHECK(draft_letters(51) == "az");
    CHECK(draft_letters(52) == "ba");
    CHECK(draft_letters(63) == "bl");
    CHECK(draft_letters(701) == "zz");
    CHECK(draft_letters(702) == "aaa");
  }

  TEST_CASE("is written as round, draft and image") {
    CHECK(to_string(CandidateId{0, 0}) == "0a");
    CHECK(to_string(CandidateId{3, 1}) == "3b");
    CHECK(to_string(CandidateId{3, 1, 1}) == "3b.2");
    CHECK(CandidateId{3, 1, 1}.generation() == CandidateId{3, 1});
    CHECK(CandidateId{0, 9} < CandidateId{1, 0});
    CHECK(CandidateId{1, 0, 1} < CandidateId{1, 1});
  }
}
