// Any reply of a server of the OpenAI Images API, whole or streamed: never a crash, always a picture or an error that may
// be shown. The first line names the server ("200 xai") and whether the body is a stream ("200 openai stream").

#include "provider_reply.hpp"
#include "providers/openai_images/codec.hpp"
#include <pentimento/http/event_stream.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace pentimento;

void read_stream(std::string_view body, const GenerationRequest& request,
                 std::shared_ptr<const OpenAiImagesOptions> options) {
  openai_images::Stream stream{request, std::move(options)};
  http::EventStreamParser parser;
  bool goes_on = true;
  // In two pieces, so that some event comes in two.
  for (const std::string_view piece : {body.substr(0, body.size() / 2), body.substr(body.size() / 2)}) {
    const Result<std::vector<http::ServerEvent>> events = parser.feed(piece);
    if (!events) break;
    for (const http::ServerEvent& event : *events) goes_on = goes_on && stream.on_event(event);
  }
  const bool has_picture = stream.has_picture();
  const Result<Generation> result = stream.take("request");
  fuzz::demand(result.has_value() == has_picture);
  fuzz::check(result);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Exchange exchange{{data, size}};
  auto options = std::make_shared<OpenAiImagesOptions>();
  for (const std::string& name : OpenAiImagesQuirks::names()) {
    if (exchange.says(name)) options->server = OpenAiImagesQuirks::named(name).value();
  }
  options->api_key = fuzz::canary();
  options->model = "gpt-image-2";
  options->on_partial = [](const Image& partial, int index) {
    fuzz::demand(partial.has_bytes() && index >= 0 && index <= 1000);
  };
  const GenerationRequest request{"a cat"};
  if (exchange.says("stream")) {
    read_stream(exchange.body(), request, options);
  } else {
    fuzz::check(openai_images::decode(exchange.response(), request, *options));
  }
  return 0;
}
