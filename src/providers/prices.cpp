#include "json/reader.hpp"
#include "json/spelling.hpp"
#include "providers/prices_data.hpp"
#include <pentimento/json.hpp>
#include <pentimento/providers/prices.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <ios>
#include <limits>
#include <utility>

namespace pentimento {
namespace {

using json_form::As;
using json_form::Node;
using json_form::ObjectReader;

constexpr double max_dollars = 1e6;
constexpr std::uint64_t max_tokens = 1'000'000'000'000;
constexpr std::uint32_t max_grid = 4096;
constexpr std::uint64_t million = 1'000'000;
constexpr std::string_view any_model = "*";

/// Returns the cost of tokens at a rate per million, rounded up to a micro-dollar. Neither product can overflow.
Money cost_of(std::uint64_t tokens, Money rate) {
  const std::uint64_t count = std::min(tokens, max_tokens);
  const auto micros = static_cast<std::uint64_t>(std::clamp(rate.micros(), std::int64_t{0}, usd(max_dollars).micros()));
  const std::uint64_t whole = count * (micros / million);
  const std::uint64_t rest = count * (micros % million);
  return Money::from_micros(static_cast<std::int64_t>(whole + (rest + million - 1) / million));
}

/// Returns the kind as which a kind without a rate is counted.
TokenKind stand_in(TokenKind kind) {
  switch (kind) {
    case TokenKind::cached_text_in:
    case TokenKind::cache_write_in: return TokenKind::text_in;
    case TokenKind::cached_image_in: return TokenKind::image_in;
    case TokenKind::image_in: return TokenKind::text_in;
    case TokenKind::image_out: return TokenKind::text_out;
    case TokenKind::text_in:
    case TokenKind::text_out: break;
  }
  return kind;
}

/// "2026-11-22".
bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&](std::size_t at, std::size_t size) {
    int value = 0;
    for (const char c : text.substr(at, size)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  const int year = number(0, 4);
  const int month = number(5, 2);
  const int day = number(8, 2);
  if (year < 0 || month < 0 || day < 0) return false;
  return std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                     std::chrono::day{static_cast<unsigned>(day)}}
      .ok();
}

void read_rates(const Node& node, Price& price) {
  ObjectReader in{node};
  for (std::size_t i = 0; i < token_kinds; ++i) {
    const auto kind = static_cast<TokenKind>(i);
    if (const std::optional<Node> rate = in.node_of(to_string(kind)))
      price.per_million(kind, usd(json_form::read(*rate, As<double>{}, 0.0, max_dollars)));
  }
  in.done();
}

void read_image_tokens(const Node& node, Price& price) {
  for (const auto& member : node.object()) {
    const std::string quality{member.key().data(), member.key().size()};
    const Node bound = node.child(quality, member.value());
    if (!member.value().is_object()) {
      price.bound_image(quality, json_form::read(bound, As<std::uint64_t>{}, std::uint64_t{0}, max_tokens));
      continue;
    }
    ObjectReader in{bound};
    price.bound_image_by_grid(quality, in.get<std::uint32_t>("grid", std::uint32_t{1}, max_grid));
    in.done();
  }
}

struct Entry {
  std::string provider;
  std::string model;
  Price price;
};

Entry read_entry(const Node& node) {
  ObjectReader in{node};
  Entry entry;
  entry.provider = in.get<std::string>("provider");
  entry.model = in.get<std::string>("model");
  const std::optional<Node> per_call = in.node_of("usd_per_call");
  const std::optional<Node> rates = in.node_of("usd_per_million");
  if (per_call.has_value() == rates.has_value()) node.fail("one of \"usd_per_call\" and \"usd_per_million\" is needed");
  if (per_call) {
    entry.price = Price{usd(json_form::read(*per_call, As<double>{}, 0.0, max_dollars))};
  } else {
    read_rates(*rates, entry.price);
    if (const std::optional<Node> tokens = in.node_of("image_tokens")) read_image_tokens(*tokens, entry.price);
    if (const std::optional<Node> sent = in.node_of("sent_image_tokens")) {
      entry.price.sent_image_tokens(json_form::read(*sent, As<std::uint64_t>{}, std::uint64_t{0}, max_tokens));
    }
  }
  entry.price.basis(in.text("basis"));
  in.done();
  if (entry.provider.empty() || entry.model.empty()) node.fail("a provider and a model are needed");
  return entry;
}

/// Returns the model without a date at its end.
std::string_view without_date(std::string_view model) {
  if (model.size() < 12 || model[model.size() - 11] != '-' || !is_date(model.substr(model.size() - 10))) return model;
  return model.substr(0, model.size() - 11);
}

}  // namespace

std::optional<Money> Price::cost(const TokenUsage& usage) const noexcept {
  if (per_call_) return per_call_;
  Money sum;
  for (std::size_t i = 0; i < token_kinds; ++i) {
    auto kind = static_cast<TokenKind>(i);
    const std::uint64_t tokens = usage.tokens(kind);
    if (tokens == 0) continue;
    while (!per_million(kind) && stand_in(kind) != kind) kind = stand_in(kind);
    if (!per_million(kind)) return std::nullopt;
    sum += cost_of(tokens, *per_million(kind));
  }
  return sum;
}

std::optional<std::uint64_t> Price::image_tokens(std::string_view quality, PixelSize size) const {
  const auto found = image_tokens_.find(quality);
  if (found == image_tokens_.end()) return std::nullopt;
  const std::uint64_t grid = found->second.grid;
  if (grid == 0) return found->second.most;
  const auto [shorter, longer] = std::minmax<std::uint64_t>({size.width(), size.height()});
  if (longer == 0) return 0;
  const std::uint64_t cells = grid * ((2 * grid * shorter + longer) / (2 * longer));
  const std::uint64_t pixels = std::min<std::uint64_t>(size.area(), 1'000'000'000);
  return (cells * (2'000'000 + pixels) + 3'999'999) / 4'000'000;
}

Price& Price::bound_image(std::string quality, std::uint64_t most) {
  ImageTokens& bound = image_tokens_[std::move(quality)];
  bound.most = most;
  bound.grid = 0;
  return *this;
}

Price& Price::bound_image_by_grid(std::string quality, std::uint32_t grid) {
  ImageTokens& bound = image_tokens_[std::move(quality)];
  bound.most = 0;
  bound.grid = std::clamp(grid, std::uint32_t{1}, max_grid);
  return *this;
}

struct PriceTable::State {
  using Key = std::pair<std::string, std::string>;

  std::string date;
  std::vector<std::string> sources;
  std::map<Key, Price> prices;
};

PriceTable::PriceTable() : state_{std::make_shared<const State>()} {}

PriceTable::PriceTable(std::shared_ptr<const State> state) noexcept : state_{std::move(state)} {}

const PriceTable& PriceTable::builtin() {
  static const PriceTable table = from_json(builtin_prices).value();
  return table;
}

Result<PriceTable> PriceTable::from_json(std::string_view text) {
  JsonLimits limits;
  limits.bytes = std::size_t{1} << 20;
  const Result<boost::json::value> json = parse_json(text, limits);
  if (!json) return json.error();
  try {
    const ImageSource no_images;
    const Node node{*json, no_images};
    auto state = std::make_shared<State>();
    ObjectReader in{node};
    state->date = in.get<std::string>("date");
    if (!is_date(state->date))
      node.child("date", node.object().at("date")).fail("a date as in \"2026-11-22\" is needed");
    state->sources = in.texts("sources");
    const std::optional<Node> prices = in.node_of("prices");
    in.done();
    if (!prices) node.fail("\"prices\" is missing");
    for (std::size_t i = 0; const boost::json::value& item : prices->array()) {
      const Node item_node = prices->child(i++, item);
      Entry entry = read_entry(item_node);
      State::Key key{std::move(entry.provider), std::move(entry.model)};
      if (!state->prices.emplace(std::move(key), std::move(entry.price)).second)
        item_node.fail("this model has a price already");
    }
    return PriceTable{std::move(state)};
  } catch (const Failure& failure) {
    return failure.error();
  }
}

Result<PriceTable> PriceTable::from_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text;
  constexpr std::size_t most = (std::size_t{1} << 20) + 1;  // one more than is accepted
  if (file) {
    text.resize(most);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad())
    return Error{errc::io_failed, "the price table " + path + " cannot be read; a readable file is needed"};
  Result<PriceTable> table = from_json(text);
  if (!table) return Error{table.error().code(), "the price table " + path + ": " + table.error().message()};
  return table;
}

PriceTable PriceTable::merged(const PriceTable& over) const {
  auto state = std::make_shared<State>(*state_);
  state->date = std::max(state->date, over.state_->date);
  for (const auto& source : over.state_->sources) {
    if (std::ranges::count(state->sources, source) == 0) state->sources.push_back(source);
  }
  for (const auto& [key, price] : over.state_->prices) state->prices.insert_or_assign(key, price);
  return PriceTable{std::move(state)};
}

const Price* PriceTable::find(std::string_view provider, std::string_view model) const {
  for (const std::string_view name : {model, without_date(model), any_model}) {
    const auto found = state_->prices.find(State::Key{provider, name});
    if (found != state_->prices.end()) return &found->second;
  }
  return nullptr;
}

const std::string& PriceTable::date() const noexcept { return state_->date; }
const std::vector<std::string>& PriceTable::sources() const noexcept { return state_->sources; }

}  // namespace pentimento
