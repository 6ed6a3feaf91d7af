// Any reply of a server of the OpenAI Images API, whole or streamed, is an image or an error that is safe to show. The first
// line names the server ("200 xai"), and says whether the body is a stream ("200 openai stream").

#include "provider_reply.hpp"
#include "providers/openai_images/codec.hpp"
#include <pentimento/http/event_stream.hpp>

#include <chrono>
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
  bool more = true;
  // In two pieces, which splits an event.
  for (const std::string_view piece : {body.substr(0, body.size() / 2), body.substr(body.size() / 2)}) {
    const Result<std::vector<http::ServerEvent>> events = parser.feed(piece);
    if (!events) break;
    for (const http::ServerEvent& event : *events) more = more && stream.on_event(event);
  }
  const bool has_image = stream.has_image();
  const Result<Generation> result = stream.take("request");
  fuzz::check(result.has_value() == has_image);
  fuzz::check(result);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::ReplyInput input{{data, size}};
  auto options = std::make_shared<OpenAiImagesOptions>();
  for (const std::string& name : OpenAiImagesServer::names()) {
    if (input.says(name)) options->server = OpenAiImagesServer::named(name).value();
  }
  options->api_key = fuzz::canary();
  options->model = "gpt-image-2";
  options->on_partial = [](const Image& partial, int index) {
    fuzz::check(partial.has_bytes() && index >= 0 && index <= 1000);
  };
  const GenerationRequest request{"a cat"};
  if (input.says("stream")) {
    read_stream(input.body(), request, options);
  } else {
    fuzz::check(openai_images::decode(input.response(), request, *options));
    const std::string address = openai_images::image_address(input.response());
    const Result<http::Request> fetch = openai_images::fetch_request(address, *options, std::chrono::seconds{1});
    fuzz::check(!fetch || (fetch->credential().empty() && fetch->url().is_https()));
  }
  return 0;
}
