#include <pentimento/http/event_stream.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace pentimento;
using namespace pentimento::http;

namespace {

using Events = std::vector<ServerEvent>;

/// Parses a stream in pieces of this size.
Events events_of(std::string_view stream, std::size_t piece = std::string_view::npos) {
  EventStreamParser parser;
  Events events;
  while (!stream.empty()) {
    const std::string_view next = stream.substr(0, piece);
    stream.remove_prefix(next.size());
    Events more = parser.feed(next).value();
    std::ranges::move(more, std::back_inserter(events));
  }
  return events;
}

void check_events(std::string_view stream, const Events& expected) {
  CHECK_MESSAGE(events_of(stream) == expected, stream);
  // Cut in two at every byte, and into pieces of every size.
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    EventStreamParser parser;
    Events events = parser.feed(stream.substr(0, cut)).value();
    for (ServerEvent& event : parser.feed(stream.substr(cut)).value()) events.push_back(std::move(event));
    CHECK_MESSAGE(events == expected, "cut at " << cut << ": " << stream);
    CHECK(events_of(stream, cut + 1) == expected);
  }
}

}  // namespace

TEST_SUITE("Event stream") {
  TEST_CASE("examples of the standard") {
    check_events(
        "data: This is the first message.\n\ndata: This is the second message, it\ndata: has two lines.\n\n"
        "data: This is the third message.\n\n",
        {{"message", "This is the first message."},
         {"message", "This is the second message, it\nhas two lines."},
         {"message", "This is the third message."}});
    check_events("event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n",
                 {{"add", "73857293"}, {"remove", "2153"}, {"add", "113411"}});
    check_events("data: YHOO\ndata: +2\ndata: 10\n\n", {{"message", "YHOO\n+2\n10"}});
    // A comment, two fields, an id without a value, and two spaces of which one is removed.
    check_events(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
                 {{"message", "first event"}, {"message", "second event"}, {"message", " third event"}});
    check_events("data\n\ndata\ndata\n\ndata:", {{"message", ""}, {"message", "\n"}});
    check_events("data:test\n\ndata: test\n\n", {{"message", "test"}, {"message", "test"}});
  }

  TEST_CASE("line ends") {
    const Events expected{{"a", "1\n2"}, {"message", "3"}};
    for (std::string_view end : {"\n", "\r\n", "\r"}) {
      std::string stream;
      for (std::string_view line : {"event: a", "data: 1", "data: 2", "", "data: 3", ""})
        stream += std::string{line} += end;
      check_events(stream, expected);
    }
    check_events("event: a\rdata: 1\r\ndata: 2\n\rdata: 3\r\n\n", expected);
    // CR LF is one end of a line, LF CR are two.
    check_events("data: 1\n\rdata: 2\n\n", {{"message", "1"}, {"message", "2"}});
    check_events("data: 1\r\ndata: 2\r\n\r\n", {{"message", "1\n2"}});
  }

  TEST_CASE("events are immediate") {
    EventStreamParser parser;
    CHECK(parser.feed("data: 1\r\n\r").value() == Events{{"message", "1"}});
    CHECK(parser.feed("\n").value().empty());
    CHECK(parser.feed("data: 2\r").value().empty());
    CHECK(parser.feed("").value().empty());
    CHECK(parser.feed("\n\r\n").value() == Events{{"message", "2"}});
  }

  TEST_CASE("byte order mark") {
    check_events(
        "\xEF\xBB\xBF"
        "data: 1\n\n",
        {{"message", "1"}});
    check_events(
        "\xEF\xBB\xBF\n"
        "data: 1\n\n",
        {{"message", "1"}});
    check_events(
        "\xEF\xBB"
        "data: 1\n\n",
        {});
    check_events(
        "\n\xEF\xBB\xBF"
        "data: 1\n\n",
        {});
    check_events(
        "\xEF\xBB\xBF\xEF\xBB\xBF"
        "data: 1\n\n",
        {});
    check_events("data: \xEF\xBB\xBF\n\n", {{"message", "\xEF\xBB\xBF"}});
  }

  TEST_CASE("comments and unknown fields") {
    check_events(":\n: ping\ndata: 1\n:data: 2\nid: 7\nretry: 10\ndatas: 3\nDATA: 4\n data: 5\ndata : 6\nx\n\n",
                 {{"message", "1"}});
    check_events(": only a comment\n\n", {});
  }

  TEST_CASE("space after the colon") {
    check_events("data:a\ndata: b\ndata:  c\ndata:\td\ndata: e:f \n\n", {{"message", "a\nb\n c\n\td\ne:f "}});
  }

  TEST_CASE("type of an event") {
    check_events("event: a\nevent: b\ndata: 1\n\ndata: 2\n\nevent: c\nevent\ndata: 3\n\n",
                 {{"b", "1"}, {"message", "2"}, {"message", "3"}});
    // An event without data is ignored, with its type.
    check_events("event: a\n\ndata: 1\n\n", {{"message", "1"}});
    check_events("data: 1\nevent: a\n\n", {{"a", "1"}});
  }

  TEST_CASE("unfinished event") {
    check_events("data: 1\n\ndata: 2", {{"message", "1"}});
    check_events("data: 1\n\ndata: 2\n", {{"message", "1"}});
    check_events("", {});
    check_events("\n\n\n", {});
  }

  TEST_CASE("any bytes") {
    const std::string data{"a\0b\xFF\x80 \xC3\xA9", 8};
    check_events("data: " + data + "\n\n", {{"message", data}});
  }

  TEST_CASE("size limit") {
    const auto fails = [](std::string_view stream, std::size_t limit) {
      int failures = 0;
      for (std::size_t piece : {std::size_t{1}, std::size_t{3}, stream.size()}) {
        EventStreamParser parser{limit};
        for (std::size_t at = 0; at < stream.size(); at += piece) {
          const Result<Events> events = parser.feed(stream.substr(at, piece));
          if (events) continue;
          CHECK(events.error().code() == errc::too_large);
          CHECK(events.error().message().find("more than " + std::to_string(limit) + " bytes") != std::string::npos);
          ++failures;
          break;
        }
      }
      CHECK((failures == 0 || failures == 3));
      return failures == 3;
    };
    // A line of any kind, finished or not.
    CHECK_FALSE(fails("data: 7890\n\n", 10));
    CHECK(fails("data: 78901\n\n", 10));
    CHECK_FALSE(fails("data: 7890", 10));
    CHECK(fails("data: 78901", 10));
    CHECK(fails(":2345678901\n", 10));
    CHECK(fails("event: 8901\n", 10));
    // The data of one event, with its line feeds.
    CHECK_FALSE(fails("data:12345\ndata:1234\n\ndata:12345\n\n", 10));
    CHECK(fails("data:12345\ndata:12345\n\n", 10));
    CHECK(fails("data\ndata\ndata\ndata\ndata\ndata\n\n", 4));
    CHECK_FALSE(fails("data\ndata\ndata\ndata\ndata\n\n", 4));
  }

  // Quadratic time would take these two beyond the time limit of a test.
  TEST_CASE("long line is linear") {
    const std::string picture(std::size_t{24} << 20, 'A');
    const std::string stream = "event: image\ndata: " + picture + "\n\ndata: 2\n\n";
    for (std::size_t piece : {std::size_t{1400}, std::size_t{65536}, stream.size()}) {
      const Events events = events_of(stream, piece);
      REQUIRE(events.size() == 2);
      CHECK(events[0].type() == "image");
      CHECK((events[0].data() == picture));
      CHECK(events[1] == ServerEvent{"message", "2"});
    }
  }

  TEST_CASE("short lines are linear") {
    for (std::string_view end : {"\n", "\r", "\r\n"}) {
      std::string stream = "data: 1";
      for (int i = 0; i < 1'000'000; ++i) stream += end;
      CHECK(events_of(stream) == Events{{"message", "1"}});
    }
  }

  TEST_CASE("random cuts") {
    std::mt19937 random{12};
    constexpr std::string_view parts[] = {"data", "event", "id",           ":",    " ",        "\n", "\r",
                                          "\r\n", "x",     "\xEF\xBB\xBF", "\n\n", "data: y\n"};
    std::size_t total = 0;
    for (int run = 0; run < 3000; ++run) {
      std::string stream;
      for (auto count = random() % 40; count > 0; --count) stream += parts[random() % std::size(parts)];
      const Events whole = events_of(stream);
      total += whole.size();
      EventStreamParser parser;
      Events cut;
      for (std::string_view rest = stream; !rest.empty();) {
        const std::string_view piece = rest.substr(0, random() % 5);
        rest.remove_prefix(piece.size());
        for (ServerEvent& event : parser.feed(piece).value()) cut.push_back(std::move(event));
      }
      CHECK_MESSAGE(cut == whole, stream);
    }
    CHECK(total > 1000);
  }
}
