#include "caller_call.hpp"

#include "pictures.hpp"
#include <pentimento/call.hpp>
#include <pentimento/json.hpp>

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
  images.insert(images.end(), brief.references().begin(), brief.references().end());
  add_if(images, brief.start());
}

void add_of(std::vector<Image>& images, const GenerationRequest& request) {
  add_if(images, request.base());
  add_if(images, request.mask());
}

void add_of(std::vector<Image>& images, const Candidate& candidate) {
  images.push_back(candidate.image());
  add_of(images, candidate.request());
}

void refuse_images(const std::vector<Image>& images) {
  if (!images.empty()) refuse(PTM_E_INVALID_ARGUMENT, "images were given, and only a generator's result has some");
}

class GenerationCall final : public CallerCallOf<Generation> {
 public:
  explicit GenerationCall(GenerationRequest request) : request_{std::move(request)} {}
  std::string request() const override { return request_text(CallKind::generate, request_); }

 private:
  std::vector<Image> images() const override {
    std::vector<Image> images;
    add_of(images, request_);
    return images;
  }

  Generation read(std::string_view result, std::vector<Image> images) const override {
    if (images.empty()) refuse(PTM_E_INVALID_ARGUMENT, "a generator's result has at least one image");
    json::value value = value_of(parse_json(result));
    json::array records;
    for (const Image& image : images) records.push_back(to_json(image));
    if (json::object* object = value.if_object()) {
      if (object->contains("images"))
        refuse(PTM_E_PARSE_FAILED, "$.images: the pictures of a result are given as handles, beside its JSON");
      (*object)["images"] = std::move(records);
    }
    return value_of(from_json<Generation>(value, among(std::move(images), "the images that were given")));
  }

  GenerationRequest request_;
};

class PlanCall final : public CallerCallOf<Plan> {
 public:
  explicit PlanCall(Brief brief) : brief_{std::move(brief)} {}
  std::string request() const override { return request_text(CallKind::plan, brief_); }

 private:
  std::vector<Image> images() const override {
    std::vector<Image> images;
    add_of(images, brief_);
    return images;
  }
  Plan read(std::string_view result, std::vector<Image> images) const override {
    refuse_images(images);
    return value_of(from_text<Plan>(result));
  }

  Brief brief_;
};

class CritiqueCall final : public CallerCallOf<Critique> {
 public:
  explicit CritiqueCall(CritiqueRequest request) : request_{std::move(request)} {}
  std::string request() const override { return request_text(CallKind::critique, request_); }

 private:
  std::vector<Image> images() const override {
    std::vector<Image> images;
    add_of(images, request_.candidate());
    add_of(images, request_.brief());
    return images;
  }
  Critique read(std::string_view result, std::vector<Image> images) const override {
    refuse_images(images);
    return value_of(from_text<Critique>(result));
  }

  CritiqueRequest request_;
};

class ComparisonCall final : public CallerCallOf<Comparison> {
 public:
  explicit ComparisonCall(ComparisonRequest request) : request_{std::move(request)} {}
  std::string request() const override { return request_text(CallKind::compare, request_); }

 private:
  std::vector<Image> images() const override {
    std::vector<Image> images;
    add_of(images, request_.first());
    add_of(images, request_.second());
    add_of(images, request_.brief());
    return images;
  }
  Comparison read(std::string_view result, std::vector<Image> images) const override {
    refuse_images(images);
    return value_of(from_text<Comparison>(result));
  }

  ComparisonRequest request_;
};

}  // namespace

std::shared_ptr<CallerCallOf<Generation>> call_for(GenerationRequest request) {
  return std::make_shared<GenerationCall>(std::move(request));
}
std::shared_ptr<CallerCallOf<Plan>> call_for(Brief brief) { return std::make_shared<PlanCall>(std::move(brief)); }
std::shared_ptr<CallerCallOf<Critique>> call_for(CritiqueRequest request) {
  return std::make_shared<CritiqueCall>(std::move(request));
}
std::shared_ptr<CallerCallOf<Comparison>> call_for(ComparisonRequest request) {
  return std::make_shared<ComparisonCall>(std::move(request));
}

}  // namespace pentimento::capi
