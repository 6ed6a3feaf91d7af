#pragma once

#include "support/temporary_folder.hpp"

#include <fstream>
#include <string>

namespace pentimento::test {

/// A temporary file with the certificate of an authority.
class CaFile {
 public:
  explicit CaFile(const std::string& pem) { std::ofstream{path()} << pem; }
  std::string path() const { return folder_ / "ca.pem"; }

 private:
  TemporaryFolder folder_;
};

}  // namespace pentimento::test
