#include "emulator/server/server.hpp"
#include <pentimento/emulator/emulator.hpp>

#include <algorithm>
#include <utility>

namespace pentimento::emulator {

class Emulator::Impl {
 public:
  Impl(boost::asio::any_io_executor executor, std::shared_ptr<const Backends> backends, EmulatorOptions options)
      : server{std::make_shared<Server>(std::move(executor), std::move(backends), std::move(options))} {
    server->start();
  }
  ~Impl() { server->stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::shared_ptr<Server> server;
};

Emulator::Emulator(boost::asio::any_io_executor executor, std::shared_ptr<Generator> generator,
                   EmulatorOptions options) {
  auto backends = std::make_shared<Backends>();
  backends->generator = std::move(generator);
  backends->answer = options.answer;
  backends->api_key = options.api_key;
  backends->encode = options.encode;
  impl_ = std::make_shared<Impl>(std::move(executor), std::move(backends), std::move(options));
}

Emulator::~Emulator() = default;
Emulator::Emulator(Emulator&&) noexcept = default;
Emulator& Emulator::operator=(Emulator&&) noexcept = default;

std::uint16_t Emulator::port() const noexcept { return impl_->server->port(); }

std::string Emulator::base_url() const {
  return (impl_->server->options().tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
}

std::string Emulator::ca_pem() const { return impl_->server->ca_pem(); }
void Emulator::play(Scenario scenario) { impl_->server->play(std::move(scenario)); }
std::uint64_t Emulator::connections() const { return impl_->server->connections(); }
std::uint64_t Emulator::open_connections() const { return impl_->server->open_connections(); }
RequestCounts Emulator::requests() const { return impl_->server->requests(); }
void Emulator::reset_counts() { impl_->server->reset_counts(); }
void Emulator::stop() noexcept { impl_->server->stop(); }

std::string Emulator::describe() const {
  const EmulatorOptions& options = impl_->server->options();
  std::string text = base_url() + '\n';
  if (options.ipv6) text += (options.tls ? "https://[::1]:" : "http://[::1]:") + std::to_string(port()) + '\n';
  std::size_t width = 0;
  for (const auto& dialect : impl_->server->dialects()) width = std::max(width, dialect->name().size());
  for (const auto& dialect : impl_->server->dialects()) {
    std::string name = dialect->name();
    for (const std::string& endpoint : dialect->endpoints()) {
      name.resize(width, ' ');
      text += "  " + name + "  " + endpoint + '\n';
      name.clear();
    }
  }
  if (options.proxy) text += "  HTTP proxy, to this machine only\n";
  return text;
}

}  // namespace pentimento::emulator
