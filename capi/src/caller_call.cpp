#include "caller_call.hpp"

#include "images.hpp"
#include <pentimento/json.hpp>
#include <pentimento/ledger.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <type_traits>

namespace pentimento::capi {
namespace {

namespace json = boost::json;

template <class Request>
std::string request_text(CallKind kind, const Request& request) {
  return to_text(json::value(json::object{{"kind", to_string(kind)}, {"request", to_json(request)}}));
}

class GenerationCall final : public CallerCallOf<Generation> {
 public:
  explicit GenerationCall(GenerationRequest request) : request_{std::move(request)} {}
  std::string request() const override { return request_text(CallKind::generate, request_); }
  std::vector<Image> images() const override { return images_in(request_); }

 private:
  Generation read(std::string_view result, std::vector<Image> images) const override {
    if (images.empty())
      reject(PTM_E_INVALID_ARGUMENT, "no images were given; the result of a generator has at least one");
    json::value value = value_of(parse_json(result));
    json::array records;
    for (const Image& image : images) records.push_back(to_json(image));
    if (json::object* object = value.if_object()) {
      if (object->contains("images"))
        reject(PTM_E_PARSE_FAILED, "$.images: pass the images of a result as handles, not in its JSON");
      (*object)["images"] = std::move(records);
    }
    return value_of(from_json<Generation>(value, among(std::move(images), "the images that were given")));
  }

  GenerationRequest request_;
};

/// A call to a critic.
template <class T, class Request>
class JudgingCall final : public CallerCallOf<T> {
 public:
  JudgingCall(CallKind kind, Request request) : kind_{kind}, request_{std::move(request)} {}
  std::string request() const override { return request_text(kind_, request_); }
  std::vector<Image> images() const override { return images_in(request_); }

 private:
  T read(std::string_view result, std::vector<Image> images) const override {
    if constexpr (std::is_same_v<T, Critique>) {
      return value_of(from_text<T>(result, among(std::move(images), "the images that were given")));
    } else {
      if (!images.empty())
        reject(PTM_E_INVALID_ARGUMENT, "images were given; the result of a plan or a comparison has none");
      return value_of(from_text<T>(result));
    }
  }

  CallKind kind_;
  Request request_;
};

class RevisionCall final : public CallerCallOf<Revision> {
 public:
  explicit RevisionCall(RevisionRequest request) : request_{std::move(request)} {}
  std::string request() const override { return request_text(CallKind::revise, request_); }
  std::vector<Image> images() const override { return images_in(request_); }

 private:
  Revision read(std::string_view result, std::vector<Image> images) const override {
    json::value value = value_of(parse_json(result));
    if (json::object* const object = value.if_object()) {
      // A reviser that stops need not make up a request.
      const json::value* const action = object->if_contains("action");
      if (action != nullptr && *action == json::value("stop") && !object->contains("request"))
        object->emplace("request", to_json(GenerationRequest{request_.transcript().brief().goal()}));
    }
    collect(images, request_);
    return value_of(from_json<Revision>(value, among(std::move(images), "those of the run or those that were given")));
  }

  RevisionRequest request_;
};

class EventCall final : public CallerCallOf<Stored> {
 public:
  explicit EventCall(Event event) : event_{std::move(event)} {}
  std::string request() const override { return to_text(event_); }
  std::vector<Image> images() const override { return images_in(event_); }

 private:
  Stored read(std::string_view result, std::vector<Image> images) const override {
    if (!images.empty() || value_of(parse_json(result)) != json::value(json::object{}))
      reject(PTM_E_INVALID_ARGUMENT, "the result of a sink is {}, without images");
    return {};
  }

  Event event_;
};

template <class T, class Request>
std::shared_ptr<CallerCallOf<T>> judging_call(CallKind kind, Request request) {
  return std::make_shared<JudgingCall<T, Request>>(kind, std::move(request));
}

}  // namespace

std::shared_ptr<CallerCallOf<Generation>> call_for(GenerationRequest request) {
  return std::make_shared<GenerationCall>(std::move(request));
}
std::shared_ptr<CallerCallOf<Plan>> call_for(Brief brief) {
  return judging_call<Plan>(CallKind::plan, std::move(brief));
}
std::shared_ptr<CallerCallOf<Critique>> call_for(CritiqueRequest request) {
  return judging_call<Critique>(CallKind::critique, std::move(request));
}
std::shared_ptr<CallerCallOf<Comparison>> call_for(ComparisonRequest request) {
  return judging_call<Comparison>(CallKind::compare, std::move(request));
}
std::shared_ptr<CallerCallOf<Revision>> call_for(RevisionRequest request) {
  return std::make_shared<RevisionCall>(std::move(request));
}
std::shared_ptr<CallerCallOf<Stored>> call_for(Event event) { return std::make_shared<EventCall>(std::move(event)); }

}  // namespace pentimento::capi
