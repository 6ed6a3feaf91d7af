#pragma once

/// The whole of `pentimento::core`: vocabulary, roles and loop. Header-only.

#include <pentimento/async.hpp>
#include <pentimento/critic.hpp>
#include <pentimento/event_sink.hpp>
#include <pentimento/generator.hpp>
#include <pentimento/image_file.hpp>
#include <pentimento/loop/acceptance.hpp>
#include <pentimento/loop/machine.hpp>
#include <pentimento/loop/replay.hpp>
#include <pentimento/offload.hpp>
#include <pentimento/outcome.hpp>
#include <pentimento/refinement_loop.hpp>
#include <pentimento/revise/ask.hpp>
#include <pentimento/revise/checklist_reviser.hpp>
#include <pentimento/revise/rules.hpp>
#include <pentimento/revise/suggested_prompt.hpp>
#include <pentimento/reviser.hpp>
#include <pentimento/stop/parse.hpp>
#include <pentimento/stop/policies.hpp>
