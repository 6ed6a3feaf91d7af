// A minimal generator of a user. tests/bench/compile_time measures how long it takes to compile.
#include <pentimento/generator.hpp>

namespace asio = boost::asio;
namespace ptm = pentimento;

namespace {

class House final : public ptm::Generator {
 public:
  explicit House(ptm::Image house) : house_{std::move(house)} {}

 private:
  ptm::Capabilities do_capabilities() const override { return ptm::Capabilities{"house"}; }

  asio::awaitable<ptm::Result<ptm::Generation>> do_generate(ptm::GenerationRequest request) override {
    ptm::Generation generation{house_};
    if (request.seed()) generation.seed(*request.seed());
    co_return generation;
  }

  ptm::Image house_;
};

}  // namespace

std::unique_ptr<ptm::Generator> make_house(ptm::Image image);
std::unique_ptr<ptm::Generator> make_house(ptm::Image image) { return std::make_unique<House>(std::move(image)); }
