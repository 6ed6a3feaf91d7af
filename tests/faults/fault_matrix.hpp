#pragma once

#include "fault_row.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace pentimento::test {

// The tables of faults, each in the file that tests it.
std::vector<FaultRow> connection_faults();
std::vector<FaultRow> request_faults();
std::vector<FaultRow> reply_faults();
std::vector<FaultRow> content_faults();
std::vector<FaultRow> provider_faults();
std::vector<FaultRow> retry_faults();
std::vector<FaultRow> secret_faults();

/// How many cases they make: each row in each of its roles, plain and by TLS.
std::size_t case_count(const std::vector<FaultRow>& rows);

/// Runs every case and checks how it ends, what it says that it cost, how many requests the server counted, that it
/// kept its time, left no descriptor open, raised no SIGPIPE, and that the key stands in no text that came of it.
void run_matrix(const std::vector<FaultRow>& rows);

/// Makes what is made once and stays, so that its descriptors are no growth.
void warm_up();

/// {"requests": [{"then": ...}]}
std::string reply_rule(const std::string& then);
/// {"connections": [{"then": ...}]}
std::string connection_rule(const std::string& then);

}  // namespace pentimento::test
