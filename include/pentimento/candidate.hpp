#pragma once

#include <pentimento/candidate_id.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/decision.hpp>
#include <pentimento/error.hpp>
#include <pentimento/generation_request.hpp>
#include <pentimento/image.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace pentimento {

/// One picture of a run: the request that made it, the candidate it came from, and what became of it.
class Candidate {
 public:
  Candidate(CandidateId id, GenerationRequest request, Image image)
      : id_{id}, request_{std::move(request)}, image_{std::move(image)} {}

  CandidateId id() const noexcept { return id_; }
  const GenerationRequest& request() const noexcept { return request_; }
  const Image& image() const noexcept { return image_; }

  /// The candidate whose request, or whose picture, this one was derived from; none in round 0 and after a fresh start.
  const std::optional<CandidateId>& parent() const noexcept { return parent_; }
  Candidate& parent(std::optional<CandidateId> id) { return parent_ = id, *this; }

  /// What the generator said of it: the seed it used, the prompt it made of ours, its id of the request.
  const std::optional<std::uint64_t>& seed() const noexcept { return seed_; }
  Candidate& seed(std::optional<std::uint64_t> seed) { return seed_ = seed, *this; }
  const std::string& revised_prompt() const noexcept { return revised_prompt_; }
  Candidate& revised_prompt(std::string prompt) { return revised_prompt_ = std::move(prompt), *this; }
  const std::string& request_id() const noexcept { return request_id_; }
  Candidate& request_id(std::string id) { return request_id_ = std::move(id), *this; }

  /// The critique, once there is one.
  const std::optional<Critique>& critique() const noexcept { return critique_; }
  Candidate& critique(std::optional<Critique> critique) { return critique_ = std::move(critique), *this; }

  /// Why it could not be judged, if it could not.
  const std::optional<Error>& error() const noexcept { return error_; }
  Candidate& error(std::optional<Error> error) { return error_ = std::move(error), *this; }

  /// Whether it replaced the incumbent, once that is decided.
  const std::optional<Decision>& decision() const noexcept { return decision_; }
  Candidate& decision(std::optional<Decision> decision) { return decision_ = std::move(decision), *this; }

  friend bool operator==(const Candidate&, const Candidate&) = default;

 private:
  CandidateId id_;
  GenerationRequest request_;
  Image image_;
  std::optional<CandidateId> parent_;
  std::optional<std::uint64_t> seed_;
  std::string revised_prompt_;
  std::string request_id_;
  std::optional<Critique> critique_;
  std::optional<Error> error_;
  std::optional<Decision> decision_;
};

static_assert(!std::is_aggregate_v<Candidate>);

}  // namespace pentimento
