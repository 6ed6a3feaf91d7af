# usage: cmake -D OUTPUT=FILE.cpp -P embed.cmake
#
# Writes the page of the report as C++: its template, its style, and report.mjs with all that it imports as one script.
# Inline scripts cannot import each other, so each module becomes a function that returns what it exports. Works for the
# forms of import and export that the files here have.
cmake_minimum_required(VERSION 3.25)

set(folder "${CMAKE_CURRENT_LIST_DIR}")
set(file_of_preact vendor/preact.mjs)
set(notice_of_preact "// Preact, MIT License, Copyright (c) 2015-present Jason Miller\n")
set(file_of_htm vendor/htm.mjs)
set(notice_of_htm "// htm, Apache License 2.0, Copyright 2018 Google Inc.\n")
set(script "const modules = {};\n")
set(linked "")

function(link specifier)
  if(specifier IN_LIST linked)
    return()
  endif()
  string(REGEX REPLACE "^\\./" "" file "${specifier}")
  if(DEFINED file_of_${specifier})
    set(file "${file_of_${specifier}}")
  endif()
  file(READ "${folder}/${file}" text)
  set(text "\n${text}")

  string(REGEX MATCHALL "\nimport [^;]* from \"[^\"]*\"" imports "${text}")
  foreach(import IN LISTS imports)
    string(REGEX REPLACE ".* from \"([^\"]*)\"" "\\1" imported "${import}")
    link("${imported}")
  endforeach()
  string(REGEX REPLACE "\nimport ([A-Za-z]+) from" "\nimport { default: \\1 } from" text "${text}")
  string(REGEX REPLACE "\nimport ({[^}]*}) from (\"[^\"]*\")" "\nconst \\1 = modules[\\2]" text "${text}")

  # Of our own modules.
  string(REGEX MATCHALL "\nexport (function|class|const) [A-Za-z]+" exports "${text}")
  list(TRANSFORM exports REPLACE ".* " "")
  list(JOIN exports ", " names)
  string(REGEX REPLACE "\nexport (function|class|const) " "\n\\1 " text "${text}")
  # Of published ones, which end with them.
  string(REGEX MATCH "export{([^}]*)}" published "${text}")
  if(published)
    string(REGEX REPLACE "([A-Za-z$]+) as ([A-Za-z]+)" "\\2: \\1" names "${CMAKE_MATCH_1}")
    string(REPLACE "${published}" "" text "${text}")
  endif()
  if(text MATCHES "export default function")
    string(REPLACE "export default function" "const exported = function" text "${text}")
    set(names "default: exported")
  endif()
  string(REGEX REPLACE "\n//# sourceMappingURL=[^\n]*" "" text "${text}")

  list(APPEND linked "${specifier}")
  set(linked "${linked}" PARENT_SCOPE)
  set(text "modules[\"${specifier}\"] = (() => {${text}\nreturn { ${names} };\n})();\n")
  set(script "${script}${notice_of_${specifier}}${text}" PARENT_SCOPE)
endfunction()

link("./report.mjs")
file(READ "${folder}/report.html" template)
file(READ "${folder}/style.css" style)

set(code "// Made by embed.cmake.\n#include \"report/page.hpp\"\n\nnamespace pentimento::report {\n\n")
foreach(part template style script)
  string(APPEND code "extern const std::string_view page_${part} = R\"~~~(${${part}})~~~\";\n\n")
endforeach()
file(WRITE "${OUTPUT}" "${code}}  // namespace pentimento::report\n")
