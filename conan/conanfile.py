"""Conan 2 recipe. From the root of the repository: conan create conan -s compiler.cppstd=20 --build=missing

The options are those of the CMake build, and the components are its targets, by the same names. See README.md here.
"""

import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir
from conan.tools.gnu import PkgConfigDeps
from conan.tools.scm import Version

required_conan_version = ">=2.5"


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
        # PENTIMENTO_OFFLINE: the sketch generator and the measuring critic (needs libvips).
        "with_offline": [True, False],
        # PENTIMENTO_EMULATOR: a local server that speaks the providers' dialects.
        "with_emulator": [True, False],
        # PENTIMENTO_BUILD_CLI: the command line program (needs CLI11 to build, and both of the above).
        "with_cli": [True, False],
        # PENTIMENTO_CAPI: libpentimento, the C library. It is shared in any case, and has the libraries of this project inside it.
        "with_capi": [True, False],
    }
    default_options = {
        "shared": False,
        "fPIC": True,
        "with_offline": True,
        "with_emulator": True,
        "with_cli": False,
        "with_capi": True,
    }
    implements = ["auto_shared_fpic"]

    # The recipe lies in a folder of the repository that it packages.
    def layout(self):
        self.folders.root = ".."
        cmake_layout(self)

    def set_version(self):
        if not self.version:
            cmake = load(self, os.path.join(self.recipe_folder, "..", "CMakeLists.txt"))
            self.version = re.search(r"^project\(.*?^\s*VERSION (\d+\.\d+\.\d+)$", cmake, re.DOTALL | re.MULTILINE)[1]

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..")
        for pattern in (
            "CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "src/*", "capi/*",
        ):
            copy(self, pattern, root, self.export_sources_folder)

    def requirements(self):
        self.requires("boost/[>=1.81.0 <1.90]", transitive_headers=True, transitive_libs=True)
        self.requires("openssl/[>=3.0 <4]")
        self.requires("sqlite3/[>=3.37 <4]")
        if self.options.with_offline:
            self.requires("libvips/[>=8.14 <9]")
        if self.options.with_cli:
            # Headers, which go into the program and no further.
            self.requires("cli11/[>=2.1 <3]", visible=False)

    def build_requirements(self):
        self.tool_requires("cmake/[>=3.25 <5]")
        if self.options.with_offline and not self.conf.get("tools.gnu:pkg_config", check_type=str):
            self.tool_requires("pkgconf/[>=1.8 <3]")

    @property
    def _libraries(self):
        """The packages that this one stands on, and that whoever links it may have to link."""
        return {"boost", "openssl", "sqlite3"} | ({"libvips"} if self.options.with_offline else set())

    @property
    def _from_conan(self):
        """Those of them that Conan packages. The others are left to the platform, by the profile's [platform_requires]:
        of these Conan knows no more than that they are there, and `self.dependencies` does not give them out."""
        direct = self.dependencies.filter({"build": False, "direct": True})
        return {require.ref.name for require, _ in direct.items()} & self._libraries

    def validate(self):
        if self.settings.os == "Windows":
            raise ConanInvalidConfiguration("Pentimento needs a POSIX system")
        check_min_cppstd(self, 20)
        floor = {"gcc": "12", "clang": "16"}.get(str(self.settings.compiler))
        if floor is None or Version(self.settings.compiler.version) < floor:
            raise ConanInvalidConfiguration(
                "Pentimento is built with g++ 12 or newer, or clang 16 or newer; this is "
                f"{self.settings.compiler} {self.settings.compiler.version}"
            )
        if self.options.with_cli and not (self.options.with_offline and self.options.with_emulator):
            raise ConanInvalidConfiguration("with_cli needs with_offline and with_emulator, which it is made of")
        if self.options.with_capi:
            if self.settings.os != "Linux":
                raise ConanInvalidConfiguration("with_capi needs Linux")
            if not self.options.get_safe("fPIC", True):
                raise ConanInvalidConfiguration("with_capi puts static libraries into a shared one: set fPIC=True")
        if self._from_conan not in (set(), self._libraries):
            # For a component that names a dependency of the platform no target can be generated, and as soon as one
            # dependency is named all have to be: with some of each kind, no list is right.
            platform = ", ".join(sorted(self._libraries - self._from_conan))
            conan = ", ".join(sorted(self._from_conan))
            raise ConanInvalidConfiguration(
                f"[platform_requires] names {platform} but not {conan}: leave all of them to the platform or none"
            )
        if "boost" in self._from_conan:
            boost = self.dependencies["boost"].options
            if boost.get_safe("header_only") or boost.get_safe("without_json"):
                raise ConanInvalidConfiguration("Pentimento needs Boost.JSON: boost/*:without_json=False")

    def generate(self):
        CMakeDeps(self).generate()
        if "libvips" in self._from_conan:
            # The CMake build asks pkg-config for it.
            PkgConfigDeps(self).generate()
        toolchain = CMakeToolchain(self)
        on = {
            "OFFLINE": self.options.with_offline,
            "EMULATOR": self.options.with_emulator,
            "CAPI": self.options.with_capi,
            "BUILD_CLI": self.options.with_cli,
            "INSTALL": True,
        }
        for name, value in on.items():
            toolchain.cache_variables[f"PENTIMENTO_{name}"] = bool(value)
        for name in ("BUILD_EXAMPLES", "BUILD_TESTS", "BUILD_BENCHMARKS", "WARNINGS_AS_ERRORS", "USE_CCACHE"):
            toolchain.cache_variables[f"PENTIMENTO_{name}"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        # The generators of the consumer make these anew, for the dependencies that it has.
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))
        rmdir(self, os.path.join(self.package_folder, "share"))

    def _add_component(self, name, pkg_config_name, libs, inside=(), public=(), private=()):
        """`public` and `private` are pairs of a component of a dependency, and of the libraries that it is where the
        platform has it. Of the private ones, those of the platform are linked into a shared library already."""
        component = self.cpp_info.components[name]
        component.set_property("cmake_target_name", f"pentimento::{name}")
        component.set_property("pkg_config_name", pkg_config_name)
        component.libs = libs
        component.requires = list(inside)
        for needed in (public, private):
            for dependency, system_libs in needed:
                if dependency.split("::")[0] in self._from_conan:
                    component.requires.append(dependency)
                elif needed is public or not self.options.shared:
                    component.system_libs.extend(system_libs)
        return component

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "pentimento")
        # By default Conan names the target of all components like the package. That name is taken.
        self.cpp_info.set_property("cmake_target_name", "pentimento::everything")
        self.cpp_info.set_property("pkg_config_name", "pentimento-everything")

        core = self._add_component("core", "pentimento-core", [], public=[("boost::headers", [])])
        core.libdirs, core.bindirs = [], []
        if self.settings.os in ("Linux", "FreeBSD"):
            core.system_libs.append("pthread")

        openssl = [("openssl::ssl", ["ssl"]), ("openssl::crypto", ["crypto"])]
        sqlite = [("sqlite3::sqlite", ["sqlite3"])]
        self._add_component("pentimento", "pentimento-cpp", ["pentimento-cpp"], inside=["core"],
                            public=[("boost::json", ["boost_json"])], private=openssl + sqlite)
        if self.options.with_offline:
            self._add_component("offline", "pentimento-offline", ["pentimento-offline"], inside=["pentimento"],
                                private=[("libvips::vips-cpp", ["vips-cpp", "vips", "gobject-2.0", "glib-2.0"])])
        if self.options.with_emulator:
            self._add_component("emulator", "pentimento-emulator", ["pentimento-emulator"], inside=["pentimento"],
                                private=openssl)
        if self.options.with_capi:
            # Everything is inside it, unless the libraries that it is made of are shared as well.
            inside = []
            if self.options.shared:
                inside = ["offline" if self.options.with_offline else "pentimento"]
            capi = self._add_component("capi", "pentimento", ["pentimento"], inside=inside)
            # Said, because it is shared in a package of static libraries, whose names begin with its own.
            capi.type = "shared-library"
            capi.location = os.path.join(self.package_folder, "lib", "libpentimento.so")
