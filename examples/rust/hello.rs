//! Refines a picture from a brief, offline and without a key, says what happens on the way, and saves the
//! best one.
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
        .generator("sketch") // a painter that draws what it understands of a prompt
        .critic("measure") // measures what came of it
        .until("satisfied || rounds(6)")
        .seed(7)
        .start()?;

    // The run goes on by itself; its events are there to be looked at.
    for event in run.events() {
        println!("{event}");
    }

    let outcome = run.outcome()?;
    let best = outcome.best();
    best.image().save("mugs.png")?;
    println!(
        "{}: mugs.png has the best picture, that of round {}",
        outcome.reason(),
        best.round()
    );
    Ok(())
}
