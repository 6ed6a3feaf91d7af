# How this project's own code is compiled. Nothing here reaches users: targets get it through the private, unexported
# interface target `pentimento_compile`.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "Pentimento needs g++ 12 or newer; this is ${CMAKE_CXX_COMPILER_VERSION}")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 16)
  message(FATAL_ERROR "Pentimento needs clang 16 or newer; this is ${CMAKE_CXX_COMPILER_VERSION}")
endif()

add_library(pentimento_compile INTERFACE)
target_compile_definitions(pentimento_compile INTERFACE BOOST_ASIO_NO_DEPRECATED)

if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  target_compile_options(pentimento_compile INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
  if(PENTIMENTO_WARNINGS_AS_ERRORS)
    target_compile_options(pentimento_compile INTERFACE -Werror)
  endif()
  # In a unity build, names that are private to one source are visible in the next one, whose locals may shadow them.
  set(unity "$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>")
  target_compile_options(pentimento_compile INTERFACE "$<${unity}:-Wno-shadow>")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # And g++ takes the included sources for headers, whose types must not name types private to a file.
    target_compile_options(pentimento_compile INTERFACE "$<${unity}:-Wno-subobject-linkage>")
    # ThreadSanitizer does not model the fences inside Asio; g++ warns at each of them.
    target_compile_options(pentimento_compile INTERFACE -Wno-tsan)
    if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      # False alarms of g++ 12: at -O1 it inlines half of Asio's allocation of coroutine frames and reports a mismatch;
      # optimised, it reports overlapping copies in every "text" + std::string (GCC bug 105651).
      target_compile_options(pentimento_compile INTERFACE -Wno-mismatched-new-delete -Wno-restrict)
    endif()
  endif()
endif()

if(PENTIMENTO_USE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(PENTIMENTO_CCACHE ccache)
  mark_as_advanced(PENTIMENTO_CCACHE)
  if(PENTIMENTO_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${PENTIMENTO_CCACHE}")
  endif()
endif()

# Marks a C program that links pentimento::capi. Under a sanitizer it needs the C++ runtime of the library.
function(pentimento_is_c_program target)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=")
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  endif()
endfunction()
