#pragma once

#include <pentimento/critic.hpp>
#include <pentimento/error.hpp>
#include <pentimento/generator.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::cli {

/// Something that can be chosen by name, and what it is.
struct Choice {
  std::string name;
  std::string what;
};

std::vector<Choice> generators();
std::vector<Choice> critics();
std::vector<Choice> profiles();
std::vector<Choice> revisers();
std::vector<Choice> policies();

std::vector<std::string> names_of(const std::vector<Choice>& choices);

/// The generator of that name. Errors: `invalid_argument`, with the name that was probably meant.
Result<std::shared_ptr<Generator>> make_generator(std::string_view name);

/// The critic of that name; with the profile of that name unless it is empty. Errors: `invalid_argument`.
Result<std::shared_ptr<Critic>> make_critic(std::string_view name, std::string_view profile);

}  // namespace pentimento::cli
