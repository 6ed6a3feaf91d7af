#include "support/images.hpp"
#include <pentimento/content_hash.hpp>
#include <pentimento/json.hpp>

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace pentimento;
using test::picture;
using test::png_bytes;

namespace {

std::string hash_of(std::string_view text) { return sha256(std::as_bytes(std::span{text})); }

}  // namespace

TEST_SUITE_BEGIN("content_hash");

TEST_CASE("SHA-256 test vectors") {
  // FIPS 180-4 and NIST's examples with intermediate values.
  CHECK(hash_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hash_of(std::string(1'000'000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("an image is hashed once") {
  const Image image = picture(7);
  const Image copy = image;
  CHECK(content_hash(image) == sha256(image.bytes()));
  CHECK(&content_hash(image) == &content_hash(copy));
  CHECK(content_hash(picture(7)) == content_hash(image));
  CHECK(content_hash(picture(8)) != content_hash(image));
}

TEST_CASE("many threads hash one image") {
  const Image image = picture(1);
  std::array<const std::string*, 8> hashes{};
  {
    std::vector<std::jthread> threads;
    for (const std::string*& hash : hashes) threads.emplace_back([&image, &hash] { hash = &content_hash(image); });
  }
  for (const std::string* hash : hashes) CHECK(hash == &content_hash(image));
}

TEST_CASE("a recorded image keeps its hash") {
  const Image image = picture(3, 40, 30);
  const Image recorded = Image::recorded(MediaType::png, {40, 30}, image.byte_count(), content_hash(image));
  CHECK(content_hash(recorded) == content_hash(image));
  const Result<Image> whole = restore(recorded, png_bytes(40, 30, 3));
  REQUIRE(whole.has_value());
  CHECK(*whole == image);
}

TEST_CASE("rejects bytes of another image") {
  const Image image = picture(3, 40, 30);
  const auto code = [](const Result<Image>& result) { return result.error().code(); };
  const Image recorded = Image::recorded(MediaType::png, {40, 30}, image.byte_count(), content_hash(image));
  const Result<Image> other = restore(recorded, png_bytes(40, 30, 4));
  CHECK(code(other) == errc::unreadable_image);
  CHECK(other.error().message() == "the bytes are not those of the recorded image: they are " +
                                       content_hash(picture(4, 40, 30)) + ", not " + content_hash(image));
  CHECK(code(restore(recorded, {})) == errc::unreadable_image);
  SUBCASE("also where the record says something else of the same bytes") {
    const Image doctored = Image::recorded(MediaType::jpeg, {40, 31}, image.byte_count(), content_hash(image));
    const Result<Image> result = restore(doctored, png_bytes(40, 30, 3));
    CHECK(code(result) == errc::unreadable_image);
    CHECK(result.error().message() ==
          "the bytes are not those of the recorded image: they are image/png of 40x30, not image/jpeg of 40x31");
  }
}

TEST_CASE("the hash of a brief") {
  Brief brief{"three red mugs"};
  CHECK(content_hash(brief) == hash_of(R"({"goal":"three red mugs"})"));
  const std::string before = content_hash(brief);
  brief.reference_image(picture(1));
  CHECK(content_hash(brief) != before);
  CHECK(content_hash(from_json<Brief>(to_json(brief)).value()) == content_hash(brief));
}

TEST_SUITE_END();
