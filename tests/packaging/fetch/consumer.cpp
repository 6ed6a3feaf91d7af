// One header of pentimento::core, which is enough to see that it is found.
#include <pentimento/brief.hpp>

int main() {
  pentimento::Brief brief{"three red mugs"};
  return brief.goal() == "three red mugs" ? 0 : 1;
}
