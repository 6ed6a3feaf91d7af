//! Lets the tests and examples of this crate find libpentimento at run time. What a build script says about linking
//! holds for its own crate only, so that of pentimento-sys cannot do this. Nor can this one for programs that depend
//! on this crate; their build scripts get the folder as DEP_LIBPENTIMENTO_DIR.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Said by the build script of pentimento-sys.
    if let Ok(folder) = env::var("DEP_PENTIMENTO_LIB_DIR") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
        println!("cargo:dir={folder}");
    }
}
