#include <pentimento/ledger.hpp>

#include <doctest/doctest.h>

using namespace pentimento;

TEST_SUITE_BEGIN("Ledger");

TEST_CASE("reserves the worst case, then charges") {
  Ledger ledger;
  const Call plan{CallKind::plan};
  const Call generate{CallKind::generate, CandidateId{0, 0}};
  CHECK(ledger.committed() == Money{});

  ledger.reserve(plan, usd(0.02));
  ledger.reserve(generate, usd(0.10));
  CHECK(ledger.reserved() == usd(0.12));
  CHECK(ledger.spent() == Money{});
  CHECK(ledger.committed() == usd(0.12));

  ledger.settle(plan, Charge::paid(usd(0.01)));
  CHECK(ledger.reserved() == usd(0.10));
  CHECK(ledger.spent() == usd(0.01));
  CHECK(ledger.committed() == usd(0.11));
  REQUIRE(ledger.entries().size() == 1);
  CHECK(ledger.entries().front().call() == plan);
  CHECK(ledger.entries().front().charge() == Charge::paid(usd(0.01)));

  ledger.release(generate);
  CHECK(ledger.committed() == usd(0.01));
  CHECK(ledger.reservations().empty());
  ledger.release(generate);
  CHECK(ledger.committed() == usd(0.01));
}

TEST_CASE("negative charges are zero") {
  Ledger ledger;
  ledger.settle(Call{CallKind::plan}, Charge::paid(usd(1)));
  ledger.settle(Call{CallKind::revise}, Charge::paid(usd(-5)));
  ledger.settle(Call{CallKind::critique, CandidateId{0, 0}}, Charge::paid(usd(2)) + Charge::estimated(usd(-1)));
  CHECK(ledger.spent() == usd(3));
}

TEST_CASE("maybe billed counts as spent") {
  Ledger ledger;
  ledger.settle(Call{CallKind::generate, CandidateId{0, 0}}, Charge::paid(usd(1)));
  ledger.settle(Call{CallKind::generate, CandidateId{0, 1}}, Charge::estimated(usd(2)));
  ledger.settle(Call{CallKind::generate, CandidateId{0, 2}}, Charge::maybe_billed(usd(4)));
  ledger.settle(Call{CallKind::generate, CandidateId{0, 3}}, Charge{});
  ledger.settle(Call{CallKind::generate, CandidateId{0, 4}}, Charge{Billing::unpaid, usd(8)});
  CHECK(ledger.spent() == usd(7));
  CHECK(ledger.total(Billing::paid) == usd(1));
  CHECK(ledger.total(Billing::estimated) == usd(2));
  CHECK(ledger.total(Billing::maybe_billed) == usd(4));
  CHECK(ledger.entries().size() == 5);
}

TEST_CASE("calls differ by draft, image and order") {
  Ledger ledger;
  ledger.reserve(Call{CallKind::compare, CandidateId{1, 0}}, usd(1));
  ledger.reserve(Call{CallKind::compare, CandidateId{1, 0}, true}, usd(2));
  ledger.reserve(Call{CallKind::critique, CandidateId{1, 0}}, usd(4));
  ledger.reserve(Call{CallKind::critique, CandidateId{1, 0, 1}}, usd(8));
  ledger.release(Call{CallKind::compare, CandidateId{1, 0}});
  ledger.release(Call{CallKind::critique, CandidateId{1, 0, 1}});
  CHECK(ledger.reserved() == usd(6));
  CHECK(to_string(Call{CallKind::plan}) == "plan");
  CHECK(to_string(Call{CallKind::generate, CandidateId{0, 0}}) == "generate 0a");
  CHECK(to_string(Call{CallKind::compare, CandidateId{2, 0}, true}) == "compare 2a swapped");
}

TEST_CASE("counts attempts") {
  Ledger ledger;
  const Call critique{CallKind::critique, CandidateId{0, 0}};
  const Call revision{CallKind::revise};
  CHECK(ledger.attempts(critique) == 0);
  CHECK(ledger.attempts(revision) == 0);
  ledger.settle(critique, Charge{});
  ledger.settle(Call{CallKind::critique, CandidateId{0, 1}}, Charge{});
  ledger.settle(critique, Charge{});
  CHECK(ledger.attempts(critique) == 2);
  for (int i = 0; i < 3; ++i) ledger.settle(revision, Charge{});
  CHECK(ledger.attempts(revision) == 3);
  ledger.settle(Call{CallKind::generate, CandidateId{1, 0}}, Charge{});
  CHECK(ledger.attempts(revision) == 0);
  ledger.settle(revision, Charge{});
  CHECK(ledger.attempts(revision) == 1);
  CHECK(ledger.attempts(critique) == 2);
}

TEST_SUITE_END();
