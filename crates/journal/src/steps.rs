//! Named points of a write and of a rebuild, at which a test lets the process die.
//!
//! Outside tests `reached` is empty. With the feature `testing`, the variable `DOTPHA_KILL_AT` holds
//! `STEP:N`: the process that comes to that step for the N-th time sends itself SIGKILL there, as the
//! kernel would when memory runs out. Nothing is unwound, flushed or rolled back.

/// Marks a step; does nothing outside tests.
#[cfg(not(feature = "testing"))]
#[inline(always)]
pub(crate) fn reached(_step: &str) {}

#[cfg(feature = "testing")]
pub(crate) use killing::reached;
#[cfg(feature = "testing")]
pub use killing::{KILL_AT, NAMED, REBUILDING};

#[cfg(feature = "testing")]
mod killing {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// The variable that names the step to die at, as `STEP:N`.
    pub const KILL_AT: &str = "DOTPHA_KILL_AT";

    /// Every step there is, in the order of a write that keeps a file, a batch and a job.
    pub const NAMED: &[&str] = &[
        "file-written",
        "file-synced",
        "file-renamed",
        "file-folder-synced",
        "head-taken",
        "batch-stored",
        "job-enqueued",
        "decided",
        "entry-inserted",
        "head-moved",
        "facts-indexed",
        "projected",
        "before-commit",
        "committed",
        "job-claimed",
        "job-finished",
    ];

    /// Where this process is to die and how often it has been there.
    struct Appointment {
        step: String,
        left: AtomicU64,
    }

    /// Every step of a rebuild, in order.
    pub const REBUILDING: &[&str] = &[
        "rebuild-claimed",
        "rebuild-tables-made",
        "rebuild-piece-taken",
        "rebuild-piece-kept",
        "rebuild-renamed",
        "rebuild-exchanged",
        "rebuild-dropped",
    ];

    fn is_step(name: &str) -> bool {
        NAMED.contains(&name) || REBUILDING.contains(&name)
    }

    /// Marks a step. The process ends here when `DOTPHA_KILL_AT` says so.
    pub(crate) fn reached(step: &str) {
        static APPOINTMENT: OnceLock<Option<Appointment>> = OnceLock::new();
        assert!(is_step(step), "{step:?} is not in the list of steps");
        if let Some(appointment) = APPOINTMENT.get_or_init(appointment)
            && appointment.step == step
            && appointment.left.fetch_sub(1, Ordering::SeqCst) == 1
        {
            die();
        }
    }

    fn appointment() -> Option<Appointment> {
        let text = std::env::var(KILL_AT).ok()?;
        let parsed = text.split_once(':').and_then(|(step, n)| {
            let n: u64 = n.parse().ok().filter(|n| *n > 0)?;
            is_step(step).then(|| Appointment {
                step: step.to_owned(),
                left: AtomicU64::new(n),
            })
        });
        assert!(parsed.is_some(), "{KILL_AT}={text:?} is not STEP:N");
        parsed
    }

    /// A process that sends itself SIGKILL executes nothing of its own after the call.
    fn die() -> ! {
        let sent =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        unreachable!("SIGKILL to oneself was survived: {sent:?}")
    }
}
