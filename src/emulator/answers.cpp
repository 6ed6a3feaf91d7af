#include "emulator/dialects/moderation.hpp"
#include <pentimento/brief.hpp>
#include <pentimento/candidate.hpp>
#include <pentimento/checklist.hpp>
#include <pentimento/critique.hpp>
#include <pentimento/critique_request.hpp>
#include <pentimento/emulator/answers.hpp>
#include <pentimento/json.hpp>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace pentimento::emulator {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string{value->get_string().data(), value->get_string().size()}
                                                : "";
}

const json::array& array_at(const json::object& object, std::string_view key) {
  static const json::array none;
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

/// A question of a vision critic, as far as it can be read.
struct CriticQuestion {
  json::value schema;
  Brief brief{""};  // its requirements are the items of the question
  std::string declined;
  std::vector<Image> images;

  bool asks_for(std::string_view key) const {
    const json::value* properties = schema.is_object() ? schema.get_object().if_contains("properties") : nullptr;
    return properties != nullptr && properties->is_object() && properties->get_object().contains(key);
  }
};

CriticQuestion read_question(ModelQuestion asked) {
  CriticQuestion question;
  question.schema = std::move(asked.schema);
  question.images = std::move(asked.images);
  json::object data;
  const std::string_view text = asked.text;
  for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
    end = std::min(text.find('\n', begin), text.size());
    if (text[begin] != '{') continue;
    const Result<json::value> line = parse_json(text.substr(begin, end - begin));
    if (!line || !line->is_object()) continue;
    if (line->get_object().contains("wish") && data.empty()) data = line->get_object();
    if (line->get_object().contains("properties") && question.schema.is_null()) question.schema = *line;
  }
  question.brief = Brief{question.schema.is_null() ? asked.text : text_at(data, "wish")};
  question.declined = text_at(data, "declined");
  for (const json::value& thing : array_at(data, "avoid")) {
    if (thing.is_string()) question.brief.avoid(std::string{thing.get_string().data(), thing.get_string().size()});
  }
  for (const json::value& item : array_at(data, "items")) {
    if (item.is_object())
      question.brief.add(Requirement{text_at(item.get_object(), "id"), text_at(item.get_object(), "text")});
  }
  return question;
}

/// The finding on an item: the one with its id, or the one on a planned requirement with its text. Null if none.
const Finding* finding_on(const Requirement& item, const Checklist& checklist, const Critique& critique) {
  if (const Finding* finding = critique.find(item.id())) return finding;
  for (const Requirement& planned : checklist) {
    if (planned.text() != item.text()) continue;
    if (const Finding* finding = critique.find(planned.id())) return finding;
  }
  return nullptr;
}

/// An id as models write them.
std::string snake_case(std::string_view id) {
  std::string name;
  for (const char c : id) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    const bool is_plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (is_plain || !name.ends_with('_')) name += is_plain ? lower : '_';
  }
  return name;
}

json::array plan_items(const CriticQuestion& question, const Plan& plan) {
  const auto& own = question.brief.requirements();
  const auto is_own = [&](const std::string& id) { return std::ranges::find(own, id, &Requirement::id) != own.end(); };
  json::array items;
  for (const Requirement& requirement : plan.requirements()) {
    if (is_own(requirement.id())) continue;
    json::array depends_on;
    for (const std::string& id : requirement.depends_on()) depends_on.emplace_back(is_own(id) ? id : snake_case(id));
    items.push_back({{"id", snake_case(requirement.id())},
                     {"text", requirement.text()},
                     {"importance", to_string(requirement.importance())},
                     {"depends_on", std::move(depends_on)}});
  }
  // A model finds something to ask in every wish, even if the critic here has nothing to measure.
  if (items.empty() && own.empty()) {
    items.push_back({{"id", "wish"},
                     {"text", "the image shows " + question.brief.goal()},
                     {"importance", "must"},
                     {"depends_on", json::array{}}});
  }
  return items;
}

void write_critique(const CriticQuestion& question, const Checklist& checklist, const Critique& critique,
                    json::object& answer) {
  json::array answers;
  std::string worst;
  for (const Requirement& item : question.brief.requirements()) {
    const Finding* finding = finding_on(item, checklist, critique);
    std::string evidence = "the critic behind the emulator cannot tell";
    if (finding != nullptr) evidence = finding->observed().empty() ? finding->reason() : finding->observed();
    if (evidence.empty()) evidence = "it is visible";
    const Verdict verdict = finding == nullptr ? Verdict::unknown : finding->verdict();
    if (verdict == Verdict::fail && worst.empty()) {
      worst = item.text() + ": " + evidence + (finding->wanted().empty() ? "" : ", wanted " + finding->wanted());
    }
    const char* const says = verdict == Verdict::pass ? "yes" : verdict == Verdict::fail ? "no" : "unclear";
    answers.push_back({{"id", item.id()}, {"evidence", std::move(evidence)}, {"answer", says}});
  }
  answer["answers"] = std::move(answers);
  answer["suggested_prompt"] = worst.empty() ? std::string{} : critique.suggested_prompt();
  answer["worst_problem"] = worst.empty() ? critique.remark() : std::move(worst);
}

/// Whichever image passes more of the items; without items, more of the checklist.
void write_comparison(const CriticQuestion& question, const Checklist& checklist, const Critique& first,
                      const Critique& second, json::object& answer) {
  const auto passes = [&](const Requirement& requirement, const Critique& critique) {
    const Finding* finding = finding_on(requirement, checklist, critique);
    return finding != nullptr && finding->verdict() == Verdict::pass;
  };
  const auto& items = question.brief.requirements();
  int lead = 0;
  std::string difference;
  for (const Requirement& requirement : items.empty() ? checklist.requirements() : items) {
    const int step = static_cast<int>(passes(requirement, first)) - static_cast<int>(passes(requirement, second));
    lead += step;
    if (step != 0 && difference.empty()) difference = requirement.text() + ": only in Image " + (step > 0 ? "1" : "2");
  }
  answer["difference"] =
      difference.empty() ? "none that the critic behind the emulator measures" : std::move(difference);
  answer["better"] = lead > 0 ? "first" : lead < 0 ? "second" : "tie";
}

void write_rephrasing(const CriticQuestion& question, json::object& answer) {
  std::string prompt = question.declined;
  std::string left_out;
  for (std::string_view word = forbidden_word(prompt); !word.empty(); word = forbidden_word(prompt)) {
    left_out = word;
    const auto at = static_cast<std::size_t>(word.data() - prompt.data());
    const bool has_space = prompt.substr(at + word.size()).starts_with(' ');
    prompt.erase(at, word.size() + (has_space ? 1 : 0));
  }
  answer["prompt"] = left_out.empty() ? "an image of " + prompt : std::move(prompt);
  answer["left_out"] = left_out.empty() ? "nothing" : std::move(left_out);
}

asio::awaitable<Result<json::value>> answer_by(std::shared_ptr<Critic> critic, ModelQuestion asked) {
  const CriticQuestion question = read_question(std::move(asked));
  json::value least = least_value(question.schema);
  if (!least.is_object() && !question.schema.is_null()) co_return least;
  const bool is_critique = question.asks_for("answers") && !question.images.empty();
  const bool is_comparison = question.asks_for("better") && question.images.size() == 2;
  if (question.asks_for("left_out")) {
    write_rephrasing(question, least.get_object());
    co_return least;
  }
  const bool is_prose = question.schema.is_null();
  if (!is_prose && !question.asks_for("items") && !is_critique && !is_comparison) co_return least;

  Result<Plan> plan = co_await critic->plan(question.brief);
  if (!plan) co_return plan.error();
  if (is_prose) {
    std::string prose;
    for (const Requirement& requirement : plan->requirements())
      prose += (prose.empty() ? "" : ", ") + requirement.text();
    co_return json::value(std::move(prose));
  }
  if (question.asks_for("items")) {
    least.get_object()["items"] = plan_items(question, *plan);
    co_return least;
  }
  const Checklist checklist{question.brief.requirements(), plan->requirements()};
  std::vector<Critique> critiques;
  for (const Image& image : question.images) {
    CritiqueRequest request{question.brief, checklist,
                            Candidate{CandidateId{0, 0}, GenerationRequest{question.brief.goal()}, image}};
    Result<Critique> critique = co_await critic->critique(std::move(request));
    if (!critique) co_return critique.error();
    critiques.push_back(std::move(*critique));
  }
  if (is_critique) {
    write_critique(question, checklist, critiques.front(), least.get_object());
  } else {
    write_comparison(question, checklist, critiques[0], critiques[1], least.get_object());
  }
  co_return least;
}

}  // namespace

AnswerFunction answers_of(std::shared_ptr<Critic> critic) {
  return [critic = std::move(critic)](ModelQuestion question) { return answer_by(critic, std::move(question)); };
}

}  // namespace pentimento::emulator
