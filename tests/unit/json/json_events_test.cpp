// Events, the JSON of a whole run, and that a run folds from its recorded events bit for bit.

#include "json/codec.hpp"
#include "support/runs.hpp"
#include "support/scripted.hpp"
#include <pentimento/json.hpp>
#include <pentimento/pentimento.hpp>

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

using namespace pentimento;
using namespace pentimento::test;
namespace json = boost::json;

namespace {

const std::string png_hash(64, 'b');
const std::string png_json =
    R"({"media_type":"image/png","width":64,"height":64,"bytes":37,"sha256":")" + png_hash + "\"}";

Image png() { return Image::recorded(MediaType::png, {64, 64}, 37, png_hash); }

/// An event of this type has these fields after its text.
void check_event(EventBody body, std::string_view fields) {
  using namespace std::chrono_literals;
  const TimePoint time = TimePoint{std::chrono::sys_days{2026y / 11 / 22}} + 10h + 250ms;
  const Event event{17, time, std::move(body)};
  std::string form = R"({"sequence":17,"time":"2026-11-22T10:00:00.250000Z","type":")";
  form += std::string{name_of(event.body())} + R"(","text":)" + to_text(json::value(to_string(event.body())));
  form += (fields.empty() ? "" : ",") + std::string{fields} + '}';
  CHECK(to_text(event) == form);
  const Result<Event> read = parse_event(form);
  REQUIRE_MESSAGE(read.has_value(), read.error().message());
  CHECK(*read == event);
}

std::string lines_of(const std::vector<Event>& events) {
  std::string lines;
  for (const Event& event : events) lines += to_text(event) + '\n';
  return lines;
}

/// A run in which much happens: two drafts, one generation that fails, one critique that fails, a comparison, money.
template <class Loop = RefinementLoop<MaxRounds>>
TestRun<Loop> eventful_run() {
  ScriptedGenerator generator{[](int call, const GenerationRequest& request) -> Step<Generation> {
    if (call == 1) return Error{errc::refused, "declined"}.provider_message("caf\xE9").request_id("g-1");
    Generation generation{picture(static_cast<std::uint32_t>(call), 64, 48)};
    generation.seed(request.seed())
        .revised_prompt("better: \xF0\x9F\x98\x80")
        .request_id("g-2")
        .charge(Charge::paid(usd(0.04)));
    return generation;
  }};
  generator.price = usd(0.05);
  ScriptedCritic critic{[](int call, const CritiqueRequest&) -> Step<Critique> {
    if (call == 2) return Step<Critique>::raise("the judge fell over");
    Critique critique = verdicts(call < 3 ? "pff" : "ppf");
    return critique.suggested_prompt("try \"this\"").remark("line\nbreak").charge(Charge::estimated(usd(0.001)));
  }};
  critic.critique_price = usd(0.002);
  critic.comparison = [](int call, const ComparisonRequest&) -> Step<Comparison> {
    return Comparison{call % 2 == 0 ? Preference::first : Preference::neither}.remark("sharper");
  };
  RefinementLoop loop{std::move(generator), std::move(critic), MaxRounds{4}};
  loop.settings(RunSettings{}.drafts(2).seed(42));
  Brief brief = brief_with(2, 1);
  brief.avoid("text").size({64, 48}).reference_image(picture(99)).init_image(picture(100));
  return TestRun{std::move(loop), std::move(brief)};
}

}  // namespace

TEST_SUITE_BEGIN("Events in JSON");

TEST_CASE("each event is one flat object") {
  const CandidateId id{1, 0};
  const GenerationRequest request{"a mug"};
  const std::string request_json = R"({"prompt":"a mug"})";
  const Charge charge = Charge::paid(Money::from_micros(40));
  const std::string charge_json = R"({"billing":"paid","micros":40})";
  const StopReason reason{StopKind::rounds, "rounds(2)", "2 rounds"};
  const std::string reason_json = R"-({"kind":"rounds","clause":"rounds(2)","detail":"2 rounds"})-";
  const Error error{errc::refused, "no"};
  const std::string error_json = R"({"code":"refused","message":"no"})";

  check_event(
      event::RunStarted{Brief{"mugs"}, RunSettings{}},
      R"("brief":{"goal":"mugs"},"settings":{"drafts":1,"seed":0,"on_satisfied":"cancel","on_error":"go_on","on_refusal":"stop","critique_retries":2,"keep_init_image":"always","max_edit_depth":3})");
  check_event(event::PlanStarted{}, "");
  check_event(event::PlanStarted{Money::from_micros(5)}, R"("estimate_micros":5)");
  Checklist partial{{Requirement{"a", "b"}}};
  partial.unjudged({"floral pattern"});
  check_event(event::PlanFinished{partial, {}},
              R"("checklist":[{"id":"a","text":"b","importance":"must"}],"unjudged":["floral pattern"])");
  check_event(event::PlanFinished{Checklist{{Requirement{"a", "b"}}}, charge},
              R"("checklist":[{"id":"a","text":"b","importance":"must"}],"charge":)" + charge_json);
  check_event(event::RoundStarted{1, Revision{Action::reseed, request}},
              R"("round":1,"revision":{"action":"reseed","request":)" + request_json + '}');
  check_event(event::ImageGiven{id, request, png()},
              R"("id":"1a","request":)" + request_json + R"(,"image":)" + png_json);
  check_event(event::GenerationStarted{id, request, Money::from_micros(5), Money::from_micros(6)},
              R"("id":"1a","request":)" + request_json + R"(,"estimate_micros":5,"critique_estimate_micros":6)");
  check_event(event::GenerationFinished{id, Generation{png()}.charge(charge)},
              R"("id":"1a","generation":{"images":[)" + png_json + R"(],"charge":)" + charge_json + '}');
  check_event(event::CritiqueStarted{id, Money::from_micros(6)}, R"("id":"1a","estimate_micros":6)");
  check_event(event::CritiqueFinished{id, verdicts("p")},
              R"("id":"1a","critique":{"findings":[{"requirement":"user-1","verdict":"pass"}]})");
  check_event(event::ComparisonStarted{id, CandidateId{0, 0}, true, Money{}},
              R"("challenger":"1a","incumbent":"0a","swapped":true)");
  check_event(event::ComparisonFinished{id, false, Comparison{Preference::first}},
              R"("challenger":"1a","swapped":false,"comparison":{"preference":"first"})");
  check_event(event::CandidateDecided{id, Decision{DecisionReason::tie}},
              R"("id":"1a","decision":{"reason":"tie","accepted":false})");
  check_event(event::RoundFinished{1}, R"("round":1)");
  check_event(event::RevisionStarted{Money::from_micros(1)}, R"("estimate_micros":1)");
  check_event(event::RevisionFinished{Revision{Action::stop, request}},
              R"("revision":{"action":"stop","request":)" + request_json + '}');
  check_event(event::CallFailed{Call{CallKind::generate, id}, error},
              R"("call":{"kind":"generate","candidate":"1a"},"error":)" + error_json);
  check_event(event::StopRequested{reason, std::nullopt}, R"("reason":)" + reason_json);
  check_event(event::RunStopped{reason, error}, R"("reason":)" + reason_json + R"(,"error":)" + error_json);
}

TEST_CASE("rejects unknown types and fields") {
  const std::string head = R"({"sequence":0,"time":"2026-11-22T10:00:00.000000Z","type":)";
  const auto complaint = [&](std::string_view rest) { return parse_event(head + std::string{rest}).error().message(); };
  CHECK(complaint(R"("picnic_started"})")
            .starts_with(R"($.type: "picnic_started" is not one of run_started, plan_started, )"));
  CHECK(complaint(R"("round_finished","round":1,"id":"0a"})") ==
        R"($: there is no member "id"; there are sequence, time, type, text, round)");
  CHECK(complaint(R"("round_finished","round":-1})") ==
        "$.round: a whole number from 0 to 999999999 is needed, not -1");
  CHECK(complaint(R"("round_finished"})") == R"($: "round" is missing)");
}

TEST_CASE("recorded events are lines") {
  const std::string line = R"({"sequence":0,"time":"2026-11-22T10:00:00.000000Z","type":"plan_started"})";
  CHECK(parse_events("").value().empty());
  CHECK(parse_events(line).value().size() == 1);
  CHECK(parse_events(line + "\r\n\n" + line + "\n  \n").value().size() == 2);
  CHECK(parse_events(line + "\n\n{\"sequence\":1}\n").error() ==
        Error{errc::parse_failed, "line 3: $: \"time\" is missing"});
  const Result<std::vector<Event>> cut = parse_events(line + '\n' + line.substr(0, 40));
  CHECK(cut.error().message().starts_with("line 2: this is not JSON, at column 41: "));
  JsonLimits limits;
  limits.total_bytes = 2 * line.size();
  CHECK(parse_events(line + '\n' + line, {}, limits).error().code() == errc::too_large);
  limits = {};
  limits.bytes = line.size() - 1;
  CHECK(parse_events(line, {}, limits).error().message().starts_with("line 1: the JSON has "));
}

TEST_CASE("recorded events fold to the same transcript") {
  auto run = eventful_run();
  const Outcome& outcome = run.start().finish();
  const Result<std::vector<Event>> events = parse_events(lines_of(run.events));
  REQUIRE_MESSAGE(events.has_value(), events.error().message());
  const Result<Transcript> folded = fold(*events);
  REQUIRE_MESSAGE(folded.has_value(), folded.error().message());
  CHECK(to_text(*folded) == to_text(outcome.transcript()));
  CHECK(lines_of(*events) == lines_of(run.events));
  // The run went through most of what can happen, else the test would show little.
  std::set<std::string_view> names;
  for (const Event& event : run.events) names.insert(name_of(event.body()));
  CHECK(names.size() >= std::variant_size_v<EventBody> - 3);
}

TEST_CASE("images restore the recorded events") {
  auto run = eventful_run();
  run.start().finish();
  std::vector<Image> album{picture(99), picture(100)};
  for (std::uint32_t tag = 0; tag < 20; ++tag) album.push_back(picture(tag, 64, 48));
  for (Event& event : run.events) {
    const Event read = parse_event(to_text(event), [&](const Image& recorded) -> Result<Image> {
                         for (const Image& image : album) {
                           if (content_hash(image) == content_hash(recorded)) return image;
                         }
                         return Error{errc::io_failed, "there is no such picture"};
                       }).value();
    if (event.as<event::CallFailed>()) continue;  // a provider's Latin-1 became U+FFFD
    CHECK(read == event);
  }
}

TEST_CASE("a transcript has rounds and scores") {
  auto run = eventful_run();
  const Outcome& outcome = run.start().finish();
  const json::value transcript = to_json(outcome.transcript());
  const auto at = [&](std::string_view pointer) -> const json::value& { return transcript.at_pointer(pointer); };
  CHECK(at("/brief") == to_json(outcome.transcript().brief()));
  CHECK(at("/brief_sha256").as_string() == content_hash(outcome.transcript().brief()));
  CHECK(at("/settings/seed") == 42);
  CHECK(at("/checklist").as_array().size() == 3);
  CHECK(at("/events").to_number<std::size_t>() == run.events.size());
  CHECK(at("/rounds").as_array().size() == 4);
  CHECK(at("/rounds/0/candidates/0/id") == "0a");
  CHECK(at("/rounds/0/candidates/0/image/sha256").as_string() == content_hash(picture(100)));
  CHECK(at("/rounds/0/candidates/0/score") ==
        to_json(outcome.transcript().score(outcome.transcript().rounds()[0].candidates()[0])));
  CHECK(at("/incumbent").as_string() == to_string(*outcome.transcript().incumbent_id()));
  CHECK(at("/ledger") == to_json(outcome.transcript().ledger()));
  CHECK(at("/stop_reason/kind") == "rounds");
  CHECK(at("/started").as_string() == to_json(outcome.transcript().started()).as_string());
  bool some_error = false;
  for (const json::value& round : at("/rounds").as_array()) {
    for (const json::value& draft : round.at("drafts").as_array())
      some_error = some_error || draft.as_object().contains("error");
  }
  CHECK(some_error);

  const json::value whole = to_json(outcome);
  CHECK(whole.at("transcript") == transcript);
  CHECK(whole.at("reason") == to_json(outcome.reason()));
  CHECK(whole.at("best").as_string() == to_string(outcome.best().id()));
  CHECK(whole.at("score") == to_json(outcome.score()));
  CHECK(whole.at("fully_judged").as_bool() == outcome.fully_judged());
}

TEST_CASE("scores, empty runs and revision requests") {
  const Checklist checklist{{Requirement{"user-1", "a"}, Requirement{"user-2", "b", Importance::should}}};
  CHECK(to_text(Score{checklist, verdicts("pf")}) ==
        R"({"percent":50,"fraction":0.5,"passed":1,"items":2,"musts_passed":1,"musts":1,"satisfied":true})");
  const std::string empty = to_text(Transcript{});
  CHECK(empty.find(R"("checklist":[],"started":"1970-01-01T00:00:00.000000Z")") != std::string::npos);
  CHECK(empty.ends_with(
      R"("events":0,"rounds":[],"images_requested":0,"ledger":{"entries":[],"spent_micros":0,"reserved_micros":0}})"));
  CHECK(to_text(RevisionRequest{Transcript{}, Capabilities{"x"}}) ==
        R"({"transcript":)" + empty + R"(,"capabilities":)" + to_text(Capabilities{"x"}) + '}');
  const Outcome broken_off{Transcript{}};
  CHECK(to_text(broken_off) ==
        R"({"reason":)" + to_text(broken_off.reason()) + R"(,"fully_judged":false,"transcript":)" + empty + '}');
}

// Properties -------------------------------------------------------------------------------------------------------------

namespace {

constexpr std::size_t event_types = std::variant_size_v<EventBody>;

/// Random objects; the same for the same seed.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_{seed} {}

  bool coin() { return random_() % 2 == 0; }
  int number(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  std::uint64_t bits() { return random_() >> (random_() % 64); }
  Money money() { return Money::from_micros(static_cast<std::int64_t>(random_())); }
  Charge charge() { return coin() ? Charge{} : Charge{any<Billing>(), money()}; }
  CandidateId id() { return {number(1000), number(1000), number(3)}; }
  TimePoint time() { return TimePoint{Duration{static_cast<std::int64_t>(random_() % 200'000'000'000'000'000ULL)}}; }
  double share() { return std::uniform_real_distribution{}(random_); }
  PixelSize size() { return {static_cast<std::uint32_t>(random_()), static_cast<std::uint32_t>(random_())}; }

  std::string text() {
    static constexpr std::string_view parts[] = {"mug",        " ", "\"", "\\", "\n",   "\x7f",  "\u00e9",
                                                 "\U0001F600", "",  "$",  "{",  "null", "\u2028"};
    std::string text;
    for (int i = number(5); i > 0; --i)
      text += parts[static_cast<std::size_t>(number(static_cast<int>(std::size(parts))))];
    return coin() ? text : text + '\0';
  }
  std::vector<std::string> texts() {
    std::vector<std::string> texts;
    for (int i = number(3); i > 0; --i) texts.push_back(text());
    return texts;
  }
  Image png() {
    std::string digits;
    for (int i = 0; i < 64; ++i) digits += "0123456789abcdef"[number(16)];
    return Image::recorded(any<MediaType>(), size(), bits(), digits);
  }
  GenerationRequest request() {
    GenerationRequest request{text()};
    request.negative_prompt(text()).strength(share());
    if (coin()) request.size(size()).seed(bits()).init_image(png()).mask(png());
    for (int i = number(3); i > 0; --i) request.option(text() + std::to_string(i), text());
    return request;
  }
  Requirement requirement(int i) {
    Requirement requirement{text() + std::to_string(i), text(), any<Importance>()};
    requirement.weight(share()).owner(text());
    return requirement.depends_on(texts());
  }
  Brief brief() {
    Brief brief{text()};
    for (int i = number(4); i > 0; --i) brief.add(requirement(i));
    for (const std::string& thing : texts()) brief.avoid(thing);
    if (coin()) brief.size(size()).aspect_ratio({16, 9}).reference_image(png()).init_image(png());
    return brief;
  }
  Error error() {
    Error error{any<errc>(), text()};
    return error.provider_message(text()).request_id(text()).charge(charge());
  }
  Critique critique() {
    Critique critique;
    for (int i = number(4); i > 0; --i) {
      Finding finding{text() + std::to_string(i), any<Verdict>()};
      critique.add(finding.observed(text()).wanted(text()).where(text()).reason(text()).local(coin()));
    }
    return critique.suggested_prompt(text()).remark(text()).charge(charge());
  }
  Decision decision() {
    Decision decision{any<DecisionReason>()};
    if (coin()) decision.against(id());
    return decision.gained(texts()).lost(texts());
  }
  Revision revision() {
    Revision revision{any<Action>(), request()};
    if (coin()) revision.parent(id()).downgraded_from(any<Action>());
    return revision.targets(texts()).author(text()).why(text()).charge(charge());
  }
  StopReason reason() { return {any<StopKind>(), text(), text()}; }
  std::optional<Error> maybe_error() { return coin() ? std::optional{error()} : std::nullopt; }

  template <class E>
  E any() {
    constexpr int first = static_cast<int>(json_form::first_of<E>);
    return static_cast<E>(first + number(static_cast<int>(json_form::last_of<E>) + 1 - first));
  }

  // One for each type of event: a new one does not compile without.
  template <class Body>
  using Of = std::type_identity<Body>;
  EventBody make(Of<event::RunStarted>) {
    RunSettings settings;
    settings.seed(bits()).drafts(1 + number(64)).policy(text()).max_edit_depth(number(1000));
    settings.on_error(any<OnError>()).on_refusal(any<OnRefusal>()).on_satisfied(any<OnSatisfied>());
    settings.critique_retries(number(10)).keep_init_image(any<KeepInitImage>());
    return event::RunStarted{brief(), settings};
  }
  EventBody make(Of<event::PlanStarted>) { return event::PlanStarted{money()}; }
  EventBody make(Of<event::PlanFinished>) {
    Checklist checklist{brief().requirements(), {}};
    return event::PlanFinished{checklist.unjudged(texts()), charge()};
  }
  EventBody make(Of<event::RoundStarted>) { return event::RoundStarted{number(99), revision()}; }
  EventBody make(Of<event::ImageGiven>) { return event::ImageGiven{id(), request(), png()}; }
  EventBody make(Of<event::GenerationStarted>) { return event::GenerationStarted{id(), request(), money(), money()}; }
  EventBody make(Of<event::GenerationFinished>) {
    Generation generation{png()};
    generation.revised_prompt(text()).request_id(text()).charge(charge());
    return event::GenerationFinished{id(), generation};
  }
  EventBody make(Of<event::CritiqueStarted>) { return event::CritiqueStarted{id(), money()}; }
  EventBody make(Of<event::CritiqueFinished>) { return event::CritiqueFinished{id(), critique()}; }
  EventBody make(Of<event::ComparisonStarted>) { return event::ComparisonStarted{id(), id(), coin(), money()}; }
  EventBody make(Of<event::ComparisonFinished>) {
    return event::ComparisonFinished{id(), coin(), Comparison{any<Preference>()}.remark(text())};
  }
  EventBody make(Of<event::CandidateDecided>) { return event::CandidateDecided{id(), decision()}; }
  EventBody make(Of<event::RoundFinished>) { return event::RoundFinished{number(99)}; }
  EventBody make(Of<event::RevisionStarted>) { return event::RevisionStarted{money()}; }
  EventBody make(Of<event::RevisionFinished>) { return event::RevisionFinished{revision()}; }
  EventBody make(Of<event::CallFailed>) {
    return event::CallFailed{Call{any<CallKind>(), coin() ? std::optional{id()} : std::nullopt, coin()}, error()};
  }
  EventBody make(Of<event::StopRequested>) { return event::StopRequested{reason(), maybe_error()}; }
  EventBody make(Of<event::RunStopped>) { return event::RunStopped{reason(), maybe_error()}; }

  template <std::size_t I = 0>
  EventBody body(std::size_t which) {
    if (which == I) return make(Of<std::variant_alternative_t<I, EventBody>>{});
    if constexpr (I + 1 < event_types)
      return body<I + 1>(which);
    else
      return body(which % event_types);
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("any event round-trips") {
  Chance chance{2026};
  for (std::size_t i = 0; i < 100 * event_types; ++i) {
    const Event event{chance.bits(), chance.time(), chance.body(i % event_types)};
    const std::string text = to_text(event);
    CAPTURE(text);
    REQUIRE(from_json<Event>(to_json(event)).value() == event);
    const Result<Event> read = parse_event(text);
    REQUIRE_MESSAGE(read.has_value(), read.error().message());
    REQUIRE(*read == event);
    REQUIRE(to_text(*read) == text);
    REQUIRE(from_text<Event>(to_text(event, JsonLayout::indented)).value() == event);
    REQUIRE(text.find('\n') == std::string::npos);
  }
}

TEST_CASE("damaged events") {
  Chance chance{7};
  for (std::size_t i = 0; i < 100 * event_types; ++i) {
    std::string text = to_text(Event{chance.bits(), chance.time(), chance.body(i % event_types)});
    for (int j = chance.number(4); j >= 0; --j) {
      const auto place = static_cast<std::size_t>(chance.number(static_cast<int>(text.size())));
      if (chance.coin())
        text[place] = static_cast<char>(chance.number(256));
      else
        text.erase(place, static_cast<std::size_t>(chance.number(8)));
      if (text.empty()) text = "{";
    }
    const Result<Event> read = parse_event(text);
    if (!read) continue;
    CHECK(parse_event(to_text(*read)).value() == *read);
    CHECK(!text_of(*read).empty());
  }
}

TEST_SUITE_END();
