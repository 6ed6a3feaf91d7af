#pragma once

#include <pentimento/detail/role_pointer.hpp>
#include <pentimento/reviser.hpp>

#include <functional>
#include <memory>
#include <string>

namespace pentimento {

/**
 * A reviser that asks a person. Another reviser makes a proposal; a callback lets the person accept it, change it, or stop
 * the run. The run waits for the answer until its deadline.
 *
 * A proposal is fitted to the generator: see `fit_revision`. It is `Action::stop` if the other reviser has no prompt left;
 * the person can still give one. A changed proposal is recorded with the author "person"; without an init image it drops
 * the one that the run keeps. To end the run, return the proposal with `Action::stop`.
 */
class Ask final : public Reviser {
 public:
  /// Receives the proposal and the run so far, and completes with the revision to make.
  /// **Executor**: called on the run's strand.
  using Callback = std::function<boost::asio::awaitable<Result<Revision>>(Revision proposal, RevisionRequest request)>;

  /// With proposals of `ChecklistReviser`.
  explicit Ask(Callback callback);
  /// With proposals of another reviser.
  Ask(Callback callback, detail::RolePointer<Reviser> proposer);

 private:
  std::string do_name() const override;
  Money do_estimate() const override;

  boost::asio::awaitable<Result<Revision>> do_revise(RevisionRequest request) override;

  Callback callback_;
  std::shared_ptr<Reviser> proposer_;
};

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/revise/ask.ipp>
#endif
