#pragma once

#include <pentimento/money.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <new>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pentimento {

/// What went wrong, in the terms that a caller can act on. Append only: the numbers are part of recorded runs.
enum class errc {
  invalid_argument = 1,  ///< The caller asked for something that cannot be: an empty prompt, a size out of range.
  unsupported,           ///< The backend cannot do this at all (an edit, a mask, a comparison).
  unreadable_image,      ///< The bytes are no picture of a kind that is accepted, or they are damaged.
  too_large,             ///< A stated limit on bytes, pixels, characters or items was passed.
  cancelled,             ///< Cancelled: by the caller, at the run's deadline, or because it was no longer wanted.
  deadline_exceeded,     ///< The time that a backend gives its call was up, or the call was too slow to end in it.
  refused,               ///< The provider declined the request (moderation).
  backend_failed,        ///< The backend failed for a reason of its own.
  unusable_reply,        ///< The backend answered, but the answer cannot be understood.
  io_failed,             ///< A file could not be read or written.
  observer_failed,       ///< An event sink or a watcher failed, so the run cannot be recorded any more.
  parse_failed,          ///< Text or JSON does not follow its grammar.
  connect_failed,        ///< A server could not be reached, or did not prove who it is; nothing was sent.
  outcome_unknown,       ///< A request was sent and no reply came: whether it was carried out nobody knows.
  unauthorized,          ///< The provider does not accept the key, or the key may not do this.
  payment_required,      ///< The provider wants money first: no credit, or a spending limit of its own.
  rate_limited,          ///< The provider asks for a pause that is longer than the call may take.
  not_found,             ///< The provider does not know what was named: a model, an address, a job.
};

/// The stable name of a code, as it stands in the JSON of an error.
constexpr std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::invalid_argument: return "invalid_argument";
    case errc::unsupported: return "unsupported";
    case errc::unreadable_image: return "unreadable_image";
    case errc::too_large: return "too_large";
    case errc::cancelled: return "cancelled";
    case errc::deadline_exceeded: return "deadline_exceeded";
    case errc::refused: return "refused";
    case errc::backend_failed: return "backend_failed";
    case errc::unusable_reply: return "unusable_reply";
    case errc::io_failed: return "io_failed";
    case errc::observer_failed: return "observer_failed";
    case errc::parse_failed: return "parse_failed";
    case errc::connect_failed: return "connect_failed";
    case errc::outcome_unknown: return "outcome_unknown";
    case errc::unauthorized: return "unauthorized";
    case errc::payment_required: return "payment_required";
    case errc::rate_limited: return "rate_limited";
    case errc::not_found: return "not_found";
  }
  return "unknown";
}

namespace detail {

class ErrorCategory final : public boost::system::error_category {
 public:
  // The fixed id makes categories equal across shared libraries, where their addresses differ.
  constexpr ErrorCategory() noexcept : error_category{0x7d3f0c51a94be826ULL} {}
  const char* name() const noexcept override { return "pentimento"; }
  std::string message(int value) const override { return std::string{to_string(static_cast<errc>(value))}; }
};

inline constexpr ErrorCategory error_category{};

}  // namespace detail

/// Lets an `errc` stand where a `boost::system::error_code` is wanted.
inline boost::system::error_code make_error_code(errc code) noexcept {
  return {static_cast<int>(code), detail::error_category};
}

/**
 * Why something did not work: a code to act on, one sentence for a person, and what it may have cost.
 *
 * The sentence is the library's own. What a provider said stands apart in `provider_message()`, because it may repeat
 * the prompt or be hostile.
 */
class Error {
 public:
  /// Says nothing; `boost::system::result` of Boost 1.81 needs it, users do not.
  Error() = default;
  Error(errc code, std::string message) : code_{code}, message_{std::move(message)} {}

  errc code() const noexcept { return code_; }
  /// One sentence: what was wrong and, where there is a choice, what would be accepted.
  const std::string& message() const noexcept { return message_; }
  /// The provider's own words, unchecked; empty if there are none.
  const std::string& provider_message() const noexcept { return provider_message_; }
  Error& provider_message(std::string text) { return provider_message_ = std::move(text), *this; }
  /// The provider's id of the request, for its support; empty if there is none.
  const std::string& request_id() const noexcept { return request_id_; }
  Error& request_id(std::string id) { return request_id_ = std::move(id), *this; }
  /// What the failed call cost, or may have cost.
  const Charge& charge() const noexcept { return charge_; }
  Error& charge(Charge charge) { return charge_ = charge, *this; }

  friend bool operator==(const Error&, const Error&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Error& error) { return out << error.message_; }

 private:
  errc code_ = errc::backend_failed;
  std::string message_;
  std::string provider_message_;
  std::string request_id_;
  Charge charge_;
};

static_assert(!std::is_aggregate_v<Error>);

/// What `Result::value()` throws when there is an error instead of a value.
class Failure : public boost::system::system_error {
 public:
  explicit Failure(Error error)
      : system_error{make_error_code(error.code()), error.message()}, error_{std::move(error)} {}
  const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

/// A value or an `Error`. Expected failures travel as values; `value()` throws `Failure` for those who prefer that.
template <class T>
using Result = boost::system::result<T, Error>;

/// How `Result::value()` turns an error into an exception; found by Boost through argument-dependent look-up.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw Failure{error};
}

/**
 * The exception that is being handled, as an `Error`. Call it in a `catch` block.
 *
 * `operation_aborted` becomes `errc::cancelled`; a `Failure` gives back what it carries; anything else becomes
 * `errc::backend_failed` with `what` in front. Nobody knows then what was paid, so that the charge is the worst case unless
 * a `Failure` says what it is.
 */
inline Error error_from_current_exception(std::string_view what, Money worst_case = {}) {
  const Charge charge = worst_case.is_zero() ? Charge{} : Charge::maybe_billed(worst_case);
  const auto failed = [&](std::string_view why) {
    Error error{errc::backend_failed, std::string{what} + " failed: " + std::string{why}};
    return error.charge(charge);
  };
  try {
    throw;
  } catch (const Failure& failure) {
    Error error = failure.error();
    if (error.charge() == Charge{}) error.charge(charge);
    return error;
  } catch (const boost::system::system_error& error) {
    if (error.code() != boost::system::errc::operation_canceled) return failed(error.what());
    Error cancelled{errc::cancelled, std::string{what} + " was cancelled"};
    return cancelled.charge(charge);
  } catch (const std::bad_alloc&) {
    return failed("out of memory");
  } catch (const std::exception& error) {
    return failed(error.what());
  } catch (...) {
    return failed("an exception of unknown type");
  }
}

}  // namespace pentimento

namespace boost::system {
template <>
struct is_error_code_enum<pentimento::errc> : std::true_type {};
}  // namespace boost::system
