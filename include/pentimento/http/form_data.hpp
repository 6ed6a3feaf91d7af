#pragma once

#include <pentimento/http/body.hpp>
#include <pentimento/image.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace pentimento::http {

/// A builder of a `multipart/form-data` body (RFC 7578). The boundary has 144 random bits, so no content can contain it.
class FormData {
 public:
  FormData();

  /// Adds a text field. Quotes and line breaks in the name are percent-encoded, as in browsers; the value is sent unchanged.
  FormData& add(std::string_view name, std::string_view value);
  /// Adds an image as a file with its media type. The file name is the field name and the extension of the type.
  FormData& add(std::string_view name, const Image& image);

  /// Returns the value of the `Content-Type` header.
  std::string content_type() const { return "multipart/form-data; boundary=" + boundary_; }
  /// Returns the finished body. Nothing can be added afterwards.
  Body take();

 private:
  void begin(std::string_view name, std::string_view more);

  std::string boundary_;
  Body body_;
};

static_assert(!std::is_aggregate_v<FormData>);

}  // namespace pentimento::http
