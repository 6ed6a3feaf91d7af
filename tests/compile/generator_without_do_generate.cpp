// A generator must override do_generate.
// expect: do_generate
#include <pentimento/generator.hpp>

namespace {

class House final : public pentimento::Generator {
  pentimento::Capabilities do_capabilities() const override { return pentimento::Capabilities{"house"}; }
#ifndef PENTIMENTO_MUST_FAIL
  boost::asio::awaitable<pentimento::Result<pentimento::Generation>> do_generate(
      pentimento::GenerationRequest) override {
    co_return pentimento::Error{pentimento::errc::unsupported, "no house today"};
  }
#endif
};

}  // namespace

bool makes_houses();
bool makes_houses() {
  House house;
  return house.capabilities().name() == "house";
}
