#include <pentimento/error.hpp>

#include <boost/system/errc.hpp>
#include <doctest/doctest.h>

#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>

using namespace pentimento;

namespace {

/// The error that an exception becomes; the call could have cost a dollar.
template <class Exception>
Error error_of(const Exception& exception) {
  try {
    throw exception;
  } catch (...) {
    return error_from_current_exception("the call", usd(1));
  }
}

}  // namespace

TEST_SUITE("Error") {
  TEST_CASE("every code has its own name") {
    std::set<std::string_view> names;
    for (int i = 1; i <= static_cast<int>(errc::not_found); ++i) names.insert(to_string(static_cast<errc>(i)));
    CHECK(names.size() == 18);
    CHECK(!names.contains("unknown"));
    CHECK(make_error_code(errc::rate_limited).message() == "rate_limited");
    CHECK(make_error_code(errc::rate_limited).category().name() == std::string{"pentimento"});
  }

  TEST_CASE("codes equal generic conditions") {
    namespace generic = boost::system::errc;
    CHECK(make_error_code(errc::cancelled) == generic::operation_canceled);
    CHECK(make_error_code(errc::deadline_exceeded) == generic::timed_out);
    CHECK(make_error_code(errc::invalid_argument) == generic::invalid_argument);
    CHECK(make_error_code(errc::unsupported) == generic::operation_not_supported);
    CHECK(make_error_code(errc::too_large) == generic::value_too_large);
    CHECK(make_error_code(errc::refused) == generic::operation_not_permitted);
    CHECK(make_error_code(errc::unauthorized) == generic::permission_denied);
    CHECK(make_error_code(errc::rate_limited) == generic::resource_unavailable_try_again);
    CHECK(make_error_code(errc::unusable_reply) == generic::bad_message);
    CHECK(make_error_code(errc::io_failed) == generic::io_error);
    CHECK(make_error_code(errc::refused) != generic::operation_canceled);
    // Without a counterpart a code is equal to itself alone.
    for (int i = 0; i < 200; ++i) CHECK(make_error_code(errc::outcome_unknown) != generic::errc_t(i));
    CHECK(make_error_code(errc::outcome_unknown) == errc::outcome_unknown);
  }

  TEST_CASE("codes equal conditions of std::errc") {
    CHECK(std::error_code{make_error_code(errc::cancelled)} == std::errc::operation_canceled);
    CHECK(std::error_code{make_error_code(errc::deadline_exceeded)} == std::errc::timed_out);
    CHECK(std::error_code{make_error_code(errc::invalid_argument)} != std::errc::timed_out);
  }

  TEST_CASE("exceptions become errors") {
    CHECK(error_of(std::runtime_error{"boom"}).code() == errc::backend_failed);
    CHECK(error_of(std::runtime_error{"boom"}).message() == "the call failed: boom");
    CHECK(error_of(std::runtime_error{"boom"}).charge() == Charge::maybe_billed(usd(1)));
    CHECK(error_of(std::bad_alloc{}).message() == "the call failed: out of memory");
    CHECK(error_of(42).code() == errc::backend_failed);
    using boost::system::system_error;
    CHECK(error_of(system_error{make_error_code(boost::system::errc::operation_canceled)}).code() == errc::cancelled);
    CHECK(error_of(system_error{make_error_code(boost::system::errc::timed_out)}).code() == errc::backend_failed);
  }

  TEST_CASE("a Failure keeps its error") {
    Error refused{errc::refused, "no"};
    CHECK(error_of(Failure{refused}) == Error{refused}.charge(Charge::maybe_billed(usd(1))));
    refused.charge(Charge::paid(usd(0.5)));
    CHECK(error_of(Failure{refused}) == refused);
    CHECK(Failure{refused}.code() == errc::refused);
  }

  TEST_CASE("some errors are transient") {
    CHECK(Error{errc::outcome_unknown, ""}.transient());
    CHECK(Error{errc::rate_limited, ""}.transient(false).transient());
    CHECK(!Error{errc::unauthorized, ""}.transient());
    CHECK(!Error{errc::backend_failed, ""}.transient());
    CHECK(Error{errc::backend_failed, ""}.transient(true).transient());
    CHECK(Error{errc::outcome_unknown, ""}.transient(true) == Error{errc::outcome_unknown, ""});
  }

  TEST_CASE("value() throws the error") {
    const Result<int> result = Error{errc::too_large, "more than 3"};
    try {
      static_cast<void>(result.value());
      FAIL("it did not throw");
    } catch (const Failure& failure) {
      CHECK(failure.error().message() == "more than 3");
    }
  }
}
