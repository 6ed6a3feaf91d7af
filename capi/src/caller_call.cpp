#include "caller_call.hpp"

#include "images.hpp"
#include <pentimento/json.hpp>
#include <pentimento/ledger.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace pentimento::capi {
namespace {

namespace json = boost::json;

template <class Request>
std::string request_text(CallKind kind, const Request& request) {
  return to_text(json::value(json::object{{"kind", to_string(kind)}, {"request", to_json(request)}}));
}

void add_if(std::vector<Image>& images, const std::optional<Image>& image) {
  if (image) images.push_back(*image);
}

void add_of(std::vector<Image>& images, const Brief& brief) {
  images.insert(images.end(), brief.reference_images().begin(), brief.reference_images().end());
  add_if(images, brief.init_image());
}

void add_of(std::vector<Image>& images, const GenerationRequest& request) {
  add_if(images, request.init_image());
  add_if(images, request.mask());
}

void add_of(std::vector<Image>& images, const Candidate& candidate) {
  images.push_back(candidate.image());
  add_of(images, candidate.request());
}

void add_of(std::vector<Image>& images, const CritiqueRequest& request) {
  add_of(images, request.candidate());
  add_of(images, request.brief());
}

void add_of(std::vector<Image>& images, const ComparisonRequest& request) {
  add_of(images, request.first());
  add_of(images, request.second());
  add_of(images, request.brief());
}

class GenerationCall final : public CallerCallOf<Generation> {
 public:
  explicit GenerationCall(GenerationRequest request) : request_{std::move(request)} {}
  std::string request() const override { return request_text(CallKind::generate, request_); }
  std::vector<Image> images() const override {
    std::vector<Image> images;
    add_of(images, request_);
    return images;
  }

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
  std::vector<Image> images() const override {
    std::vector<Image> images;
    add_of(images, request_);
    return images;
  }

 private:
  T read(std::string_view result, std::vector<Image> images) const override {
    if (!images.empty()) reject(PTM_E_INVALID_ARGUMENT, "images were given; only the result of a generator has images");
    return value_of(from_text<T>(result));
  }

  CallKind kind_;
  Request request_;
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

}  // namespace pentimento::capi
