#pragma once

/// The whole library but for the offline backends, which need libvips: see <pentimento/offline.hpp>.

#include <pentimento/content_hash.hpp>
#include <pentimento/core.hpp>
#include <pentimento/json.hpp>
