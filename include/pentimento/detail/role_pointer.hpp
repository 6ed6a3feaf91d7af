#pragma once

#include <pentimento/error.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace pentimento::detail {

/// A role given as an object, which is moved or copied to the heap, or as a smart pointer. **Errors**: throws `Failure` with
/// `invalid_argument` for a null pointer.
template <class Role>
class RolePointer {
 public:
  template <class Derived>
    requires std::derived_from<std::remove_cvref_t<Derived>, Role>
  RolePointer(Derived&& object)
      : role_{std::make_shared<std::remove_cvref_t<Derived>>(std::forward<Derived>(object))} {}

  template <std::derived_from<Role> Derived>
  RolePointer(std::shared_ptr<Derived> pointer) : role_{std::move(pointer)} {
    if (role_ == nullptr) throw Failure{Error{errc::invalid_argument, "a role was given as a null pointer"}};
  }

  template <std::derived_from<Role> Derived>
  RolePointer(std::unique_ptr<Derived> pointer) : RolePointer{std::shared_ptr<Derived>{std::move(pointer)}} {}

  std::shared_ptr<Role> share() && noexcept { return std::move(role_); }

 private:
  std::shared_ptr<Role> role_;
};

}  // namespace pentimento::detail
