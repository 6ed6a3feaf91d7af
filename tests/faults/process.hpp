#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace pentimento::test {

/// The number of open descriptors of this process.
std::size_t open_descriptors();

/// The number of SIGPIPE since the first call, which also ignores them.
int broken_pipes();

/// The growth of the peak memory of this process during a function, in bytes. Empty if the system does not report it.
std::optional<std::size_t> peak_growth(const std::function<void()>& run);

/// The number of sockets that are connecting to a port of this machine.
std::size_t connecting_to(std::uint16_t port);

/// Waits up to 20 seconds until a condition holds. Returns whether it does.
bool soon(const std::function<bool()>& holds);

}  // namespace pentimento::test
