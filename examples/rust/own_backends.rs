//! A generator, a critic and a reviser of your own, in the loop.
//!
//! The generator makes wide images until the prompt asks for a square. The critic says what it can judge
//! (`plan`), then judges it (`critique`). The reviser asks for the square, so that round 1 passes.

use pentimento::{
    Action, Capabilities, Critic, CriticProfile, Critique, CritiqueRequest, Engine, Finding,
    Generation, GenerationRequest, Generator, Image, Plan, PlanRequest, Result, Reviser,
    ReviserProfile, Revision, RevisionRequest, Verdict,
};

struct Wide;

impl Generator for Wide {
    fn capabilities(&self) -> Capabilities {
        Capabilities::new("wide")
    }

    // Runs on a separate thread and may block. If it takes long, it checks `request.call().is_cancelled()`.
    fn generate(&self, request: GenerationRequest<'_>) -> Result<Generation> {
        let square = request.prompt().contains("square");
        let image = flat_image(if square { 128 } else { 256 }, 128, [30, 120, 90]);
        Ok(Generation::new(Image::from_bytes(&image)?))
    }
}

/// Judges whether an image is fit for a web page, by its sides and its size in bytes.
struct WebReady;

impl Critic for WebReady {
    fn profile(&self) -> CriticProfile {
        CriticProfile::new("web-ready")
    }

    fn plan(&self, _request: PlanRequest<'_>) -> Result<Plan> {
        Ok(Plan::new()
            .must("square", "a square image")
            .should("light", "at most 40 kB"))
    }

    fn critique(&self, request: CritiqueRequest<'_>) -> Result<Critique> {
        let image = request.image()?;
        let verdict = |pass: bool| if pass { Verdict::Pass } else { Verdict::Fail };
        let square = Finding::new("square", verdict(image.width() == image.height()))
            .observed(format!("{}x{}", image.width(), image.height()))
            .wanted("two equal sides");
        let bytes = image.bytes().len();
        let light = Finding::new("light", verdict(bytes <= 40_000))
            .observed(format!("{bytes} bytes"))
            .wanted("40000 bytes or fewer");
        Ok(Critique::new().finding(square).finding(light))
    }
}

/// Puts what failed into the next prompt.
struct Insist;

impl Reviser for Insist {
    fn profile(&self) -> ReviserProfile {
        ReviserProfile::new("insist")
    }

    fn revise(&self, request: RevisionRequest<'_>) -> Result<Revision> {
        let run = request.transcript();
        let best = run.incumbent().map(|best| best.json());
        let findings = best.and_then(|best| best["critique"]["findings"].as_array());
        let failed = |id: &str| {
            findings.into_iter().flatten().any(|finding| {
                finding["requirement"].as_str() == Some(id) && finding["verdict"] == "fail"
            })
        };
        let missing: Vec<&str> = run
            .checklist()
            .iter()
            .filter(|item| item["id"].as_str().map_or(false, failed))
            .filter_map(|item| item["text"].as_str())
            .collect();
        let prompt = format!("{}; {}", request.first_prompt(), missing.join(", "));
        Ok(request.revision(Action::Reprompt, prompt))
    }
}

fn main() -> Result<()> {
    let engine = Engine::new()?;
    engine.add_generator(Wide)?;
    engine.add_critic(WebReady)?;
    engine.add_reviser(Insist)?;

    let run = engine
        .refine("a green field")
        .generator("wide")
        .critic("web-ready")
        .reviser("insist")
        .start()?;
    for event in run.events() {
        println!("{event}");
    }

    let outcome = run.outcome()?;
    outcome.best().image().save("field.gif")?;
    println!(
        "{}: field.gif is {:?}",
        outcome.reason(),
        outcome.best().image()
    );
    Ok(())
}

/// An image of one colour, written as a GIF without an image library. The sides are below 65536.
fn flat_image(width: u16, height: u16, colour: [u8; 3]) -> Vec<u8> {
    let [w, h] = [width.to_le_bytes(), height.to_le_bytes()];
    let mut gif = b"GIF89a".to_vec();
    gif.extend([w[0], w[1], h[0], h[1], 0x80, 0, 0]); // a table of two colours
    gif.extend(colour);
    gif.extend([0, 0, 0]);
    gif.extend([0x2C, 0, 0, 0, 0, w[0], w[1], h[0], h[1], 0, 7]); // codes begin with eight bits

    // Each pixel is a code of its own. A clear code (128) in time keeps every code at eight bits.
    let mut codes = Vec::new();
    for pixel in 0..usize::from(width) * usize::from(height) {
        if pixel % 126 == 0 {
            codes.push(128);
        }
        codes.push(0);
    }
    codes.push(129); // the end
    for block in codes.chunks(255) {
        gif.push(block.len() as u8);
        gif.extend(block);
    }
    gif.extend([0, 0x3B]);
    gif
}
