//
// What market places and shopping feeds ask of a product photograph, as data.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pentimento::offline {

/// The figures that one kind of shop asks for, as far as pixels can tell; 0 where it asks for none.
struct ProductPhotoProfile {
  std::string_view name;
  std::string_view title;  ///< in words, for messages
  double white_share = 0;  ///< of the background's pixels with every channel at or over 250, at least
  double fill_low =
      0;  ///< of the frame filled by the product, at least: longest side of its box to that of the picture
  double fill_high = 0;   ///< at most
  int longest_side = 0;   ///< pixels, at least
  int shortest_side = 0;  ///< pixels, at least
  bool no_border = false;
  std::string_view source;  ///< where the figures come from, and as of when
};

/// All profiles, in the order in which they are listed to people.
[[nodiscard]] std::span<const ProductPhotoProfile> product_photo_profiles() noexcept;
/// The profile of that name, or null.
[[nodiscard]] const ProductPhotoProfile* find_product_photo_profile(std::string_view name) noexcept;
/// The names, separated by commas.
[[nodiscard]] std::string product_photo_profile_names();

}  // namespace pentimento::offline
