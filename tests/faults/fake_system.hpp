#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace pentimento::test {

/// What the system says of names, in place of what it would say; of names that are not known here it says what it
/// always does. One at a time. Look-ups that hang end with it, and it waits for them.
class FakeNames {
 public:
  FakeNames();
  ~FakeNames();
  FakeNames(const FakeNames&) = delete;
  FakeNames& operator=(const FakeNames&) = delete;

  /// The addresses of a name, in this order.
  void answer(const std::string& name, std::vector<std::string> addresses);
  /// The next so many look-ups fail with this `EAI_...`.
  void fail(const std::string& name, int error, int times);
  /// The next so many look-ups hang, and go on as usual in the end.
  void hang(const std::string& name, int times);

  /// How many look-ups of it have begun.
  int asked(const std::string& name) const;
};

/// Sets the clock on the wall forward, or back; steady clocks go on.
void shift_wall_clock(std::chrono::seconds by);

}  // namespace pentimento::test
