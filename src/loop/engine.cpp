// What the headers of pentimento::core leave to `.ipp` files, compiled once for the users of pentimento::pentimento.
#include <pentimento/critic.ipp>
#include <pentimento/detail/promise.ipp>
#include <pentimento/event_sink.ipp>
#include <pentimento/generator.ipp>
#include <pentimento/loop/acceptance.ipp>
#include <pentimento/loop/machine.ipp>
#include <pentimento/loop/run.ipp>
#include <pentimento/reviser.ipp>
#include <pentimento/stop/parse.ipp>
#include <pentimento/stop/policies.ipp>
#include <pentimento/transcript.ipp>
