#pragma once

#include <pentimento/detail/inline.hpp>
#include <pentimento/event_sink.hpp>

#include <utility>

namespace pentimento {

PENTIMENTO_INLINE boost::asio::awaitable<Result<void>> EventSink::on_event(Event event) {
  try {
    co_return co_await do_on_event(std::move(event));
  } catch (...) {
    co_return error_from_current_exception("the event sink");
  }
}

}  // namespace pentimento
