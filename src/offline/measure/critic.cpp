#include "offline/measure/judge.hpp"
#include "offline/measure/plan_checklist.hpp"
#include "offline/measure/product_photo.hpp"
#include "offline/pixels/libvips.hpp"
#include "offline/pixels/workers.hpp"
#include <pentimento/offline/measure.hpp>

#include <stop_token>
#include <utility>

namespace pentimento::offline {

namespace {

constexpr std::string_view critic_name = "measure";

Result<Critique> measure(const CritiqueRequest& request, std::string_view profile, const std::stop_token& stop) {
  const std::vector<measuring::PlannedItem> all =
      measuring::plan_items(request.brief(), find_product_photo_profile(profile), critic_name);
  // What another critic owns is that critic's to judge.
  std::vector<measuring::PlannedItem> items;
  for (const measuring::PlannedItem& item : all) {
    const Requirement* requirement = request.checklist().find(item.requirement.id());
    if (requirement != nullptr && requirement->owner() == critic_name) items.push_back(item);
  }
  Result<Pixels> pixels = decode(request.image(), stop);
  if (!pixels) return pixels.error();
  std::vector<Finding> findings;
  try {
    measuring::MeasuredImage image{std::move(*pixels)};
    for (const measuring::PlannedItem& item : items) {
      if (stop.stop_requested()) return no_longer_wanted();
      findings.push_back(measuring::judge(image, item));
    }
  } catch (const vips::VError& error) {
    vips_error_clear();
    if (lacked_resources(error)) return resources_lacking("measure an image", error);
    return Error{errc::backend_failed, "libvips could not measure the image (" + reason_of(error) + ")"};
  }
  std::string suggestion = measuring::suggest_prompt(request.brief(), items, findings);
  Critique critique{std::move(findings)};
  critique.suggested_prompt(std::move(suggestion));
  return critique;
}

Error unknown_profile(std::string_view name) {
  // The name comes from a command line or a configuration: quote no more of it than a person reads.
  return {errc::invalid_argument, "the product-photo profile \"" + std::string{name.substr(0, 60)} +
                                      "\" does not exist; there are: " + product_photo_profile_names()};
}

}  // namespace

MeasuringCritic& MeasuringCritic::profile(std::string_view name) {
  if (find_product_photo_profile(name) == nullptr) throw Failure{unknown_profile(name)};
  profile_ = name;
  return *this;
}

Result<MeasuringCritic> MeasuringCritic::profile_named(std::string_view name) {
  if (find_product_photo_profile(name) == nullptr) return unknown_profile(name);
  MeasuringCritic critic;
  critic.profile_ = name;
  return critic;
}

std::vector<std::string> MeasuringCritic::profiles() {
  std::vector<std::string> names;
  for (const ProductPhotoProfile& each : product_photo_profiles()) names.emplace_back(each.name);
  return names;
}

std::string MeasuringCritic::profile_source(std::string_view name) {
  const ProductPhotoProfile* found = find_product_photo_profile(name);
  return found == nullptr ? std::string{} : std::string{found->title} + ": " + std::string{found->source};
}

std::string MeasuringCritic::do_name() const { return std::string{critic_name}; }

boost::asio::awaitable<Result<Plan>> MeasuringCritic::do_plan(Brief brief) {
  Plan plan;
  for (measuring::PlannedItem& item : measuring::plan_items(brief, find_product_photo_profile(profile_), critic_name)) {
    plan.add(std::move(item.requirement));
  }
  plan.unjudged(measuring::unjudged_parts(brief, find_product_photo_profile(profile_)));
  co_return plan;
}

boost::asio::awaitable<Result<Critique>> MeasuringCritic::do_critique(CritiqueRequest request) {
  auto job = [request = std::move(request), profile = profile_](const std::stop_token& stop) {
    return measure(request, profile, stop);
  };
  Result<Critique> critique = co_await on_workers(std::move(job));
  co_return critique;
}

}  // namespace pentimento::offline
