#include "offline/measure/product_photo.hpp"

#include <algorithm>
#include <array>

namespace pentimento::offline {

namespace {

// "White" is 250 and over, not exactly 255: JPEG moves pure white by a step or two, and no buyer sees it.
constexpr auto profiles = std::to_array<ProductPhotoProfile>({
    {
        .name = "marketplace-main",
        .title = "main image on a market place",
        .white_share = 0.97,
        .fill_low = 0.85,
        .fill_high = 1.0,
        .longest_side = 1000,
        .shortest_side = 0,
        .no_border = true,
        .unmeasured = "no text, logo or watermark",
        .source = "Amazon's main image as retold by seller guides, 2026: pure white (255) background, product fills at "
                  "least 85 % "
                  "of the frame, 1,000 pixels or more on the longest side, no text, logo, border or watermark",
    },
    {
        .name = "shopping-feed",
        .title = "image of a shopping feed",
        .white_share = 0,
        .fill_low = 0.75,
        .fill_high = 0.90,
        .longest_side = 0,
        .shortest_side = 100,
        .no_border = true,
        .unmeasured = "no overlays",
        .source = "Google Merchant Center help, 2026: product fills 75 to 90 % of the frame, at least 100 by 100 "
                  "pixels, no overlays "
                  "and no border",
    },
    {
        .name = "shopping-feed-apparel",
        .title = "image of clothing in a shopping feed",
        .white_share = 0,
        .fill_low = 0.75,
        .fill_high = 0.90,
        .longest_side = 0,
        .shortest_side = 250,
        .no_border = true,
        .unmeasured = "no overlays",
        .source = "Google Merchant Center help, 2026: as the shopping feed, at least 250 by 250 pixels for clothing",
    },
});

}  // namespace

std::span<const ProductPhotoProfile> product_photo_profiles() noexcept { return profiles; }

const ProductPhotoProfile* find_product_photo_profile(std::string_view name) noexcept {
  const auto found = std::ranges::find(profiles, name, &ProductPhotoProfile::name);
  return found == profiles.end() ? nullptr : &*found;
}

std::string product_photo_profile_names() {
  std::string names;
  for (const ProductPhotoProfile& profile : profiles) names += (names.empty() ? "" : ", ") + std::string{profile.name};
  return names;
}

}  // namespace pentimento::offline
