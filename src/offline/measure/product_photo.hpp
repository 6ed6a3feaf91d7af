// What market places and shopping feeds require of a product photograph, as data.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pentimento::offline {

/// The requirements of one kind of shop that pixels can tell; 0 for none.
struct ProductPhotoProfile {
  std::string_view name;
  std::string_view title;  ///< in words, for messages
  double white_share = 0;  ///< of the background's pixels with every channel at or over 250, at least
  double fill_low = 0;     ///< longest side of the product's box to that of the image, at least
  double fill_high = 0;    ///< the same, at most
  int longest_side = 0;    ///< pixels, at least
  int shortest_side = 0;   ///< pixels, at least
  bool no_border = false;
  std::string_view unmeasured;  ///< the rules that pixels alone cannot tell, in words
  std::string_view source;      ///< where the figures come from, with the year
};

/// All profiles, in the order in which they are listed to people.
[[nodiscard]] std::span<const ProductPhotoProfile> product_photo_profiles() noexcept;
/// The profile of that name, or null.
[[nodiscard]] const ProductPhotoProfile* find_product_photo_profile(std::string_view name) noexcept;
/// The names, separated by commas.
[[nodiscard]] std::string product_photo_profile_names();

}  // namespace pentimento::offline
