#pragma once

#include <pentimento/detail/utf8.hpp>
#include <pentimento/generation.hpp>
#include <pentimento/http/headers.hpp>
#include <pentimento/http/response.hpp>
#include <pentimento/secrets/secret.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>

/// What the fuzz targets of provider replies share. Their input is a reply as text: a line with the status and words for the
/// target, the lines of the header, an empty line, the body.
namespace pentimento::fuzz {

inline std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

class ReplyInput {
 public:
  explicit ReplyInput(std::span<const std::uint8_t> input)
      : rest_{reinterpret_cast<const char*>(input.data()), input.size()}, first_{take_line(rest_)} {
    std::from_chars(first_.data(), first_.data() + first_.size(), status_);
    status_ = std::clamp(status_, 100, 999);
    while (!rest_.empty()) {
      const std::string_view line = take_line(rest_);
      if (line.empty()) break;
      const std::size_t colon = std::min(line.find(':'), line.size());
      std::string_view value = line.substr(std::min(colon + 1, line.size()));
      if (value.starts_with(' ')) value.remove_prefix(1);
      headers_.add(std::string{line.substr(0, colon)}, std::string{value});
    }
  }

  /// True if the first line contains a word.
  bool says(std::string_view word) const { return first_.find(word) != std::string_view::npos; }
  std::string_view body() const { return rest_; }
  http::Response response() const {
    const auto bytes = std::as_bytes(std::span{rest_});
    return {status_, headers_, {bytes.begin(), bytes.end()}};
  }

 private:
  std::string_view rest_;
  std::string_view first_;
  int status_ = 200;
  http::Headers headers_;
};

/// A key that no text may contain.
inline const Secret& canary() {
  static const Secret secret{std::string{"not-a-real-key-0123456789"}};
  return secret;
}

inline void check(bool holds) {
  if (!holds) std::abort();
}

inline void check_text(const std::string& text) {
  check(text.find(canary().reveal()) == std::string::npos);
  check(detail::valid_utf8(text) == text);
  check(std::ranges::none_of(text, [](char c) { return c == '\0' || c == '\x1b' || c == '\r'; }));
}

/// Checks that a result is an image with a valid charge, or an error that is safe to show.
inline void check(const Result<Generation>& result) {
  if (result) {
    check(!result->images().empty());
    for (const Image& image : result->images()) check(image.has_bytes() && image.size().area() > 0);
    check(result->charge().amount() >= Money{});
    return;
  }
  const Error error = result.error();
  check(to_string(error.code()) != "unknown");
  check(!error.message().empty() && error.message().size() < 1000);
  check(error.provider_message().size() <= 2000);
  check(error.charge().amount() >= Money{});
  check_text(error.message());
  check_text(error.provider_message());
  check_text(error.request_id());
}

}  // namespace pentimento::fuzz
