#pragma once

#include <pentimento/detail/inline.hpp>
#include <pentimento/reviser.hpp>

#include <algorithm>

namespace pentimento {

PENTIMENTO_INLINE std::string Reviser::name() const { return do_name(); }

PENTIMENTO_INLINE Money Reviser::estimate() const noexcept {
  try {
    return std::max(do_estimate(), Money{});
  } catch (...) {
    return Money::unbounded();
  }
}

PENTIMENTO_INLINE boost::asio::awaitable<Result<Revision>> Reviser::revise(RevisionRequest request) {
  try {
    Result<Revision> revision = co_await do_revise(std::move(request));
    if (revision && revision->action() != Action::stop &&
        revision->request().prompt().find_first_not_of(" \t\r\n") == std::string::npos) {
      Error error{errc::unusable_reply, name() + " wrote an empty prompt"};
      error.charge(revision->charge());
      co_return error;
    }
    if (revision && revision->author().empty()) revision->author(name());
    if (revision && revision->charge() == Charge{}) revision->charge(Charge::from_estimate(estimate()));
    co_return revision;
  } catch (...) {
    co_return error_from_current_exception("the reviser", estimate());
  }
}

}  // namespace pentimento
