#include <pentimento/detail/base64.hpp>
#include <pentimento/error.hpp>
#include <pentimento/http/form_data.hpp>
#include <pentimento/media_type.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace pentimento::http {
namespace {

std::string random_boundary() {
  std::array<unsigned char, 18> bits{};
  if (RAND_bytes(bits.data(), static_cast<int>(bits.size())) != 1)
    throw Failure{Error{errc::backend_failed, "OpenSSL has no random numbers"}};
  std::string text = detail::encode_base64(std::as_bytes(std::span{bits}));
  // A token needs no quotation marks.
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return "pentimento-" + text;
}

/// Escapes a name for `Content-Disposition` (WHATWG HTML, "multipart form data").
std::string escaped(std::string_view name) {
  std::string text;
  for (char c : name) {
    switch (c) {
      case '"': text += "%22"; break;
      case '\r': text += "%0D"; break;
      case '\n': text += "%0A"; break;
      default: text += c;
    }
  }
  return text;
}

}  // namespace

FormData::FormData() : boundary_{random_boundary()} {}

FormData& FormData::add(std::string_view name, std::string_view value) {
  begin(name, "");
  body_.add(std::string{value}).add("\r\n");
  return *this;
}

FormData& FormData::add(std::string_view name, const Image& image) {
  const std::string file = escaped(name) + '.' + std::string{file_extension(image.media_type())};
  begin(name, "; filename=\"" + file + "\"\r\nContent-Type: " + std::string{to_string(image.media_type())});
  body_.add(image).add("\r\n");
  return *this;
}

Body FormData::take() {
  body_.add("--" + boundary_ + "--\r\n");
  return std::move(body_);
}

void FormData::begin(std::string_view name, std::string_view more) {
  body_.add("--" + boundary_ + "\r\nContent-Disposition: form-data; name=\"" + escaped(name) + '"' + std::string{more} +
            "\r\n\r\n");
}

}  // namespace pentimento::http
