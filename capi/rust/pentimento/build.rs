//! Lets the tests and examples of this crate find libpentimento when they run. What a build script says about
//! linking holds for the crate it belongs to, so that the one of pentimento-sys cannot do this for us; nor can
//! this one for programs above, whose build scripts are told the folder as DEP_LIBPENTIMENTO_DIR.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Said by the build script of pentimento-sys.
    if let Ok(folder) = env::var("DEP_PENTIMENTO_LIB_DIR") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
        println!("cargo:dir={folder}");
    }
}
