#include "fault_matrix.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <set>
#include <string>

using namespace pentimento;

TEST_CASE("the matrix has at least 300 cases, each with a name of its own") {
  std::size_t cases = 0;
  std::set<std::string> names;
  std::set<std::string> ids;
  std::size_t rows = 0;
  for (const auto& table :
       {test::connection_faults(), test::request_faults(), test::reply_faults(), test::content_faults(),
        test::provider_faults(), test::retry_faults(), test::secret_faults()}) {
    cases += test::case_count(table);
    for (const test::FaultRow& row : table) {
      CAPTURE(row.id() + ' ' + row.name());
      CHECK(test::case_count({row}) > 0);
      ids.insert(row.id());
      names.insert(row.id() + ' ' + row.name() + row.options().key_suffix);
      ++rows;
    }
  }
  CHECK(names.size() == rows);
  CHECK(cases >= 300);
  // Look-ups (N01, N02, N05), cancelling (C01, C02), proxies and clocks (N43, N44, C04) are test cases of their own; of
  // N15, no SIGPIPE, and N42, nothing paid twice, each case is one.
  const std::set<std::string> expected{"K01", "N06", "N07", "N08", "N09", "N10", "N11", "N12", "N13",
                                       "N14", "N16", "N17", "N18", "N19", "N20", "N21", "N22", "N23",
                                       "N24", "N25", "N26", "N27", "N28", "N29", "N30", "N31", "N32",
                                       "N33", "N35", "N36", "N37", "N38", "N39", "N45", "N46"};
  CHECK(ids == expected);
  MESSAGE(cases, " cases of ", rows, " rows for ", ids.size(), " lines of the matrix");
}
