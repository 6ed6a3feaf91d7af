#pragma once

/// Marks the definitions in `.ipp` files. A program that links `pentimento::pentimento` gets them compiled once, in that
/// library, and defines PENTIMENTO_SEPARATE_COMPILATION (the CMake target and the pkg-config file do so). Without it they
/// are inline functions: `pentimento::core` needs nothing to link.
#ifdef PENTIMENTO_SEPARATE_COMPILATION
#define PENTIMENTO_INLINE
#else
#define PENTIMENTO_INLINE inline
#endif
