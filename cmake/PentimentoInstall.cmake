# Install and export: one set of targets per component, so that a user of pentimento::core needs neither OpenSSL nor libvips.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/pentimento")

set(header_filter FILES_MATCHING PATTERN "*.hpp")
if(NOT PENTIMENTO_OFFLINE)
  list(APPEND header_filter PATTERN "offline" EXCLUDE PATTERN "offline.hpp" EXCLUDE PATTERN "offline_backends.hpp" EXCLUDE)
endif()
if(NOT PENTIMENTO_EMULATOR)
  list(APPEND header_filter PATTERN "emulator" EXCLUDE)
endif()
install(DIRECTORY "${PENTIMENTO_INCLUDE_DIR}/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development
        ${header_filter})
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT development)

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
endif()

# A static library leaves its private dependencies to whoever links it; a shared one has them inside.
if(BUILD_SHARED_LIBS)
  set(PENTIMENTO_PRIVATE_DEPENDENCIES OFF)
else()
  set(PENTIMENTO_PRIVATE_DEPENDENCIES ON)
endif()
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/pentimentoConfig.cmake.in"
                              "${PROJECT_BINARY_DIR}/pentimentoConfig.cmake" INSTALL_DESTINATION "${package_dir}")
# Before 1.0 a minor version may break what stood.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/pentimentoConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/pentimentoConfig.cmake" "${PROJECT_BINARY_DIR}/pentimentoConfigVersion.cmake"
        DESTINATION "${package_dir}" COMPONENT development)
