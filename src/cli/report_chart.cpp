#include "html.hpp"
#include "report_parts.hpp"
#include "wording.hpp"

#include <algorithm>
#include <cmath>

namespace pentimento::cli {

namespace {

constexpr int width = 460;
constexpr int left = 44;
constexpr int right = 16;
constexpr int top = 28;    // the score of the best stands there even if it is 100 %
constexpr int plot = 174;  // the height of the field of the scores
constexpr int costs_room = 34;

std::string number(double value) { return std::to_string(static_cast<int>(std::lround(value))); }

class Chart {
 public:
  explicit Chart(const Transcript& run) : run_{run} {
    for (const Round& round : run.rounds()) most_ = std::max(most_, cost_of(run.ledger(), round.index()));
    height_ = top + plot + 30 + (most_.is_zero() ? 0 : costs_room);
  }

  std::string svg() const {
    return "<svg viewBox=\"0 0 " + std::to_string(width) + ' ' + std::to_string(height_) +
           "\" role=\"img\" aria-label=\"" + summary() + "\">" + grid() + costs() + step() + dots() +
           "</svg><figcaption>The line is the best score so far, a dot is a picture" +
           (most_.is_zero() ? std::string{} : "; the bars are what a round cost") + ".</figcaption>";
  }

 private:
  double x(int round) const {
    const int rounds = static_cast<int>(run_.rounds().size());
    const double room = width - left - right - 40;
    return left + 20 + (rounds < 2 ? room / 2 : room * round / (rounds - 1));
  }
  static double y(double fraction) { return top + plot * (1.0 - fraction); }

  std::string summary() const {
    std::string text = "The best score after each round: ";
    for (const Round& round : run_.rounds()) {
      const Candidate* best = best_after(run_, round.index());
      text += (round.index() == 0 ? "" : ", ") +
              (best == nullptr ? std::string{"none"} : std::to_string(run_.score(*best).percent()) + " %");
    }
    return text + ". The table beside it has the figures.";
  }

  static std::string line(const std::string& css, double x1, double y1, double x2, double y2) {
    return "<line class=\"" + css + "\" x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) +
           "\" y2=\"" + number(y2) + "\"/>";
  }
  static std::string text(const std::string& css, double at_x, double at_y, const std::string& words,
                          const std::string& anchor) {
    return "<text class=\"" + css + "\" x=\"" + number(at_x) + "\" y=\"" + number(at_y) + "\" text-anchor=\"" + anchor +
           "\">" + words + "</text>";
  }

  std::string grid() const {
    std::string svg;
    for (const int percent : {0, 50, 100}) {
      svg += line("grid", left, y(percent / 100.0), width - right, y(percent / 100.0));
      svg += text("", left - 8, y(percent / 100.0) + 4, std::to_string(percent), "end");
    }
    // Not more numbers than there is room for.
    const int step = std::max(1, static_cast<int>(run_.rounds().size() + 11) / 12);
    for (const Round& round : run_.rounds()) {
      if (round.index() % step == 0)
        svg += text("", x(round.index()), top + plot + 20,
                    (round.index() == 0 ? "round " : "") + std::to_string(round.index()), "middle");
    }
    return svg;
  }

  std::string step() const {
    std::string points;
    double first = 0;
    double last = 0;
    double last_y = 0;
    for (const Round& round : run_.rounds()) {
      const Candidate* best = best_after(run_, round.index());
      if (best == nullptr) continue;
      const double here = x(round.index());
      const double level = y(run_.score(*best).fraction());
      if (points.empty()) {
        first = here;
        points = 'M' + number(here) + ' ' + number(level);
      } else {
        points += " L" + number(here) + ' ' + number(level);
      }
      last = here;
      last_y = level;
    }
    if (points.empty()) return {};
    const Candidate* best = run_.incumbent();
    const std::string value = best == nullptr ? std::string{} : std::to_string(run_.score(*best).percent()) + " %";
    return "<path class=\"area\" d=\"" + points + " L" + number(last) + ' ' + number(y(0)) + " L" + number(first) +
           ' ' + number(y(0)) + " Z\"/><path class=\"step\" d=\"" + points + "\"/>" +
           text("value", last, last_y - 10, value, "middle");
  }

  std::string dots() const {
    std::string rejected;
    std::string kept;  // over those that it stands in one place with
    for (const Round& round : run_.rounds()) {
      for (const Candidate* candidate : candidates_of(round)) {
        if (!candidate->critique()) continue;
        const bool is_kept = candidate->decision() && candidate->decision()->accepted();
        (is_kept ? kept : rejected) += "<circle class=\"dot" + std::string{is_kept ? " kept" : ""} + "\" cx=\"" +
                                       number(x(round.index())) + "\" cy=\"" +
                                       number(y(run_.score(*candidate).fraction())) + "\" r=\"4\"/>";
      }
    }
    return rejected + kept;
  }

  std::string costs() const {
    if (most_.is_zero()) return {};
    std::string svg = text("", left - 8, height_ - 8, "cost", "end");
    for (const Round& round : run_.rounds()) {
      const Money cost = cost_of(run_.ledger(), round.index());
      const double tall = 24.0 * static_cast<double>(cost.micros()) / static_cast<double>(most_.micros());
      svg += "<rect class=\"cost\" x=\"" + number(x(round.index()) - 7) + "\" y=\"" + number(height_ - 4 - tall) +
             "\" width=\"14\" height=\"" + number(tall) + "\"/>";
    }
    return svg;
  }

  const Transcript& run_;
  Money most_;
  int height_ = 0;
};

}  // namespace

std::string chart_svg(const Transcript& run) { return run.rounds().empty() ? std::string{} : Chart{run}.svg(); }

std::string chart_table(const Transcript& run) {
  std::string html =
      "<table><thead><tr><th scope=\"col\">Round</th><th scope=\"col\">Tried</th><th scope=\"col\" "
      "class=\"number\">Pictures</th><th scope=\"col\" class=\"number\">Best so far</th>"
      "<th scope=\"col\" class=\"number\">Time</th><th scope=\"col\" class=\"number\">Cost</th></tr></thead><tbody>";
  for (const Round& round : run.rounds()) {
    const Candidate* best = best_after(run, round.index());
    const std::string score = best == nullptr ? "–" : std::to_string(run.score(*best).percent()) + " %";
    const std::string time = round.finished() ? words_of(*round.finished() - round.started()) : "–";
    const std::string tried = round.index() == 0 ? (run.brief().init_image() ? "your picture" : "the brief")
                                                 : std::string{to_string(round.revision().action())};
    const auto cell = [](const std::string& value) { return "<td class=\"number\">" + value + "</td>"; };
    html += "<tr><th scope=\"row\"><a href=\"#round-" + std::to_string(round.index()) + "\">" +
            std::to_string(round.index()) + "</a></th><td>" + tried + "</td>" +
            cell(std::to_string(round.candidates().size())) + cell(score) + cell(time) +
            cell(to_string(cost_of(run.ledger(), round.index()))) + "</tr>";
  }
  return html + "</tbody></table>";
}

}  // namespace pentimento::cli
