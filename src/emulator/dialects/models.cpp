// What remains: the list of models, and the answers to addresses that do not exist.

#include "emulator/dialects/dialect.hpp"
#include "emulator/dialects/openai_errors.hpp"

#include <boost/json/value.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace pentimento::emulator {
namespace {

namespace json = boost::json;
using openai::Complaint;

/// Names that the dialects here take, of late 2026.
constexpr std::array<std::string_view, 6> models{"gpt-6.1-sol", "gpt-6-astra",         "gpt-5.6-luna",
                                                 "gpt-image-2", "gpt-image-2.5-flare", "gpt-image-1.5"};

class ModelsDialect final : public Dialect {
 public:
  explicit ModelsDialect(std::shared_ptr<const Backends> backends) : backends_{std::move(backends)} {}

  std::string name() const override { return "Models"; }
  std::vector<std::string> endpoints() const override { return {"GET  /v1/models"}; }
  bool matches(std::string_view, std::string_view) const override { return true; }

  boost::asio::awaitable<EmulatedReply> handle(EmulatedRequest request) override { co_return answer(request); }
  EmulatedReply error(const ErrorScript& error, std::uint64_t number) const override {
    return openai::reply_of(error, number);
  }

 private:
  EmulatedReply answer(const EmulatedRequest& request) const {
    const bool is_list = request.path().ends_with("/models");
    if (!is_list || request.method() != "GET") {
      const Complaint unknown{404, "Invalid URL (" + request.method() + ' ' + request.path() + ')'};
      return openai::reply_of(unknown, request.number());
    }
    if (const auto complaint = openai::complaint_about_key(request.headers(), backends_->api_key))
      return openai::reply_of(*complaint, request.number());
    json::array list;
    for (const std::string_view model : models) {
      json::object entry;
      entry["id"] = model;
      entry["object"] = "model";
      entry["created"] = 1'763'800'000;
      entry["owned_by"] = "emulator";
      list.push_back(std::move(entry));
    }
    json::object body;
    body["object"] = "list";
    body["data"] = std::move(list);
    return openai::json_reply(200, body, request.number());
  }

  std::shared_ptr<const Backends> backends_;
};

}  // namespace

std::unique_ptr<Dialect> make_models_dialect(std::shared_ptr<const Backends> backends) {
  return std::make_unique<ModelsDialect>(std::move(backends));
}

}  // namespace pentimento::emulator
