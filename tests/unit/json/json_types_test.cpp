// The JSON form of every type that can be read, written down by hand, and that it is read back as it was.

#include "support/images.hpp"
#include <pentimento/json.hpp>
#include <pentimento/pentimento.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using namespace pentimento;

namespace {

using namespace std::chrono_literals;

const std::string hash(64, 'a');
const std::string image_json =
    R"({"media_type":"image/webp","width":640,"height":480,"bytes":1234,"sha256":")" + hash + "\"}";

Image image() { return Image::recorded(MediaType::webp, {640, 480}, 1234, hash); }

/// The object has this form, and the form gives the object.
template <class T>
void check_form(const T& object, std::string_view form) {
  CHECK(to_text(object) == form);
  const Result<T> read = from_text<T>(form);
  REQUIRE_MESSAGE(read.has_value(), read.error().message());
  if constexpr (std::equality_comparable<T>) CHECK(*read == object);
  CHECK(to_text(*read) == form);
}

template <class T>
std::string complaint_about(std::string_view text) {
  const Result<T> result = from_text<T>(text);
  REQUIRE_MESSAGE(!result.has_value(), text);
  CHECK(result.error().code() == errc::parse_failed);
  return result.error().message();
}

constexpr TimePoint at(std::chrono::sys_days day, Duration since_midnight) { return TimePoint{day} + since_midnight; }

/// A request with everything in it.
GenerationRequest full_request() {
  GenerationRequest request{"a red mug"};
  request.negative_prompt("text").size(PixelSize{64, 48}).seed(7).init_image(image()).strength(0.25).mask(image());
  return request.option("style", "photo").option("cfg", "7");
}
const std::string full_request_json =
    R"({"prompt":"a red mug","negative_prompt":"text","size":{"width":64,"height":48},"seed":7,"init_image":)" +
    image_json + R"(,"strength":0.25,"mask":)" + image_json + R"(,"options":{"cfg":"7","style":"photo"}})";

}  // namespace

TEST_SUITE_BEGIN("Types in JSON");

TEST_CASE("sizes and shapes") {
  check_form(PixelSize{1024, 768}, R"({"width":1024,"height":768})");
  check_form(AspectRatio{16, 9}, R"({"width":16,"height":9})");
}

TEST_CASE("money is whole micro-dollars") {
  check_form(Money::from_micros(40'000), "40000");
  check_form(Money{}, "0");
  check_form(Money::from_micros(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
  check_form(Money::from_micros(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  CHECK(complaint_about<Money>("9223372036854775808") ==
        "$: a whole number from -9223372036854775808 to 9223372036854775807 is needed, not 9223372036854775808");
  check_form(Charge::maybe_billed(Money::from_micros(5)), R"({"billing":"maybe_billed","micros":5})");
  check_form(Charge{}, R"({"billing":"unpaid","micros":0})");
  CHECK(complaint_about<Charge>(R"({"billing":"paid","micros":-1})") ==
        "$.micros: a whole number from 0 to 9223372036854775807 is needed, not -1");
}

TEST_CASE("times are RFC 3339") {
  using namespace std::chrono;
  check_form(at(2026y / 11 / 22, 10h), R"("2026-11-22T10:00:00.000000Z")");
  check_form(at(2024y / 2 / 29, 23h + 59min + 59s + 999'999us), R"("2024-02-29T23:59:59.999999Z")");
  check_form(TimePoint{}, R"("1970-01-01T00:00:00.000000Z")");
  check_form(at(1969y / 12 / 31, 24h - 1us), R"("1969-12-31T23:59:59.999999Z")");
  check_form(at(year{0} / 1 / 1, 0us), R"("0000-01-01T00:00:00.000000Z")");
  check_form(at(9999y / 12 / 31, 24h - 1us), R"("9999-12-31T23:59:59.999999Z")");
  // Beyond four digits of years there is no form: the nearest time that has one stands for it.
  CHECK(to_text(TimePoint::max()) == R"("9999-12-31T23:59:59.999999Z")");
  CHECK(to_text(TimePoint::min()) == R"("0000-01-01T00:00:00.000000Z")");
  for (std::string_view wrong :
       {"", "now", "2026-11-22", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000000",
        "2026-11-22T10:00:00.000000+00:00", "2026-11-22t10:00:00.000000z", "2026-13-01T10:00:00.000000Z",
        "2026-00-01T10:00:00.000000Z", "2026-02-29T10:00:00.000000Z", "2026-04-31T10:00:00.000000Z",
        "2026-11-22T24:00:00.000000Z", "2026-11-22T10:60:00.000000Z", "2026-11-22T10:00:60.000000Z",
        "2026-11-22T10:00:00.000000Z ", "-026-11-22T10:00:00.000000Z"}) {
    CHECK(complaint_about<TimePoint>('"' + std::string{wrong} + '"') ==
          "$: a time as in \"2026-11-22T10:00:00.000000Z\" is needed, not \"" + std::string{wrong} + '"');
  }
}

TEST_CASE("ids of candidates are their text") {
  check_form(CandidateId{0, 0}, R"("0a")");
  check_form(CandidateId{3, 27, 1}, R"("3ab.2")");
  check_form(CandidateId{12, 63}, R"("12bl")");
  for (std::string_view wrong :
       {"", "a", "0", "00a", "0A", "0a.1", "0a.0", "0a.", "0a.02", "0a.-2", "-1a", " 0a", "0a ", "0a.2x", "+1a",
        "9999999999a", "0zzzzzzzzzzzz", "1000000000a", "0a.9999999999"}) {
    CHECK_MESSAGE(complaint_about<CandidateId>('"' + std::string{wrong} + '"')
                      .starts_with("$: the id of a candidate as in \"0a\" or \"3b.2\" is needed"),
                  wrong);
  }
}

TEST_CASE("calls, errors and reasons to stop") {
  check_form(Call{CallKind::plan}, R"({"kind":"plan"})");
  check_form(Call{CallKind::compare, CandidateId{2, 0}, true}, R"({"kind":"compare","candidate":"2a","swapped":true})");
  check_form(Error{errc::backend_failed, "x"}.transient(true),
             R"({"code":"backend_failed","message":"x","transient":true})");
  check_form(Error{errc::rate_limited, "x"}, R"({"code":"rate_limited","message":"x"})");
  check_form(Error{errc::refused, "the provider declined"}, R"({"code":"refused","message":"the provider declined"})");
  Error error{errc::deadline_exceeded, "too late"};
  error.provider_message("hm").request_id("r-1").charge(Charge::maybe_billed(Money::from_micros(40'000)));
  check_form(error, R"({"code":"deadline_exceeded","message":"too late","provider_message":"hm","request_id":"r-1",)"
                    R"("charge":{"billing":"maybe_billed","micros":40000}})");
  CHECK(
      complaint_about<Error>(R"({"code":"bad","message":""})") ==
      R"($.code: "bad" is not one of invalid_argument, unsupported, unreadable_image, too_large, cancelled, deadline_exceeded, )"
      R"(refused, backend_failed, unusable_reply, io_failed, observer_failed, parse_failed, connect_failed, )"
      R"(outcome_unknown, unauthorized, payment_required, rate_limited, not_found)");
  check_form(StopReason{StopKind::satisfied, "satisfied", "4 of 4 after round 2"},
             R"({"kind":"satisfied","clause":"satisfied","detail":"4 of 4 after round 2"})");
  check_form(StopReason{StopKind::cancelled, "cancelled"}, R"({"kind":"cancelled","clause":"cancelled"})");
}

TEST_CASE("an image has no bytes") {
  check_form(image(), image_json);
  const Image whole = test::picture(5, 40, 30);
  const std::string form =
      R"({"media_type":"image/png","width":40,"height":30,"bytes":45,"sha256":")" + content_hash(whole) + "\"}";
  CHECK(to_text(whole) == form);
  const Image read = from_text<Image>(form).value();
  CHECK(!read.has_bytes());
  CHECK(read.size() == PixelSize{40, 30});
  CHECK(read.byte_count() == 45);
  CHECK(content_hash(read) == content_hash(whole));
  for (const std::string& wrong :
       {std::string(63, 'a'), std::string(64, 'A'), std::string(64, 'g'), std::string(65, '0')}) {
    CHECK(
        complaint_about<Image>(R"({"media_type":"image/png","width":1,"height":1,"bytes":1,"sha256":")" + wrong + "\"}")
            .starts_with("$.sha256: 64 lower-case hexadecimal digits are needed, not \""));
  }
  CHECK(complaint_about<Image>(R"({"media_type":"image/svg+xml","width":1,"height":1,"bytes":1,"sha256":""})") ==
        R"($.media_type: "image/svg+xml" is not one of image/png, image/jpeg, image/webp, image/gif)");
}

TEST_CASE("an image source restores the bytes") {
  const Image whole = test::picture(5, 40, 30);
  Brief brief{"a"};
  brief.reference_image(whole);
  const std::string text = to_text(brief);
  const Result<Brief> read =
      from_text<Brief>(text, [](const Image& recorded) { return restore(recorded, test::png_bytes(40, 30, 5)); });
  REQUIRE(read.has_value());
  CHECK(*read == brief);
  const Result<Brief> failed = from_text<Brief>(text, [](const Image&) {
    return Result<Image>{Error{errc::io_failed, "the disk is gone"}};
  });
  REQUIRE(!failed.has_value());
  CHECK(failed.error() == Error{errc::io_failed, "$.reference_images[0]: the disk is gone"});
}

TEST_CASE("requirements, checklists and plans") {
  check_form(Requirement{"user-1", "three mugs"}, R"({"id":"user-1","text":"three mugs","importance":"must"})");
  Requirement full{"hat", "the hat is red", Importance::should};
  full.weight(0.5).depends_on({"there-is-a-hat"}).owner("measure");
  const std::string full_json =
      R"({"id":"hat","text":"the hat is red","importance":"should","weight":0.5,"depends_on":["there-is-a-hat"],"owner":"measure"})";
  check_form(full, full_json);
  check_form(Checklist{}, R"({"requirements":[]})");
  Checklist checklist{{full, Requirement{"b", "c"}}};
  check_form(checklist, R"({"requirements":[)" + full_json + R"(,{"id":"b","text":"c","importance":"must"}]})");
  check_form(Checklist{}.unjudged({"floral pattern", "a wooden handle"}),
             R"({"requirements":[],"unjudged":["floral pattern","a wooden handle"]})");
  CHECK(complaint_about<Checklist>(R"({"requirements":[)" + full_json + ',' + full_json + "]}") ==
        "$.requirements[1]: it is about the same as item [0]");
  check_form(Plan{}, R"({"requirements":[]})");
  Plan plan;
  plan.add(full).unjudged({"floral pattern"}).charge(Charge::paid(Money::from_micros(12)));
  check_form(plan, R"({"requirements":[)" + full_json +
                       R"(],"unjudged":["floral pattern"],"charge":{"billing":"paid","micros":12}})");
}

TEST_CASE("briefs") {
  check_form(Brief{"three red mugs"}, R"({"goal":"three red mugs"})");
  Brief brief{"three red mugs"};
  brief.must("exactly three").should("bright").avoid("text").avoid("hands").size({800, 600}).aspect_ratio({4, 3});
  brief.add(Requirement{"mugs", "red mugs"}.weight(2)).reference_image(image()).init_image(image());
  check_form(
      brief,
      R"({"goal":"three red mugs","requirements":[{"id":"user-1","text":"exactly three","importance":"must"},)"
      R"({"id":"user-2","text":"bright","importance":"should"},{"id":"mugs","text":"red mugs","importance":"must","weight":2}],)"
      R"("avoid":["text","hands"],"size":{"width":800,"height":600},"aspect_ratio":{"width":4,"height":3},"reference_images":[)" +
          image_json + R"(],"init_image":)" + image_json + '}');
}

TEST_CASE("a requirement without an id") {
  Brief brief{"a"};
  brief.must("b").should("c");
  CHECK(from_text<Brief>(
            R"({"goal":"a","requirements":[{"text":"b","importance":"must"},{"text":"c","importance":"should"}]})")
            .value() == brief);
  CHECK(complaint_about<Checklist>(R"({"requirements":[{"text":"b","importance":"must"}]})") ==
        R"($.requirements[0]: "id" is missing)");
}

TEST_CASE("settings and capabilities") {
  check_form(
      RunSettings{},
      R"({"drafts":1,"seed":0,"on_satisfied":"cancel","on_error":"go_on","on_refusal":"stop","critique_retries":2,"keep_init_image":"always","max_edit_depth":3})");
  RunSettings settings;
  settings.drafts(3)
      .seed(~std::uint64_t{0})
      .on_satisfied(OnSatisfied::keep)
      .on_error(OnError::stop)
      .on_refusal(OnRefusal::rephrase)
      .critique_retries(0)
      .keep_init_image(KeepInitImage::optional)
      .max_edit_depth(0);
  settings.policy("rounds(6)").generator("sketch").critic("measure").reviser("failed_items");
  check_form(
      settings,
      R"({"drafts":3,"seed":18446744073709551615,"on_satisfied":"keep","on_error":"stop","on_refusal":"rephrase","critique_retries":0,"keep_init_image":"optional","max_edit_depth":0,)"
      R"-("policy":"rounds(6)","generator":"sketch","critic":"measure","reviser":"failed_items"})-");
  CHECK(from_text<RunSettings>("{}").value() == RunSettings{});
  Capabilities can{"sketch"};
  can.image_to_image(true).mask(true).seed(true).negative_prompt(true).sides(64, 2048).max_prompt_characters(500);
  check_form(
      can,
      R"({"name":"sketch","image_to_image":true,"mask":true,"seed":true,"negative_prompt":true,"min_side":64,"max_side":2048,)"
      R"("max_prompt_characters":500,"images_per_call":1,)"
      R"("init_image_types":["image/png","image/jpeg","image/webp","image/gif"],"min_init_image_side":1,)"
      R"("max_init_image_side":65535,"max_init_image_bytes":67108864})");
  can.images_per_call(4).init_image_types({MediaType::png}).init_image_sides(64, 4096).max_init_image_bytes(1000);
  CHECK(from_text<Capabilities>(to_text(can)).value() == can);
  CHECK(from_text<Capabilities>(R"({"name":"x"})").value() == Capabilities{"x"});
}

TEST_CASE("requests and generations") {
  check_form(GenerationRequest{"a tree"}, R"({"prompt":"a tree"})");
  check_form(full_request(), full_request_json);
  check_form(Generation{image()}, R"({"images":[)" + image_json + "]}");
  check_form(Generation{image()}.sent_init_image(image()),
             R"({"images":[)" + image_json + R"(],"sent_init_image":)" + image_json + "}");
  check_form(Generation{image()}.dropped_images(99), R"({"images":[)" + image_json + R"(],"dropped_images":99})");
  Generation generation{std::vector<Image>{image(), image()}};
  generation.seed(9).revised_prompt("a nice tree").request_id("r-2").charge(Charge::estimated(Money::from_micros(3)));
  check_form(
      generation,
      R"({"images":[)" + image_json + ',' + image_json +
          R"(],"seed":9,"revised_prompt":"a nice tree","request_id":"r-2","charge":{"billing":"estimated","micros":3}})");
  CHECK(complaint_about<Generation>(R"({"images":[]})") == R"($: "images" is empty; there is at least one)");
}

TEST_CASE("findings, critiques and comparisons") {
  check_form(Finding{"count", Verdict::pass}, R"({"requirement":"count","verdict":"pass"})");
  Finding finding{"count", Verdict::fail};
  finding.observed("counted 2").wanted("3").where("10,20 30x40").reason("one is hidden").local(true);
  const std::string finding_json =
      R"({"requirement":"count","verdict":"fail","observed":"counted 2","wanted":"3","where":"10,20 30x40",)"
      R"("reason":"one is hidden","local":true})";
  check_form(finding, finding_json);
  check_form(Critique{}, R"({"findings":[]})");
  Critique critique{{finding, Finding{"red", Verdict::unknown}}};
  critique.suggested_prompt("three mugs, all in view").remark("nearly").charge(Charge::paid(Money::from_micros(7)));
  check_form(
      critique,
      R"({"findings":[)" + finding_json +
          R"(,{"requirement":"red","verdict":"unknown"}],)"
          R"("suggested_prompt":"three mugs, all in view","remark":"nearly","charge":{"billing":"paid","micros":7}})");
  Critique of_a_copy;
  of_a_copy.judged(image());
  check_form(of_a_copy, R"({"findings":[],"judged":)" + image_json + '}');
  CHECK(complaint_about<Critique>(
            R"({"findings":[{"requirement":"a","verdict":"pass"},{"requirement":"a","verdict":"fail"}]})") ==
        "$.findings[1]: it is about the same as item [0]");
  check_form(Comparison{Preference::neither}, R"({"preference":"neither"})");
  check_form(Comparison{Preference::second}.remark("sharper").charge(Charge::paid(Money::from_micros(1))),
             R"({"preference":"second","remark":"sharper","charge":{"billing":"paid","micros":1}})");
}

TEST_CASE("decisions agree with what they accept") {
  check_form(Decision{DecisionReason::first}, R"({"reason":"first","accepted":true})");
  Decision decision{DecisionReason::lost_must};
  decision.against(CandidateId{0, 1}).gained({"red"}).lost({"count", "white"});
  check_form(decision,
             R"({"reason":"lost_must","accepted":false,"against":"0b","gained":["red"],"lost":["count","white"]})");
  CHECK(from_text<Decision>(R"({"reason":"tie"})").value() == Decision{DecisionReason::tie});
  CHECK(complaint_about<Decision>(R"({"reason":"tie","accepted":true})") ==
        "$.accepted: this does not agree with the other members");
  CHECK(complaint_about<Decision>(R"({"reason":"tie","accepted":"no"})") ==
        "$.accepted: this does not agree with the other members");
}

TEST_CASE("revisions") {
  check_form(Revision{Action::reseed, GenerationRequest{"a"}}, R"({"action":"reseed","request":{"prompt":"a"}})");
  Revision revision{Action::reprompt, full_request()};
  revision.parent(CandidateId{1, 0})
      .targets({"count"})
      .author("person")
      .why("one is hidden")
      .downgraded_from(Action::edit);
  revision.charge(Charge::paid(Money::from_micros(2)));
  check_form(
      revision,
      R"({"action":"reprompt","request":)" + full_request_json +
          R"(,"parent":"1a","targets":["count"],"author":"person","why":"one is hidden","downgraded_from":"edit",)"
          R"("charge":{"billing":"paid","micros":2}})");
}

TEST_CASE("candidates and critique requests") {
  const std::string plain_json = R"({"id":"0a","request":{"prompt":"a"},"image":)" + image_json + '}';
  const Candidate plain{CandidateId{0, 0}, GenerationRequest{"a"}, image()};
  check_form(plain, plain_json);
  Candidate full{CandidateId{2, 1, 1}, GenerationRequest{"a"}, image()};
  full.parent(CandidateId{1, 0}).seed(5).revised_prompt("b").request_id("r").warning("w").critique(Critique{});
  full.error(Error{errc::cancelled, "c"}).decision(Decision{DecisionReason::tie});
  const std::string full_json =
      R"({"id":"2b.2","request":{"prompt":"a"},"image":)" + image_json +
      R"(,"parent":"1a","seed":5,"revised_prompt":"b","request_id":"r","warning":"w","critique":{"findings":[]},)"
      R"("error":{"code":"cancelled","message":"c"},"decision":{"reason":"tie","accepted":false}})";
  check_form(full, full_json);
  check_form(CritiqueRequest{Brief{"g"}, Checklist{}, plain},
             R"({"brief":{"goal":"g"},"checklist":[],"candidate":)" + plain_json + '}');
  check_form(CritiqueRequest{Brief{"g"}, Checklist{}.unjudged({"h"}), plain},
             R"({"brief":{"goal":"g"},"checklist":[],"unjudged":["h"],"candidate":)" + plain_json + '}');
  const auto brief = std::make_shared<const Brief>("g");
  check_form(ComparisonRequest{brief, std::make_shared<const Checklist>(), plain, full},
             R"({"brief":{"goal":"g"},"checklist":[],"first":)" + plain_json + R"(,"second":)" + full_json + '}');
}

TEST_CASE("drafts and ledgers") {
  using namespace std::chrono;
  Draft draft{CandidateId{0, 0}, GenerationRequest{"a"}, at(2026y / 11 / 22, 10h)};
  check_form(draft, R"({"id":"0a","request":{"prompt":"a"},"started":"2026-11-22T10:00:00.000000Z"})");
  draft.ended(at(2026y / 11 / 22, 10h + 1us)).error(Error{errc::refused, "no"});
  check_form(
      draft,
      R"({"id":"0a","request":{"prompt":"a"},"started":"2026-11-22T10:00:00.000000Z","ended":"2026-11-22T10:00:00.000001Z",)"
      R"("error":{"code":"refused","message":"no"}})");
  check_form(Ledger{}, R"({"entries":[],"spent_micros":0,"reserved_micros":0})");
  Ledger ledger;
  ledger.settle(Call{CallKind::plan}, Charge{});
  ledger.settle(Call{CallKind::generate, CandidateId{0, 0}}, Charge::paid(Money::from_micros(40)));
  ledger.reserve(Call{CallKind::critique, CandidateId{0, 0}}, Money::from_micros(9));
  check_form(
      ledger,
      R"({"entries":[{"call":{"kind":"plan"},"charge":{"billing":"unpaid","micros":0}},)"
      R"({"call":{"kind":"generate","candidate":"0a"},"charge":{"billing":"paid","micros":40}}],)"
      R"("reservations":[{"call":{"kind":"critique","candidate":"0a"},"micros":9}],"spent_micros":40,"reserved_micros":9})");
  CHECK(complaint_about<Ledger>(R"({"entries":[],"spent_micros":1})") ==
        "$.spent_micros: this does not agree with the other members");
  CHECK(from_text<Ledger>(R"({"entries":[]})").value() == Ledger{});
}

TEST_SUITE_END();
