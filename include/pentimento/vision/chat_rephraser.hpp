#pragma once

#include <pentimento/detail/role_pointer.hpp>
#include <pentimento/revise/checklist_reviser.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/vision/chat_completions.hpp>

#include <memory>
#include <string>

namespace pentimento {

/**
 * A reviser for runs that rephrase (`OnRefusal::rephrase`): where the provider declined to draw what was asked last, a
 * model puts it in other words; all other revisions are another reviser's.
 *
 * The model is shown the wish, the declined prompt and what the provider said of it. It is told to leave out what may
 * have been objected to, and not to disguise it; where nothing would be left it declines as well, and the run stops with
 * its reason. Its prompt is free of control tags (`without_control_tags`) and has at most 2,000 bytes. The user's words
 * are not put back into it, since they may be what was declined: what was left out is in the revision's `why`.
 *
 * Model, server, key, prices, time-out and errors are those of the critic that it is made with; what that is told of
 * pictures and checklists does not matter here. **Executor**, **cancellation** and **thread safety** are the critic's.
 */
class ChatRephraser final : public Reviser {
 public:
  /// All other revisions come from `ChecklistReviser`.
  explicit ChatRephraser(const ChatCompletionsCritic& critic) : ChatRephraser{critic, ChecklistReviser{}} {}
  /// Throws `Failure` for a null pointer.
  ChatRephraser(const ChatCompletionsCritic& critic, detail::RolePointer<Reviser> otherwise);

 private:
  std::string do_name() const override;
  Money do_estimate() const override;
  boost::asio::awaitable<Result<Revision>> do_revise(RevisionRequest request) override;

  std::shared_ptr<ChatCompletionsCritic::Impl> model_;
  std::shared_ptr<Reviser> otherwise_;
};

}  // namespace pentimento
