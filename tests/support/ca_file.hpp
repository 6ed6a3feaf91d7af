#pragma once

#include "support/temporary_folder.hpp"

#include <fstream>
#include <string>

namespace pentimento::test {

/// The certificate of an authority in a file, as long as it is needed.
class CaFile {
 public:
  explicit CaFile(const std::string& pem) { std::ofstream{path()} << pem; }
  std::string path() const { return folder_ / "ca.pem"; }

 private:
  TemporaryFolder folder_;
};

}  // namespace pentimento::test
