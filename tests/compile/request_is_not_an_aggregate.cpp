// g++ 12 destroys an aggregate twice that is made inside a co_await expression. What crosses an awaitable is none, so the
// expression that would do it cannot be written.
// expect: non-aggregate type|no matching constructor for initialization of .*GenerationRequest
#include <pentimento/generator.hpp>

namespace ptm = pentimento;

boost::asio::awaitable<ptm::Result<ptm::Generation>> draw(ptm::Generator& generator);
boost::asio::awaitable<ptm::Result<ptm::Generation>> draw(ptm::Generator& generator) {
#ifdef PENTIMENTO_MUST_FAIL
  co_return co_await generator.generate(ptm::GenerationRequest{.prompt = "a house"});
#else
  ptm::GenerationRequest request{"a house"};
  co_return co_await generator.generate(std::move(request));
#endif
}
