# Compiles and runs the program SOURCE by a plain line with CC and PKG_CONFIG, against what is installed in PREFIX and
# against the same in another folder, below BUILD: nothing in it may say where it was. LIBDIR is the folder of the
# libraries in PREFIX.

function(try_in prefix)
  set(library_dir "${prefix}/${LIBDIR}")
  # Of this folder alone, so that nothing else can help.
  set(ENV{PKG_CONFIG_LIBDIR} "${library_dir}/pkgconfig")
  unset(ENV{PKG_CONFIG_PATH})
  execute_process(COMMAND "${PKG_CONFIG}" --cflags --libs pentimento OUTPUT_VARIABLE line
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags UNIX_COMMAND "${line}")
  foreach(flag IN LISTS flags)
    if(flag MATCHES "^-[IL](.*)$")
      cmake_path(SET folder NORMALIZE "${CMAKE_MATCH_1}")
      cmake_path(IS_PREFIX prefix "${folder}" NORMALIZE inside)
      if(NOT inside)
        message(FATAL_ERROR "${flag} is not in ${prefix}")
      endif()
    endif()
  endforeach()
  message(STATUS "cc ${line}")
  execute_process(COMMAND "${CC}" -std=c11 -Wall -Wextra -Wpedantic -Werror "${SOURCE}" -o "${BUILD}/consumer" ${flags}
                  COMMAND_ERROR_IS_FATAL ANY)
  set(ENV{LD_LIBRARY_PATH} "${library_dir}")
  execute_process(COMMAND "${BUILD}/consumer" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE "${BUILD}")
file(MAKE_DIRECTORY "${BUILD}")
try_in("${PREFIX}")

# Other tests use the prefix at this time, so that its part for C is copied and not moved: the shared libraries, of which
# there is one unless all are shared.
set(moved "${BUILD}/moved")
file(COPY "${PREFIX}/include/pentimento.h" DESTINATION "${moved}/include")
file(GLOB libraries "${PREFIX}/${LIBDIR}/libpentimento*.so*" "${PREFIX}/${LIBDIR}/libpentimento*.dylib"
     "${PREFIX}/${LIBDIR}/pkgconfig")
file(COPY ${libraries} DESTINATION "${moved}/${LIBDIR}")
try_in("${moved}")
