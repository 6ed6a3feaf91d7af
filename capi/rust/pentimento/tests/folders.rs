//! Runs that are recorded in a folder, read, resumed and replayed.

mod support;

use pentimento::{
    read_run, replay, Capabilities, Code, Engine, Error, Event, Generation, GenerationRequest, Generator,
    Result, Run, UnknownOutcome,
};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use support::{After, Pixels};

/// A folder for one test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("runs").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// `Pixels` whose images cost something, and that ends the process at its second one if it is told to.
struct Priced {
    pixels: Pixels,
    dies: bool,
}

impl Generator for Priced {
    fn capabilities(&self) -> Capabilities {
        self.pixels.capabilities().estimate_micros(40_000)
    }

    fn generate(&self, request: GenerationRequest<'_>) -> Result<Generation> {
        if self.dies && self.pixels.calls.load(Ordering::SeqCst) == 1 {
            std::process::abort();
        }
        self.pixels.generate(request)
    }
}

/// An engine with a priced generator and a critic that passes what comes after so many images; and the number of calls.
fn priced(dies: bool, pictures: u64) -> (Engine, Arc<AtomicU64>) {
    let pixels = Pixels::default();
    let calls = Arc::clone(&pixels.calls);
    let engine = Engine::new().unwrap();
    engine.add_generator(Priced { pixels, dies }).unwrap();
    engine.add_critic(After::pictures(pictures)).unwrap();
    (engine, calls)
}

/// Not a test by itself: what `killed` runs in a process of its own.
#[test]
fn a_program_that_is_killed() {
    if let Some(folder) = std::env::var_os("PENTIMENTO_TEST_KILLED") {
        let (engine, _) = priced(true, 2);
        let request =
            engine.refine("late").generator("pixels").critic("after").until("satisfied || rounds(5)");
        let _ = request.folder(folder).start().unwrap().wait();
        unreachable!("it ends at its second image");
    }
}

/// A run whose program ended in the middle of its second image.
fn killed(name: &str) -> PathBuf {
    let folder = folder(name);
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["a_program_that_is_killed", "--exact"])
        .env("PENTIMENTO_TEST_KILLED", &folder)
        .output()
        .unwrap()
        .status;
    assert!(!status.success());
    folder
}

#[test]
fn a_recorded_run_reads_as_it_was() {
    let folder = folder("recorded");
    let engine = Engine::new().unwrap();
    let run = engine.refine("two red mugs").until("rounds(2)").seed(3).folder(&folder).start().unwrap();
    let outcome = run.outcome().unwrap();

    let read = read_run(&folder).unwrap();
    assert_eq!(read.transcript().unwrap(), run.transcript().unwrap());
    assert_eq!(read.outcome().unwrap().best().image().bytes(), outcome.best().image().bytes());
    assert_eq!(read.report_html().unwrap(), run.report_html().unwrap());
    let records =
        |events: Vec<Event>| events.iter().map(|event| event.record().to_string()).collect::<Vec<_>>();
    let events = records(read.events().collect());
    assert_eq!(events, records(run.events().collect()));

    let same = replay(&events.join("\n"), "").unwrap();
    assert_eq!((same.transcript, same.ended, same.saved_micros), (run.transcript().unwrap(), true, 0));
    let sooner = replay(&events.join("\n"), "rounds(1)").unwrap();
    assert_eq!((sooner.transcript.rounds().len(), sooner.ended), (1, true));
    assert!(!replay(&events.join("\n"), "rounds(9)").unwrap().ended);
    assert_eq!(replay("{", "").unwrap_err().code(), Code::ParseFailed);

    let again = engine.refine("two red mugs").folder(&folder).start();
    assert_eq!(again.unwrap_err().code(), Code::InvalidArgument);
}

#[test]
fn an_interrupted_run_asks_before_it_pays_twice() {
    let folder = killed("unsure");
    let before = read_run(&folder).unwrap();
    assert_eq!(before.transcript().unwrap().rounds().len(), 2);
    assert_eq!(before.outcome().unwrap_err().code(), Code::State);
    drop(before);

    let (engine, calls) = priced(false, 1);
    let resume = || engine.resume(&folder).generator("pixels").critic("after");
    let error = |run: Run| run.ending().unwrap().error().map(|error: Error| error.code());
    assert_eq!(error(resume().start().unwrap()), Some(Code::OutcomeUnknown));
    assert_eq!(calls.load(Ordering::SeqCst), 0);

    let run = resume().unknown_outcome(UnknownOutcome::Repeat).start().unwrap();
    assert_eq!(error(run), None);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert_eq!(read_run(&folder).unwrap().transcript().unwrap().rounds().len(), 2);
}

#[test]
fn a_folder_without_a_run() {
    let engine = Engine::new().unwrap();
    let folder = folder("none");
    assert_eq!(read_run(&folder).unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(engine.resume(&folder).start().unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(engine.refine("a mug").folder("").start().unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(engine.resume(&folder).drafts(2).start().unwrap_err().code(), Code::ParseFailed);
}
