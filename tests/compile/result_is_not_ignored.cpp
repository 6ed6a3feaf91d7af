// An error that nobody looks at is a mistake.
// expect: (nodiscard|ignoring return value)
#include <pentimento/error.hpp>

#pragma GCC diagnostic error "-Wunused-result"

pentimento::Result<int> answer();
pentimento::Result<int> answer() { return 42; }

bool is_right();
bool is_right() {
#ifdef PENTIMENTO_MUST_FAIL
  answer();
#endif
  return answer() == pentimento::Result<int>{42};
}
