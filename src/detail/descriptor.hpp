#pragma once

#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace pentimento::detail {

/// An open file of the system, closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_{number} {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  bool is_open() const noexcept { return number_ >= 0; }
  int get() const noexcept { return number_; }

 private:
  int number_;
};

/// What the system says of the call that has just failed.
inline std::string system_reason() { return std::generic_category().message(errno); }

}  // namespace pentimento::detail
