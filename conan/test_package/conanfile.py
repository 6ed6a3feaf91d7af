"""Compiles and runs what the package is used for: the loop in C++, the headers alone, and the C library."""

import os

from conan import ConanFile
from conan.tools.build import can_run
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout


class PentimentoTestConan(ConanFile):
    settings = "os", "arch", "compiler", "build_type"

    def requirements(self):
        # `run`, because the C library is shared even when the package is one of static libraries.
        self.requires(self.tested_reference_str, run=True)

    def build_requirements(self):
        self.tool_requires("cmake/[>=3.25 <5]")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        for option in ("with_offline", "with_capi"):
            toolchain.cache_variables[option.upper()] = self._has(option)
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def test(self):
        if not can_run(self):
            return
        programs = ["core"]
        if self._has("with_offline"):
            programs.append("hello")
        if self._has("with_capi"):
            programs.append("hello_c")
        for program in programs:
            self.run(os.path.join(self.cpp.build.bindir, program), env="conanrun")

    def _has(self, option):
        return bool(self.dependencies["pentimento"].options.get_safe(option))
