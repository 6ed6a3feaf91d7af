#pragma once

#include "emulator/server/http_request.hpp"
#include "http/stream.hpp"
#include <pentimento/error.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

// The emulator as an HTTP proxy.

namespace pentimento::emulator {

/// True if a request is for a proxy: CONNECT, or with a whole URL in its first line.
bool is_for_proxy(const HttpRequest& request);

/// Connects to the server that such a request names, which must be on this machine. `request` must outlive the call.
/// Errors: `connect_failed`, `invalid_argument`.
boost::asio::awaitable<Result<std::shared_ptr<http::Stream>>> connect_to_origin(const HttpRequest& request);

/// The request for the origin: without the headers for the proxy, and with `Connection: close`.
std::string request_to_origin(HttpRequest request);

/// Forwards bytes in both directions until both sides have ended. `first` is sent to `origin` first.
boost::asio::awaitable<void> relay(std::shared_ptr<http::Stream> client, std::shared_ptr<http::Stream> origin,
                                   std::string first);

}  // namespace pentimento::emulator
