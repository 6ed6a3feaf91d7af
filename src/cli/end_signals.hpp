#pragma once

#include <boost/asio/signal_set.hpp>

#include <csignal>

namespace pentimento::cli {

/// Adds the signals that ask a program to end: Ctrl-C, `kill`, and a terminal that was closed, unless the program was started to
/// survive that (`nohup`).
inline void add_end_signals(boost::asio::signal_set& signals) {
  signals.add(SIGINT);
  signals.add(SIGTERM);
  struct sigaction before {};
  const bool ignored = ::sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler == SIG_IGN;
  if (!ignored) signals.add(SIGHUP);
}

}  // namespace pentimento::cli
