// Replaces functions of the C library: the linker finds these first.

#include "fake_system.hpp"

#include <dlfcn.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

namespace pentimento::test {

namespace {

struct Name {
  std::vector<std::string> addresses;
  int failure = 0;
  int failures = 0;
  int hangs = 0;
  int asked = 0;
};

struct Names {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, Name> known;
  bool installed = false;
  int inside = 0;
};

/// Never destroyed: an abandoned look-up may return late.
Names& names() {
  static Names& instance = *new Names;
  return instance;
}

std::atomic<std::int64_t> wall_shift{0};

using GetAddrInfo = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

GetAddrInfo real_getaddrinfo() {
  static const auto function = reinterpret_cast<GetAddrInfo>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return function;
}

/// Joins results of the real `getaddrinfo`, so that `freeaddrinfo` can free them.
int list_of(const std::vector<std::string>& addresses, const addrinfo* wishes, addrinfo** list) {
  *list = nullptr;
  addrinfo** end = list;
  for (const std::string& address : addresses) {
    addrinfo hints = *wishes;
    hints.ai_flags = AI_NUMERICHOST;
    if (const int error = real_getaddrinfo()(address.c_str(), nullptr, &hints, end); error != 0) return error;
    while (*end != nullptr) end = &(*end)->ai_next;
  }
  return 0;
}

}  // namespace

FakeNames::FakeNames() {
  const std::lock_guard lock{names().mutex};
  names().installed = true;
}

FakeNames::~FakeNames() {
  std::unique_lock lock{names().mutex};
  names().installed = false;
  names().changed.notify_all();
  names().changed.wait(lock, [] { return names().inside == 0; });
  names().known.clear();
}

void FakeNames::answer(const std::string& name, std::vector<std::string> addresses) {
  const std::lock_guard lock{names().mutex};
  names().known[name].addresses = std::move(addresses);
}

void FakeNames::fail(const std::string& name, int error, int times) {
  const std::lock_guard lock{names().mutex};
  names().known[name].failure = error;
  names().known[name].failures = times;
}

void FakeNames::hang(const std::string& name, int times) {
  const std::lock_guard lock{names().mutex};
  names().known[name].hangs = times;
}

int FakeNames::asked(const std::string& name) const {
  const std::lock_guard lock{names().mutex};
  return names().known[name].asked;
}

void shift_wall_clock(std::chrono::seconds by) { wall_shift += by.count(); }

}  // namespace pentimento::test

using namespace pentimento::test;

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** list) {
  std::unique_lock lock{names().mutex};
  const auto found = node == nullptr ? names().known.end() : names().known.find(node);
  if (!names().installed || found == names().known.end()) {
    lock.unlock();
    return real_getaddrinfo()(node, service, hints, list);
  }
  Name& name = found->second;
  ++name.asked;
  ++names().inside;
  if (name.hangs > 0) {
    --name.hangs;
    names().changed.wait(lock, [] { return !names().installed; });
  }
  int result = EAI_NONAME;
  if (name.failures > 0) {
    --name.failures;
    result = name.failure;
  } else if (!name.addresses.empty()) {
    result = list_of(name.addresses, hints, list);
  }
  --names().inside;
  names().changed.notify_all();
  return result;
}

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const auto result = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  if (clock == CLOCK_REALTIME) time->tv_sec += wall_shift.load();
  return result;
}
