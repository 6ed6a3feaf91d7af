#pragma once

#include <pentimento/charge.hpp>
#include <pentimento/image.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pentimento {

/// What came back from a generator.
class Generation {
 public:
  explicit Generation(Image image) { images_.push_back(std::move(image)); }
  explicit Generation(std::vector<Image> images) : images_{std::move(images)} {}

  /// At least one; each becomes a candidate of its own.
  const std::vector<Image>& images() const noexcept { return images_; }

  /// The seed that the generator says it used.
  const std::optional<std::uint64_t>& seed() const noexcept { return seed_; }
  Generation& seed(std::optional<std::uint64_t> seed) { return seed_ = seed, *this; }

  /// The prompt that the provider made of the one it was given, where it says so; else empty.
  const std::string& revised_prompt() const noexcept { return revised_prompt_; }
  Generation& revised_prompt(std::string prompt) { return revised_prompt_ = std::move(prompt), *this; }

  /// The provider's id of the request; empty if there is none.
  const std::string& request_id() const noexcept { return request_id_; }
  Generation& request_id(std::string id) { return request_id_ = std::move(id), *this; }

  const Charge& charge() const noexcept { return charge_; }
  Generation& charge(Charge charge) { return charge_ = charge, *this; }

  friend bool operator==(const Generation&, const Generation&) = default;

 private:
  std::vector<Image> images_;
  std::optional<std::uint64_t> seed_;
  std::string revised_prompt_;
  std::string request_id_;
  Charge charge_;
};

static_assert(!std::is_aggregate_v<Generation>);

}  // namespace pentimento
