#include "support/events.hpp"
#include <pentimento/revise/rules.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace pentimento;
using test::picture;

namespace {

const Capabilities words{"words"};
const Capabilities editor = Capabilities{"editor"}.image_to_image(true);
const Capabilities masker = Capabilities{"masker"}.image_to_image(true).mask(true);

Transcript one_round(RunSettings settings = {}) {
  test::Story story{test::brief_with(1), std::move(settings)};
  story.round("first", "f", DecisionReason::first);
  return story.run;
}

Revision edit() { return Revision{Action::edit, GenerationRequest{"better"}}.parent(CandidateId{0, 0}).why("a fault"); }

}  // namespace

TEST_SUITE("fit_revision") {
  TEST_CASE("an edit gets the parent's image") {
    const Revision fitted = fit_revision(edit(), one_round(), editor);
    CHECK(fitted.action() == Action::edit);
    CHECK(fitted.request().init_image() == picture(1));
    CHECK(!fitted.downgraded_from());
    CHECK(fitted.why() == "a fault");

    Revision own = edit();
    own.request(GenerationRequest{"better"}.init_image(picture(7)).mask(picture(8)));
    CHECK(fit_revision(own, one_round(), editor).request().init_image() == picture(7));
    CHECK(!fit_revision(own, one_round(), editor).request().mask());
    CHECK(fit_revision(own, one_round(), masker).request().mask() == picture(8));
  }

  TEST_CASE("downgrades an edit that is not possible") {
    const auto check = [](const Revision& wanted, const Transcript& run, const Capabilities& can,
                          std::string_view why) {
      const Revision fitted = fit_revision(wanted, run, can);
      CHECK(fitted.action() == Action::reprompt);
      CHECK(fitted.downgraded_from() == Action::edit);
      CHECK(!fitted.request().init_image());
      CHECK(!fitted.request().mask());
      CHECK(fitted.request().prompt() == "better");
      CHECK_MESSAGE(fitted.why().find(why) != std::string::npos, fitted.why());
    };
    check(edit(), one_round(), words, "a fault; words cannot start from an image");
    check(edit().parent(std::nullopt), one_round(), editor, "no image to edit");
    check(edit().parent(CandidateId{7, 0}), one_round(), editor, "no image to edit");
    check(edit(), one_round(RunSettings{}.max_edit_depth(0)), editor, "max_edit_depth");
    CHECK(fit_revision(edit().why(""), one_round(), words).why() == "words cannot start from an image");
  }

  TEST_CASE("going back to nothing is a restart") {
    const Revision back{Action::backtrack, GenerationRequest{"better"}};
    CHECK(fit_revision(Revision{back}.parent(CandidateId{0, 0}), one_round(), words).action() == Action::backtrack);
    for (const std::optional<CandidateId>& nowhere :
         {std::optional<CandidateId>{}, std::optional<CandidateId>{CandidateId{0, 1}},
          std::optional<CandidateId>{CandidateId{-1, 0}}, std::optional<CandidateId>{CandidateId{5, 0}}}) {
      const Revision fitted = fit_revision(Revision{back}.parent(nowhere), one_round(), words);
      CHECK(fitted.action() == Action::restart);
      CHECK(fitted.downgraded_from() == Action::backtrack);
      CHECK(!fitted.parent());
    }
  }

  TEST_CASE("only an edit has an init image") {
    Revision revision{Action::reprompt, GenerationRequest{"better"}.init_image(picture(1)).mask(picture(2))};
    const Revision fitted = fit_revision(revision, one_round(), masker);
    CHECK(!fitted.request().init_image());
    CHECK(!fitted.request().mask());
  }

  TEST_CASE("takes the brief's size") {
    Brief brief = test::brief_with(1);
    brief.size({640, 480});
    test::Story story{brief};
    story.round("first", "f", DecisionReason::first);
    const Revision plain{Action::reprompt, GenerationRequest{"x"}};
    CHECK(fit_revision(plain, story.run, editor).request().size() == PixelSize{640, 480});
    const Revision sized{Action::reprompt, GenerationRequest{"x"}.size(PixelSize{64, 64})};
    CHECK(fit_revision(sized, story.run, editor).request().size() == PixelSize{64, 64});
    CHECK(!fit_revision(edit(), story.run, editor).request().size());
  }

  TEST_CASE("leaves a stop as it is") {
    const Revision stop{Action::stop, GenerationRequest{""}};
    CHECK(fit_revision(stop, one_round(), words) == stop);
  }

  TEST_CASE("clamps to the generator's limits") {
    const Capabilities small = Capabilities{"small"}.image_to_image(true).sides(64, 512).max_prompt_characters(40);
    const auto fitted = [&](GenerationRequest request) {
      return fit_revision(Revision{Action::reprompt, std::move(request)}.parent(CandidateId{0, 0}), one_round(), small);
    };
    const Revision smaller = fitted(GenerationRequest{"x"}.size(PixelSize{2000, 16}));
    CHECK(smaller.request().size() == PixelSize{512, 64});
    CHECK(smaller.why() == "the size 2000x16 is out of range");
    CHECK(fitted(GenerationRequest{"x"}.strength(7)).request().strength() == 1.0);
    CHECK(fitted(GenerationRequest{"x"}.strength(-1)).request().strength() == 0.0);
    CHECK(fitted(GenerationRequest{"x"}.strength(std::nan(""))).request().strength() == 0.0);

    const Revision shorter = fitted(GenerationRequest{std::string(41, 'x')});
    CHECK(shorter.request().prompt() == "first");
    CHECK(shorter.why() == "the prompt of 41 characters is too long; small accepts 40");
    Revision alone{Action::restart, GenerationRequest{std::string(41, 'x')}};
    CHECK(fit_revision(alone, one_round(), small).request().prompt() == request_for(test::brief_with(1)).prompt());
  }

  TEST_CASE("counts characters of a prompt") {
    const Capabilities small = Capabilities{"small"}.max_prompt_characters(5);
    Revision umlauts{Action::reprompt, GenerationRequest{"\u00e4\u00f6\u00fc\u00df\u00e9"}};
    CHECK(fit_revision(umlauts, one_round(), small).why().empty());
  }

  TEST_CASE("downgrades an edit of an image that is not accepted") {
    const Capabilities large = Capabilities{"large"}.image_to_image(true).init_image_sides(65, 4096);
    const Revision fitted = fit_revision(edit(), one_round(), large);
    CHECK(fitted.action() == Action::reprompt);
    CHECK(!fitted.request().init_image());
    CHECK_MESSAGE(fitted.why().find("64x64") != std::string::npos, fitted.why());
  }

  TEST_CASE("puts the negative prompt into words once") {
    const Capabilities negative = Capabilities{"negative"}.negative_prompt(true);
    const Revision wanted{Action::reprompt, GenerationRequest{"a mug"}.negative_prompt("text")};
    CHECK(fit_revision(wanted, one_round(), negative).request().negative_prompt() == "text");
    const Revision once = fit_revision(wanted, one_round(), words);
    CHECK(once.request().prompt() == "a mug, without text");
    CHECK(once.request().negative_prompt().empty());
    Revision again = once;
    again.request(GenerationRequest{once.request().prompt()}.negative_prompt("text"));
    CHECK(fit_revision(again, one_round(), words).request().prompt() == "a mug, without text");
  }
}
