//! The run that every language makes, to be compared with that of the others: prints its transcript.

use pentimento::{Brief, Engine};

fn main() -> pentimento::Result<()> {
    let engine = Engine::new()?;
    let brief = Brief::new("three red mugs on a plain white table, bright").avoid("text").size(320, 240);
    let run = engine.refine(brief).until("satisfied || rounds(4)").seed(8).start()?;
    run.wait()?;
    println!("{}", run.transcript()?);
    Ok(())
}
