# The dependencies of the libraries. Tests, benchmarks and the command line find their own where they are used.

set(PENTIMENTO_BOOST_VERSION 1.81)
set(PENTIMENTO_OPENSSL_VERSION 3.0)
set(PENTIMENTO_SQLITE_VERSION 3.37)
set(PENTIMENTO_VIPS_MODULE "vips-cpp>=8.14")

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Boost ${PENTIMENTO_BOOST_VERSION} CONFIG REQUIRED COMPONENTS headers json)
find_package(OpenSSL ${PENTIMENTO_OPENSSL_VERSION} REQUIRED)
find_package(SQLite3 ${PENTIMENTO_SQLITE_VERSION} REQUIRED)

if(PENTIMENTO_OFFLINE)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(PENTIMENTO_VIPS REQUIRED IMPORTED_TARGET GLOBAL ${PENTIMENTO_VIPS_MODULE})
endif()
