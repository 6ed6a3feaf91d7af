// As if the headers of Boost were of another version than those that the library was built with.
#include <boost/system/result.hpp>
#include <boost/version.hpp>

#undef BOOST_VERSION
#define BOOST_VERSION 999900

#include <pentimento/error.hpp>

int main() { return pentimento::Error{}.message().empty() ? 0 : 1; }
