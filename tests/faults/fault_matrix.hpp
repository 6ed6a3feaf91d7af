#pragma once

#include "fault_row.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace pentimento::test {

// The tables of faults. Each is in the file that tests it.
std::vector<FaultRow> connection_faults();
std::vector<FaultRow> request_faults();
std::vector<FaultRow> reply_faults();
std::vector<FaultRow> content_faults();
std::vector<FaultRow> provider_faults();
std::vector<FaultRow> retry_faults();
std::vector<FaultRow> secret_faults();

/// The transports of a table: each case plain and over TLS, or one of the two in turn. The latter is for faults in what a
/// reply says, which does not depend on the transport.
enum class Transports { both, alternating };

/// Returns the number of cases of some rows: one for each role and transport.
std::size_t case_count(const std::vector<FaultRow>& rows);

/// Runs every case. Checks its result, charge and duration, the number of requests at the server, and that it leaves no
/// descriptor open, raises no SIGPIPE and shows the key in no text.
void run_matrix(const std::vector<FaultRow>& rows, Transports transports = Transports::both);

/// Creates what stays until the process ends, so that its descriptors do not count as leaks.
void warm_up();

/// {"requests": [{"then": ...}]}
std::string reply_rule(const std::string& then);
/// {"connections": [{"then": ...}]}
std::string connection_rule(const std::string& then);

}  // namespace pentimento::test
