#include <pentimento/content_hash.hpp>
#include <pentimento/json.hpp>
#include <pentimento/media_type.hpp>

#include <openssl/evp.h>

#include <array>
#include <mutex>
#include <utility>

namespace pentimento {

std::string sha256(std::span<const std::byte> bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw Failure{Error{errc::backend_failed, "OpenSSL cannot work out a SHA-256 here"}};
  }
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(std::size_t{size} * 2);
  for (unsigned int i = 0; i < size; ++i) {
    text += digits[digest[i] >> 4];
    text += digits[digest[i] & 15];
  }
  return text;
}

const std::string& content_hash(const Image& image) {
  const Image::State& state = *image.state_;
  // A recorded image has its hash from the start, and no bytes to work it out from.
  const std::lock_guard lock{state.hashing};
  if (image.has_bytes() && state.sha256.empty()) state.sha256 = sha256(state.bytes);
  return state.sha256;
}

std::string content_hash(const Brief& brief) {
  const std::string text = to_text(brief);
  return sha256(std::as_bytes(std::span{text}));
}

Result<Image> restore(const Image& recorded, std::vector<std::byte> bytes) {
  Result<Image> image = Image::from_bytes(std::move(bytes));
  if (!image) return image;
  const auto other = [](const std::string& is, const std::string& was) {
    return Error{errc::unreadable_image,
                 "the bytes are not those of the recorded image: they are " + is + ", not " + was};
  };
  if (content_hash(*image) != content_hash(recorded)) return other(content_hash(*image), content_hash(recorded));
  // The hash vouches for the bytes, but not for what a record says of them.
  const auto facts = [](const Image& of) {
    return std::string{to_string(of.media_type())} + " of " + to_string(of.size());
  };
  if (facts(*image) != facts(recorded)) return other(facts(*image), facts(recorded));
  return image;
}

}  // namespace pentimento
