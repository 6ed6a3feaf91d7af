#pragma once

/**
 * Turns two versions of Boost in one program into a link error.
 *
 * The types of Boost that are part of the interface of `pentimento::pentimento` differ from version to version. A program that
 * was compiled with other headers of Boost than the library would link, and then crash. So every file of a program refers
 * to a symbol whose name contains its version of Boost, and the library defines only that of its own version:
 * "undefined reference to `pentimento_built_with_boost_108400`" asks for a library that was built with Boost 1.84.
 */
#ifdef PENTIMENTO_SEPARATE_COMPILATION

#include <boost/config/helper_macros.hpp>
#include <boost/version.hpp>

#define PENTIMENTO_BUILT_WITH_BOOST BOOST_JOIN(pentimento_built_with_boost_, BOOST_VERSION)

extern "C" const int PENTIMENTO_BUILT_WITH_BOOST;

namespace pentimento::detail {

[[gnu::used]] inline const int* const built_with_boost = &PENTIMENTO_BUILT_WITH_BOOST;

}  // namespace pentimento::detail

#endif
