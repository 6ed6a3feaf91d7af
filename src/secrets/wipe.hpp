#pragma once

#include <openssl/crypto.h>

#include <string>

namespace pentimento::detail {

/// Empties a string and overwrites all of its memory. The compiler cannot optimise this away.
inline void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // does not allocate
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace pentimento::detail
