# What `cmake --install` puts where: the library, its one header, the pkg-config
# file and the CMake package onlooker::onlooker.

list(JOIN ONLOOKER_PROBE_REQUIRES " " probe_requires)
string(REPLACE ">=" " >= " probe_requires "${probe_requires}")
configure_file(${CMAKE_CURRENT_SOURCE_DIR}/sdk/onlooker.pc.in
  ${CMAKE_CURRENT_BINARY_DIR}/onlooker.pc @ONLY)
configure_package_config_file(
  ${CMAKE_CURRENT_SOURCE_DIR}/cmake/onlooker-config.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/onlooker-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/onlooker)
write_basic_package_version_file(
  ${CMAKE_CURRENT_BINARY_DIR}/onlooker-config-version.cmake
  COMPATIBILITY SameMinorVersion)

install(TARGETS onlooker EXPORT onlooker-targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    COMPONENT runtime NAMELINK_COMPONENT development)
install(TARGETS onlooker_static
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(FILES include/onlooker/onlooker.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/onlooker COMPONENT development)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/onlooker.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
install(EXPORT onlooker-targets NAMESPACE onlooker::
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/onlooker COMPONENT development)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/onlooker-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/onlooker-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/onlooker COMPONENT development)
