#include "detail/environment.hpp"
#include "secrets/wipe.hpp"
#include <pentimento/detail/base64.hpp>
#include <pentimento/detail/utf8.hpp>
#include <pentimento/secrets/secret.hpp>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <utility>
#include <vector>

namespace pentimento {
namespace {

using detail::wipe;

// Shorter secrets are not redacted.
constexpr std::size_t shortest_secret = 6;
// So many characters of a secret are redacted even if the rest is missing.
constexpr std::size_t shortest_beginning = 12;

struct Wiping {
  void operator()(std::string* text) const noexcept {
    wipe(*text);
    delete text;
  }
};

/// Text that is overwritten when it is destroyed. A move does not copy it, so it leaves nothing behind.
using WipedText = std::unique_ptr<std::string, Wiping>;

/// One of the forms in which a secret is searched for.
struct Form {
  Form(const std::string& s, WipedText t, std::size_t l, char m, unsigned b)
      : secret{&s}, text{std::move(t)}, least{l}, more{m}, more_bits{b} {}
  unsigned char first() const noexcept { return static_cast<unsigned char>(text->front()); }

  const std::string* secret;  ///< The secret itself.
  WipedText text;
  std::size_t least;   ///< A match needs so many characters from the first.
  char more;           ///< In base64: the character after the text that has some bits of the secret,
  unsigned more_bits;  ///< and how many.
};

Form plain_form(const std::string& secret) {
  return {secret, WipedText{new std::string{secret}}, std::min(secret.size(), shortest_beginning), '\0', 0};
}

/// The base64 form of the secret after `before` bytes of something else, such as a user name. Contains only the characters
/// whose six bits are all of the secret.
Form base64_form(const std::string& secret, std::size_t before, bool url_safe) {
  WipedText bytes{new std::string};
  bytes->reserve(before + secret.size());
  bytes->assign(before, '\0').append(secret);
  WipedText text{new std::string{detail::encode_base64(std::as_bytes(std::span{*bytes}))}};
  if (url_safe) {
    std::ranges::replace(*text, '+', '-');
    std::ranges::replace(*text, '/', '_');
  }
  const auto whole_characters = [](std::size_t count) { return count * 8 / 6; };
  const std::size_t begin = (before * 8 + 5) / 6;
  const std::size_t end = whole_characters(bytes->size());
  const auto more_bits = static_cast<unsigned>(bytes->size() * 8 % 6);
  const char more = more_bits == 0 ? '\0' : (*text)[end];
  text->resize(end);
  text->erase(0, begin);
  const std::size_t least = whole_characters(before + std::min(secret.size(), shortest_beginning)) - begin;
  return {secret, std::move(text), least, more, more_bits};
}

/// Returns the six bits of a character of either base64 alphabet.
std::optional<unsigned> sextet(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0' + 52);
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return std::nullopt;
}

std::optional<unsigned> hexadecimal(std::string_view digits) {
  unsigned value = 0;
  for (char c : digits) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<unsigned>(digit);
  }
  return value;
}

// What an escape sequence or a character that does not show begins with.
constexpr std::string_view disguises{
    "%\\\0\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e"
    "\x1f\x7f"
    "\xC2\xD8\xE1\xE2\xEF\xF3",
    38};

constexpr bool hides(char32_t c) {
  return c != '\n' && c != '\r' && c != '\t' && (detail::is_invisible(c) || c == 0x200C || c == 0x200D);
}

/// An escaped character and the length of its escape sequence.
struct Escape {
  char character;
  std::size_t length;
};

/// Returns the escape sequence at the start of the text: "%2B", or JSON's "\/", "\"", "\\" or "\u002b".
std::optional<Escape> escape_at_start(std::string_view text) {
  std::optional<unsigned> code;
  std::size_t length = 0;
  if (text.size() >= 3 && text[0] == '%') {
    code = hexadecimal(text.substr(1, 2));
    length = 3;
  } else if (text.size() >= 6 && text.starts_with("\\u00")) {
    code = hexadecimal(text.substr(4, 2));
    length = 6;
  } else if (text.size() >= 2 && text[0] == '\\' && (text[1] == '/' || text[1] == '"' || text[1] == '\\')) {
    code = static_cast<unsigned char>(text[1]);
    length = 2;
  }
  if (!code) return std::nullopt;
  return Escape{static_cast<char>(*code), length};
}

/// Returns the length of what does not show at the start of the text: an invisible character or a joiner, also as JSON's "\u200b".
/// Whoever sends a key back with such characters between its letters has it whole again once they are removed.
std::size_t invisible_at_start(std::string_view text) {
  if (text.size() >= 6 && text.starts_with("\\u")) {
    const std::optional<unsigned> code = hexadecimal(text.substr(2, 4));
    return code && hides(*code) ? 6 : 0;
  }
  std::string_view rest = text;
  return !text.empty() && hides(detail::take_character(rest)) ? text.size() - rest.size() : 0;
}

/// Returns the length of the match of a form, or of enough of its beginning, at the start of the text; 0 for no match.
template <bool escaped>
std::size_t match_length(const Form& form, std::string_view text) {
  std::size_t at = 0;
  const auto take = [&](auto is_expected) {
    if constexpr (escaped) {
      std::size_t hidden = at;
      for (std::size_t length = 1; at > 0 && length > 0; hidden += length)
        length = invisible_at_start(text.substr(hidden));
      const std::size_t shown = std::exchange(at, hidden);
      const std::optional<Escape> escape = escape_at_start(text.substr(at));
      if (escape && is_expected(escape->character)) return at += escape->length, true;
      if (at < text.size() && is_expected(text[at])) return ++at, true;
      at = shown;
      return false;
    }
    if (at < text.size() && is_expected(text[at])) return ++at, true;
    return false;
  };
  std::size_t matched = 0;
  while (matched < form.text->size() && take([&](char c) { return c == (*form.text)[matched]; })) ++matched;
  if (matched < form.least) return 0;
  if (matched == form.text->size() && form.more_bits > 0) {
    const auto has_the_bits = [&](char c) {
      const std::optional<unsigned> bits = sextet(c);
      return bits && *bits >> (6 - form.more_bits) == *sextet(form.more) >> (6 - form.more_bits);
    };
    if (take(has_the_bits)) {
      for (int padding = 0; padding < 2 && take([](char c) { return c == '='; });) ++padding;
    }
  }
  return at;
}

/// The forms of all existing secrets. It does not own the secrets: each is removed before it is destroyed.
class Registry {
 public:
  void add(const std::string& secret) {
    if (secret.size() < shortest_secret) return;
    std::vector<Form> forms;
    forms.push_back(plain_form(secret));
    for (std::size_t before : {0U, 1U, 2U}) {
      forms.push_back(base64_form(secret, before, false));
      Form url_safe = base64_form(secret, before, true);
      if (*url_safe.text != *forms.back().text) forms.push_back(std::move(url_safe));
    }
    const std::unique_lock lock{mutex_};
    forms_.reserve(forms_.size() + forms.size());
    for (Form& form : forms) {
      const auto place = std::ranges::upper_bound(forms_, form.first(), {}, &Form::first);
      forms_.insert(place, std::move(form));
    }
    index();
  }

  void remove(const std::string& secret) noexcept {
    if (secret.size() < shortest_secret) return;
    const std::unique_lock lock{mutex_};
    std::erase_if(forms_, [&](const Form& form) { return form.secret == &secret; });
    index();
  }

  std::string redact(std::string text) const {
    // No secret can be destroyed while the lock is held.
    const std::shared_lock lock{mutex_};
    if (forms_.empty()) return text;
    struct Span {
      std::size_t begin;
      std::size_t end;
    };
    std::vector<Span> spans;
    const std::string_view view = text;
    std::size_t escape = 0;
    for (std::size_t at = 0; at < view.size(); ++at) {
      if (escape <= at) escape = std::min(view.find_first_of(disguises, at), view.size());
      const std::string_view rest = view.substr(at);
      std::size_t length = may_begin_with(rest) ? longest<false>(rest.front(), rest) : 0;
      // Escaped forms are searched for only near an escape sequence.
      if (escape < view.size() && escape - at < longest_form_) length = std::max(length, longest_escaped(rest));
      if (length == 0) continue;
      // Matches may overlap: one secret may begin inside another.
      if (!spans.empty() && at < spans.back().end) {
        spans.back().end = std::max(spans.back().end, at + length);
      } else {
        spans.push_back({at, at + length});
      }
    }
    if (spans.empty()) return text;
    std::string redacted;
    redacted.reserve(text.size());
    std::size_t copied = 0;
    for (const Span& span : spans) {
      redacted.append(view.substr(copied, span.begin - copied)).append("[redacted]");
      copied = span.end;
    }
    redacted.append(view.substr(copied));
    wipe(text);
    return redacted;
  }

 private:
  /// A hash of the first four characters. Every form is longer.
  static std::size_t key(std::string_view text) {
    std::uint32_t start = 0;
    std::memcpy(&start, text.data(), sizeof start);
    return start * 2'654'435'761U >> 16;  // multiplicative hashing (Knuth, volume 3, 6.4)
  }

  /// A quick test for the start of a form. Nearly all text fails it.
  bool may_begin_with(std::string_view text) const { return text.size() >= 4 && keys_[key(text)]; }

  /// Like `longest`, with escape sequences decoded.
  std::size_t longest_escaped(std::string_view text) const {
    const std::size_t length = longest<true>(text.front(), text);
    const std::optional<Escape> escape = escape_at_start(text);
    return escape ? std::max(length, longest<true>(escape->character, text)) : length;
  }

  /// Returns the length of the longest match of a form that begins with this character.
  template <bool escaped>
  std::size_t longest(char first, std::string_view text) const {
    const auto bucket = static_cast<unsigned char>(first);
    std::size_t length = 0;
    for (std::size_t i = begins_[bucket]; i < begins_[bucket + 1U]; ++i) {
      length = std::max(length, match_length<escaped>(forms_[i], text));
    }
    return length;
  }

  /// Rebuilds the search index. Does not allocate.
  void index() noexcept {
    std::size_t form = 0;
    for (std::size_t first = 0; first < begins_.size(); ++first) {
      while (form < forms_.size() && forms_[form].first() < first) ++form;
      begins_[first] = form;
    }
    keys_.reset();
    longest_form_ = 0;
    for (const Form& each : forms_) {
      keys_.set(key(*each.text));
      longest_form_ = std::max(longest_form_, each.text->size() + 1);
    }
  }

  mutable std::shared_mutex mutex_;
  std::vector<Form> forms_;                // sorted by first character
  std::array<std::size_t, 257> begins_{};  // for each first character, the index of its first form
  std::bitset<std::size_t{1} << 16> keys_;
  std::size_t longest_form_ = 0;
};

/// Never destroyed: a secret in a static object may outlive every other object.
Registry& registry() {
  static Registry& instance = *new Registry;
  return instance;
}

/// Deletes the value of a secret after its last copy.
struct SecretDeleter {
  void operator()(std::string* value) const noexcept {
    registry().remove(*value);
    Wiping{}(value);
  }
};

}  // namespace

Secret::Secret(std::string value) {
  if (value.empty()) return;
  registry();  // constructed first: the deleter needs it
  std::shared_ptr<std::string> kept{new std::string{value}, SecretDeleter{}};
  wipe(value);
  registry().add(*kept);
  value_ = std::move(kept);
}

Result<Secret> Secret::from_environment(const std::string& variable) {
  const auto fail = [&](std::string_view why) {
    return Error{errc::invalid_argument, "the environment variable " + variable + ' ' + std::string{why}};
  };
  const std::string_view text = detail::environment(variable);
  if (text.empty()) return fail("is not set or empty; set it to the key");
  if (text.find_first_of("\r\n") != std::string_view::npos)
    return fail("contains a line break; set it to the key and nothing else");
  return Secret{std::string{text}};
}

std::string redact(std::string text) { return registry().redact(std::move(text)); }

Error redact(Error error) {
  error = Error{error.code(), redact(error.message())}
              .provider_message(redact(error.provider_message()))
              .request_id(redact(error.request_id()))
              .charge(error.charge())
              .transient(error.transient());
  return error;
}

}  // namespace pentimento
