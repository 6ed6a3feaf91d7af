#include "fault_matrix.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace pentimento;

TEST_SUITE("Fault matrix") {
  TEST_CASE("each row has a role and its own name") {
    std::set<std::string> names;
    for (const auto& table :
         {test::connection_faults(), test::request_faults(), test::reply_faults(), test::content_faults(),
          test::provider_faults(), test::retry_faults(), test::secret_faults()}) {
      for (const test::FaultRow& row : table) {
        CAPTURE(row.id() + ' ' + row.name());
        CHECK(test::case_count({row}) > 0);
        CHECK(names.insert(row.id() + ' ' + row.name() + row.options().key_suffix).second);
      }
    }
  }
}
