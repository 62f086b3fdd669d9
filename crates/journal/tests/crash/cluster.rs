//! A PostgreSQL cluster of a test's own, which it may stop and spoil.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A running cluster; it stops and goes when dropped.
pub struct Cluster {
    bin: PathBuf,
    port: u16,
    folder: tempfile::TempDir,
}

impl Cluster {
    /// A new cluster, its write-ahead log in a folder apart when one is given. Nothing, with a line that
    /// says so, where PostgreSQL's programs are not installed.
    pub fn new(log_folder: Option<&Path>) -> Option<Self> {
        let Some(bin) = programs() else {
            println!("left out: PostgreSQL's initdb is not installed");
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cluster = Self {
            bin,
            port: free_port(),
            folder,
        };
        if is_root() {
            let path = cluster.folder.path();
            for folder in log_folder.into_iter().chain([path]) {
                let mut owner = Command::new("chown");
                succeeded(owner.arg("postgres").arg(folder).output());
            }
        }
        let data = cluster.data();
        let mut arguments = vec!["--username=postgres", "--auth=trust", "--encoding=UTF8"];
        let locations = [
            Some(format!("--pgdata={data}")),
            log_folder.map(|folder| format!("--waldir={}", folder.join("wal").display())),
        ];
        arguments.extend(["--locale=C.UTF-8", "--no-sync", "--wal-segsize=1"]);
        arguments.extend(locations.iter().flatten().map(String::as_str));
        succeeded(cluster.run("initdb", &arguments));
        cluster.start();
        Some(cluster)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// Where its programs write what they have to say.
    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// PostgreSQL refuses to run as root.
    fn run(&self, program: &str, arguments: &[&str]) -> std::io::Result<Output> {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.args(arguments).current_dir("/").output()
    }

    pub fn start(&self) {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c max_wal_size=1GB -c min_wal_size=2MB",
            self.port,
            self.folder.path().display()
        );
        let (data, log) = (self.data(), self.log().display().to_string());
        let arguments = ["-D", &data, "-l", &log, "-w", "-o", &options, "start"];
        // Its output goes to the log; a pipe of ours would stay open as long as the server runs.
        succeeded(self.run("pg_ctl", &arguments));
    }

    /// Stops it as a power cut would: nothing is finished, nothing written out.
    pub fn stop_at_once(&self) {
        succeeded(self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]));
    }

    /// Starts it, whether it is down, still falling or trying to get up by itself.
    pub fn start_again(&self) {
        // It may be down already.
        let _ = self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]);
        self.start();
    }

    pub fn address(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It may be down already, by the test's own doing.
        let _ = self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]);
    }
}

fn programs() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut folders: Vec<PathBuf> = installed
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    folders.sort();
    folders.pop()
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its number").port()
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[track_caller]
pub fn succeeded(outcome: std::io::Result<Output>) {
    let output = outcome.expect("the program starts");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
