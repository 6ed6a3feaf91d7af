#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace pentimento::test {

/// Replaces the results of name look-ups until its destruction, for the names that it knows. One at a time. Its destructor
/// ends hanging look-ups and waits for them.
class FakeNames {
 public:
  FakeNames();
  ~FakeNames();
  FakeNames(const FakeNames&) = delete;
  FakeNames& operator=(const FakeNames&) = delete;

  /// Sets the addresses of a name, in this order.
  void answer(const std::string& name, std::vector<std::string> addresses);
  /// Lets the next look-ups fail with this `EAI_...`.
  void fail(const std::string& name, int error, int times);
  /// Lets the next look-ups hang.
  void hang(const std::string& name, int times);

  /// The number of look-ups that have begun.
  int asked(const std::string& name) const;
};

/// Sets the system clock forward or back. Steady clocks are not affected.
void shift_wall_clock(std::chrono::seconds by);

}  // namespace pentimento::test
