//! Refines an image from a brief, offline and without a key, prints the events, and saves the best image.
//!
//!     cargo run --example hello -- two green bottles on a white table

use pentimento::Engine;
use std::env;

fn main() -> pentimento::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let brief = match words.is_empty() {
        true => "three red mugs on a plain white table, bright".to_string(),
        false => words.join(" "),
    };

    let engine = Engine::new()?;
    let run = engine
        .refine(brief)
        .generator("sketch") // draws what it understands of a prompt
        .critic("measure") // measures the images
        .until("satisfied || rounds(6)")
        .seed(7)
        .start()?;

    // The run continues by itself, whether or not its events are read.
    for event in run.events() {
        println!("{event}");
    }

    let outcome = run.outcome()?;
    let best = outcome.best();
    best.image().save("mugs.png")?;
    println!(
        "{}: mugs.png has the best image, that of round {}",
        outcome.reason(),
        best.round()
    );
    Ok(())
}
