// What a run makes of an image: findings, critiques, comparisons, decisions, revisions, candidates.

#include "json/codec.hpp"

namespace pentimento::json_form {

json::value write(const Finding& finding) {
  ObjectWriter out;
  out.put("requirement", finding.requirement())
      .put("verdict", finding.verdict())
      .put_unless_empty("observed", finding.observed());
  out.put_unless_empty("wanted", finding.wanted())
      .put_unless_empty("where", finding.where())
      .put_unless_empty("reason", finding.reason());
  return out.put_unless_empty("local", finding.is_local()).release();
}

Finding read(const Node& node, As<Finding>) {
  ObjectReader in{node};
  auto requirement = in.get<std::string>("requirement");
  Finding finding{std::move(requirement), in.get<Verdict>("verdict")};
  finding.observed(in.text("observed")).wanted(in.text("wanted")).where(in.text("where")).reason(in.text("reason"));
  finding.local(in.get_or(false, "local"));
  in.done();
  return finding;
}

json::value write(const Critique& critique) {
  ObjectWriter out;
  out.put("findings", critique.findings()).put_unless_empty("suggested_prompt", critique.suggested_prompt());
  out.put_unless_empty("remark", critique.remark()).put_unless_empty("judged", critique.judged());
  return out.put_unless_empty("charge", critique.charge()).release();
}

Critique read(const Node& node, As<Critique>) {
  ObjectReader in{node};
  Critique critique{in.get<std::vector<Finding>>("findings")};
  reject_repeats(node.child("findings", node.object().at("findings")), critique.findings(), &Finding::requirement);
  critique.suggested_prompt(in.text("suggested_prompt"))
      .remark(in.text("remark"))
      .judged(in.find<Image>("judged"))
      .charge(in.get_or(Charge{}, "charge"));
  in.done();
  return critique;
}

json::value write(const Comparison& comparison) {
  ObjectWriter out;
  out.put("preference", comparison.preference()).put_unless_empty("remark", comparison.remark());
  return out.put_unless_empty("charge", comparison.charge()).release();
}

Comparison read(const Node& node, As<Comparison>) {
  ObjectReader in{node};
  Comparison comparison{in.get<Preference>("preference")};
  comparison.remark(in.text("remark")).charge(in.get_or(Charge{}, "charge"));
  in.done();
  return comparison;
}

json::value write(const Decision& decision) {
  ObjectWriter out;
  out.put("reason", decision.reason())
      .put("accepted", decision.accepted())
      .put_unless_empty("against", decision.against());
  return out.put_unless_empty("gained", decision.gained()).put_unless_empty("lost", decision.lost()).release();
}

Decision read(const Node& node, As<Decision>) {
  ObjectReader in{node};
  Decision decision{in.get<DecisionReason>("reason")};
  in.check("accepted", write(decision.accepted()));
  decision.against(in.find<CandidateId>("against")).gained(in.texts("gained")).lost(in.texts("lost"));
  in.done();
  return decision;
}

json::value write(const Revision& revision) {
  ObjectWriter out;
  out.put("action", revision.action()).put("request", revision.request()).put_unless_empty("parent", revision.parent());
  out.put_unless_empty("targets", revision.targets())
      .put_unless_empty("author", revision.author())
      .put_unless_empty("why", revision.why());
  return out.put_unless_empty("downgraded_from", revision.downgraded_from())
      .put_unless_empty("charge", revision.charge())
      .release();
}

Revision read(const Node& node, As<Revision>) {
  ObjectReader in{node};
  const auto action = in.get<Action>("action");
  Revision revision{action, in.get<GenerationRequest>("request")};
  revision.parent(in.find<CandidateId>("parent"))
      .targets(in.texts("targets"))
      .author(in.text("author"))
      .why(in.text("why"));
  revision.downgraded_from(in.find<Action>("downgraded_from")).charge(in.get_or(Charge{}, "charge"));
  in.done();
  return revision;
}

json::value write(const Candidate& candidate) {
  ObjectWriter out;
  out.put("id", candidate.id()).put("request", candidate.request()).put("image", candidate.image());
  out.put_unless_empty("parent", candidate.parent()).put_unless_empty("seed", candidate.seed());
  out.put_unless_empty("revised_prompt", candidate.revised_prompt())
      .put_unless_empty("request_id", candidate.request_id());
  out.put_unless_empty("warning", candidate.warning());
  out.put_unless_empty("critique", candidate.critique()).put_unless_empty("error", candidate.error());
  return out.put_unless_empty("decision", candidate.decision()).release();
}

Candidate read(const Node& node, As<Candidate>) {
  ObjectReader in{node};
  const auto id = in.get<CandidateId>("id");
  auto request = in.get<GenerationRequest>("request");
  Candidate candidate{id, std::move(request), in.get<Image>("image")};
  candidate.parent(in.find<CandidateId>("parent"))
      .seed(in.find<std::uint64_t>("seed"))
      .revised_prompt(in.text("revised_prompt"));
  candidate.request_id(in.text("request_id")).warning(in.text("warning"));
  candidate.critique(in.find<Critique>("critique")).error(in.find<Error>("error"));
  candidate.decision(in.find<Decision>("decision"));
  in.done();
  return candidate;
}

// What a critic is given ----------------------------------------------------------------------------------------------

json::value write(const CritiqueRequest& request) {
  ObjectWriter out;
  out.put("brief", request.brief());
  put_checklist(out, request.checklist());
  return out.put("candidate", request.candidate()).release();
}

CritiqueRequest read(const Node& node, As<CritiqueRequest>) {
  ObjectReader in{node};
  auto brief = in.get<Brief>("brief");
  Checklist checklist = take_checklist(in);
  CritiqueRequest request{std::move(brief), std::move(checklist), in.get<Candidate>("candidate")};
  in.done();
  return request;
}

json::value write(const ComparisonRequest& request) {
  ObjectWriter out;
  out.put("brief", request.brief());
  put_checklist(out, request.checklist());
  return out.put("first", request.first()).put("second", request.second()).release();
}

ComparisonRequest read(const Node& node, As<ComparisonRequest>) {
  ObjectReader in{node};
  auto brief = std::make_shared<const Brief>(in.get<Brief>("brief"));
  auto checklist = std::make_shared<const Checklist>(take_checklist(in));
  auto first = in.get<Candidate>("first");
  ComparisonRequest request{std::move(brief), std::move(checklist), std::move(first), in.get<Candidate>("second")};
  in.done();
  return request;
}

}  // namespace pentimento::json_form
