//! A process of its own for what may crash, hang or grow.

use crate::Fault;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program and its arguments. The program gets the file on standard input and answers on standard
/// output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildCommand {
    pub program: PathBuf,
    pub args: Vec<OsString>,
}

impl ChildCommand {
    /// This very program with the argument `intake-pdf`.
    ///
    /// # Errors
    /// When the system does not tell where this program is.
    pub fn this_program() -> Result<Self, Fault> {
        let program = std::env::current_exe().map_err(|e| Fault::NoReader {
            reason: e.to_string(),
        })?;
        Ok(Self {
            program,
            args: vec!["intake-pdf".into()],
        })
    }

    /// The command, under a limit of address space where a POSIX shell exists to set one: `ulimit`, then
    /// `exec`, so that the process started is the program itself and can be killed. Without a shell
    /// (Windows) only time and output are limited.
    fn limited(&self, memory: u64) -> Command {
        let shell = Path::new("/bin/sh");
        let mut command = if cfg!(unix) && shell.exists() {
            let mut command = Command::new(shell);
            command
                .args(["-c", "ulimit -v \"$0\" && exec \"$@\""])
                .arg((memory / 1024).to_string())
                .arg(&self.program);
            command
        } else {
            Command::new(&self.program)
        };
        command.args(&self.args);
        // Tesseract's threads wait for one another more than they help: a page costs half as much on one.
        command.env("OMP_THREAD_LIMIT", "1");
        // A group of its own, so that what it starts ends with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }
}

/// What a process may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) time: Duration,
    /// Address space in bytes.
    pub(crate) memory: u64,
    /// Most bytes it may answer.
    pub(crate) output: usize,
}

/// Why a process gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChildFault {
    /// It could not be started: it is not installed, or may not be executed.
    NotStarted(String),
    Slow,
    TooMuch,
    Died,
}

/// Runs a command with `input` on its standard input and gives its standard output.
pub(crate) fn run(
    input: &[u8],
    command: &ChildCommand,
    bounds: Bounds,
) -> Result<Vec<u8>, ChildFault> {
    let mut child = command
        .limited(bounds.memory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| ChildFault::NotStarted(e.to_string()))?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (finished, output) = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A process that dies does not read on; how it died is told by its status.
            stdin.map(|mut pipe| pipe.write_all(input))
        });
        let answer = scope.spawn(move || {
            let mut output = Vec::new();
            let limit = bounds.output as u64 + 1;
            stdout.map(|pipe| pipe.take(limit).read_to_end(&mut output));
            output
        });
        let finished = wait(&mut child, bounds.time, || answer.is_finished());
        (finished, answer.join().unwrap_or_default())
    });
    if output.len() > bounds.output {
        return Err(ChildFault::TooMuch);
    }
    match finished {
        Ending::Well => Ok(output),
        Ending::Slow => Err(ChildFault::Slow),
        // 126 and 127 are a shell's answer to a program that cannot be executed or found.
        Ending::Badly(Some(126 | 127)) => {
            Err(ChildFault::NotStarted("cannot execute the program".into()))
        }
        Ending::Badly(_) => Err(ChildFault::Died),
    }
}

enum Ending {
    Well,
    Slow,
    Badly(Option<i32>),
}

/// Waits until the process ends, time runs out, or its answer ends before it does (it closed its output,
/// or answered too much); a process that goes on is killed. Polls, as the standard library has no wait
/// with a timeout.
fn wait(child: &mut Child, timeout: Duration, answered: impl Fn() -> bool) -> Ending {
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    let mut patience = None;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ending::Well,
            Ok(Some(status)) => return Ending::Badly(status.code()),
            Ok(None) => {}
            Err(_) => return end(child, Ending::Badly(None)),
        }
        if started.elapsed() > timeout {
            return end(child, Ending::Slow);
        }
        if answered() {
            // Closed its output: a second to leave in peace.
            let since = *patience.get_or_insert_with(Instant::now);
            if since.elapsed() > Duration::from_secs(1) {
                return end(child, Ending::Badly(None));
            }
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// Kills the process with what it started and takes leave of it, so that no dead process stays behind.
/// That fails only when it is gone already.
fn end(child: &mut Child, ending: Ending) -> Ending {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
    ending
}
