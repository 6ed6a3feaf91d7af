# The libraries.

set(PENTIMENTO_INCLUDE_DIR "${PROJECT_SOURCE_DIR}/include")

# pentimento::core: vocabulary, roles and loop. Header-only; nothing to link but threads.
add_library(pentimento_core INTERFACE)
add_library(pentimento::core ALIAS pentimento_core)
set_target_properties(pentimento_core PROPERTIES EXPORT_NAME core)
target_compile_features(pentimento_core INTERFACE cxx_std_20)
target_include_directories(pentimento_core INTERFACE "$<BUILD_INTERFACE:${PENTIMENTO_INCLUDE_DIR}>")
target_link_libraries(pentimento_core INTERFACE Boost::headers Threads::Threads)

# Adds a library of the given folders, files and patterns below src/.
function(pentimento_add_library target name)
  set(sources)
  foreach(place IN LISTS ARGN)
    if(IS_DIRECTORY "${PROJECT_SOURCE_DIR}/src/${place}")
      file(GLOB_RECURSE found CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${place}/*.cpp")
    else()
      file(GLOB found CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${place}")
    endif()
    list(APPEND sources ${found})
  endforeach()
  add_library(${target} ${sources})
  add_library(pentimento::${name} ALIAS ${target})
  set_target_properties(
    ${target}
    PROPERTIES EXPORT_NAME ${name}
               VERSION ${PROJECT_VERSION}
               SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
               POSITION_INDEPENDENT_CODE ON
               CXX_EXTENSIONS OFF
               LINKER_LANGUAGE CXX)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(${target} PRIVATE "$<BUILD_INTERFACE:pentimento_compile>")
endfunction()

# pentimento::pentimento: the engine, JSON, content hashes, the report, HTTP, secrets, providers, vision, store, registry. The file is
# called libpentimento-cpp, because libpentimento is the C library.
pentimento_add_library(pentimento pentimento version.cpp loop json report detail http secrets providers vision store registry/*.cpp)
set_target_properties(pentimento PROPERTIES OUTPUT_NAME pentimento-cpp)
target_compile_definitions(pentimento PRIVATE "PENTIMENTO_VERSION=\"${PROJECT_VERSION}\"")
target_link_libraries(pentimento PUBLIC pentimento::core Boost::json PRIVATE OpenSSL::SSL OpenSSL::Crypto SQLite::SQLite3)
# The page of the report, embedded.
set(page_folder "${PROJECT_SOURCE_DIR}/src/report/page")
file(GLOB_RECURSE page_files CONFIGURE_DEPENDS "${page_folder}/*")
set(page_source "${PROJECT_BINARY_DIR}/embedded/report_page.cpp")
add_custom_command(OUTPUT "${page_source}" DEPENDS ${page_files} VERBATIM COMMENT "Embedding the page of the report"
                   COMMAND "${CMAKE_COMMAND}" -D "OUTPUT=${page_source}" -P "${page_folder}/embed.cmake")
target_sources(pentimento PRIVATE "${page_source}")
# Its users see declarations of what is inline for users of pentimento::core alone: see detail/inline.hpp.
target_compile_definitions(pentimento PUBLIC PENTIMENTO_SEPARATE_COMPILATION)

# pentimento::offline: backends that need neither a key nor a network.
if(PENTIMENTO_OFFLINE)
  pentimento_add_library(pentimento_offline offline offline registry/offline)
  pentimento_embed(pentimento_offline sketch_symbols offline/sketch/symbols/*.svg)
  set_target_properties(pentimento_offline PROPERTIES OUTPUT_NAME pentimento-offline)
  target_link_libraries(pentimento_offline PUBLIC pentimento::pentimento PRIVATE PkgConfig::PENTIMENTO_VIPS)
  if(PROJECT_IS_TOP_LEVEL AND CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    # It visits every pixel many times: without optimisation the tests would take minutes.
    target_compile_options(pentimento_offline PRIVATE "$<$<CONFIG:Debug>:-O2>")
  endif()
endif()

# pentimento::emulator: a local server that speaks the providers' dialects over any backends, for tests and development.
if(PENTIMENTO_EMULATOR)
  pentimento_add_library(pentimento_emulator emulator emulator)
  set_target_properties(pentimento_emulator PROPERTIES OUTPUT_NAME pentimento-emulator)
  target_link_libraries(pentimento_emulator PUBLIC pentimento::pentimento PRIVATE OpenSSL::SSL OpenSSL::Crypto)
endif()
