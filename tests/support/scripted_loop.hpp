#pragma once

#include "support/images.hpp"
#include "support/runs.hpp"
#include "support/scripted.hpp"
#include <pentimento/refinement_loop.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <utility>

namespace pentimento::test {

using Loop = RefinementLoop<AnyStopPolicy>;
using Run = TestRun<Loop>;

/// The roles of a loop, scripted.
struct Roles {
  std::shared_ptr<ScriptedGenerator> generator = std::make_shared<ScriptedGenerator>();
  std::shared_ptr<ScriptedCritic> critic = std::make_shared<ScriptedCritic>();
  std::shared_ptr<ScriptedReviser> reviser = std::make_shared<ScriptedReviser>();

  Loop loop(AnyStopPolicy policy) const {
    Loop loop{generator, critic, std::move(policy)};
    loop.reviser(reviser);
    return loop;
  }
};

inline Step<Generation> made(std::uint32_t tag) { return Generation{picture(tag)}; }

inline Charge charge_of(const Outcome& outcome, const Call& call) {
  for (const Ledger::Entry& entry : outcome.transcript().ledger().entries()) {
    if (entry.call() == call) return entry.charge();
  }
  FAIL("no such call: ", to_string(call));
  return {};
}

}  // namespace pentimento::test
