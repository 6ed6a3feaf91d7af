#pragma once

#include <pentimento/image.hpp>

#include <map>
#include <string>
#include <string_view>

namespace pentimento::cli {

/// Text of anybody's, as it may stand in HTML, in an element or in a quoted attribute. What controls a terminal or turns the
/// direction of text is replaced; line breaks stay.
std::string escaped(std::string_view text);

/// What stands for the `{{name}}`s of a template: HTML, escaped already where it needs to be.
using Fields = std::map<std::string, std::string, std::less<>>;

/// A template with its fields filled in. Once only: what a field brings in is not searched for fields. A name without a
/// field becomes nothing.
std::string filled(std::string_view html, const Fields& fields);

/// A term of a description list, with what is said of it: HTML.
std::string pair(std::string_view term, const std::string& html);

/// `data:image/png;base64,...`
std::string data_url(const Image& image);

/// `sha256-...`: how a content security policy names a style or script.
std::string csp_hash(std::string_view text);

}  // namespace pentimento::cli
