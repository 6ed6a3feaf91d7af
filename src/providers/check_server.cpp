#include "json/reply_text.hpp"
#include "providers/image_wire.hpp"
#include "providers/provider_error.hpp"
#include <pentimento/providers/check_server.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace pentimento {
namespace {

/// OpenRouter's list of models has some hundred KiB.
constexpr std::size_t most_reply_bytes = std::size_t{8} << 20;

std::string_view path_of(const http::Url& url) {
  return std::string_view{url.target()}.substr(0, url.target().find('?'));
}

/// Returns the advice for an address without the page: its version is missing, or the usual address.
std::string advice_on_address(const http::Url& base_url, const Server& server) {
  const Result<http::Url> usual = http::Url::parse(server.base_url);
  if (!usual) return "check the address";
  const std::string_view version = path_of(*usual).substr(path_of(*usual).rfind('/'));
  if (version.size() > 1 && !path_of(base_url).ends_with(version))
    return "its \"" + std::string{version} + "\" is missing: the address should be like " + usual->to_string();
  return base_url == *usual ? "try again later" : "check the address; the usual one is " + usual->to_string();
}

Result<std::string> meaning_of(const http::Response& response, const http::Url& page, const http::Url& base_url,
                               const Server& server, const ProviderCall& call) {
  const int status = response.status();
  const std::string asked = page.origin() + std::string{path_of(page)};
  const std::string sign = " (HTTP " + std::to_string(status) + ')';
  if (response.is_success()) {
    const Result<boost::json::value> body = json_form::parse_reply(response.text());
    if (body && (body->is_object() || body->is_array())) return std::string{};  // a list of models may be bare
    return Error{errc::unusable_reply, asked + " answers with " + type_in_words(response.media_type()) +
                                           ", which is not what " + call.provider + " answers; " +
                                           advice_on_address(base_url, server)};
  }
  if (status == 404 || status == 405 || status == 410)
    return Error{errc::not_found, "there is no " + asked + sign + "; " + advice_on_address(base_url, server)};
  if (status == 429) return "limits the rate of requests" + sign;
  Error error = provider_error(response, call);
  // OpenAI, for a key that may make images but not list models: "Missing scopes: api.model.read."
  if (status == 403 && error.provider_message().find("scope") != std::string::npos)
    return "does not let this key see /" + server.check_path + sign;
  return error;
}

}  // namespace

boost::asio::awaitable<Result<std::string>> check_server(http::Client client, std::shared_ptr<const Server> server,
                                                         http::Url base_url, Secret key,
                                                         std::chrono::milliseconds timeout) {
  const Result<http::Url> page = base_url.joined(server->check_path);
  if (!page) co_return page.error();
  ProviderCall call;
  call.provider = server->title.empty() ? server->name : server->title;
  call.key_name = server->key_name;
  call.has_key = !key.empty();
  http::Request request{http::Method::get, *page};
  for (const auto& [name, value] : server->check_fields) request.header(name, value);
  request.header("Accept", "application/json")
      .authorize(server->key_header, server->key_prefix, std::move(key))
      .timeout(timeout)
      .max_response_bytes(most_reply_bytes);
  const Result<http::Response> response = co_await client.send(std::move(request));
  if (!response) co_return response.error();
  co_return meaning_of(*response, *page, base_url, *server, call);
}

}  // namespace pentimento
