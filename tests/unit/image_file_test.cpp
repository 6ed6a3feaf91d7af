#include "support/images.hpp"
#include <pentimento/image_file.hpp>

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace pentimento;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "pentimento-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path operator/(const char* name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void write(const fs::path& path, const test::Bytes& bytes) {
  std::ofstream{path, std::ios::binary}.write(reinterpret_cast<const char*>(bytes.data()),
                                              static_cast<std::streamsize>(bytes.size()));
}

bool mentions(const Error& error, const fs::path& path) {
  return error.message().find(path.string()) != std::string::npos;
}

}  // namespace

TEST_SUITE("image files") {
  TEST_CASE("save and load keep the bytes") {
    const Folder folder;
    const Image image = test::picture(5, 320, 200);
    REQUIRE(save(image, folder / "a.png").has_value());
    const Result<Image> read = load_image(folder / "a.png");
    REQUIRE(read.has_value());
    CHECK(*read == image);
    CHECK(read->size() == PixelSize{320, 200});
    // It replaces what was there, and leaves nothing else behind.
    REQUIRE(save(test::picture(6), folder / "a.png").has_value());
    CHECK(*load_image(folder / "a.png") == test::picture(6));
    CHECK(std::distance(fs::directory_iterator{folder.path()}, {}) == 1);
  }

  TEST_CASE("save accepts the longest names") {
    const Folder folder;
    const std::string name = std::string(251, 'n') + ".png";
    const Image image = test::picture(1);
    CHECK(save(image, folder / name.c_str()).has_value());
    CHECK(load_image(folder / name.c_str()).value() == image);
  }

  TEST_CASE("load names the file and the reason") {
    const Folder folder;
    const auto refused = [&](const fs::path& path, errc code, const char* why) {
      const Result<Image> image = load_image(path);
      REQUIRE(!image.has_value());
      CHECK(image.error().code() == code);
      CHECK(mentions(image.error(), path));
      CHECK_MESSAGE(image.error().message().find(why) != std::string::npos, image.error().message());
    };
    refused(folder / "none.png", errc::io_failed, "no such file");
    refused(folder.path(), errc::io_failed, "folder");
    std::ofstream{folder / "text.png"} << "no picture";
    refused(folder / "text.png", errc::unreadable_image, "PNG, JPEG, WebP or GIF");
    std::ofstream{folder / "empty.png"}.close();
    refused(folder / "empty.png", errc::unreadable_image, "no bytes");
  }

  TEST_CASE("load rejects pipes and devices") {
    const Folder folder;
    const auto refused = [&](const fs::path& path) {
      const Result<Image> image = load_image(path);
      REQUIRE(!image.has_value());
      CHECK(image.error().code() == errc::io_failed);
      CHECK(mentions(image.error(), path));
      CHECK_MESSAGE(image.error().message().find("regular file") != std::string::npos, image.error().message());
    };
    REQUIRE(mkfifo((folder / "pipe.png").c_str(), 0600) == 0);
    refused(folder / "pipe.png");  // nobody writes
    fs::create_symlink(folder / "pipe.png", folder / "link.png");
    refused(folder / "link.png");
    refused("/dev/zero");
    refused("/dev/null");
  }

  TEST_CASE("load accepts 64 MiB") {
    const Folder folder;
    test::Bytes bytes = test::png_bytes(64, 64);
    bytes.resize(max_image_bytes);
    write(folder / "most.png", bytes);
    CHECK(load_image(folder / "most.png").has_value());
    for (std::size_t more : {std::size_t{1}, std::size_t{1000}, std::size_t{64 * 1024}, std::size_t{200'000}}) {
      bytes.resize(max_image_bytes + more);
      write(folder / "more.png", bytes);
      const Result<Image> image = load_image(folder / "more.png");
      REQUIRE_MESSAGE(!image.has_value(), more);
      CHECK(image.error().code() == errc::too_large);
    }
  }

  TEST_CASE("save replaces whole files only") {
    const Folder folder;
    const Image image = test::picture(1);
    const auto refused = [&](const fs::path& path, errc code) {
      const Result<void> saved = save(image, path);
      REQUIRE(!saved.has_value());
      CHECK(saved.error().code() == code);
      CHECK(mentions(saved.error(), path));
    };
    refused(folder / "no-such-folder" / "a.png", errc::io_failed);
    fs::create_directory(folder / "folder.png");
    refused(folder / "folder.png", errc::io_failed);
    CHECK(fs::is_directory(folder / "folder.png"));
    CHECK(std::distance(fs::directory_iterator{folder.path()}, {}) == 1);

    // A link at the old, foreseeable name of the temporary file, and one at the file itself.
    write(folder / "thesis.txt", test::png_bytes(64, 64));
    const auto size = fs::file_size(folder / "thesis.txt");
    fs::create_symlink(folder / "thesis.txt", folder / "b.png.part");
    fs::create_symlink(folder / "thesis.txt", folder / "b.png");
    CHECK(save(test::picture(2), folder / "b.png").has_value());
    CHECK(!fs::is_symlink(folder / "b.png"));
    CHECK(fs::file_size(folder / "thesis.txt") == size);

    const Result<void> recorded =
        save(Image::recorded(MediaType::png, {1, 1}, 10, std::string(64, '0')), folder / "c.png");
    REQUIRE(!recorded.has_value());
    CHECK(recorded.error().code() == errc::invalid_argument);
    CHECK(!fs::exists(folder / "c.png"));

    if (fs::exists("/dev/full")) {
      std::ofstream full{"/dev/full"};
      const Result<void> saved = save(image, "/dev/full/a.png");
      CHECK(!saved.has_value());
    }
  }
}
