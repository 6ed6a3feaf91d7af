// Policies combine with policies.
// expect: operator\|\|
#include <pentimento/stop/policies.hpp>

namespace ptm = pentimento;

std::string text();
std::string text() {
#ifdef PENTIMENTO_MUST_FAIL
  const auto policy = ptm::Satisfied{} || 6;
#else
  const auto policy = ptm::Satisfied{} || ptm::MaxRounds{6};
#endif
  return ptm::describe(policy);
}
