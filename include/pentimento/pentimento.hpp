#pragma once

/// The whole library but for the offline backends, which need libvips (<pentimento/offline.hpp>), and the emulator
/// (<pentimento/emulator/emulator.hpp>).

#include <pentimento/content_hash.hpp>
#include <pentimento/core.hpp>
#include <pentimento/json.hpp>
#include <pentimento/providers/check_server.hpp>
#include <pentimento/providers/openai_images.hpp>
#include <pentimento/providers/stability.hpp>
#include <pentimento/registry.hpp>
#include <pentimento/report.hpp>
#include <pentimento/secrets/dotenv.hpp>
#include <pentimento/store/run_folder.hpp>
#include <pentimento/store/run_store.hpp>
#include <pentimento/version.hpp>
#include <pentimento/vision/chat_completions.hpp>
#include <pentimento/vision/messages.hpp>
#include <pentimento/vision/prompt_guard.hpp>
#include <pentimento/vision/rephraser.hpp>
#include <pentimento/vision/vision_critic.hpp>
