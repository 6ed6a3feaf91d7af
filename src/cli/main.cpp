#include "application.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace {

/// Gives each of the three standard streams that is closed a place that takes everything and holds nothing. Else the
/// next file to be opened gets its descriptor, and what is printed ends up in that.
void open_standard_streams() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // The lowest number that is free is given out, and that is this one.
    if (::open("/dev/null", O_RDWR) != descriptor) std::abort();
  }
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  return pentimento::cli::run_application(argc, argv);
}
