// A stop policy that is read describes itself in a text that is read as the same policy; one that is not says where.

#include <pentimento/stop/parse.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace pentimento;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const Result<AnyStopPolicy> policy = parse_stop_policy(text);
  if (!policy) {
    const Error error = policy.error();
    if (error.code() == errc::too_large) {
      check(size > 1000);
      return 0;
    }
    check(error.code() == errc::parse_failed);
    // The mark stands within the text that the message repeats, or right behind it.
    const std::string& message = error.message();
    check(std::ranges::count(message, '\n') == 2 && message.ends_with('^'));
    check(message.size() - message.rfind('\n') - 3 <= size + 1);
    return 0;
  }
  check(size <= 1000);
  const std::string described = describe(*policy);
  // Some words are longer than what they were read from: usd(1) is written usd(1.00).
  if (described.size() > 1000) return 0;
  const Result<AnyStopPolicy> again = parse_stop_policy(described);
  check(again.has_value());
  check(describe(*again) == described);
  const TimePoint start{};
  check(deadline(*again, start) == deadline(*policy, start));
  return 0;
}
