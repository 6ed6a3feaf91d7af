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
  /// Set for a file.
  std::optional<std::string> file_name{};
  /// As given in the part. Empty if not given.
  std::string content_type{};
  /// A view into the body that was parsed.
  std::string_view content{};
};

struct FormLimits {
  std::size_t parts = 64;
  std::size_t part_head_bytes = 8192;
  std::size_t name_bytes = 256;
};

/**
 * Parses a `multipart/form-data` body (RFC 7578).
 *
 * Strict: the boundary follows RFC 2046; the body begins with it and ends with its closing form and at most a line break;
 * lines end with CR LF; each part has one `Content-Disposition: form-data` with one name and at most one `Content-Type`;
 * parameters are not repeated; there is no transfer encoding.
 *
 * **Returns** the parts in order. **Lifetime**: the body must outlive them. **Errors**: `parse_failed`; `too_large` above
 * a limit.
 */
Result<std::vector<FormPart>> parse_form_data(std::string_view content_type, std::string_view body,
                                              const FormLimits& limits = {});

}  // namespace pentimento::emulator
