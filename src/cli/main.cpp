#include "application.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace {

/// Opens /dev/null for each standard stream that is closed. Otherwise the next opened file would get its descriptor,
/// and output would go there.
void open_standard_streams() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // open() returns the lowest free descriptor, which is this one.
    if (::open("/dev/null", O_RDWR) != descriptor) std::abort();
  }
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  return pentimento::cli::run_application(argc, argv);
}
