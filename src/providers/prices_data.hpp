#pragma once

#include <string_view>

namespace pentimento {

/// The JSON text of the built-in price table.
extern const std::string_view builtin_prices;

}  // namespace pentimento
