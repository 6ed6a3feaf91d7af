"""Conan 2 recipe. From the root of the repository: conan create conan --build=missing"""

import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir
from conan.tools.scm import Version

required_conan_version = ">=2.0"


class PentimentoConan(ConanFile):
    name = "pentimento"
    license = "BSL-1.0"
    description = "Turns a brief into a picture that meets it: generate, critique, revise, repeat"
    topics = ("image-generation", "refinement", "asio", "coroutines")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {
        "shared": [True, False],
        "fPIC": [True, False],
        # The sketch generator and the measuring critic. libvips comes from the system: Conan Center has no recipe of it.
        "with_offline": [True, False],
        # A local server that speaks the providers' dialects.
        "with_emulator": [True, False],
    }
    default_options = {"shared": False, "fPIC": True, "with_offline": False, "with_emulator": False}
    implements = ["auto_shared_fpic"]

    # The recipe lies in a folder of the repository that it packages.
    def layout(self):
        self.folders.root = ".."
        cmake_layout(self)

    def set_version(self):
        cmake = load(self, os.path.join(self.recipe_folder, "..", "CMakeLists.txt"))
        self.version = self.version or re.search(r"VERSION (\d+\.\d+\.\d+)", cmake)[1]

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..")
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "src/*"):
            copy(self, pattern, root, self.export_sources_folder)

    def requirements(self):
        self.requires("boost/[>=1.81.0 <2]", transitive_headers=True, transitive_libs=True)
        self.requires("openssl/[>=3.0 <4]")

    def build_requirements(self):
        self.tool_requires("cmake/[>=3.25]")

    def validate(self):
        check_min_cppstd(self, 20)
        floor = {"gcc": "12", "clang": "16"}.get(str(self.settings.compiler))
        if floor is None or Version(self.settings.compiler.version) < floor:
            raise ConanInvalidConfiguration("Pentimento is built with g++ 12 or newer, or clang 16 or newer")
        if self.dependencies["boost"].options.get_safe("without_json"):
            raise ConanInvalidConfiguration("Pentimento needs Boost.JSON: boost/*:without_json=False")

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["PENTIMENTO_OFFLINE"] = bool(self.options.with_offline)
        toolchain.cache_variables["PENTIMENTO_EMULATOR"] = bool(self.options.with_emulator)
        for option in ("BUILD_CLI", "BUILD_EXAMPLES", "BUILD_TESTS", "WARNINGS_AS_ERRORS", "USE_CCACHE"):
            toolchain.cache_variables[f"PENTIMENTO_{option}"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "share"))

    # The components are the targets of the CMake build, by the same names.
    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "pentimento")

        core = self.cpp_info.components["core"]
        core.set_property("cmake_target_name", "pentimento::core")
        core.libdirs, core.bindirs = [], []
        core.requires = ["boost::headers"]

        whole = self.cpp_info.components["pentimento"]
        whole.set_property("cmake_target_name", "pentimento::pentimento")
        whole.libs = ["pentimento-cpp"]
        whole.requires = ["core", "boost::json", "openssl::ssl", "openssl::crypto"]

        if self.options.with_offline:
            offline = self.cpp_info.components["offline"]
            offline.set_property("cmake_target_name", "pentimento::offline")
            offline.libs = ["pentimento-offline"]
            offline.requires = ["pentimento"]
            if not self.options.shared:
                offline.system_libs = ["vips-cpp", "vips", "gobject-2.0", "glib-2.0"]

        if self.options.with_emulator:
            emulator = self.cpp_info.components["emulator"]
            emulator.set_property("cmake_target_name", "pentimento::emulator")
            emulator.libs = ["pentimento-emulator"]
            emulator.requires = ["pentimento", "openssl::ssl", "openssl::crypto"]

        if self.settings.os in ("Linux", "FreeBSD"):
            core.system_libs = ["pthread"]
