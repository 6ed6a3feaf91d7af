#pragma once

#include <openssl/crypto.h>

#include <string>

namespace pentimento::http {

/// Empties a text and overwrites all of its memory, in a way that no optimiser leaves out.
inline void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // within what is allocated already
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace pentimento::http
