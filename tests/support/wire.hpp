#pragma once

#include <pentimento/detail/base64.hpp>
#include <pentimento/http/headers.hpp>
#include <pentimento/http/request.hpp>
#include <pentimento/http/response.hpp>
#include <pentimento/image.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Requests and replies as text.
namespace pentimento::test {

/// Creates a reply. **Parameters**: `fields` are the names and values of the header.
inline http::Response reply(int status, std::vector<http::Headers::Field> fields, std::string_view body) {
  http::Headers headers;
  for (http::Headers::Field& field : fields) headers.add(std::move(field.first), std::move(field.second));
  const auto bytes = std::as_bytes(std::span{body});
  return {status, std::move(headers), {bytes.begin(), bytes.end()}};
}

inline std::string text_of(const Image& image) {
  return {reinterpret_cast<const char*>(image.bytes().data()), image.bytes().size()};
}

inline std::string base64_of(const Image& image) { return detail::encode_base64(image.bytes()); }

/// Returns the body of a request. The boundary of a form is replaced by "b0und".
inline std::string body_of(const http::Request& request) {
  std::string body = request.body().to_string();
  constexpr std::string_view marker = "boundary=";
  const std::string_view type = request.headers().value("Content-Type");
  const std::size_t at = type.find(marker);
  if (at == std::string_view::npos) return body;
  const std::string boundary{type.substr(at + marker.size())};
  for (std::size_t i = body.find(boundary); i != std::string::npos; i = body.find(boundary, i))
    body.replace(i, boundary.size(), "b0und");
  return body;
}

/// Returns a text field of a form, as in its body.
inline std::string part(std::string_view name, std::string_view value) {
  return "--b0und\r\nContent-Disposition: form-data; name=\"" + std::string{name} + "\"\r\n\r\n" + std::string{value} +
         "\r\n";
}

/// Returns an image of a form, as in its body.
inline std::string part(std::string_view name, const Image& image) {
  const std::string type{to_string(image.media_type())};
  return "--b0und\r\nContent-Disposition: form-data; name=\"" + std::string{name} + "\"; filename=\"" +
         std::string{name} + '.' + std::string{file_extension(image.media_type())} + "\"\r\nContent-Type: " + type +
         "\r\n\r\n" + text_of(image) + "\r\n";
}

}  // namespace pentimento::test
