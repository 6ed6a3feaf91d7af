# Install and export: one set of targets per component of find_package, so that users of pentimento::core need neither
# OpenSSL nor libvips, and users of pentimento::capi need nothing.
#
# cmake --install has two components, as distributions split packages:
#   runtime      what programs need to run: shared libraries under their sonames, and the command line program
#   development  what is needed to build programs: headers, static libraries, the linker names of shared libraries, and
#                the files for find_package and pkg-config

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/pentimento")

set(header_filter FILES_MATCHING PATTERN "*.hpp" PATTERN "*.ipp")
if(NOT PENTIMENTO_OFFLINE)
  list(APPEND header_filter PATTERN "offline" EXCLUDE PATTERN "offline.hpp" EXCLUDE
       PATTERN "offline_backends.hpp" EXCLUDE)
endif()
if(NOT PENTIMENTO_EMULATOR)
  list(APPEND header_filter PATTERN "emulator" EXCLUDE)
endif()
install(DIRECTORY "${PENTIMENTO_INCLUDE_DIR}/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development
        ${header_filter})
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT development)

# Gives a binary in `folder` a relative rpath to the shared libraries, so that the installed tree can be moved. A packager's
# own CMAKE_INSTALL_RPATH overrides it.
function(pentimento_find_beside target folder)
  if(NOT BUILD_SHARED_LIBS OR DEFINED CMAKE_INSTALL_RPATH)
    return()
  endif()
  set(origin "$ORIGIN")
  if(APPLE)
    set(origin "@loader_path")
  endif()
  cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR BASE_DIRECTORY "${folder}" OUTPUT_VARIABLE libraries)
  if(NOT libraries STREQUAL ".")
    string(APPEND origin "/${libraries}")
  endif()
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "${origin}")
endfunction()

function(pentimento_install_library target component)
  install(
    TARGETS ${target}
    EXPORT pentimento-${component}
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime NAMELINK_COMPONENT development
    RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT runtime
    INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  install(EXPORT pentimento-${component} FILE "pentimento-${component}.cmake" NAMESPACE pentimento::
          DESTINATION "${package_dir}" COMPONENT development)
  pentimento_find_beside(${target} "${CMAKE_INSTALL_FULL_LIBDIR}")
endfunction()

pentimento_install_library(pentimento_core core)
pentimento_install_library(pentimento pentimento)
if(PENTIMENTO_OFFLINE)
  pentimento_install_library(pentimento_offline offline)
endif()
if(PENTIMENTO_EMULATOR)
  pentimento_install_library(pentimento_emulator emulator)
endif()
if(TARGET pentimento_cli)
  install(TARGETS pentimento_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT runtime)
  pentimento_find_beside(pentimento_cli "${CMAKE_INSTALL_FULL_BINDIR}")
endif()
# The library embeds these scripts in the page of the report. A static one is development, a program with it is runtime.
foreach(component IN ITEMS runtime development)
  install(FILES "${PROJECT_SOURCE_DIR}/src/report/page/vendor/preact.LICENSE"
                "${PROJECT_SOURCE_DIR}/src/report/page/vendor/htm.LICENSE"
          DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT ${component})
endforeach()

# Not exported: if the C++ libraries are shared, CMake would require users of the C library to find them and their
# dependencies too. pentimentoConfig.cmake creates the target instead.
set(PENTIMENTO_CAPI_FILE "")
if(TARGET pentimento_capi)
  install(TARGETS pentimento_capi LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime
                                          NAMELINK_COMPONENT development)
  install(FILES "${PROJECT_SOURCE_DIR}/capi/include/pentimento.h" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
          COMPONENT development)
  pentimento_find_beside(pentimento_capi "${CMAKE_INSTALL_FULL_LIBDIR}")
  set(PENTIMENTO_CAPI_FILE "${CMAKE_SHARED_LIBRARY_PREFIX}pentimento${CMAKE_SHARED_LIBRARY_SUFFIX}")
endif()

# Whoever links a static library also links its private dependencies; a shared library contains them.
if(BUILD_SHARED_LIBS)
  set(PENTIMENTO_PRIVATE_DEPENDENCIES OFF)
else()
  set(PENTIMENTO_PRIVATE_DEPENDENCIES ON)
endif()
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/pentimentoConfig.cmake.in" "${PROJECT_BINARY_DIR}/pentimentoConfig.cmake"
  INSTALL_DESTINATION "${package_dir}" PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
# Before 1.0 a minor version may break compatibility.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/pentimentoConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/pentimentoConfig.cmake" "${PROJECT_BINARY_DIR}/pentimentoConfigVersion.cmake"
        DESTINATION "${package_dir}" COMPONENT development)

# For pkg-config. Paths are relative to the file, so that the tree can be moved, except folders given as absolute paths.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig"
           OUTPUT_VARIABLE PENTIMENTO_PC_PREFIX)
foreach(folder IN ITEMS LIBDIR INCLUDEDIR)
  # Appending an absolute path replaces the prefix.
  set(PENTIMENTO_PC_${folder} "\${prefix}")
  cmake_path(APPEND PENTIMENTO_PC_${folder} "${CMAKE_INSTALL_${folder}}")
endforeach()

# With static libraries only, nobody can link without their dependencies, so these are not private: the line is right with
# --static and without.
string(REGEX REPLACE "([<>=]+)" " \\1 " PENTIMENTO_PC_VIPS "${PENTIMENTO_VIPS_MODULE}")
if(PENTIMENTO_PRIVATE_DEPENDENCIES)
  set(PENTIMENTO_PC_PRIVATE "")
  string(PREPEND PENTIMENTO_PC_VIPS ", ")
else()
  set(PENTIMENTO_PC_PRIVATE ".private")
  string(PREPEND PENTIMENTO_PC_VIPS "\nRequires.private: ")
endif()

set(pc_names pentimento-cpp)
if(TARGET pentimento_capi)
  list(APPEND pc_names pentimento)
endif()
if(PENTIMENTO_OFFLINE)
  list(APPEND pc_names pentimento-offline)
endif()
foreach(name IN LISTS pc_names)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig"
          COMPONENT development)
endforeach()
