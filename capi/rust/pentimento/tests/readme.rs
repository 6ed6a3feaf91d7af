//! A program that depends on the crate, as the README shows.

use std::fs;
use std::path::Path;
use std::process::Command;

/// What stands between the fences of the block with these words in it.
fn block_with(words: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let block = readme.split("```").skip(1).step_by(2).find(|block| block.contains(words));
    let (_language, text) = block.expect(words).split_once('\n').unwrap();
    text.to_string()
}

#[test]
fn a_program_of_yours_finds_the_library() {
    let own = Path::new(env!("CARGO_TARGET_TMPDIR")).join("own_program");
    let _ = fs::remove_dir_all(&own);
    fs::create_dir_all(own.join("src")).unwrap();
    let dependencies = block_with("[dependencies]")
        .replace("../pentimento/capi/rust/pentimento", env!("CARGO_MANIFEST_DIR"));
    let package =
        "[package]\nname = \"own_program\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[workspace]\n";
    fs::write(own.join("Cargo.toml"), format!("{package}\n{dependencies}")).unwrap();
    fs::write(own.join("build.rs"), block_with("rustc-link-arg")).unwrap();
    let program = "fn main() -> pentimento::Result<()> {\n    let engine = pentimento::Engine::new()?;\n    \
                   drop(engine);\n    println!(\"{}\", pentimento::version());\n    Ok(())\n}\n";
    fs::write(own.join("src/main.rs"), program).unwrap();

    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline"])
        .current_dir(&own)
        .env("CARGO_TARGET_DIR", own.join("target"))
        .env_remove("RUSTC_WRAPPER")
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let ran =
        Command::new(own.join("target/debug/own_program")).env_remove("LD_LIBRARY_PATH").output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(String::from_utf8_lossy(&ran.stdout).trim(), pentimento::version());
}
