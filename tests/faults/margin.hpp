#pragma once

#include <chrono>

namespace pentimento::test {

/// A factor for time limits: sanitizers slow the program down.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int slowness = 8;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr int slowness = 8;
#else
inline constexpr int slowness = 1;
#endif
#else
inline constexpr int slowness = 1;
#endif

/// A short timeout that is long enough for real work, such as a handshake and a request.
inline constexpr std::chrono::milliseconds short_time{slowness > 1 ? 500 : 200};

/// A call may exceed its deadline by this much.
inline constexpr std::chrono::milliseconds deadline_margin{250 * slowness};
/// A cancelled call must end within this time.
inline constexpr std::chrono::milliseconds cancel_margin{100 * slowness};

}  // namespace pentimento::test
