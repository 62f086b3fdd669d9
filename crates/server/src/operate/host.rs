//! What this machine says: space, memory, this process.

use std::path::Path;

/// Free space for this user where a folder lies or will lie, in bytes; `None` when the system does not say.
pub fn free_space(folder: &Path) -> Option<u64> {
    let there = std::path::absolute(folder).ok()?;
    let there = there.ancestors().find(|place| place.exists())?;
    let stat = rustix::fs::statvfs(there).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Memory that can still be had, in bytes.
pub fn free_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib * 1024)
}

/// What the system says about this process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Process {
    /// Processor time, in seconds.
    pub cpu: f64,
    /// Memory held, in bytes.
    pub memory: u64,
    /// Files and connections open.
    pub open: u64,
}

/// Reads `/proc/self`; `None` where there is none.
pub fn this_process() -> Option<Process> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program stands in parentheses and may hold anything; 11 fields later come the ticks
    // spent in the program and for it in the kernel.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let spent = ticks(11)? + ticks(12)?;
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    let open = std::fs::read_dir("/proc/self/fd").ok()?.count();
    Some(Process {
        cpu: spent as f64 / rustix::param::clock_ticks_per_second() as f64,
        memory: pages * rustix::param::page_size() as u64,
        open: open as u64,
    })
}
