// Calls of the measuring critic, and checks of what it says.
#pragma once

#include "measure_pictures.hpp"
#include "support/wait_for.hpp"
#include <pentimento/offline/measure.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

namespace pictures {

using pentimento::Brief;
using pentimento::Critique;
using pentimento::Image;
using pentimento::Result;
using pentimento::Verdict;
using pentimento::offline::MeasuringCritic;

inline Result<Critique> critique(MeasuringCritic critic, const Brief& brief, Image image) {
  using namespace pentimento;
  Checklist checklist{brief.requirements(), test::wait_for(critic.plan(brief)).value().requirements()};
  Candidate candidate{CandidateId{0, 0}, GenerationRequest{"the critic does not read this: zebra"}, std::move(image)};
  return test::wait_for(critic.critique(CritiqueRequest{brief, std::move(checklist), std::move(candidate)}));
}

inline Critique judge(const Brief& brief, const Image& image, const MeasuringCritic& critic = {}) {
  return critique(critic, brief, image).value();
}
inline Critique judge(const Brief& brief, const Pixels& picture, const MeasuringCritic& critic = {}) {
  return judge(brief, pentimento::offline::encode_png(picture).value(), critic);
}

inline void check(const Critique& critique, std::string_view id, Verdict verdict, std::string_view observed = {},
                  std::string_view wanted = {}) {
  const pentimento::Finding* finding = critique.find(id);
  CAPTURE(std::string{id});
  REQUIRE(finding != nullptr);
  CAPTURE(finding->observed());
  CAPTURE(finding->reason());
  CHECK(finding->verdict() == verdict);
  if (!observed.empty()) CHECK(finding->observed() == observed);
  if (!wanted.empty()) CHECK(finding->wanted() == wanted);
  if (verdict == Verdict::unknown) CHECK_FALSE(finding->reason().empty());
}

}  // namespace pictures
