#include "refine_setup.hpp"

#include "values.hpp"
#include <pentimento/detail/did_you_mean.hpp>
#include <pentimento/image_file.hpp>
#include <pentimento/loop/machine.hpp>
#include <pentimento/offline/convert.hpp>
#include <pentimento/refinement_loop.hpp>
#include <pentimento/revise/rules.hpp>
#include <pentimento/stop/parse.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace pentimento::cli {

namespace {

Error rejected(std::string why) { return {errc::invalid_argument, std::move(why)}; }

Result<void> shape(Brief& brief, const RefineOptions& options, const Capabilities& can) {
  if (!options.size.empty() && !options.aspect.empty())
    return rejected("--size and --aspect exclude each other; give one of them");
  if (!options.size.empty()) {
    const Result<PixelSize> size = parse_size("--size", options.size);
    if (!size) return size.error();
    const auto [shortest, longest] = std::minmax({size->width(), size->height()});
    if (shortest < can.min_side() || longest > can.max_side()) {
      return rejected("--size " + to_string(*size) + " is out of range; " + can.name() + " accepts " +
                      std::to_string(can.min_side()) + " to " + std::to_string(can.max_side()) + " pixels a side");
    }
    brief.size(*size);
  }
  if (!options.aspect.empty()) {
    const Result<AspectRatio> aspect = parse_aspect("--aspect", options.aspect);
    if (!aspect) return aspect.error();
    brief.aspect_ratio(*aspect);
    const PixelSize size = *size_for(brief);
    const auto [shortest, longest] = std::minmax({size.width(), size.height()});
    if (shortest < can.min_side() || longest > can.max_side()) {
      return rejected("--aspect " + options.aspect + " means " + to_string(size) + ", which is out of range; " +
                      can.name() + " accepts " + std::to_string(can.min_side()) + " to " +
                      std::to_string(can.max_side()) + " pixels a side");
    }
  }
  return {};
}

Result<RunSettings> settings_of(const RefineOptions& options) {
  RunSettings settings;
  std::optional<Error> error;
  for_each_run_setting([&]<class T>(const RunSetting<T>& setting) {
    const auto given = options.settings.find(setting.name);
    if (error || given == options.settings.end() || given->second.empty()) return;
    const std::string option = "--" + with_hyphens(setting.name);
    if constexpr (std::is_enum_v<T>) {
      std::string names;
      for (int i = static_cast<int>(setting.least); i <= static_cast<int>(setting.most); ++i) {
        const std::string name = with_hyphens(to_string(static_cast<T>(i)));
        if (name == given->second) return static_cast<void>((settings.*setting.set)(static_cast<T>(i)));
        names += (names.empty() ? "" : " or ") + name;
      }
      error = rejected(option + " takes " + names + ", not \"" + given->second + '"');
    } else {
      const Result<std::uint64_t> value = parse_whole(option, given->second, static_cast<std::uint64_t>(setting.least),
                                                      static_cast<std::uint64_t>(setting.most));
      if (!value) error = value.error();
      if (value) (settings.*setting.set)(static_cast<T>(*value));
    }
  });
  if (error) return *error;
  return settings;
}

}  // namespace

Result<Image> load_sound_image(const std::string& path) {
  Result<Image> image = load_image(path);
  if (!image) return image;
  // Only to find out that it can be decoded.
  const Result<Image> decoded = offline::scale_down(*image, 16);
  if (!decoded) return Error{decoded.error().code(), "cannot read " + path + ": " + decoded.error().message()};
  return image;
}

Result<void> add_requirements(Brief& brief, const std::vector<std::string>& must,
                              const std::vector<std::string>& should, const std::vector<std::string>& avoid) {
  const auto checked = [](std::string_view option, std::string_view text, const char* wanted) -> Result<void> {
    if (is_blank(text)) return rejected(std::string{option} + " is empty; say what " + wanted);
    return check_text(option, text);
  };
  constexpr const char* to_hold = "must hold in the image";
  for (const std::string& text : must) {
    if (const Result<void> good = checked("--must", text, to_hold); !good) return good;
    brief.must(text);
  }
  for (const std::string& text : should) {
    if (const Result<void> good = checked("--should", text, to_hold); !good) return good;
    brief.should(text);
  }
  for (const std::string& text : avoid) {
    if (const Result<void> good = checked("--avoid", text, "the image should not show"); !good) return good;
    brief.avoid(text);
  }
  return {};
}

Result<RefineSetup> check(const RefineOptions& options, OnWait on_wait, std::optional<Brief> branched) {
  if (is_blank(options.brief))
    return rejected("the brief is empty; say what the image should show, as in pentimento refine \"three red mugs\"");
  if (const Result<void> text = check_text("the brief", options.brief); !text) return text.error();
  if (options.json && options.quiet) return rejected("--json and --quiet exclude each other; give one of them");
  if (options.no_store && !options.out.empty())
    return rejected("--no-store and --out exclude each other; give one of them");

  const Result<Registry> registry = make_registry(options.services, std::move(on_wait));
  if (!registry) return registry.error();
  Result<std::shared_ptr<Generator>> generator = registry->make_generator(std::string_view{options.generator});
  if (!generator) return rejected("--generator: " + generator.error().message());
  Result<std::shared_ptr<Critic>> critic = make_critic(*registry, options.critic, options.profile);
  if (!critic)
    return rejected((options.profile.empty() ? "--critic: " : "--critic, --profile: ") + critic.error().message());
  std::shared_ptr<Reviser> reviser;
  if (options.reviser != "ask") {
    const std::vector<std::string> known = names_of(revisers(*registry));
    const std::string name = options.reviser.substr(0, options.reviser.find(':'));
    if (!name.starts_with('{') && std::ranges::find(known, name) == known.end())
      return rejected("--reviser: " + detail::unknown_name("reviser", name, known));
    Result<std::shared_ptr<Reviser>> made = registry->make_reviser(std::string_view{options.reviser});
    if (!made) return rejected("--reviser: " + made.error().message());
    reviser = *made;
  }

  const std::string until = options.until.empty() ? describe(default_stop_policy()) : options.until;
  if (is_blank(until)) return rejected("--until is empty; a stop policy is needed, such as \"satisfied || rounds(6)\"");
  const Result<AnyStopPolicy> policy = parse_stop_policy(until);
  if (!policy) return Error{policy.error().code(), "--until: " + policy.error().message()};
  const Result<RunSettings> settings = settings_of(options);
  if (!settings) return settings.error();

  const Capabilities can = (*generator)->capabilities();
  Brief brief = branched ? std::move(*branched) : Brief{options.brief};
  const Result<void> required = add_requirements(brief, options.must, options.should, options.avoid);
  if (!required) return required.error();
  const Result<void> shaped = shape(brief, options, can);
  if (!shaped) return shaped.error();
  if (!options.image.empty()) {
    Result<Image> image = load_sound_image(options.image);
    if (!image) return Error{image.error().code(), "--image: " + image.error().message()};
    brief.init_image(std::move(*image));
  }
  if (const std::optional<Error> error = validate(brief, *settings, can)) return *error;
  return RefineSetup{std::move(brief), *generator, *critic, std::move(reviser), *policy, *settings};
}

}  // namespace pentimento::cli
