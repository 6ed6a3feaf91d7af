#pragma once

#include <pentimento/detail/role_pointer.hpp>
#include <pentimento/revise/checklist_reviser.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/vision/vision_critic.hpp>
#include <pentimento/vision/vision_model.hpp>

#include <memory>
#include <string>

namespace pentimento {

/**
 * A reviser for runs that rephrase (`OnRefusal::rephrase`): if the provider refused the last prompt, a model words it
 * differently. All other revisions come from another reviser.
 *
 * The model receives the goal, the refused prompt and the provider's words. It is told to omit what may have been refused,
 * and not to disguise it. If nothing would be left, the model refuses as well, and the run stops with its
 * reason. The new prompt is free of control tags (`without_control_tags`) and has at most 2,000 bytes. The user's words
 * are not put back into it, since they may be what was refused: the revision's `why` says what was left out.
 *
 * **Cost**: two questions at most; nothing for the other reviser's revisions beyond what that one charges.
 * **Errors**: as for `VisionCritic`. **Executor**, **cancellation** and **thread safety**: as for the model.
 */
class Rephraser final : public Reviser {
 public:
  /// All other revisions come from `ChecklistReviser`. Throws as the constructor below.
  explicit Rephraser(detail::RolePointer<VisionModel> model, AskLimits limits = {})
      : Rephraser{std::move(model), ChecklistReviser{}, limits} {}
  /// Shares ownership of both. Throws `Failure` with `invalid_argument` for a null pointer, or a cap or timeout of 0.
  Rephraser(detail::RolePointer<VisionModel> model, detail::RolePointer<Reviser> otherwise, AskLimits limits = {});

 private:
  class Impl;

  std::string do_name() const override;
  Money do_estimate() const override;
  boost::asio::awaitable<Result<Revision>> do_revise(RevisionRequest request) override;

  std::shared_ptr<const Impl> impl_;
  std::shared_ptr<Reviser> otherwise_;
};

}  // namespace pentimento
