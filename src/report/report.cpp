#include "report/page.hpp"
#include <pentimento/content_hash.hpp>
#include <pentimento/detail/base64.hpp>
#include <pentimento/json.hpp>
#include <pentimento/report.hpp>
#include <pentimento/version.hpp>

#include <charconv>
#include <cstddef>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace pentimento {

namespace {

/// The template with a text for each `{{name}}`. A text is not searched for names.
std::string filled(std::string_view page, const std::map<std::string_view, std::string>& fields) {
  std::string text;
  while (true) {
    const std::size_t begin = page.find("{{");
    if (begin == std::string_view::npos) return text.append(page);
    const std::size_t end = page.find("}}", begin);
    text.append(page.substr(0, begin)).append(fields.at(page.substr(begin + 2, end - begin - 2)));
    page.remove_prefix(end + 2);
  }
}

/// `sha256-...`: how a content security policy names a style or script.
std::string csp_hash(std::string_view text) {
  const std::string hex = sha256(std::as_bytes(std::span{text}));
  std::vector<std::byte> digest(hex.size() / 2);
  for (std::size_t i = 0; i < digest.size(); ++i) {
    unsigned char byte = 0;
    std::from_chars(&hex[2 * i], &hex[2 * i] + 2, byte, 16);
    digest[i] = std::byte{byte};
  }
  return "sha256-" + detail::encode_base64(digest);
}

/// JSON as it may be embedded in HTML: without "<", nothing in it can end the element or open a comment.
std::string embeddable(const std::string& json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) c == '<' ? text += "\\u003c" : text += c;
  return text;
}

/// The images of a run by the SHA-256 of their bytes, as a JSON object of data URLs.
std::string images_of(const Transcript& run) {
  std::map<std::string, const Image*> images;
  const auto add = [&images](const Image& image) {
    if (image.has_bytes()) images.emplace(content_hash(image), &image);
  };
  for (const Round& round : run.rounds()) {
    for (const Candidate& candidate : round.candidates()) {
      add(candidate.image());
      if (candidate.critique() && candidate.critique()->judged()) add(*candidate.critique()->judged());
    }
  }
  std::string json = "{";
  for (const auto& [hash, image] : images) {
    json += (json.size() > 1 ? ",\n\"" : "\"") + hash + "\":\"data:" + std::string{to_string(image->media_type())} +
            ";base64," + detail::encode_base64(image->bytes()) + '"';
  }
  return json + '}';
}

}  // namespace

std::string report_html(const Transcript& run) {
  return filled(report::page_template, {{"style", std::string{report::page_style}},
                                        {"style_hash", csp_hash(report::page_style)},
                                        {"script", std::string{report::page_script}},
                                        {"script_hash", csp_hash(report::page_script)},
                                        {"version", std::string{version()}},
                                        {"transcript", embeddable(to_text(run))},
                                        {"images", images_of(run)}});
}

}  // namespace pentimento
