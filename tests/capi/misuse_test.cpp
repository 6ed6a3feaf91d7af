// Every function with every invalid value: an error code, and never a crash. misuse.py makes the calls from the header.

#include "api.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace pentimento::test;

namespace {

/// Valid values for all parameters but the invalid one: live handles, and places for results.
class Good {
 public:
  Good() : generator_{Backend::Finish::never}, bytes_{png()} {
    generator_.add_generator(engine_.get());
    critic_.add_critic(engine_.get());
    call_generator_.add_generator(call_engine_.get());
    critic_.add_critic(call_engine_.get());
    const std::string json = pentimento::test::request();
    ptm_refine(engine_.get(), PTM_STR(R"({"brief": "a mug", "generator": "mine", "critic": "judge"})"), nullptr, &run_,
               nullptr);
    ptm_refine(call_engine_.get(), view(json), nullptr, &call_run_, nullptr);
    REQUIRE(call_generator_.wait_started(1));
    ptm_parse_policy(PTM_STR("never"), &text_, nullptr);
    ptm_parse_policy(PTM_STR("nver"), &other_text_, &error_);
    image_ = picture();
  }

  // A function may have released these, so each is created again.
  ptm_error* error() {
    ptm_parse_policy(PTM_STR("nver"), &other_text_, &error_);
    return error_.get();
  }
  ptm_text* text() {
    ptm_parse_policy(PTM_STR("never"), &text_, nullptr);
    return text_.get();
  }
  ptm_image* image() {
    image_ = picture();
    return image_.get();
  }
  ptm_engine* engine() {
    spare_engine_ = new_engine();
    return spare_engine_.get();
  }
  ptm_run* run() { return run_.get(); }
  ptm_call* call() { return call_generator_.open().front(); }

  ptm_error* dead_error() { return dead(error()); }
  ptm_text* dead_text() { return dead(text()); }
  ptm_image* dead_image() { return dead(image()); }
  ptm_engine* dead_engine() { return dead(engine()); }
  ptm_run* dead_run() {
    ptm_run* run = nullptr;
    ptm_refine(engine_.get(), PTM_STR(R"({"brief": "a mug", "generator": "mine", "critic": "judge"})"), nullptr, &run,
               nullptr);
    ptm_run_destroy(run);
    return run;
  }
  ptm_call* dead_call() {
    Backend generator;
    EngineHandle engine = new_engine();
    static ptm_call* last;
    generator.on_start = [](Backend&, ptm_call* call) { last = call; };
    generator.add_generator(engine.get());
    critic_.add_critic(engine.get());
    RunHandle run;
    const std::string json = pentimento::test::request();
    ptm_refine(engine.get(), view(json), nullptr, &run, nullptr);
    ptm_run_wait(run.get(), 30'000, nullptr);
    return last;
  }

  ptm_error** error_out() { return &out_error_; }
  ptm_text** text_out() { return &out_text_; }
  ptm_image** image_out() { return &out_image_; }
  ptm_engine** engine_out() { return &out_engine_; }
  ptm_run** run_out() { return &out_run_; }
  std::size_t* size() { return &size_; }
  const std::uint8_t* bytes() { return bytes_.data(); }
  ptm_image_info* info() {
    info_ = {};
    info_.struct_size = sizeof info_;
    return &info_;
  }
  const ptm_backend* backend() {
    functions_ = critic_.functions();
    return &functions_;
  }

  /// Releases the results of the last call.
  void tidy() {
    out_error_.reset();
    out_text_.reset();
    out_image_.reset();
    out_engine_.reset();
    out_run_.reset();
  }

 private:
  template <class T>
  T* dead(T* handle) {
    if constexpr (std::is_same_v<T, ptm_error>) error_.reset();
    if constexpr (std::is_same_v<T, ptm_text>) text_.reset();
    if constexpr (std::is_same_v<T, ptm_image>) image_.reset();
    if constexpr (std::is_same_v<T, ptm_engine>) spare_engine_.reset();
    return handle;
  }

  Backend generator_;
  Backend call_generator_{Backend::Finish::never};
  Backend critic_;
  EngineHandle engine_ = new_engine();
  EngineHandle call_engine_ = new_engine();
  EngineHandle spare_engine_;
  RunHandle run_;
  RunHandle call_run_;
  Error error_;
  Text text_;
  Text other_text_;
  Picture image_;
  std::vector<std::uint8_t> bytes_;
  ptm_image_info info_{};
  ptm_backend functions_{};
  std::size_t size_ = 0;
  Error out_error_;
  Text out_text_;
  Picture out_image_;
  EngineHandle out_engine_;
  RunHandle out_run_;
};

/// Invalid handles: NULL, addresses, numbers that look like a handle, and numbers that do not.
template <class T>
T* bad_handle(int number) {
  static std::mt19937_64 random{7};
  static int somewhere = 0;
  switch (number) {
    case 0: return nullptr;
    case 1: return std::bit_cast<T*>(std::uint64_t{1});
    case 2: return std::bit_cast<T*>(UINT64_MAX);
    case 3: return reinterpret_cast<T*>(&somewhere);
    case 4: return std::bit_cast<T*>(random());
    case 5: return std::bit_cast<T*>(std::uint64_t{0xB7} << 56 | (random() >> 8));  // the mark of a handle
    default: return std::bit_cast<T*>(std::uint64_t{0xB7} << 56 | std::uint64_t{5} << 48 | 0xFFFFFF);
  }
}

/// A struct with this struct_size, whose excess is not zero, on the heap, where a sanitizer sees an access beyond it.
template <class T>
T* bad_struct(std::size_t size) {
  static std::unique_ptr<std::byte[]> memory;
  const std::size_t bytes = size > 100'000 ? sizeof(T) : std::max(size, sizeof(T));
  memory = std::make_unique<std::byte[]>(bytes);
  std::memset(memory.get(), 0, bytes);
  if (size > sizeof(T) && size < 100'000) std::memset(memory.get() + sizeof(T), 1, size - sizeof(T));
  T* const made = reinterpret_cast<T*>(memory.get());
  made->struct_size = size;
  return made;
}

const ptm_image* const* bad_images() {
  static const ptm_image* const images[] = {nullptr, nullptr};
  return images;
}

#include "misuse_calls.inc"

}  // namespace

TEST_SUITE_BEGIN("C ABI: misuse");

TEST_CASE("every function with every invalid value") {
  CHECK(misuses > 300);
  {
    Good good;
    misuse(good);
  }
  Backend generator;
  Backend critic;
  const EngineHandle engine = new_engine();
  generator.add_generator(engine.get());
  critic.add_critic(engine.get());
  RunHandle run;
  const std::string json = request();
  REQUIRE(ptm_refine(engine.get(), view(json), nullptr, &run, nullptr) == PTM_OK);
  CHECK(ptm_run_wait(run.get(), 30'000, nullptr) == PTM_OK);
}

TEST_SUITE_END();
