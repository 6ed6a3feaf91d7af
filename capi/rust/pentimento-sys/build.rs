//! Finds libpentimento and tells rustc its folder. In this order:
//!
//! 1. the folder in the environment variable PENTIMENTO_LIB_DIR;
//! 2. what the repository around this crate has built: `build/PRESET/capi`;
//! 3. the folder that `pkg-config pentimento` names, with the PKG_CONFIG_PATH of the environment.
//!
//! The folder is passed on to the build scripts of crates that depend on this one, as DEP_PENTIMENTO_LIB_DIR.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{exit, Command};

/// The presets of the repository, the preferred ones first. Those with sanitizers are not searched: their library
/// needs a program that was built with the same sanitizer. PENTIMENTO_LIB_DIR can name them.
const PRESETS: [&str; 4] = ["dev", "release", "quickstart", "clang"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PENTIMENTO_LIB_DIR");
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    // Documentation needs no library.
    if env::var_os("DOCS_RS").is_some() {
        return;
    }

    let folder = find();
    let file = library_in(&folder).unwrap_or_else(|| folder.clone());
    println!("cargo:rerun-if-changed={}", file.display());
    println!("cargo:rustc-link-search=native={}", folder.display());
    println!("cargo:rustc-link-lib=dylib=pentimento");
    println!("cargo:rustc-link-arg=-Wl,-rpath,{}", folder.display());
    println!("cargo:lib_dir={}", folder.display());
}

fn find() -> PathBuf {
    if let Some(folder) = env::var_os("PENTIMENTO_LIB_DIR") {
        let folder = PathBuf::from(folder);
        if library_in(&folder).is_none() {
            fail(&format!(
                "PENTIMENTO_LIB_DIR is {}, and there is no libpentimento.so in it.",
                folder.display()
            ));
        }
        return absolute(folder);
    }

    let own = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let build = own.join("../../../build");
    for preset in PRESETS {
        let folder = build.join(preset).join("capi");
        if library_in(&folder).is_some() {
            return absolute(folder);
        }
    }

    match ask_pkg_config() {
        Ok(folder) if library_in(&folder).is_some() => absolute(folder),
        Ok(folder) => fail(&format!(
            "pkg-config says that libpentimento is in {}, and it is not there.",
            folder.display()
        )),
        Err(why) => fail(&format!(
            "libpentimento was not found: PENTIMENTO_LIB_DIR is not set, none of {} is in {}, and {why}",
            PRESETS.map(|preset| format!("{preset}/capi/libpentimento.so")).join(", "),
            build.display()
        )),
    }
}

/// The library in a folder, under the name that the linker looks for.
fn library_in(folder: &Path) -> Option<PathBuf> {
    Some(folder.join("libpentimento.so")).filter(|file| file.is_file())
}

/// Without `..`, because the folder becomes part of programs.
fn absolute(folder: PathBuf) -> PathBuf {
    folder.canonicalize().unwrap_or(folder)
}

fn ask_pkg_config() -> Result<PathBuf, String> {
    let program = env::var_os("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into());
    let output = Command::new(program)
        .args(["--variable=libdir", "pentimento"])
        .output()
        .map_err(|error| format!("pkg-config cannot be run: {error}."))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && !text.trim().is_empty() {
        return Ok(PathBuf::from(text.trim()));
    }
    Err("pkg-config does not know a package pentimento.".to_string())
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    eprintln!();
    eprintln!("From the root of the repository, this builds the library, once:");
    eprintln!("    cmake --preset dev && cmake --build --preset dev --target pentimento_capi");
    eprintln!("or set PENTIMENTO_LIB_DIR to the folder that has libpentimento.so.");
    exit(1);
}
