#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace pentimento::test {

/// How many descriptors this process has open.
std::size_t open_descriptors();

/// How many SIGPIPE have come since the first call; from then on they do not end the process.
int broken_pipes();

/// By how many bytes the memory of this process that is in use grows at the most while this runs; nothing where the
/// system does not tell.
std::optional<std::size_t> peak_growth(const std::function<void()>& run);

/// How many sockets of this machine are about to connect to a port of it, and have had no answer yet.
std::size_t connecting_to(std::uint16_t port);

/// Waits until this holds, for 20 seconds at the most; whether it does. What is waited for is on its way already:
/// nothing is ordered by time.
bool soon(const std::function<bool()>& holds);

}  // namespace pentimento::test
