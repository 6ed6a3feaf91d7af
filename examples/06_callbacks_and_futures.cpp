// The same loop for programs without coroutines: a callback, a future, and a cancel from another thread.
#include <pentimento/offline.hpp>
#include <pentimento/pentimento.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <iostream>
#include <syncstream>

namespace asio = boost::asio;
namespace ptm = pentimento;

int main() {
  asio::thread_pool pool{2};
  const ptm::RefinementLoop loop{ptm::offline::SketchGenerator{}, ptm::offline::MeasuringCritic{},
                                 ptm::Satisfied{} || ptm::MaxRounds{5}};

  // A callback, which runs on this executor.
  ptm::async_run(pool.get_executor(), loop, ptm::Brief{"a red apple on a white background"},
                 [](ptm::Outcome outcome) { std::osyncstream{std::cout} << "apple: " << outcome.reason() << '\n'; });

  // A future. Runs of the same loop are independent.
  std::future<ptm::Outcome> boat =
      ptm::async_run(pool.get_executor(), loop, ptm::Brief{"a yellow boat at the beach, sunny"}, asio::use_future);

  // A run without end, cancelled from this thread once it has an image. Its outcome has everything up to then.
  ptm::RefinementLoop endless{ptm::offline::SketchGenerator{}, ptm::offline::MeasuringCritic{}, ptm::Never{}};
  std::promise<void> first_picture;
  endless.watch([&, seen = false](const ptm::Event& event) mutable {
    if (event.as<ptm::event::GenerationFinished>() && !std::exchange(seen, true)) first_picture.set_value();
  });
  asio::cancellation_signal cancel;
  auto cancellable = asio::bind_cancellation_slot(cancel.slot(), asio::use_future);
  std::future<ptm::Outcome> cancelled =
      ptm::async_run(pool.get_executor(), endless, ptm::Brief{"five green bottles"}, cancellable);
  first_picture.get_future().wait();
  cancel.emit(asio::cancellation_type::all);

  std::osyncstream{std::cout} << "boat: " << boat.get().reason() << '\n';
  const ptm::Outcome outcome = cancelled.get();
  std::osyncstream{std::cout} << "bottles: " << outcome.reason() << ", " << outcome.transcript().images_requested()
                              << " pictures kept\n";
  pool.join();
}
