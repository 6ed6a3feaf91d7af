// Everything there is, linked.
#include <pentimento/pentimento.hpp>
#ifdef WITH_OFFLINE
#include <pentimento/offline.hpp>
#endif

int main() {
  pentimento::Brief brief{"three red mugs"};
  return brief.goal() == "three red mugs" ? 0 : 1;
}
