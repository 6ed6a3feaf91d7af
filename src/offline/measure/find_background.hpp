// What lies behind the things, read off the outermost ring of the image.
#pragma once

#include "offline/measure/colour.hpp"

#include <string>
#include <vector>

namespace pentimento::offline::measuring {

/// A uniform rim around the image that differs from what is inside: a frame or a border.
struct Rim {
  bool found = false;
  int left = 0, top = 0, right = 0, bottom = 0;  ///< thickness in pixels on each side
  Rgb colour;                                    ///< mean
};

/// Looks for a rim. From the edge inwards on each side: lines of one colour (spread under 4 in CIELAB) up to a line that
/// differs by more than 6 over at least 85 % of its length, within 15 % of the image; on all four sides, in one colour.
[[nodiscard]] Rim find_rim(const LabImage& image);

/// One surface of the background: a wall, a table top. Its colour is modelled as a plane over the image, so that a gradient is
/// one surface.
struct Surface {
  Lab mean;
  Lab per_x, per_y;       ///< change from one side of the image to the other
  Lab centre;             ///< the model's value in the middle of the image
  double share = 0;       ///< of the border ring, [0, 1]
  double noise = 0;       ///< median distance of ring pixels to the model, in CIELAB
  std::vector<int> ring;  ///< positions along the ring that belong to it

  /// The colour expected at `x`, `y` of an image of `width` by `height`.
  Lab at(int x, int y, int width, int height) const noexcept;
  /// How much the model changes over the image: the distance between its most distant corners.
  double gradient() const noexcept;
};

/// What the border ring says about the background.
struct Background {
  std::vector<Surface> surfaces;  ///< largest first; empty if nothing along the border can be a background
  double covered = 0;             ///< share of the ring that the surfaces hold, [0, 1]
  double texture = 0;  ///< median distance of ring pixels to the mean of their surroundings; 0 flat, grass 6 and more
  int thickness = 0;   ///< of the ring, in pixels

  /// How badly planes of colour describe the surfaces: their mean noise, weighted by their shares.
  double noise() const noexcept;
  /// True if things can be told from it: its surfaces hold most of the ring, are smooth enough and well described.
  bool legible() const noexcept { return !surfaces.empty() && covered >= 0.55 && texture <= 7.0 && noise() <= 8.0; }
};

/**
 * Reads the background off a ring along the border, 2 % of the shorter side thick. Returns none for an image under 16 pixels.
 *
 * The ring is walked around once, cut where the colour jumps (a distance of 6 within a few pixels), and the pieces are put
 * together by colour. A group is background if it holds half of the ring, or two corners, or lies on opposite sides: what
 * merely touches the border (a mug that is cut off) does none of these.
 */
[[nodiscard]] Background read_background(const LabImage& image);

/// The outermost ring of an image, walked clockwise from the top left corner.
class RingWalk {
 public:
  RingWalk(int width, int height) noexcept : width_{width}, height_{height} {}
  int length() const noexcept { return 2 * (width_ + height_) - 4; }
  struct Point {
    int x = 0, y = 0;
    int inwards_x = 0, inwards_y = 0;  ///< the step towards the inside
    int side = 0;                      ///< 0 top, 1 right, 2 bottom, 3 left
  };
  Point at(int i) const noexcept;

 private:
  int width_;
  int height_;
};

}  // namespace pentimento::offline::measuring
