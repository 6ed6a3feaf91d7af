#pragma once

#include <chrono>

namespace pentimento {

/// A length of time in microseconds.
using Duration = std::chrono::microseconds;

/**
 * A point in time in microseconds of UTC.
 *
 * Within a run they come from a steady clock that is set to the calendar when the run starts. They never go back, also
 * if the system's clock is changed. While a run is interrupted its clock stands: a resumed run goes on at the time of its last event.
 */
using TimePoint = std::chrono::sys_time<Duration>;

}  // namespace pentimento
