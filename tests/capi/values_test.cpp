// Versions, statuses, errors, images, requests, and structs of other sizes.

#include "api.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

using namespace pentimento::test;

namespace {

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

struct Rejection {
  ptm_status status;
  std::string message;
};

Rejection refine(const EngineHandle& engine, std::string_view request) {
  RunHandle run;
  Error error;
  const ptm_status status = ptm_refine(engine.get(), view(request), nullptr, &run, &error);
  CHECK((run.get() == nullptr) == (status != PTM_OK));
  CHECK((error.get() == nullptr) == (status == PTM_OK));
  CHECK(ptm_error_status(error.get()) == (status == PTM_OK ? PTM_E_HANDLE : status));
  return {status, message(error)};
}

}  // namespace

TEST_SUITE_BEGIN("C ABI: values");

TEST_CASE("versions and names") {
  CHECK(ptm_abi_version() == PTM_ABI_VERSION);
  CHECK(std::string{ptm_version()} == PENTIMENTO_VERSION);
  CHECK(std::string{ptm_status_name(PTM_E_STATE)} == "PTM_E_STATE");
  CHECK(std::string{ptm_status_name(PTM_END)} == "PTM_END");
  CHECK(std::string{ptm_status_name(-5)} == "PTM_E_INTERNAL");
}

TEST_CASE("an error has a code, a message and JSON") {
  Error error;
  Text text;
  CHECK(ptm_parse_policy(PTM_STR("rounds(3) ||"), &text, &error) == PTM_E_PARSE_FAILED);
  CHECK(ptm_error_status(error.get()) == PTM_E_PARSE_FAILED);
  CHECK(holds(message(error), "it ends where a policy was expected"));
  CHECK(holds(string(ptm_error_json(error.get())), R"({"code":"parse_failed","message":"the stop policy is invalid)"));
  CHECK(ptm_parse_policy(PTM_STR(" rounds( 3 )||satisfied"), &text, &error) == PTM_OK);
  CHECK(error.get() == nullptr);
  CHECK(string(text) == "rounds(3) || satisfied");
  CHECK(ptm_text_view(text.get()).data[string(text).size()] == '\0');
}

TEST_CASE("images") {
  const std::vector<std::uint8_t> bytes = png(640, 480);
  Picture image;
  REQUIRE(ptm_image_create(bytes.data(), bytes.size(), &image, nullptr) == PTM_OK);
  ptm_image_info info{};
  info.struct_size = sizeof info;
  REQUIRE(ptm_image_get(image.get(), &info, nullptr) == PTM_OK);
  CHECK(info.size == bytes.size());
  CHECK(std::memcmp(info.data, bytes.data(), bytes.size()) == 0);
  CHECK(info.width == 640);
  CHECK(info.height == 480);
  CHECK(std::string{info.media_type} == "image/png");

  Error error;
  CHECK(ptm_image_create(bytes.data(), 20, &image, &error) == PTM_E_UNREADABLE_IMAGE);
  CHECK(image.get() == nullptr);
  CHECK(ptm_image_create(bytes.data(), 0, &image, &error) == PTM_E_UNREADABLE_IMAGE);
  CHECK(ptm_image_create(bytes.data(), SIZE_MAX, &image, &error) == PTM_E_TOO_LARGE);
  CHECK(ptm_image_create(nullptr, 10, &image, &error) == PTM_E_INVALID_ARGUMENT);
}

TEST_CASE("structs of another size") {
  struct Newer {
    ptm_image_info known;
    std::uint64_t more[4];
  };
  const Picture image = picture();
  Newer newer;
  std::memset(&newer, 0xAB, sizeof newer);
  newer.known.struct_size = sizeof newer;
  REQUIRE(ptm_image_get(image.get(), &newer.known, nullptr) == PTM_OK);
  CHECK(newer.known.width == 64);
  CHECK(newer.more[0] == 0);
  CHECK(newer.more[3] == 0);

  struct NewerOptions {
    ptm_engine_options known;
    std::uint64_t more;
  } options{};
  options.known.struct_size = sizeof options;
  EngineHandle engine;
  CHECK(ptm_engine_create(&options.known, &engine, nullptr) == PTM_OK);
  options.more = 1;
  Error error;
  CHECK(ptm_engine_create(&options.known, &engine, &error) == PTM_E_VERSION);
  CHECK(holds(message(error), "does not know"));
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{4}, sizeof(ptm_engine_options) - 1, std::size_t{100'000}, SIZE_MAX}) {
    options.known.struct_size = size;
    CHECK(ptm_engine_create(&options.known, &engine, &error) == PTM_E_VERSION);
    CHECK(holds(message(error), "set it to sizeof(*options)"));
  }
}

TEST_CASE("invalid engine options") {
  const auto create = [](int threads, const char* settings) {
    ptm_engine_options options{};
    options.struct_size = sizeof options;
    options.threads = threads;
    options.settings = view(settings);
    EngineHandle engine;
    Error error;
    const ptm_status status = ptm_engine_create(&options, &engine, &error);
    return Rejection{status, message(error)};
  };
  CHECK(create(65, "").status == PTM_E_INVALID_ARGUMENT);
  CHECK(create(-1, "").message == "threads is -1; 1 to 64, or 0 for 1");
  CHECK(create(2, "{\"prxy\": true}").message == "$: there is no member \"prxy\"; did you mean \"proxy\"?");
  CHECK(create(2, "{\"ca_file\": \"/nowhere\"}").status == PTM_E_IO_FAILED);
  CHECK(create(2, "{").status == PTM_E_PARSE_FAILED);
  CHECK(create(2, "{\"proxy\": false}").status == PTM_OK);
}

TEST_CASE("invalid requests") {
  const EngineHandle engine = new_engine();
  const struct {
    const char* request;
    ptm_status status;
    const char* part;
  } wrong[] = {
      {"", PTM_E_PARSE_FAILED, ""},
      {"{", PTM_E_PARSE_FAILED, ""},
      {"7", PTM_E_PARSE_FAILED, ""},
      {"{}", PTM_E_PARSE_FAILED, "\"brief\" is missing"},
      {R"({"brief": 7})", PTM_E_PARSE_FAILED, "$.brief"},
      {R"({"brief": {"goal": "a", "gaol": "b"}})", PTM_E_PARSE_FAILED, "gaol"},
      {R"({"brief": ""})", PTM_E_INVALID_ARGUMENT, "the brief is empty"},
      {R"({"breif": "a mug"})", PTM_E_PARSE_FAILED, "did you mean \"brief\"?"},
      {R"({"brief": "a mug", "generator": "sktch"})", PTM_E_INVALID_ARGUMENT, "sketch"},
      {R"({"brief": "a mug", "critic": 5})", PTM_E_PARSE_FAILED, "$.critic"},
      {R"({"brief": "a mug", "critic": {"name": "measure", "profil": "x"}})", PTM_E_INVALID_ARGUMENT, "profile"},
      {R"({"brief": "a mug", "reviser": {"name": "ask", "propser": "x"}})", PTM_E_PARSE_FAILED, "propser"},
      {R"j({"brief": "a mug", "until": "rouds(3)"})j", PTM_E_PARSE_FAILED, "did you mean \"rounds\"?"},
      {R"({"brief": "a mug", "drafts": 65})", PTM_E_PARSE_FAILED, "from 1 to 64"},
      {R"({"brief": "a mug", "on_error": "ignore"})", PTM_E_PARSE_FAILED, "go_on, stop"},
      {R"({"brief": "a mug", "generator": "stability"})", PTM_E_UNAUTHORIZED, "STABILITY_API_KEY"},
      {"{\"brief\": \"\xFF\"}", PTM_E_PARSE_FAILED, ""},
      {R"({"brief": {"goal": "a mug", "init_image": {"media_type": "image/png", "width": 64, "height": 64, "bytes": 45, )"
       R"("sha256": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}})",
       PTM_E_INVALID_ARGUMENT, "not among the images"},
  };
  for (const auto& [request, status, part] : wrong) {
    CAPTURE(request);
    const Rejection rejection = refine(engine, request);
    CHECK(rejection.status == status);
    CHECK_MESSAGE(holds(rejection.message, part), rejection.message);
  }
}

TEST_CASE("an init image") {
  Backend critic;
  const EngineHandle engine = new_engine();
  critic.add_critic(engine.get());
  const Picture start = picture(77);
  Text record;
  REQUIRE(ptm_image_record(start.get(), &record, nullptr) == PTM_OK);
  const ptm_image* const images[] = {start.get()};
  ptm_run_options options{};
  options.struct_size = sizeof options;
  options.images = images;
  options.image_count = 1;
  const std::string request =
      R"({"brief": {"goal": "a mug", "requirements": [{"id": "r", "text": "red", "importance": )"
      R"("must"}], "init_image": )" +
      string(record) + R"(}, "critic": "judge", "generator": "sketch"})";
  RunHandle run;
  Error error;
  REQUIRE_MESSAGE(ptm_refine(engine.get(), view(request), &options, &run, &error) == PTM_OK, message(error));
  REQUIRE(ptm_run_wait(run.get(), 30'000, nullptr) == PTM_OK);
  Picture best;
  REQUIRE(ptm_run_best(run.get(), &best, nullptr) == PTM_OK);
  Text same;
  REQUIRE(ptm_image_record(best.get(), &same, nullptr) == PTM_OK);
  CHECK(string(same) == string(record));
}

TEST_CASE("backends") {
  Backend backend;
  const EngineHandle engine = new_engine();
  REQUIRE(backend.add_generator(engine.get(), R"({"name": "house", "image_to_image": true})") == PTM_OK);
  Text json;
  REQUIRE(ptm_engine_backends(engine.get(), &json, nullptr) == PTM_OK);
  for (const char* name : {"\"sketch\"", "\"measure\"", "\"stability\"", "\"openai\"", "\"ask\"", "\"house\""})
    CHECK_MESSAGE(holds(string(json), std::string{"{\"name\":"} + name), string(json));

  const auto rejected = [&](std::string_view terms, ptm_backend functions) {
    Error error;
    const ptm_status status = ptm_engine_add_critic(engine.get(), view(terms), &functions, &error);
    CHECK(status != PTM_OK);
    return message(error);
  };
  ptm_backend functions = backend.functions();
  CHECK(holds(rejected("{}", functions), "\"name\" is missing"));
  CHECK(holds(rejected(R"({"name": "a b"})", functions), "letters, digits"));
  CHECK(holds(rejected(R"({"name": "a", "plan": true})", functions), R"(did you mean "plans"?)"));
  CHECK(holds(rejected(R"({"name": "a", "estimates_micros": {"x": 1}})", functions),
              "there is no member \"x\"; there are plan, critique, compare"));
  CHECK(holds(rejected(R"({"name": "a", "estimates_micros": {"plan": -1}})", functions), "$.estimates_micros.plan"));
  functions.abi_version = 99;
  CHECK(holds(rejected(R"({"name": "a"})", functions), "abi_version is 99"));
  functions = backend.functions();
  functions.start = nullptr;
  CHECK(holds(rejected(R"({"name": "a"})", functions), "start is NULL"));
  functions = backend.functions();
  functions.struct_size = 3;
  CHECK(holds(rejected(R"({"name": "a"})", functions), "struct_size"));
  CHECK(backend.destroyed == 0);
  REQUIRE(backend.add_generator(engine.get(), R"({"name": "house"})") == PTM_OK);  // replaces the first
  CHECK(backend.destroyed == 1);
}

TEST_CASE("a critique with the image that was judged") {
  Backend generator;
  Backend critic{Backend::Finish::never};
  EngineHandle engine = new_engine();
  generator.add_generator(engine.get());
  critic.add_critic(engine.get());
  RunHandle run;
  const std::string json = request();
  REQUIRE(ptm_refine(engine.get(), view(json), nullptr, &run, nullptr) == PTM_OK);
  REQUIRE(critic.wait_started(1));
  ptm_call* const call = critic.open().front();
  const Picture shown = picture(4711);
  const ptm_image* const images[] = {shown.get()};
  Text record;
  REQUIRE(ptm_image_record(shown.get(), &record, nullptr) == PTM_OK);
  const std::string critique =
      R"({"findings": [{"requirement": "r", "verdict": "pass"}], "judged": )" + string(record) + "}";
  CHECK(ptm_call_finish(call, view(critique), nullptr, 0, nullptr) == PTM_E_INVALID_ARGUMENT);  // without its bytes
  REQUIRE(ptm_call_finish(call, view(critique), images, 1, nullptr) == PTM_OK);
  REQUIRE(ptm_run_wait(run.get(), 30'000, nullptr) == PTM_OK);
  const std::string text = string(record);
  Picture found;
  CHECK(ptm_run_image(run.get(), view(text.substr(text.find("\"sha256\":\"") + 10, 64)), &found, nullptr) == PTM_OK);
  engine.reset();
}

TEST_CASE("an invalid result leaves the call open") {
  Backend generator{Backend::Finish::never};
  Backend critic;
  EngineHandle engine = new_engine();
  generator.add_generator(engine.get());
  critic.add_critic(engine.get());
  RunHandle run;
  const std::string json = request();
  REQUIRE(ptm_refine(engine.get(), view(json), nullptr, &run, nullptr) == PTM_OK);
  REQUIRE(generator.wait_started(1));
  ptm_call* const call = generator.open().front();
  const Picture image = picture(1);
  const ptm_image* const images[] = {image.get()};
  const ptm_image* const dead[] = {nullptr};
  Error error;
  CHECK(ptm_call_finish(call, PTM_STR("{}"), nullptr, 0, &error) == PTM_E_INVALID_ARGUMENT);
  CHECK(ptm_call_finish(call, PTM_STR("{}"), nullptr, 1, &error) == PTM_E_INVALID_ARGUMENT);
  CHECK(ptm_call_finish(call, PTM_STR("{}"), dead, 1, &error) == PTM_E_HANDLE);
  CHECK(ptm_call_finish(call, PTM_STR("{\"sed\": 1}"), images, 1, &error) == PTM_E_PARSE_FAILED);
  CHECK(ptm_call_finish(call, PTM_STR("[]"), images, 1, &error) == PTM_E_PARSE_FAILED);
  CHECK(ptm_call_finish(call, PTM_STR("{\"images\": []}"), images, 1, &error) == PTM_E_PARSE_FAILED);
  CHECK(ptm_call_fail(call, PTM_STR("{\"code\": \"odd\", \"message\": \"\"}"), &error) == PTM_E_PARSE_FAILED);
  Picture none;
  CHECK(ptm_call_image(call, PTM_STR("00"), &none, &error) == PTM_E_NOT_FOUND);
  CHECK(ptm_call_fail(call, PTM_STR(R"({"code": "refused", "message": "not this", "request_id": "r-1"})"), &error) ==
        PTM_OK);
  CHECK(ptm_call_finish(call, PTM_STR("{}"), images, 1, &error) == PTM_E_HANDLE);
  REQUIRE(ptm_run_wait(run.get(), 30'000, nullptr) == PTM_OK);
  Text outcome;
  REQUIRE(ptm_run_outcome(run.get(), &outcome, nullptr) == PTM_OK);
  CHECK(holds(string(outcome), R"("code":"refused","message":"not this")"));
  CHECK(ptm_run_best(run.get(), &none, &error) == PTM_E_REFUSED);
  CHECK(holds(string(ptm_error_json(error.get())), R"("request_id":"r-1")"));
}

TEST_SUITE_END();
