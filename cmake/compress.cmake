# What Debian wants compressed in a package: run by CPack between installing the
# files and packing them. -n keeps the time out, so that a second build is equal.
file(GLOB_RECURSE pages ${CPACK_TEMPORARY_DIRECTORY}/*.1)
foreach(page IN LISTS pages)
  execute_process(COMMAND gzip -9n ${page} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
