# What is built: everything if this is the top-level project, otherwise only the libraries.

include(CMakeDependentOption)

option(PENTIMENTO_OFFLINE "Build pentimento::offline, the sketch generator and the measuring critic (needs libvips)" ON)
option(PENTIMENTO_EMULATOR "Build pentimento::emulator, a local server that speaks the providers' dialects" ON)
option(PENTIMENTO_CAPI "Build pentimento::capi, the shared library libpentimento for other languages (needs Linux)" ${PROJECT_IS_TOP_LEVEL})
option(PENTIMENTO_BUILD_EXAMPLES "Build the numbered examples" ${PROJECT_IS_TOP_LEVEL})
option(PENTIMENTO_BUILD_TESTS "Build the tests (needs doctest)" ${PROJECT_IS_TOP_LEVEL})
option(PENTIMENTO_BUILD_BENCHMARKS "Build the benchmarks (needs Google Benchmark)" OFF)
option(PENTIMENTO_BUILD_FUZZERS "Build the fuzz targets (needs clang and its libFuzzer)" OFF)
option(PENTIMENTO_TEST_BUILD "Test headers alone, include directions, what must not compile, and packaging as well" ON)
option(PENTIMENTO_INSTALL "Generate the install target" ${PROJECT_IS_TOP_LEVEL})
option(PENTIMENTO_WARNINGS_AS_ERRORS "Treat warnings in this project's own code as errors" ${PROJECT_IS_TOP_LEVEL})
option(PENTIMENTO_USE_CCACHE "Compile through ccache when it is installed" ${PROJECT_IS_TOP_LEVEL})

# The command line needs every library.
cmake_dependent_option(PENTIMENTO_BUILD_CLI "Build the command line program (needs CLI11)" ${PROJECT_IS_TOP_LEVEL}
                       "PENTIMENTO_OFFLINE;PENTIMENTO_EMULATOR" OFF)

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_CXX_EXTENSIONS OFF)
endif()

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()
