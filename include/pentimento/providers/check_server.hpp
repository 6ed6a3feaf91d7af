#pragma once

#include <pentimento/error.hpp>
#include <pentimento/http/client.hpp>
#include <pentimento/http/url.hpp>
#include <pentimento/providers/server.hpp>
#include <pentimento/secrets/secret.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace pentimento {

/**
 * Checks the address of a server and a key, by a request for `Server::check_path`.
 *
 * **Parameters**: `base_url` is the address that is used in place of the server's own. `key` may be empty.
 *
 * **Returns** a warning in a few words, or an empty text: "limits the rate of requests (HTTP 429)".
 *
 * **Errors**: `connect_failed` (does not run, or its certificate is not trusted) and the other errors of `http::Client::send`;
 * `unauthorized` (the key is rejected, or none was given); `not_found` (the address has no such page: most often its "/v1" is
 * missing); `unusable_reply` (something else answers there); those of `provider_error` for other statuses.
 *
 * **Cost**: none.
 */
boost::asio::awaitable<Result<std::string>> check_server(http::Client client, std::shared_ptr<const Server> server,
                                                         http::Url base_url, Secret key,
                                                         std::chrono::milliseconds timeout);

}  // namespace pentimento
