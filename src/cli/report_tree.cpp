#include "html.hpp"
#include "report_parts.hpp"
#include <pentimento/offline/convert.hpp>

#include <algorithm>
#include <map>

namespace pentimento::cli {

namespace {

// In the units of the drawing, which are CSS pixels.
constexpr int node_side = 128;
constexpr int node_gap = 26;
constexpr int row_height = 214;
constexpr int first_row = 64;
constexpr int gutter = 84;

struct Point {
  int x = 0;
  int y = 0;
};

class Tree {
 public:
  explicit Tree(const Transcript& run) : run_{run} {
    std::size_t widest = 1;
    for (const Round& round : run.rounds()) widest = std::max(widest, round.candidates().size());
    width_ = 2 * gutter + static_cast<int>(widest) * (node_side + node_gap) - node_gap;
    height_ = first_row + static_cast<int>(run.rounds().size()) * row_height - 14;
    root_ = {width_ / 2, 14};
    for (const Round& round : run.rounds()) place(round);
  }

  std::string svg() const {
    std::string edges;
    std::string nodes;
    for (const Round& round : run_.rounds()) {
      const int y = first_row + round.index() * row_height + node_side / 2;
      nodes += text("", 0, y, "Round " + std::to_string(round.index()), "start");
      for (const Candidate* candidate : candidates_of(round)) {
        edges += edge(*candidate);
        nodes += node(*candidate);
      }
    }
    return "<svg class=\"tree\" width=\"" + std::to_string(width_) + "\" height=\"" + std::to_string(height_) +
           "\" viewBox=\"0 0 " + std::to_string(width_) + ' ' + std::to_string(height_) +
           "\" role=\"group\" aria-label=\"The pictures as a tree\"><g aria-hidden=\"true\">" + edges +
           "<circle class=\"root\" cx=\"" + std::to_string(root_.x) + "\" cy=\"" + std::to_string(root_.y) +
           "\" r=\"6\"/>" + text("", root_.x + 14, root_.y + 4, "the brief", "start") + "</g>" + nodes + "</svg>";
  }

 private:
  void place(const Round& round) {
    const std::vector<const Candidate*> candidates = candidates_of(round);
    // In columns, so that between them there is always room for a line to pass.
    int x = gutter;
    for (const Candidate* candidate : candidates) {
      places_[candidate->id()] = {x, first_row + round.index() * row_height};
      x += node_side + node_gap;
    }
  }

  static std::string text(const std::string& css, int x, int y, const std::string& words, const std::string& anchor) {
    return "<text class=\"" + css + "\" x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) +
           "\" text-anchor=\"" + anchor + "\">" + words + "</text>";
  }

  static std::string at(Point point) { return std::to_string(point.x) + ' ' + std::to_string(point.y); }

  /// From one point to another, setting out and arriving straight down.
  static std::string curve(Point from, Point to) {
    const int middle = (from.y + to.y) / 2;
    return " C" + at({from.x, middle}) + ' ' + at({to.x, middle}) + ' ' + at(to);
  }

  static bool is_kept(const Candidate& candidate) { return candidate.decision() && candidate.decision()->accepted(); }

  std::string edge(const Candidate& candidate) const {
    const Point child = places_.at(candidate.id());
    const Point to{child.x + node_side / 2, child.y};
    Point from = root_;
    bool stub = false;
    if (candidate.parent() && places_.contains(*candidate.parent())) {
      const Point parent = places_.at(*candidate.parent());
      from = {parent.x + node_side / 2, parent.y + node_side + 44};
    } else if (candidate.id().round() > 0) {
      from = {to.x, to.y - 26};  // a fresh start hangs from nothing
      stub = true;
    }
    std::string line = 'M' + at(from);
    if (candidate.parent() && candidate.id().round() - candidate.parent()->round() > 1) {
      // Past the rounds between, not through their pictures.
      const int lane = from.x + (node_side + node_gap) / 2;
      const Point enter{lane, from.y + row_height / 4};
      const Point leave{lane, to.y - row_height / 5};
      line += curve(from, enter) + " L" + at(leave) + curve(leave, to);
    } else {
      line += curve(from, to);
    }
    std::string path =
        "<path class=\"edge" + std::string{is_kept(candidate) ? " kept" : ""} + "\" d=\"" + line + "\"/>";
    if (stub)
      path += "<circle class=\"root\" cx=\"" + std::to_string(from.x) + "\" cy=\"" + std::to_string(from.y) +
              "\" r=\"4\"/>" + text("", from.x + 10, from.y + 4, "afresh", "start");
    return path;
  }

  std::string node(const Candidate& candidate) const {
    const Point place = places_.at(candidate.id());
    const std::string id = to_string(candidate.id());
    const bool best = run_.incumbent_id() == candidate.id();
    const std::string css = best ? "kept best" : is_kept(candidate) ? "kept" : "rejected";
    std::string html =
        "<a href=\"#c-" + id + "\" class=\"" + css + "\" aria-label=\"" + escaped(alt_text(run_, candidate)) + "\">";
    html += "<rect class=\"frame\" x=\"" + std::to_string(place.x) + "\" y=\"" + std::to_string(place.y) +
            "\" width=\"" + std::to_string(node_side) + "\" height=\"" + std::to_string(node_side) + "\" rx=\"8\"/>";
    const Result<Image> small =
        candidate.image().has_bytes() ? offline::scale_down(candidate.image(), 2 * node_side) : Result<Image>{Error{}};
    if (small) {
      html += "<image x=\"" + std::to_string(place.x + 5) + "\" y=\"" + std::to_string(place.y + 5) + "\" width=\"" +
              std::to_string(node_side - 10) + "\" height=\"" + std::to_string(node_side - 10) + "\" href=\"" +
              data_url(*small) + "\"/>";
    }
    const std::string score =
        candidate.critique() ? std::to_string(run_.score(candidate).percent()) + " %" : "not judged";
    html += text("id", place.x + 2, place.y + node_side + 18, id, "start") +
            text("score", place.x + node_side - 2, place.y + node_side + 18, score, "end");
    html += text("", place.x + 2, place.y + node_side + 35,
                 best                   ? "kept, the best"
                 : is_kept(candidate)   ? "kept"
                 : candidate.decision() ? "rejected"
                                        : "not decided",
                 "start");
    return html + "</a>";
  }

  const Transcript& run_;
  int width_ = 0;
  int height_ = 0;
  Point root_;
  std::map<CandidateId, Point> places_;
};

}  // namespace

std::string tree_svg(const Transcript& run) {
  return run.rounds().empty() ? "<p>There are no pictures.</p>" : Tree{run}.svg();
}

}  // namespace pentimento::cli
