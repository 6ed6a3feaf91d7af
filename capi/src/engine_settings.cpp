#include "engine_settings.hpp"

#include "boundary.hpp"
#include "json/reader.hpp"
#include <pentimento/json.hpp>
#if PENTIMENTO_WITH_OFFLINE
#include <pentimento/registry/offline_backends.hpp>
#endif

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <utility>

namespace pentimento::capi {

Registry registry_with(std::string_view settings) {
  RegistryOptions options;
  if (!settings.empty()) {
    const boost::json::value value = value_of(parse_json(settings));
    const ImageSource no_images;
    const json_form::Node whole{value, no_images};
    json_form::ObjectReader in{whole};
    options.client.ca_file = in.text("ca_file");
    options.client.proxy_from_environment = in.get_or(false, "proxy");
    const std::string prices = in.text("prices");
    if (const auto path = in.find<std::string>("key_file")) options.keys.key_file = *path;
    if (const auto path = in.find<std::string>("dotenv")) options.keys.dotenv = *path;
    in.done();
    if (!prices.empty()) options.prices = options.prices.merged(value_of(PriceTable::from_file(prices)));
    if (!options.client.ca_file.empty() || options.client.proxy_from_environment)
      const http::Client usable{options.client};  // throws for invalid options now rather than at the first call
  }
  Registry registry{std::move(options)};
#if PENTIMENTO_WITH_OFFLINE
  add_offline_backends(registry);
#endif
  return registry;
}

}  // namespace pentimento::capi
