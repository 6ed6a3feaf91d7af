// SQLite in three small classes. Every function throws `Failure`: `parse_failed` for a damaged file, `io_failed` for all else.
#pragma once

#include <pentimento/error.hpp>

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace pentimento::store {

/// A database that is open to be read must be written first: it was left by a process that ended in the middle of a write.
class NeedsRecovery final : public Failure {
 public:
  using Failure::Failure;
};

/// A prepared statement.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view path, std::string_view sql);

  /// Binds the parameters from the first on.
  template <class... Values>
  Statement& bind(const Values&... values) {
    sqlite3_reset(statement_.get());
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }
  /// Goes to the next row. Returns false after the last.
  bool step();

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  std::string text(int column) const;
  bool is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };

  void bind_one(int index, std::int64_t value) { check(sqlite3_bind_int64(statement_.get(), index, value)); }
  void bind_one(int index, std::string_view text);
  void check(int code) const;

  sqlite3* database_;
  std::string path_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A connection. Used by one thread at a time.
class Database {
 public:
  /// **Parameters**: flags as for `sqlite3_open_v2`. The path must not contain a symbolic link.
  Database(const std::filesystem::path& path, int flags);

  Statement prepare(std::string_view sql) const { return {connection_.get(), path_, sql}; }
  /// Carries out statements that return nothing of interest.
  void execute(const std::string& sql) const;

  /// Carries out a statement and returns the first column of its first row.
  std::int64_t integer(std::string_view sql) const;
  std::string text(std::string_view sql) const;

  const std::string& path() const noexcept { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* connection) const noexcept { sqlite3_close_v2(connection); }
  };

  std::string path_;
  std::unique_ptr<sqlite3, Close> connection_;
};

/// A transaction that writes, rolled back unless it is committed.
class Transaction {
 public:
  explicit Transaction(const Database& database) : database_{database} { database.execute("BEGIN IMMEDIATE"); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  void commit();

 private:
  const Database& database_;
  bool is_open_ = true;
};

}  // namespace pentimento::store
