#include "store/database.hpp"

#include <chrono>
#include <cstring>
#include <system_error>

namespace pentimento::store {
namespace {

constexpr std::chrono::milliseconds longest_wait_for_others{5000};

[[noreturn]] void fail(sqlite3* database, std::string_view path, int code) {
  const std::string file{path};
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // a statement of ours does not fit the tables, which are not those that we made
    case SQLITE_MISMATCH:
      throw Failure{Error{errc::parse_failed, file + " is damaged: " + sqlite3_errmsg(database) +
                                                  "; the images beside it can still be opened"}};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Failure{Error{errc::io_failed, file + " is in use by another process; try again in a moment"}};
    case SQLITE_FULL: throw Failure{Error{errc::io_failed, "cannot write " + file + ": the disk is full"}};
    case SQLITE_READONLY:
      throw NeedsRecovery{Error{errc::io_failed, "cannot write " + file + ": it or its folder is read-only"}};
    default: break;
  }
  const int system = database == nullptr ? 0 : sqlite3_system_errno(database);
  std::string why = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  if (system != 0) why += " (" + std::generic_category().message(system) + ')';
  const Error error{errc::io_failed, "cannot use " + file + ": " + why};
  if ((code & 0xFF) == SQLITE_CANTOPEN) throw NeedsRecovery{error};
  throw Failure{error};
}

}  // namespace

Statement::Statement(sqlite3* database, std::string_view path, std::string_view sql)
    : database_{database}, path_{path} {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  check(code);
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) fail(database_, path_, code);
}

void Statement::bind_one(int index, std::string_view text) {
  check(sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  // Reset first: an open statement would keep its transaction.
  const int exact = sqlite3_extended_errcode(database_);
  try {
    fail(database_, path_, exact);
  } catch (...) {
    sqlite3_reset(statement_.get());
    throw;
  }
}

std::string Statement::text(int column) const {
  const unsigned char* const text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Database::Database(const std::filesystem::path& path, int flags) : path_{path.string()} {
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(path_.c_str(), &connection,
                                   flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  connection_.reset(connection);
  if (code != SQLITE_OK) fail(connection, path_, code);
  sqlite3_busy_timeout(connection, static_cast<int>(longest_wait_for_others.count()));
  // A record may come from anybody: its schema must not call functions, and its cells are checked.
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  execute("PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON");
}

void Database::execute(const std::string& sql) const {
  const int code = sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(connection_.get(), path_, code);
}

std::int64_t Database::integer(std::string_view sql) const {
  Statement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string Database::text(std::string_view sql) const {
  Statement statement = prepare(sql);
  return statement.step() ? statement.text(0) : std::string{};
}

Transaction::~Transaction() {
  if (!is_open_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (const Failure&) {
    // SQLite has rolled it back by itself, as after a full disk.
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  is_open_ = false;
}

}  // namespace pentimento::store
