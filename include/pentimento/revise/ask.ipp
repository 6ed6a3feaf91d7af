#pragma once

#include <pentimento/detail/inline.hpp>
#include <pentimento/revise/ask.hpp>
#include <pentimento/revise/checklist_reviser.hpp>
#include <pentimento/revise/rules.hpp>

#include <utility>

namespace pentimento {

PENTIMENTO_INLINE Ask::Ask(Callback callback) : Ask{std::move(callback), ChecklistReviser{}} {}

PENTIMENTO_INLINE Ask::Ask(Callback callback, detail::RolePointer<Reviser> proposer)
    : callback_{std::move(callback)}, proposer_{std::move(proposer).share()} {}

PENTIMENTO_INLINE std::string Ask::do_name() const { return "ask (" + proposer_->name() + ')'; }

PENTIMENTO_INLINE Money Ask::do_estimate() const { return proposer_->estimate(); }

PENTIMENTO_INLINE boost::asio::awaitable<Result<Revision>> Ask::do_revise(RevisionRequest request) {
  Result<Revision> proposal = co_await proposer_->revise(request);
  if (!proposal) co_return proposal;
  proposal = fit_revision(std::move(*proposal), request.transcript(), request.capabilities());
  Result<Revision> answer = co_await callback_(*proposal, std::move(request));
  if (!answer) {
    // The proposal was paid for.
    Error error = answer.error();
    if (error.charge() == Charge{}) error.charge(proposal->charge());
    co_return error;
  }
  if (*answer != *proposal) answer->author("person").charge(proposal->charge());
  co_return answer;
}

}  // namespace pentimento
