// g++ 12 destroys a temporary function object twice within a co_await expression.
// expect: offload
#include <pentimento/offload.hpp>

#include <memory>

namespace asio = boost::asio;

asio::awaitable<int> answer(asio::any_io_executor pool, std::shared_ptr<int> value);
asio::awaitable<int> answer(asio::any_io_executor pool, std::shared_ptr<int> value) {
#ifdef PENTIMENTO_MUST_FAIL
  co_return co_await pentimento::offload(pool, [value] { return *value; });
#else
  auto job = [value] { return *value; };
  co_return co_await pentimento::offload(pool, job);
#endif
}
