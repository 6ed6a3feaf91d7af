#pragma once

#include <chrono>

namespace pentimento::test {

/// How many times longer than usual everything may take: sanitizers slow the program down.
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

/// A time that real work has to fit into, such as a handshake and a request, and that is waited for in full.
inline constexpr std::chrono::milliseconds short_time{slowness > 1 ? 500 : 200};

/// By how much a call may miss its deadline.
inline constexpr std::chrono::milliseconds deadline_margin{250 * slowness};
/// The longest that a call may take to end once it is cancelled.
inline constexpr std::chrono::milliseconds cancel_margin{100 * slowness};

}  // namespace pentimento::test
