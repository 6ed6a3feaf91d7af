// The threads of this process for work that blocks.
#pragma once

#include <boost/asio/any_io_executor.hpp>

namespace pentimento::detail {

/**
 * Returns the executor of the pool that decodes, draws, measures and scales images: one for the whole process.
 *
 * The threads start with the first call: one for each processor, at least four. Neither cancelling a run nor destroying a
 * backend waits for them. The end of the process waits for work in progress, for at most half a
 * second.
 *
 * **Errors**: throws `std::system_error` if the system allows no more threads. **Thread safety**: thread-safe.
 */
[[nodiscard]] boost::asio::any_io_executor worker_pool();

}  // namespace pentimento::detail
