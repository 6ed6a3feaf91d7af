#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace pentimento::capi {

/// The kind of object behind a handle.
enum class Kind : std::uint8_t { error = 1, text, image, engine, run, call };

/**
 * The objects behind the handles that callers hold.
 *
 * A handle is a number, not an address: a mark, the kind, a slot of the table and the generation of that slot. So a handle
 * that was released, is of another kind or was never given out is recognised, whatever its value.
 *
 * **Lifetime**: an object stays alive while the caller of `find` holds it, even if its handle is released meanwhile.
 * **Thread safety**: thread-safe.
 */
class HandleTable {
 public:
  constexpr HandleTable() = default;

  /// The table of the process. Never destroyed, because threads may outlive static objects.
  static HandleTable& instance() noexcept;

  /// Creates a handle, never 0. Throws `std::bad_alloc`, also beyond 2^24 objects.
  std::uint64_t add(Kind kind, std::shared_ptr<void> object);
  /// Returns the object of a handle, or null.
  std::shared_ptr<void> find(Kind kind, std::uint64_t handle) const noexcept;
  /// Invalidates a handle and returns its object, or null.
  std::shared_ptr<void> take(Kind kind, std::uint64_t handle) noexcept;

  /// Locked during a fork, so that the child gets a consistent table.
  void lock() noexcept { mutex_.lock(); }
  void unlock() noexcept { mutex_.unlock(); }

 private:
  struct Slot {
    std::shared_ptr<void> object;
    std::uint32_t generation = 1;
    std::uint32_t next_free = 0;
    Kind kind{};
  };

  const Slot* slot_of(Kind kind, std::uint64_t handle) const noexcept;

  mutable std::mutex mutex_;
  std::vector<Slot> slots_;
  std::uint32_t first_free_ = none;

  static constexpr std::uint32_t none = 0xFFFFFFFF;
};

}  // namespace pentimento::capi
