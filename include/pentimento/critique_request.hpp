#pragma once

#include <pentimento/brief.hpp>
#include <pentimento/candidate.hpp>
#include <pentimento/checklist.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace pentimento {

/// What a critic judges: an image against the original brief and the checklist. Cheap to copy.
class CritiqueRequest {
 public:
  CritiqueRequest(std::shared_ptr<const Brief> brief, std::shared_ptr<const Checklist> checklist, Candidate candidate)
      : brief_{std::move(brief)},
        checklist_{std::move(checklist)},
        candidate_{std::make_shared<const Candidate>(std::move(candidate))} {}
  CritiqueRequest(Brief brief, Checklist checklist, Candidate candidate)
      : CritiqueRequest{std::make_shared<const Brief>(std::move(brief)),
                        std::make_shared<const Checklist>(std::move(checklist)), std::move(candidate)} {}

  const Brief& brief() const noexcept { return *brief_; }
  const Checklist& checklist() const noexcept { return *checklist_; }
  const Candidate& candidate() const noexcept { return *candidate_; }
  const Image& image() const noexcept { return candidate_->image(); }

 private:
  std::shared_ptr<const Brief> brief_;
  std::shared_ptr<const Checklist> checklist_;
  std::shared_ptr<const Candidate> candidate_;
};

static_assert(!std::is_aggregate_v<CritiqueRequest>);

/// Two images to compare, in the order in which they are shown. Cheap to copy.
class ComparisonRequest {
 public:
  ComparisonRequest(std::shared_ptr<const Brief> brief, std::shared_ptr<const Checklist> checklist, Candidate first,
                    Candidate second)
      : brief_{std::move(brief)},
        checklist_{std::move(checklist)},
        first_{std::make_shared<const Candidate>(std::move(first))},
        second_{std::make_shared<const Candidate>(std::move(second))} {}

  const Brief& brief() const noexcept { return *brief_; }
  const Checklist& checklist() const noexcept { return *checklist_; }
  const Candidate& first() const noexcept { return *first_; }
  const Candidate& second() const noexcept { return *second_; }

 private:
  std::shared_ptr<const Brief> brief_;
  std::shared_ptr<const Checklist> checklist_;
  std::shared_ptr<const Candidate> first_;
  std::shared_ptr<const Candidate> second_;
};

static_assert(!std::is_aggregate_v<ComparisonRequest>);

}  // namespace pentimento
