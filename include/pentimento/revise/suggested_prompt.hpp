#pragma once

#include <pentimento/reviser.hpp>

#include <string>

namespace pentimento {

/**
 * A reviser that uses the prompt that the critic suggested for the incumbent. If there is no suggestion, if it is too
 * long, or if this run used it before, the incumbent's prompt is repeated with new seeds. After a refusal: see
 * `after_refusal`.
 */
class SuggestedPrompt final : public Reviser {
 private:
  std::string do_name() const override;

  boost::asio::awaitable<Result<Revision>> do_revise(RevisionRequest request) override;
};

}  // namespace pentimento

#ifndef PENTIMENTO_SEPARATE_COMPILATION
#include <pentimento/revise/suggested_prompt.ipp>
#endif
