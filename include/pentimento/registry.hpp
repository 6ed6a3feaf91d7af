#pragma once

#include <pentimento/critic.hpp>
#include <pentimento/error.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/http/client.hpp>
#include <pentimento/image.hpp>
#include <pentimento/providers/prices.hpp>
#include <pentimento/registry/backend_entry.hpp>
#include <pentimento/registry/backend_settings.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/secrets/keys.hpp>

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento {

/// Options that the backends of one registry share.
struct RegistryOptions {
  http::ClientOptions client;
  /// Where keys are searched.
  KeyPlaces keys;
  /// Called with a warning when a backend is made, for example that its key is in a file that others can read. Optional.
  /// A warning is not an error: the backend works.
  std::function<void(const std::string& warning)> on_warning;
  /// The prices of calls.
  PriceTable prices = PriceTable::builtin();
  /// Scales images for critics and turns init images upright. Set by `add_offline_backends`. See `VisionCriticOptions`.
  std::function<Result<Image>(const Image& image, std::uint32_t max_side)> scale_down;
};

/**
 * Makes backends by name: for the command line, the C interface and other front ends.
 *
 * A backend is given by its name ("stability"), by its name and a model ("stability:sd3.5-medium"), or by a JSON object
 * with its name and settings: {"name": "stability", "model": "sd3.5-medium", "timeout_seconds": 120}. Settings are
 * strict: an unknown one is an error with the one that was probably meant. Keys are never settings: they are
 * looked for by `Keys` under the name of the provider's key, or that given by "key".
 *
 * A new registry has the backends of `pentimento::pentimento`; `add_offline_backends` adds those of
 * `pentimento::offline`, and `add_generator` and its siblings those of your own.
 *
 * **Thread safety**: making backends is thread-safe; adding them is not.
 */
class Registry {
 public:
  /// What all factories share.
  class Services;
  template <class Role>
  using Factory = std::function<Result<std::shared_ptr<Role>>(BackendSettings& settings, const Services& services)>;

  explicit Registry(RegistryOptions options = {});

  /// Adds a backend. Replaces one of the same name.
  Registry& add_generator(BackendEntry entry, Factory<Generator> factory);
  Registry& add_critic(BackendEntry entry, Factory<Critic> factory);
  Registry& add_reviser(BackendEntry entry, Factory<Reviser> factory);

  /// The backends, in the order in which they were added.
  std::vector<BackendEntry> generators() const;
  std::vector<BackendEntry> critics() const;
  std::vector<BackendEntry> revisers() const;

  /// Makes a backend from JSON (a string or an object) or from text, as above. Errors: `invalid_argument` for an unknown
  /// name (with the nearest known one) and for unknown or invalid settings; `unauthorized` for a missing key; what the
  /// backend reports about its settings.
  Result<std::shared_ptr<Generator>> make_generator(const boost::json::value& wanted) const;
  Result<std::shared_ptr<Generator>> make_generator(std::string_view wanted) const;
  Result<std::shared_ptr<Generator>> make_generator(const char* wanted) const {
    return make_generator(std::string_view{wanted});
  }
  Result<std::shared_ptr<Critic>> make_critic(const boost::json::value& wanted) const;
  Result<std::shared_ptr<Critic>> make_critic(std::string_view wanted) const;
  Result<std::shared_ptr<Critic>> make_critic(const char* wanted) const {
    return make_critic(std::string_view{wanted});
  }
  Result<std::shared_ptr<Reviser>> make_reviser(const boost::json::value& wanted) const;
  Result<std::shared_ptr<Reviser>> make_reviser(std::string_view wanted) const;
  Result<std::shared_ptr<Reviser>> make_reviser(const char* wanted) const {
    return make_reviser(std::string_view{wanted});
  }

  /// The shared options. Change them before the first backend is made.
  RegistryOptions& options() noexcept;
  const RegistryOptions& options() const noexcept;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

/// What the backends of one registry share. Created when it is first used.
class Registry::Services {
 public:
  virtual ~Services() = default;
  virtual const RegistryOptions& options() const = 0;
  /// The shared client. Errors: `invalid_argument` for invalid options.
  virtual Result<http::Client> client() const = 0;
};

}  // namespace pentimento
