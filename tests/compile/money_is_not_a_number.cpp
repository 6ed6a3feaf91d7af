// An amount of money says what it counts: a bare number could be dollars, cents or micro-dollars.
// expect: pentimento::Money
#include <pentimento/money.hpp>

bool is_dear(pentimento::Money price);
bool is_dear(pentimento::Money price) { return price > pentimento::usd(1); }

bool ask();
bool ask() {
#ifdef PENTIMENTO_MUST_FAIL
  return is_dear(0.60);
#else
  return is_dear(pentimento::usd(0.60));
#endif
}
