#pragma once

#include <pentimento.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The C ABI as the tests use it: handles that release themselves, and text as strings.
namespace pentimento::test {

template <class T, void (*Release)(T*)>
class Owned {
 public:
  Owned() = default;
  explicit Owned(T* handle) : handle_{handle} {}
  Owned(Owned&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}
  Owned& operator=(Owned&& other) noexcept {
    Release(std::exchange(handle_, std::exchange(other.handle_, nullptr)));
    return *this;
  }
  ~Owned() { Release(handle_); }

  T* get() const { return handle_; }
  void reset() { Release(std::exchange(handle_, nullptr)); }
  /// For an out parameter.
  T** operator&() {
    reset();
    return &handle_;
  }

 private:
  T* handle_ = nullptr;
};

using Error = Owned<ptm_error, ptm_error_release>;
using Text = Owned<ptm_text, ptm_text_release>;
using Picture = Owned<ptm_image, ptm_image_release>;
using EngineHandle = Owned<ptm_engine, ptm_engine_destroy>;
using RunHandle = Owned<ptm_run, ptm_run_destroy>;

inline ptm_str view(std::string_view text) { return {text.data(), text.size()}; }
inline std::string string(ptm_str text) { return {text.data == nullptr ? "" : text.data, text.size}; }
inline std::string message(const Error& error) { return string(ptm_error_message(error.get())); }
inline std::string string(const Text& text) { return string(ptm_text_view(text.get())); }

inline EngineHandle new_engine(int threads = 1) {
  ptm_engine_options options{};
  options.struct_size = sizeof options;
  options.threads = threads;
  options.settings = PTM_STR(R"({"key_file": "", "dotenv": ""})");
  EngineHandle engine;
  ptm_engine_create(&options, &engine, nullptr);
  return engine;
}

/// A PNG of these sides without pixels. Different tags make different images.
std::vector<std::uint8_t> png(std::uint32_t width = 64, std::uint32_t height = 64, std::uint32_t tag = 0);
Picture picture(std::uint32_t tag = 0);

/// A backend that finishes its calls at once, or leaves them to the test, or throws.
class Backend {
 public:
  enum class Finish { at_once, never, throws };

  explicit Backend(Finish how = Finish::at_once) : how_{how} {}

  ptm_backend functions();
  ptm_status add_generator(ptm_engine* engine, std::string_view terms = R"({"name": "mine"})");
  ptm_status add_critic(ptm_engine* engine, std::string_view terms = R"({"name": "judge"})");
  ptm_status add_reviser(ptm_engine* engine, std::string_view description);

  /// The verdict on every requirement of a critique.
  std::string verdict = "pass";
  /// Called first by `start`.
  void (*on_start)(Backend& self, ptm_call* call) = nullptr;
  void* context = nullptr;

  std::atomic<int> started{0};
  std::atomic<int> cancelled{0};
  std::atomic<int> destroyed{0};
  /// The calls that `start` has not finished.
  std::vector<ptm_call*> open() {
    const std::lock_guard lock{mutex_};
    return open_;
  }
  /// Waits until this many calls have begun.
  bool wait_started(int count);
  bool wait_cancelled(int count);

  /// Finishes a call with an image, a verdict on each requirement, the prompt "revised" or, for a sink, {}.
  static ptm_status answer(ptm_call* call, const std::string& verdict = "pass");

 private:
  static void start(void* user, ptm_call* call);
  static void cancel(void* user, ptm_call* call);
  static void destroy(void* user);
  bool wait_for(const std::atomic<int>& number, int count);

  Finish how_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ptm_call*> open_;
};

/// `{"brief": ..., "generator": "mine", "critic": "judge", ...more}`, with one requirement.
std::string request(std::string_view more = "");

}  // namespace pentimento::test
