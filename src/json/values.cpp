// The small values: sizes, times, money, ids, calls, errors, images.

#include "json/codec.hpp"
#include "json/spelling.hpp"
#include <pentimento/content_hash.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace pentimento::json_form {

// Sizes ---------------------------------------------------------------------------------------------------------------

json::value write(const PixelSize& size) {
  return ObjectWriter{}.put("width", size.width()).put("height", size.height()).release();
}

PixelSize read(const Node& node, As<PixelSize>) {
  ObjectReader in{node};
  const auto width = in.get<std::uint32_t>("width");
  const auto height = in.get<std::uint32_t>("height");
  in.done();
  return {width, height};
}

json::value write(const AspectRatio& ratio) {
  return ObjectWriter{}.put("width", ratio.width()).put("height", ratio.height()).release();
}

AspectRatio read(const Node& node, As<AspectRatio>) {
  ObjectReader in{node};
  const auto width = in.get<std::uint32_t>("width", std::uint32_t{1});
  const auto height = in.get<std::uint32_t>("height", std::uint32_t{1});
  in.done();
  return {width, height};
}

// Times ---------------------------------------------------------------------------------------------------------------

constexpr std::string_view time_pattern = "0000-00-00T00:00:00.000000Z";

json::value write(const TimePoint& time) {
  using namespace std::chrono;
  // RFC 3339 has the years 0000 to 9999, which is more than a clock will say.
  constexpr TimePoint first = sys_days{year{0} / 1 / 1};
  constexpr TimePoint last = sys_days{year{10000} / 1 / 1} - microseconds{1};
  const TimePoint within = std::clamp(time, first, last);
  const sys_days day = floor<days>(within);
  const year_month_day date{day};
  const hh_mm_ss clock{within - day};
  std::string text{time_pattern};
  const auto put = [&text](std::size_t position, std::size_t size, std::int64_t number) {
    for (; size > 0; number /= 10) text[position + --size] = static_cast<char>('0' + number % 10);
  };
  put(0, 4, static_cast<int>(date.year()));
  put(5, 2, static_cast<unsigned>(date.month()));
  put(8, 2, static_cast<unsigned>(date.day()));
  put(11, 2, clock.hours().count());
  put(14, 2, clock.minutes().count());
  put(17, 2, clock.seconds().count());
  put(20, 6, clock.subseconds().count());
  return json::value(text);
}

TimePoint read(const Node& node, As<TimePoint>) {
  using namespace std::chrono;
  const std::string_view text = node.text();
  const auto wrong = [&]() {
    node.fail("a time as in \"2026-11-22T10:00:00.000000Z\" is needed, not " + node.described());
  };
  const auto fits = [](char pattern_char, char c) {
    return pattern_char == '0' ? c >= '0' && c <= '9' : c == pattern_char;
  };
  if (!std::ranges::equal(time_pattern, text, fits)) wrong();
  const auto number = [&](std::size_t position, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + position, text.data() + position + size, value);
    return value;
  };
  const year_month_day date{year{number(0, 4)}, month{static_cast<unsigned>(number(5, 2))},
                            day{static_cast<unsigned>(number(8, 2))}};
  if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59) wrong();
  return sys_days{date} + hours{number(11, 2)} + minutes{number(14, 2)} + seconds{number(17, 2)} +
         microseconds{number(20, 6)};
}

// Money ---------------------------------------------------------------------------------------------------------------

json::value write(const Money& money) { return money.micros(); }
Money read(const Node& node, As<Money>) { return Money::from_micros(read(node, As<std::int64_t>{})); }

json::value write(const Charge& charge) {
  return ObjectWriter{}.put("billing", charge.billing()).put("micros", charge.amount()).release();
}

Charge read(const Node& node, As<Charge>) {
  ObjectReader in{node};
  const auto billing = in.get<Billing>("billing");
  const auto amount = Money::from_micros(in.get<std::int64_t>("micros", std::int64_t{0}));
  in.done();
  return {billing, amount};
}

// Candidates and calls ------------------------------------------------------------------------------------------------

json::value write(const CandidateId& id) { return json::value(to_string(id)); }

CandidateId read(const Node& node, As<CandidateId>) {
  constexpr int most = 999'999'999;  // what is counted on from it cannot overflow
  const std::string_view text = node.text();
  const char* const end = text.data() + text.size();
  int round = 0;
  int draft = 0;
  int image = 1;
  const char* at = std::from_chars(text.data(), end, round).ptr;
  for (; at != end && *at >= 'a' && *at <= 'z' && draft < most / 27; ++at) draft = draft * 26 + (*at - 'a' + 1);
  if (at != end && *at == '.') at = std::from_chars(at + 1, end, image).ptr;
  const bool in_range = round >= 0 && round <= most && draft >= 1 && image >= 1 && image <= most;
  const CandidateId id = in_range ? CandidateId{round, draft - 1, image - 1} : CandidateId{0, 0};
  // An id has one spelling: what does not come out the same was none ("00a", "0a.1", "0a ").
  if (!in_range || at != end || to_string(id) != text)
    node.fail("the id of a candidate as in \"0a\" or \"3b.2\" is needed, not " + node.described());
  return id;
}

json::value write(const Call& call) {
  return ObjectWriter{}
      .put("kind", call.kind())
      .put_unless_empty("candidate", call.candidate())
      .put_unless_empty("swapped", call.swapped())
      .release();
}

Call read(const Node& node, As<Call>) {
  ObjectReader in{node};
  const auto kind = in.get<CallKind>("kind");
  const auto candidate = in.find<CandidateId>("candidate");
  const bool swapped = in.get_or(false, "swapped");
  in.done();
  return Call{kind, candidate, swapped};
}

// Errors and ends -----------------------------------------------------------------------------------------------------

json::value write(const Error& error) {
  ObjectWriter out;
  out.put("code", error.code()).put("message", error.message());
  out.put_unless_empty("provider_message", error.provider_message()).put_unless_empty("request_id", error.request_id());
  out.put_unless_empty("charge", error.charge());
  return out.put_unless(Error{error.code(), {}}.transient(), "transient", error.transient()).release();
}

Error read(const Node& node, As<Error>) {
  ObjectReader in{node};
  const auto code = in.get<errc>("code");
  Error error{code, in.get<std::string>("message")};
  error.provider_message(in.text("provider_message"))
      .request_id(in.text("request_id"))
      .charge(in.get_or(Charge{}, "charge"))
      .transient(in.get_or(false, "transient"));
  in.done();
  return error;
}

json::value write(const StopReason& reason) {
  return ObjectWriter{}
      .put("kind", reason.kind())
      .put("clause", reason.clause())
      .put_unless_empty("detail", reason.detail())
      .release();
}

StopReason read(const Node& node, As<StopReason>) {
  ObjectReader in{node};
  const auto kind = in.get<StopKind>("kind");
  auto clause = in.get<std::string>("clause");
  StopReason reason{kind, std::move(clause), in.text("detail")};
  in.done();
  return reason;
}

// Images --------------------------------------------------------------------------------------------------------------

json::value write(const Image& image) {
  ObjectWriter out;
  out.put("media_type", image.media_type()).put("width", image.size().width()).put("height", image.size().height());
  return out.put("bytes", std::uint64_t{image.byte_count()}).put("sha256", content_hash(image)).release();
}

Image read(const Node& node, As<Image>) {
  ObjectReader in{node};
  const auto type = in.get<MediaType>("media_type");
  const auto width = in.get<std::uint32_t>("width");
  const auto height = in.get<std::uint32_t>("height");
  const auto bytes = in.get<std::size_t>("bytes");
  const auto hash = in.get<std::string>("sha256");
  in.done();
  if (hash.size() != 64 || hash.find_first_not_of("0123456789abcdef") != std::string::npos) {
    node.child("sha256", node.object().at("sha256"))
        .fail("64 lower-case hexadecimal digits are needed, not " + quoted_briefly(hash));
  }
  Image image = Image::recorded(type, {width, height}, bytes, hash);
  if (!node.images()) return image;
  Result<Image> whole = node.images()(image);
  if (!whole) throw Failure{Error{whole.error().code(), node.path() + ": " + whole.error().message()}};
  return std::move(*whole);
}

}  // namespace pentimento::json_form
