#include "progress_view.hpp"

#include "terminal.hpp"
#include <pentimento/http/retry.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>

using namespace pentimento;
using namespace std::chrono_literals;
using cli::ProgressView;
using cli::Terminal;

namespace {

/// What a view prints to an output without live lines.
std::string printed(const std::function<void(ProgressView& view)>& use) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), std::fclose};
  REQUIRE(file != nullptr);
  Terminal terminal{file.get()};
  ProgressView view{terminal, "run/"};
  use(view);
  terminal.flush();
  std::rewind(file.get());
  std::string text(4'096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  return text;
}

std::string words_of(std::chrono::milliseconds wait) {
  return printed([wait](ProgressView& view) {
    view.show(http::RetryWait{"https://api.example.com", wait, "the rate of requests is limited (HTTP 429)"});
  });
}

}  // namespace

TEST_SUITE("Progress view") {
  TEST_CASE("says that a call waits") {
    std::string text = words_of(20s);
    for (char& c : text) {
      if (c == '\n') c = ' ';
    }
    CAPTURE(text);
    CHECK(text.find("waiting 20 s, until ") != std::string::npos);
    CHECK(text.find("https://api.example.com") != std::string::npos);
    CHECK(text.find("HTTP 429") != std::string::npos);
  }

  TEST_CASE("keeps short waits to itself") { CHECK(words_of(999ms).empty()); }
}
