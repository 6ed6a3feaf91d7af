#pragma once

#include <pentimento/error.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::emulator {

/// One part of a form.
struct FormPart {
  std::string name;
  /// Of a file.
  std::optional<std::string> file_name{};
  /// As it stands in the part; empty where it does not.
  std::string content_type{};
  /// Within the body that was parsed.
  std::string_view content{};
};

/// The most that a form may have.
struct FormLimits {
  std::size_t parts = 64;
  std::size_t part_head_bytes = 8192;
  std::size_t name_bytes = 256;
};

/**
 * Takes a `multipart/form-data` body (RFC 7578) apart, in the order of its parts.
 *
 * Strict: the boundary follows RFC 2046, the body begins with it and ends with its closing form, and at most a line
 * break comes after that; lines end with CR LF; each part has one `Content-Disposition: form-data` with one name, and
 * at most one `Content-Type`; no parameter stands twice; no transfer encoding. Linear in the size of the body, which
 * must outlive the parts. Errors: `parse_failed`; `too_large` past a limit.
 */
Result<std::vector<FormPart>> parse_form_data(std::string_view content_type, std::string_view body,
                                              const FormLimits& limits = {});

}  // namespace pentimento::emulator
