// A stop policy can be called with the run so far and the time.
// expect: StopPolicy
#include <pentimento/stop/stop_policy.hpp>

namespace ptm = pentimento;

namespace {

struct UntilTea {
#ifdef PENTIMENTO_MUST_FAIL
  bool is_tea_time() const { return false; }
#else
  std::optional<ptm::StopReason> operator()(const ptm::Transcript&, ptm::TimePoint) const { return std::nullopt; }
#endif
};

}  // namespace

std::string text();
std::string text() { return ptm::describe(UntilTea{}); }
