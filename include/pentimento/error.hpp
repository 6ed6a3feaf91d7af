#pragma once

#include <pentimento/detail/boost_abi.hpp>
#include <pentimento/money.hpp>

#include <boost/system/errc.hpp>
#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>
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

/// What went wrong, in terms that a caller can act on. Append only: the numbers are part of the C ABI.
enum class errc {
  invalid_argument = 1,  ///< Invalid input: an empty prompt, a size out of range.
  unsupported,           ///< The backend does not support this operation (an edit, a mask, a comparison).
  unreadable_image,      ///< The bytes are not an image of an accepted type, or they are damaged.
  too_large,             ///< A stated limit on bytes, pixels, characters or items was exceeded.
  cancelled,          ///< Cancelled by the caller, at the run's deadline, or because the result is not needed any more.
  deadline_exceeded,  ///< The timeout of a call passed, or the call was too slow to end before it.
  refused,            ///< The provider refused the request (moderation).
  backend_failed,     ///< The backend failed for another reason.
  unusable_reply,     ///< The backend answered, but the answer cannot be understood.
  io_failed,          ///< A file could not be read or written.
  observer_failed,    ///< An event sink or a watcher failed, so the run cannot be recorded any more.
  parse_failed,       ///< Text or JSON does not follow its grammar.
  connect_failed,     ///< The server could not be reached or did not prove its identity. Nothing was sent.
  outcome_unknown,    ///< A request was sent and no reply came. It may have been carried out.
  unauthorized,       ///< The provider does not accept the key, or the key lacks the permission.
  payment_required,   ///< The account has no credit, or its spending limit is reached.
  rate_limited,       ///< The provider asks for a pause that is longer than the call's deadline allows.
  not_found,          ///< The provider does not know the model, address or job that was named.
};

/// The name of a code in the JSON of an error. Names do not change.
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
  boost::system::error_condition default_error_condition(int value) const noexcept override;
};

inline constexpr ErrorCategory error_category{};

inline boost::system::error_condition ErrorCategory::default_error_condition(int value) const noexcept {
  namespace generic = boost::system::errc;
  switch (static_cast<errc>(value)) {
    case errc::invalid_argument: return generic::make_error_condition(generic::invalid_argument);
    case errc::unsupported: return generic::make_error_condition(generic::operation_not_supported);
    case errc::too_large: return generic::make_error_condition(generic::value_too_large);
    case errc::cancelled: return generic::make_error_condition(generic::operation_canceled);
    case errc::deadline_exceeded: return generic::make_error_condition(generic::timed_out);
    case errc::refused: return generic::make_error_condition(generic::operation_not_permitted);
    case errc::unusable_reply: return generic::make_error_condition(generic::bad_message);
    case errc::io_failed: return generic::make_error_condition(generic::io_error);
    case errc::unauthorized: return generic::make_error_condition(generic::permission_denied);
    case errc::rate_limited: return generic::make_error_condition(generic::resource_unavailable_try_again);
    default: return {value, *this};  // has no counterpart
  }
}

}  // namespace detail

/**
 * Converts an `errc` to a `boost::system::error_code`.
 *
 * Codes compare equal to the generic conditions of the same meaning, also to those of `std::errc` after the conversion
 * to `std::error_code`: `cancelled` to `operation_canceled`, `deadline_exceeded` to `timed_out`, `invalid_argument`,
 * `unsupported` to `operation_not_supported`, `too_large` to `value_too_large`, `refused` to `operation_not_permitted`,
 * `unauthorized` to `permission_denied`, `rate_limited` to `resource_unavailable_try_again`, `unusable_reply` to
 * `bad_message`, `io_failed` to `io_error`. The others have no generic condition.
 */
inline boost::system::error_code make_error_code(errc code) noexcept {
  return {static_cast<int>(code), detail::error_category};
}

/**
 * Why an operation failed: a code to act on, one sentence for a person, and what the operation may have cost.
 *
 * The sentence is written by the library. The provider's text is kept apart in `provider_message()`, because it may
 * repeat the prompt or be hostile.
 */
class Error {
 public:
  /// For `Result` only: `boost::system::result` of Boost 1.81 needs it.
  Error() = default;
  Error(errc code, std::string message) : code_{code}, message_{std::move(message)} {}

  errc code() const noexcept { return code_; }
  /// One sentence: what is wrong and what would be accepted.
  const std::string& message() const noexcept { return message_; }
  /// The provider's text, untrusted; empty if there is none.
  const std::string& provider_message() const noexcept { return provider_message_; }
  Error& provider_message(std::string text) { return provider_message_ = std::move(text), *this; }
  /// The provider's id of the request, for a support request; empty if there is none.
  const std::string& request_id() const noexcept { return request_id_; }
  Error& request_id(std::string id) { return request_id_ = std::move(id), *this; }
  /// What the failed call cost, or may have cost.
  const Charge& charge() const noexcept { return charge_; }
  Error& charge(Charge charge) { return charge_ = charge, *this; }

  /// True if the same call may succeed a little later: an overloaded server, a broken connection, a timeout. Always true for
  /// `connect_failed`, `outcome_unknown`, `rate_limited` and `deadline_exceeded`; else false unless it is set.
  bool transient() const noexcept { return transient_ || is_transient(code_); }
  Error& transient(bool may_pass) { return transient_ = may_pass && !is_transient(code_), *this; }

  friend bool operator==(const Error&, const Error&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Error& error) { return out << error.message_; }

 private:
  static constexpr bool is_transient(errc code) noexcept {
    return code == errc::connect_failed || code == errc::outcome_unknown || code == errc::rate_limited ||
           code == errc::deadline_exceeded;
  }

  errc code_ = errc::backend_failed;
  std::string message_;
  std::string provider_message_;
  std::string request_id_;
  Charge charge_;
  bool transient_ = false;
};

static_assert(!std::is_aggregate_v<Error>);

/// The exception that `Result::value()` throws if there is an error instead of a value.
class Failure : public boost::system::system_error {
 public:
  explicit Failure(Error error)
      : system_error{make_error_code(error.code()), error.message()}, error_{std::move(error)} {}
  const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

/// A value or an `Error`. Expected failures are returned; `value()` throws `Failure` for code that prefers exceptions. All
/// members are those of `boost::system::result`. The compiler warns if a returned one is ignored.
template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
 public:
  using boost::system::result<T, Error>::result;
};

/// Throws the `Failure` of `Result::value()`. Boost finds it by argument-dependent lookup.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw Failure{error};
}

/**
 * Returns the exception that is being handled as an `Error`. To be called in a `catch` block.
 *
 * `operation_canceled` becomes `errc::cancelled`. A `Failure` becomes the error that it carries. Any other exception
 * becomes `errc::backend_failed` with `what` in front.
 *
 * **Cost**: the charge is `maybe_billed` with the worst case, unless a `Failure` carries a charge.
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
