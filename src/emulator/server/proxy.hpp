#pragma once

#include "emulator/server/http_request.hpp"
#include "http/stream.hpp"
#include <pentimento/error.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

// What an emulator does that is a proxy besides.

namespace pentimento::emulator {

/// Whether a request is one for a proxy: CONNECT, or with a whole address in its first line.
bool is_for_proxy(const HttpRequest& request);

/// Connects to the server that such a request names, which has to be on this machine: localhost, 127.0.0.1 or [::1].
/// `request` must outlive the call. Errors: `connect_failed`, `invalid_argument`.
boost::asio::awaitable<Result<std::shared_ptr<http::Stream>>> connect_to_origin(const HttpRequest& request);

/// The request as the origin is to get it: without what is for the proxy, and for one reply only.
std::string request_to_origin(HttpRequest request);

/// Carries bytes both ways, `first` before all others to `origin`, until both sides have ended.
boost::asio::awaitable<void> relay(std::shared_ptr<http::Stream> client, std::shared_ptr<http::Stream> origin,
                                   std::string first);

}  // namespace pentimento::emulator
