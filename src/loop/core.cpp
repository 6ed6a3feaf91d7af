// What the headers of pentimento::core leave to `.ipp` files, compiled once for the users of pentimento::pentimento.
#include <pentimento/checklist.ipp>
#include <pentimento/critic.ipp>
#include <pentimento/detail/promise.ipp>
#include <pentimento/event.ipp>
#include <pentimento/event_sink.ipp>
#include <pentimento/generator.ipp>
#include <pentimento/loop/acceptance.ipp>
#include <pentimento/loop/machine.ipp>
#include <pentimento/loop/run.ipp>
#include <pentimento/revise/ask.ipp>
#include <pentimento/revise/checklist_reviser.ipp>
#include <pentimento/revise/rules.ipp>
#include <pentimento/revise/suggested_prompt.ipp>
#include <pentimento/reviser.ipp>
#include <pentimento/stop/parse.ipp>
#include <pentimento/stop/policies.ipp>
#include <pentimento/transcript.ipp>
