#pragma once

/// The whole of `pentimento::core`: vocabulary, roles and loop. Header-only.

#include <pentimento/acceptance.hpp>
#include <pentimento/after_refusal.hpp>
#include <pentimento/ask.hpp>
#include <pentimento/async.hpp>
#include <pentimento/choose_action.hpp>
#include <pentimento/critic.hpp>
#include <pentimento/event_sink.hpp>
#include <pentimento/failed_items.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/image_file.hpp>
#include <pentimento/loop_machine.hpp>
#include <pentimento/offload.hpp>
#include <pentimento/outcome.hpp>
#include <pentimento/parse_stop_policy.hpp>
#include <pentimento/refinement_loop.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/stop_policies.hpp>
#include <pentimento/suggested_prompt.hpp>
