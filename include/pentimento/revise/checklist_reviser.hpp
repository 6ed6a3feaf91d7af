#pragma once

#include <pentimento/reviser.hpp>

#include <string>

namespace pentimento {

/**
 * The default reviser: writes the prompt from the brief and the verdicts. `choose_action` chooses the action.
 *
 * The prompt is `<faults>. <brief>. Important: <faults>. Keep: <passed requirements>.` The first part has the faults
 * that an earlier round already targeted. Up to three faults are targeted at a time; only one after two rounds without
 * gain. Requirements with the verdict `unknown` are not mentioned. After a refusal, the refused prompt is not used again:
 * see `after_refusal`.
 */
class ChecklistReviser final : public Reviser {
 private:
  std::string do_name() const override;

  boost::asio::awaitable<Result<Revision>> do_revise(RevisionRequest request) override;
};

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/revise/checklist_reviser.ipp>
#endif
