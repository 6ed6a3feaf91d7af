#pragma once

#include <pentimento/http/body.hpp>
#include <pentimento/image.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace pentimento::http {

/// A `multipart/form-data` body (RFC 7578). Its boundary is drawn at random, 144 bits, so that no content can hold it.
class FormData {
 public:
  FormData();

  /// Adds a text field. Quotes and line breaks in the name are percent-encoded, as browsers do; the value goes as it is.
  FormData& add(std::string_view name, std::string_view value);
  /// Adds a picture as a file with its media type; the name of the file is the field's with the type's extension.
  FormData& add(std::string_view name, const Image& image);

  /// The value of the `Content-Type` header.
  std::string content_type() const { return "multipart/form-data; boundary=" + boundary_; }
  /// The body; nothing can be added after this.
  Body take();

 private:
  void begin(std::string_view name, std::string_view more);

  std::string boundary_;
  Body body_;
};

static_assert(!std::is_aggregate_v<FormData>);

}  // namespace pentimento::http
