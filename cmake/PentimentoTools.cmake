# Targets for contributors: `format` rewrites sources, `format-check` reports unformatted ones, `tidy` runs clang-tidy.

# Older versions format requires-clauses differently.
find_program(PENTIMENTO_CLANG_FORMAT NAMES clang-format-16 clang-format-17 clang-format-18 clang-format-19)
find_program(PENTIMENTO_RUN_CLANG_TIDY NAMES run-clang-tidy-16 run-clang-tidy run-clang-tidy-14)
mark_as_advanced(PENTIMENTO_CLANG_FORMAT PENTIMENTO_RUN_CLANG_TIDY)

if(PENTIMENTO_CLANG_FORMAT)
  file(GLOB_RECURSE formatted CONFIGURE_DEPENDS
       "${PROJECT_SOURCE_DIR}/include/*.[hi]pp" "${PROJECT_SOURCE_DIR}/src/*.[ch]pp" "${PROJECT_SOURCE_DIR}/capi/src/*.[ch]pp"
       "${PROJECT_SOURCE_DIR}/examples/*.[ch]pp" "${PROJECT_SOURCE_DIR}/tests/*.[ch]pp")
  add_custom_target(format COMMAND "${PENTIMENTO_CLANG_FORMAT}" -i ${formatted} VERBATIM
                    COMMENT "Formatting the sources")
  add_custom_target(format-check COMMAND "${PENTIMENTO_CLANG_FORMAT}" --dry-run --Werror ${formatted} VERBATIM
                    COMMENT "Checking the format of the sources")
endif()

if(PENTIMENTO_RUN_CLANG_TIDY AND CMAKE_EXPORT_COMPILE_COMMANDS)
  add_custom_target(
    tidy
    COMMAND "${PENTIMENTO_RUN_CLANG_TIDY}" -quiet -p "${PROJECT_BINARY_DIR}"
            "-extra-arg=-Wno-unknown-warning-option" "${PROJECT_SOURCE_DIR}/(src|examples)/"
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    VERBATIM USES_TERMINAL
    COMMENT "Running clang-tidy")
endif()
