#include "emulator/dialects/dialect.hpp"

#include <pentimento/json.hpp>

#include <algorithm>

namespace pentimento::emulator {

using http::Headers;

std::string_view bearer_key(const Headers& headers) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view value = headers.value("authorization");
  return Headers::same_name(value.substr(0, scheme.size()), scheme) ? value.substr(scheme.size()) : std::string_view{};
}

bool has_media_type(const EmulatedRequest& request, std::string_view type) {
  const std::string_view value = request.headers().value("content-type");
  return Headers::same_name(value.substr(0, std::min(value.find_first_of("; \t"), value.size())), type);
}

Result<boost::json::value> parse_object(const EmulatedRequest& request, std::size_t depth) {
  JsonLimits limits;
  limits.bytes = request.body().size();
  limits.depth = depth;
  Result<boost::json::value> body = parse_json(request.body(), limits);
  if (body && !body->is_object()) return Error{errc::parse_failed, "it is not an object"};
  return body;
}

std::vector<std::unique_ptr<Dialect>> make_dialects(const std::shared_ptr<const Backends>& backends) {
  std::vector<std::unique_ptr<Dialect>> dialects;
  dialects.push_back(make_stability_dialect(backends));
  dialects.push_back(make_openai_images_dialect(backends));
  dialects.push_back(make_chat_completions_dialect(backends));
  dialects.push_back(make_anthropic_messages_dialect(backends));
  dialects.push_back(make_models_dialect(backends));
  return dialects;
}

}  // namespace pentimento::emulator
