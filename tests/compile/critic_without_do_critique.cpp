// A critic must override do_critique; planning and comparing have defaults.
// expect: do_critique
#include <pentimento/critic.hpp>

#include <string>
#include <vector>

namespace {

class Kind final : public pentimento::Critic {
  std::string do_name() const override { return "kind"; }
#ifndef PENTIMENTO_MUST_FAIL
  boost::asio::awaitable<pentimento::Result<pentimento::Critique>> do_critique(pentimento::CritiqueRequest) override {
    co_return pentimento::Critique{std::vector<pentimento::Finding>{}};
  }
#endif
};

}  // namespace

std::string name_of_kind();
std::string name_of_kind() {
  Kind kind;
  return kind.name();
}
