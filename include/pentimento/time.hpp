#pragma once

#include <chrono>

namespace pentimento {

/// Length of time, in microseconds.
using Duration = std::chrono::microseconds;

/**
 * A moment, in microseconds of UTC.
 *
 * Within a run the moments come from a steady clock that was set to the calendar once, when the run started: they never
 * go back, whatever happens to the system's clock.
 */
using TimePoint = std::chrono::sys_time<Duration>;

}  // namespace pentimento
