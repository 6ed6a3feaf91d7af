//! Compares the declarations, which are written by hand, with the header.

use std::fs;
use std::path::Path;

fn header() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../capi/include/pentimento.h");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    without_comments(&text)
}

fn declarations() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    fs::read_to_string(path).unwrap()
}

fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some(start) = rest.find("/*") {
        out += &rest[..start];
        let end = rest[start..].find("*/").expect("a comment that ends");
        rest = &rest[start + end + 2..];
    }
    out + rest
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The words that stand before a bracket, as in `ptm_refine(`, and begin with `ptm_`.
fn functions(text: &str) -> Vec<String> {
    let mut names: Vec<String> = text
        .match_indices('(')
        .map(|(at, _)| {
            text[..at].chars().rev().take_while(|c| is_name(*c)).collect::<String>().chars().rev().collect()
        })
        .filter(|name: &String| name.starts_with("ptm_"))
        .collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn every_function_is_declared() {
    let exported: String = header()
        .split("PTM_API ")
        .skip(1)
        .map(|rest| rest.split(';').next().unwrap().to_string() + ";")
        .collect();
    let theirs = functions(&exported);
    let ours = functions(declarations().split("extern \"C\" {").last().unwrap());
    assert!(theirs.len() > 30, "the header was read: {theirs:?}");
    assert_eq!(ours, theirs);
}

#[test]
fn every_number_is_the_same() {
    let header = header();
    let ours = declarations();
    let mut seen = 0;
    for line in header.lines() {
        let line = line.trim().trim_start_matches("enum {").trim();
        for item in line.split(',') {
            let mut sides = item.split('=').map(str::trim);
            let (name, number) = match (sides.next(), sides.next()) {
                (Some(name), Some(number)) if name.starts_with("PTM_") => (name, number),
                _ => continue,
            };
            let number: String = number.chars().take_while(char::is_ascii_digit).collect();
            let found = ours.lines().any(|line| {
                line.starts_with(&format!("pub const {name}:")) && line.ends_with(&format!("= {number};"))
            });
            assert!(found, "{name} = {number} is not declared");
            seen += 1;
        }
    }
    assert_eq!(seen, 1 + 18 + 7 + 2 + 3 + 2);
    assert!(header.contains(&format!("#define PTM_ABI_VERSION {}\n", pentimento_sys::PTM_ABI_VERSION)));
    assert!(header.contains(&format!("#define PTM_FOREVER ({})\n", pentimento_sys::PTM_FOREVER)));
}

/// The names of the members, in their order.
fn members_in_header(header: &str, name: &str) -> Vec<String> {
    let start = header.find(&format!("typedef struct {name} {{")).expect("the struct");
    let body = &header[start..];
    let body = &body[body.find('{').unwrap() + 1..body.find(&format!("}} {name};")).unwrap()];
    body.split(';')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| match item.split_once("(*") {
            Some((_, rest)) => rest.split(')').next().unwrap().to_string(),
            None => item.rsplit(|c| !is_name(c)).next().unwrap().to_string(),
        })
        .collect()
}

fn members_here(text: &str, name: &str) -> Vec<String> {
    let start = text.find(&format!("pub struct {name} {{")).expect("the struct");
    let body = &text[start..];
    let body = &body[..body.find("\n}").unwrap()];
    body.lines()
        .filter_map(|line| line.trim().strip_prefix("pub "))
        .filter(|line| !line.starts_with("struct "))
        .map(|line| line.split(':').next().unwrap().to_string())
        .collect()
}

#[test]
fn every_struct_has_the_same_members() {
    let header = header();
    let ours = declarations();
    for name in ["ptm_str", "ptm_image_info", "ptm_engine_options", "ptm_run_options", "ptm_backend"] {
        let theirs = members_in_header(&header, name);
        assert!(theirs.len() > 1, "{name}: {theirs:?}");
        assert_eq!(members_here(&ours, name), theirs, "{name}");
    }
}

#[test]
fn the_library_is_one_that_is_known() {
    // SAFETY: it takes nothing and may be called at any time.
    assert!(unsafe { pentimento_sys::ptm_abi_version() } >= pentimento_sys::PTM_ABI_VERSION);
}
