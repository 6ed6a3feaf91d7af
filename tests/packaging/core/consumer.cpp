// Everything of pentimento::core, and nothing else.
#include <pentimento/core.hpp>

int main() {
  pentimento::Brief brief{"three red mugs"};
  return brief.goal() == "three red mugs" ? 0 : 1;
}
