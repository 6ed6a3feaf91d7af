#include "handle_table.hpp"

#include <new>
#include <utility>

namespace pentimento::capi {
namespace {

/// An object that is never destroyed.
union Lasting {
  constexpr Lasting() : table{} {}
  ~Lasting() {}
  HandleTable table;
};

constinit Lasting lasting;

// From the top: 8 bits of mark and 8 of kind, 24 of generation, 24 of place.
constexpr std::uint64_t mark = 0xB7;
constexpr std::uint32_t most_slots = 1U << 24;
constexpr std::uint32_t generations = 1U << 24;

constexpr std::uint64_t handle_of(Kind kind, std::uint32_t generation, std::size_t place) {
  return mark << 56 | std::uint64_t{static_cast<std::uint8_t>(kind)} << 48 | std::uint64_t{generation} << 24 | place;
}

constexpr std::size_t place_of(std::uint64_t handle) { return handle & (most_slots - 1); }

}  // namespace

HandleTable& HandleTable::instance() noexcept { return lasting.table; }

std::uint64_t HandleTable::add(Kind kind, std::shared_ptr<void> object) {
  const std::lock_guard lock{mutex_};
  std::size_t place = first_free_;
  if (first_free_ == none) {
    if (slots_.size() == most_slots) throw std::bad_alloc{};
    place = slots_.size();
    slots_.emplace_back();
  } else {
    first_free_ = slots_[place].next_free;
  }
  Slot& slot = slots_[place];
  slot.kind = kind;
  slot.object = std::move(object);
  return handle_of(kind, slot.generation, place);
}

const HandleTable::Slot* HandleTable::slot_of(Kind kind, std::uint64_t handle) const noexcept {
  const std::size_t place = place_of(handle);
  if (place >= slots_.size()) return nullptr;
  const Slot& slot = slots_[place];
  return slot.object != nullptr && handle == handle_of(kind, slot.generation, place) && slot.kind == kind ? &slot
                                                                                                          : nullptr;
}

std::shared_ptr<void> HandleTable::find(Kind kind, std::uint64_t handle) const noexcept {
  const std::lock_guard lock{mutex_};
  const Slot* const slot = slot_of(kind, handle);
  return slot == nullptr ? nullptr : slot->object;
}

std::shared_ptr<void> HandleTable::take(Kind kind, std::uint64_t handle) noexcept {
  const std::lock_guard lock{mutex_};
  if (slot_of(kind, handle) == nullptr) return nullptr;
  const std::size_t place = place_of(handle);
  Slot& slot = slots_[place];
  // A place that has had every generation stays empty: its first handles would become valid again.
  if (++slot.generation < generations) {
    slot.next_free = first_free_;
    first_free_ = static_cast<std::uint32_t>(place);
  }
  return std::move(slot.object);  // which leaves null behind
}

}  // namespace pentimento::capi
