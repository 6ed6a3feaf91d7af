#pragma once

/// The backends that need no provider: link `pentimento::offline`.

#include <pentimento/offline/contact_sheet.hpp>
#include <pentimento/offline/convert.hpp>
#include <pentimento/offline/measure.hpp>
#include <pentimento/offline/sketch.hpp>
