//! What the tests share: small backends, and an executor for one future.
#![allow(dead_code)] // each test uses some of it

use pentimento::{
    Capabilities, Critic, CriticProfile, Critique, CritiqueRequest, Engine, Finding, Generation,
    GenerationRequest, Generator, Image, Plan, PlanRequest, Result, Verdict,
};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{mpsc, Arc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

/// Longer than anything takes, and short enough to fail before the harness is killed.
pub const SOON: Duration = Duration::from_secs(30);

/// A whole GIF with one pixel; different bytes for different numbers.
pub fn pixel(colour: u8) -> Vec<u8> {
    let mut gif = b"GIF89a\x01\x00\x01\x00\x80\x00\x00".to_vec();
    gif.extend([colour, colour, colour, 0, 0, 0]);
    gif.extend(b"\x2C\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3B");
    gif
}

/// Makes the image of another colour at every call, as often as it is asked.
#[derive(Default)]
pub struct Pixels {
    pub calls: Arc<AtomicU64>,
}

impl Generator for Pixels {
    fn capabilities(&self) -> Capabilities {
        Capabilities::new("pixels").image_to_image(true).seed(true).sides(1, 64)
    }

    fn generate(&self, request: GenerationRequest<'_>) -> Result<Generation> {
        assert!(!request.prompt().is_empty());
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        let image = Image::from_bytes(&pixel(number as u8))?;
        Ok(Generation::new(image).seed(request.seed().unwrap_or(number)))
    }
}

/// Passes what comes after so many images.
pub struct After {
    pub pictures: u64,
    pub seen: AtomicU64,
}

impl After {
    pub fn pictures(pictures: u64) -> After {
        After { pictures, seen: AtomicU64::new(0) }
    }
}

impl Critic for After {
    fn profile(&self) -> CriticProfile {
        CriticProfile::new("after")
    }

    fn plan(&self, request: PlanRequest<'_>) -> Result<Plan> {
        assert!(!request.goal().is_empty());
        Ok(Plan::new().must("late", "a late picture"))
    }

    fn critique(&self, request: CritiqueRequest<'_>) -> Result<Critique> {
        assert!(request.image()?.bytes().starts_with(b"GIF89a"));
        assert_eq!(request.checklist()[0]["id"].as_str(), Some("late"));
        let seen = self.seen.fetch_add(1, Ordering::SeqCst) + 1;
        let verdict = if seen >= self.pictures { Verdict::Pass } else { Verdict::Fail };
        Ok(Critique::new().finding(Finding::new("late", verdict).observed(format!("picture {seen}"))))
    }
}

/// Waits until its call is cancelled, and then makes its image all the same. Says when a call began.
pub struct Patient {
    pub began: mpsc::SyncSender<()>,
}

impl Generator for Patient {
    fn capabilities(&self) -> Capabilities {
        Capabilities::new("patient")
    }

    fn generate(&self, request: GenerationRequest<'_>) -> Result<Generation> {
        let _ = self.began.send(());
        assert!(request.call().cancelled_within(SOON), "it was cancelled");
        Ok(Generation::new(Image::from_bytes(&pixel(1))?))
    }
}

/// An engine with the generators "pixels" and "patient" and the critic "after"; and who hears when "patient"
/// begins.
pub fn engine_with_backends(pictures: u64) -> (Engine, mpsc::Receiver<()>) {
    let engine = Engine::new().unwrap();
    let (began, begins) = mpsc::sync_channel(64);
    engine.add_generator(Pixels::default()).unwrap();
    engine.add_generator(Patient { began }).unwrap();
    engine.add_critic(After::pictures(pictures)).unwrap();
    (engine, begins)
}

/// Runs a future to its end on this thread.
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future: Pin<Box<F>> = Box::pin(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        thread::park();
    }
}
