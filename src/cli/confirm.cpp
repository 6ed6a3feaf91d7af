#include "confirm.hpp"

#include "wording.hpp"

#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace pentimento::cli {

bool confirm(const std::string& question) {
  if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0) return false;
  std::fprintf(stderr, "%s [y/N] ", printable(question).c_str());
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace pentimento::cli
