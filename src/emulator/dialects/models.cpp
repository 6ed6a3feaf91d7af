// The lists of models, what a key may do, and the answer to paths that no dialect knows.

#include "emulator/dialects/anthropic.hpp"
#include "emulator/dialects/dialect.hpp"
#include "emulator/dialects/openai.hpp"

#include <boost/json/value.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace pentimento::emulator {
namespace {

namespace json = boost::json;

/// Names of late 2026 that the dialects accept.
constexpr std::array<std::string_view, 6> openai_models{"gpt-6.1-sol", "gpt-6-astra",         "gpt-5.6-luna",
                                                        "gpt-image-2", "gpt-image-2.5-flare", "gpt-image-1.5"};
constexpr std::array<std::string_view, 3> anthropic_models{"claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"};

EmulatedReply openai_list(const EmulatedRequest& request) {
  json::array list;
  for (const std::string_view model : openai_models)
    list.push_back({{"id", model}, {"object", "model"}, {"created", 1'763'800'000}, {"owned_by", "emulator"}});
  return openai::json_reply(200, json::object{{"object", "list"}, {"data", std::move(list)}}, request.number());
}

EmulatedReply anthropic_list(const EmulatedRequest& request) {
  json::array list;
  for (const std::string_view model : anthropic_models) {
    list.push_back({{"type", "model"}, {"id", model}, {"display_name", model}, {"created_at", "2026-09-01T00:00:00Z"}});
  }
  const json::object body{{"data", std::move(list)},
                          {"has_more", false},
                          {"first_id", anthropic_models.front()},
                          {"last_id", anthropic_models.back()}};
  return anthropic::json_reply(200, body, request.number());
}

/// OpenRouter's answer about a key.
EmulatedReply key_of(const EmulatedRequest& request) {
  const json::object about{{"label", "emulated"}, {"limit", nullptr}, {"usage", 0}, {"is_free_tier", false}};
  return openai::json_reply(200, json::object{{"data", about}}, request.number());
}

class ModelsDialect final : public Dialect {
 public:
  explicit ModelsDialect(std::shared_ptr<const Backends> backends) : backends_{std::move(backends)} {}

  std::string name() const override { return "Models"; }
  std::vector<std::string> endpoints() const override { return {"GET  /v1/models", "GET  /v1/key"}; }
  bool matches(std::string_view) const override { return true; }

  boost::asio::awaitable<EmulatedReply> handle(EmulatedRequest request) override { co_return answer(request); }
  EmulatedReply error(const ErrorScript& error, std::uint64_t number) const override {
    return openai::reply_of(openai::api_error(error), number);
  }

 private:
  EmulatedReply answer(const EmulatedRequest& request) const {
    const std::uint64_t number = request.number();
    const bool is_key = request.path().ends_with("/v1/key");
    if ((!is_key && !request.path().ends_with("/v1/models")) || request.method() != "GET") {
      const openai::ApiError unknown{404, "Invalid URL (" + request.method() + ' ' + request.path() + ')'};
      return openai::reply_of(unknown, number);
    }
    // Both providers have this path. Only one of them has this header.
    const bool is_anthropic = request.headers().find("anthropic-version") != nullptr;
    const auto check = [&] {
      is_anthropic ? anthropic::check_headers(request, backends_->api_key)
                   : openai::check_key(request, backends_->api_key);
    };
    auto rejected = is_anthropic ? anthropic::rejection(number, check) : openai::rejection(number, check);
    if (rejected) return std::move(*rejected);
    if (is_key) return key_of(request);
    return is_anthropic ? anthropic_list(request) : openai_list(request);
  }

  std::shared_ptr<const Backends> backends_;
};

}  // namespace

std::unique_ptr<Dialect> make_models_dialect(std::shared_ptr<const Backends> backends) {
  return std::make_unique<ModelsDialect>(std::move(backends));
}

}  // namespace pentimento::emulator
