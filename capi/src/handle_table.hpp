#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace pentimento::capi {

/// What a handle stands for.
enum class Kind : std::uint8_t { error = 1, text, image, engine, run, call };

/**
 * The objects behind the handles that callers hold.
 *
 * A handle is a number and no address: a mark, the kind, the place in the table, and how often that place was used. So one
 * that was let go of, is of another kind or was never given out is found out by looking it up, whatever its value.
 *
 * **Threads**: any. What is looked up stays alive as long as it is held, also if the handle is let go of meanwhile.
 */
class HandleTable {
 public:
  constexpr HandleTable() = default;

  /// The one table of the process. It is never destroyed: threads may outlast the static objects.
  static HandleTable& instance() noexcept;

  /// A handle for an object, never 0. Throws `std::bad_alloc`, also if there are 2^24 objects.
  std::uint64_t add(Kind kind, std::shared_ptr<void> object);
  /// The object of a handle, or null.
  std::shared_ptr<void> find(Kind kind, std::uint64_t handle) const noexcept;
  /// The object of a handle, or null; the handle is dead from now on.
  std::shared_ptr<void> take(Kind kind, std::uint64_t handle) noexcept;

  /// Held over a fork, so that the child finds the table whole.
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
