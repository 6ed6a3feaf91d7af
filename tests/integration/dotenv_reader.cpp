// Reads texts of `.env` files, each ended by a NUL byte, and writes a line of JSON for each: a list of [name, value] or
// [name], or the message of the error.

#include <pentimento/secrets/dotenv.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <iostream>
#include <string>

int main() {
  namespace json = boost::json;
  std::string text;
  while (std::getline(std::cin, text, '\0')) {
    const auto assignments = pentimento::http::parse_dotenv(text);
    json::value line = json::array{};
    if (assignments) {
      for (const auto& assignment : *assignments) {
        json::array pair{json::string{assignment.name()}};
        if (assignment.value()) pair.emplace_back(*assignment.value());
        line.as_array().emplace_back(std::move(pair));
      }
    } else {
      line = assignments.error().message();
    }
    std::cout << json::serialize(line) << '\n';
  }
}
