# Debian packages: `./dev package`, or cpack -G DEB in a tree that was configured
# with -DCMAKE_INSTALL_PREFIX=/usr, for the pkg-config file names the prefix.
#
#   libonlooker0     the library         (component runtime)
#   libonlooker-dev  header, archive     (component development)
#   onlooker         the programs        (component programs)

# packages_of(OUT MODULE...): the Debian packages that bring the pkg-config
# modules, which ours requires of whoever compiles against it.
function(packages_of out)
  set(packages "")
  foreach(module IN LISTS ARGN)
    string(REGEX REPLACE "[<>=].*" "" module "${module}")
    pkg_get_variable(folder ${module} pcfiledir)
    execute_process(COMMAND dpkg-query --search ${folder}/${module}.pc
      OUTPUT_VARIABLE found ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    string(REGEX REPLACE ":.*" "" found "${found}")
    if(found)
      list(APPEND packages ${found})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES packages)
  list(JOIN packages ", " packages)
  set(${out} "${packages}" PARENT_SCOPE)
endfunction()

find_program(DPKG_QUERY dpkg-query)
if(NOT DPKG_QUERY)
  return()
endif()
packages_of(development_packages libsystemd jansson ${ONLOOKER_PROBE_REQUIRES})

set(CPACK_PACKAGE_CONTACT "onlooker maintainers <maintainers@onlooker.invalid>")
set(debian ${CMAKE_CURRENT_SOURCE_DIR}/cmake/debian)
# The time of the build, or SOURCE_DATE_EPOCH.
string(TIMESTAMP changelog_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(${debian}/changelog.in ${CMAKE_CURRENT_BINARY_DIR}/changelog @ONLY)
execute_process(COMMAND gzip -9nf ${CMAKE_CURRENT_BINARY_DIR}/changelog
  COMMAND_ERROR_IS_FATAL ANY)

foreach(package "runtime;libonlooker${PROJECT_VERSION_MAJOR}"
    "development;libonlooker-dev" "programs;onlooker")
  list(GET package 0 component)
  list(GET package 1 name)
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name})
  install(FILES ${debian}/copyright CHANGELOG.md
    ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} COMPONENT ${component})
endforeach()

set(CPACK_PACKAGE_VENDOR onlooker)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime development programs)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The programs link the library that is packaged with them.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_CURRENT_BINARY_DIR})
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
# The library's symbols are as old as its version says, no older.
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${debian}/triggers)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/cmake/compress.cmake)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libonlooker${PROJECT_VERSION_MAJOR} (= ${PROJECT_VERSION}), ${development_packages}")
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_DEPENDS
  "libonlooker${PROJECT_VERSION_MAJOR} (= ${PROJECT_VERSION})")
# Below the one line that is the project's description.
set(CPACK_DEBIAN_RUNTIME_DESCRIPTION
"Who links it learns whether the screen is seen, steered or used from elsewhere,
by whom, how sure that is, and what could not be looked at.")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION
"This package holds the header, which is the manual, and what linkers need.")
set(CPACK_DEBIAN_PROGRAMS_DESCRIPTION
"This package holds the program that shows what watches this screen, records and
replays it, and runs a command when it changes.")
include(CPack)
