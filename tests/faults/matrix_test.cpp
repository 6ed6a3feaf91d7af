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
  MESSAGE(cases, " cases of ", rows, " rows for ", ids.size(), " lines of the matrix");
}
