//! Delivering: to a mail server that takes, refuses, is slow or down; to the file of heads; to a folder.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use journal::{Channel, Deliver, Delivery, Posted, PostedState, Undelivered};
use server::{Carrier, MailOptions, MailTls, OutboxOptions};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

fn posted(channel: Channel, recipient: &str, body: &str) -> Posted {
    Posted {
        id: format!("head/2026-11-22/{recipient}"),
        channel,
        recipient: recipient.to_owned(),
        subject: "Đột Phá: đầu sổ ngày / head of 2026-11-22".to_owned(),
        body: body.to_owned(),
        state: PostedState::Waiting,
        attempts: 1,
        note: String::new(),
        created_at: 0,
        next_at: 0,
    }
}

fn by_mail(port: u16, patience: Duration) -> Carrier {
    Carrier {
        options: OutboxOptions {
            mail: Some(MailOptions {
                host: "127.0.0.1".to_owned(),
                port,
                tls: MailTls::None,
                sign_in: None,
                from: "dotpha@tinh.gov.vn".to_owned(),
                patience,
            }),
            receivers: vec!["a@tinh.gov.vn".to_owned(), "b@tinh.gov.vn".to_owned()],
            ..OutboxOptions::default()
        },
    }
}

const PATIENCE: Duration = Duration::from_secs(5);

/// A mail server of few words: `answers` are what it says to the commands that begin so.
async fn mail_server(answers: &'static [(&'static str, &'static str)]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 ready\r\n").await.expect("sent");
        while let Ok(Some(line)) = lines.next_line().await {
            let said = answers
                .iter()
                .find(|(command, _)| line.starts_with(command));
            let answer = said.map_or("250 ok", |(_, answer)| answer);
            if write
                .write_all(format!("{answer}\r\n").as_bytes())
                .await
                .is_err()
            {
                break;
            }
        }
    });
    address
}

#[tokio::test]
async fn what_the_mail_server_says_decides_whether_it_is_tried_again() {
    type Case = (&'static [(&'static str, &'static str)], bool, &'static str);
    let cases: [Case; 4] = [
        (&[("RCPT", "550 no such user")], true, "no such user"),
        (&[("RCPT", "451 greylisted")], false, "greylisted"),
        (&[("MAIL", "421 too busy")], false, "too busy"),
        (
            &[("EHLO", "554 go away"), ("HELO", "554 go away")],
            true,
            "go away",
        ),
    ];
    for (answers, for_good, reason) in cases {
        let address = mail_server(answers).await;
        let message = posted(Channel::Mail, "a@tinh.gov.vn", "1:ab");
        let outcome = by_mail(address.port(), PATIENCE).deliver(&message).await;
        let (told, never) = match &outcome {
            Err(Undelivered::Never(told)) => (told, true),
            Err(Undelivered::Later(told)) => (told, false),
            Ok(_) => panic!("{answers:?}: {outcome:?}"),
        };
        assert!(told.contains(reason), "{told}");
        assert_eq!(never, for_good, "{told}");
    }
}

#[tokio::test]
async fn a_mail_server_that_is_down_or_silent_is_tried_later() {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let silent = free.local_addr().expect("an address").port();
    let message = posted(Channel::Mail, "a@tinh.gov.vn", "1:ab");
    // It takes the connection and says nothing.
    let slow = by_mail(silent, Duration::from_millis(500))
        .deliver(&message)
        .await;
    assert!(matches!(slow, Err(Undelivered::Later(_))), "{slow:?}");
    drop(free);
    let down = by_mail(silent, PATIENCE).deliver(&message).await;
    assert!(
        matches!(&down, Err(Undelivered::Later(told)) if told.contains("127.0.0.1")),
        "{down:?}"
    );
}

/// Stops when the test ends.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        // It is gone already when the test failed to start it.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// aiosmtpd, a mail server of Debian's packages, with a folder for what it took.
async fn real_server(folder: &Path) -> Option<(Daemon, u16)> {
    let python = "/usr/bin/python3";
    let there = Command::new(python)
        .args(["-c", "import aiosmtpd"])
        .stderr(Stdio::null())
        .status();
    if !there.is_ok_and(|status| status.success()) {
        eprintln!("left out: python3-aiosmtpd is not installed");
        return None;
    }
    let free = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let child = Command::new(python)
        .args(["-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{port}")])
        .args(["-c", "aiosmtpd.handlers.Mailbox"])
        .arg(folder)
        .spawn()
        .expect("starts");
    let daemon = Daemon(child);
    for _ in 0..200 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_ok()
        {
            return Some((daemon, port));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the mail server does not answer");
}

#[tokio::test]
async fn a_real_mail_server_gets_the_letter_whole_and_a_repeat_under_the_same_id() {
    let folder = tempfile::tempdir().expect("a folder");
    let mailbox = folder.path().join("thu");
    let Some((_daemon, port)) = real_server(&mailbox).await else {
        return;
    };
    let carrier = by_mail(port, PATIENCE);
    let body = "2026-11-22 7:abcdef\n.một dòng bắt đầu bằng dấu chấm\n";
    let message = posted(Channel::Mail, "a@tinh.gov.vn", body);
    for _ in 0..2 {
        let outcome = carrier.deliver(&message).await;
        assert!(matches!(outcome, Ok(Delivery::Arrived(_))), "{outcome:?}");
    }
    let letters: Vec<String> = std::fs::read_dir(mailbox.join("new"))
        .expect("letters")
        .map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a letter"))
        .collect();
    assert_eq!(letters.len(), 2);
    let id = |letter: &str| {
        let line = letter.lines().find(|line| line.starts_with("Message-ID: "));
        line.expect("an id").to_owned()
    };
    assert_eq!(id(&letters[0]), id(&letters[1]));
    let script = "import email, email.policy, sys\n\
                  m = email.message_from_file(sys.stdin, policy=email.policy.default)\n\
                  print(m['subject']); print(m['to']); print(m.get_content(), end='')";
    let mut reader = Command::new("/usr/bin/python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .env("PYTHONIOENCODING", "utf-8")
        .spawn()
        .expect("starts");
    let mut input = reader.stdin.take().expect("its input");
    std::io::Write::write_all(&mut input, letters[0].as_bytes()).expect("sent");
    drop(input);
    let read = reader.wait_with_output().expect("ends").stdout;
    let read = String::from_utf8(read).expect("UTF-8");
    let expected = format!("{}\na@tinh.gov.vn\n{body}", message.subject);
    assert_eq!(read.replace("\r\n", "\n"), expected);
}

#[tokio::test]
async fn a_role_is_passed_on_to_everybody_who_has_it() {
    let message = posted(Channel::Role, "operator", "");
    let folder = tempfile::tempdir().expect("a folder");
    let mut carrier = by_mail(1, PATIENCE);
    let Ok(Delivery::PassedOn(letters)) = carrier.deliver(&message).await else {
        panic!("not passed on");
    };
    let to: Vec<&str> = letters.iter().map(|m| m.recipient.as_str()).collect();
    assert_eq!(to, ["a@tinh.gov.vn", "b@tinh.gov.vn"]);
    assert_ne!(letters[0].id, letters[1].id);
    carrier.options.mail = None;
    let nowhere = carrier.deliver(&message).await;
    assert!(matches!(nowhere, Ok(Delivery::Arrived(_))), "{nowhere:?}");
    carrier.options.folder = Some(folder.path().join("ra"));
    let Ok(Delivery::PassedOn(files)) = carrier.deliver(&message).await else {
        panic!("not passed on");
    };
    // Twice the same message is one file, and nothing half written stands beside it.
    for _ in 0..2 {
        let file = posted(files[0].channel, &files[0].recipient, "nội dung");
        carrier.deliver(&file).await.expect("written");
    }
    let files: Vec<_> = std::fs::read_dir(folder.path().join("ra"))
        .expect("a folder")
        .collect();
    assert_eq!(files.len(), 1);
}

#[tokio::test]
async fn the_file_of_heads_gets_each_day_once_and_an_other_head_of_a_day_is_an_alarm() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("heads/heads.txt");
    let carrier = Carrier {
        options: OutboxOptions {
            heads_file: Some(path.clone()),
            ..OutboxOptions::default()
        },
    };
    let line = |day: u32, digit: &str| format!("2026-11-{day} {day}:{}\n", digit.repeat(64));
    let message = |body: String| posted(Channel::Heads, "heads.txt", &body);
    let held = || std::fs::read_to_string(&path).expect("the file");
    carrier
        .deliver(&message(line(20, "a")))
        .await
        .expect("added");
    let two = line(20, "a") + &line(21, "b");
    for _ in 0..2 {
        carrier.deliver(&message(two.clone())).await.expect("added");
        assert_eq!(held(), two);
    }
    // A power cut left half a line; somebody's editor left out the end of the last.
    for odd in [two.clone() + "2026-11-22 22:cc", two.trim_end().to_owned()] {
        std::fs::write(&path, odd).expect("written");
        carrier
            .deliver(&message(line(22, "c")))
            .await
            .expect("added");
        assert_eq!(held(), two.clone() + &line(22, "c"));
    }
    let other = carrier.deliver(&message(line(21, "d"))).await;
    assert!(
        matches!(&other, Err(Undelivered::Never(told)) if told.contains("verify")),
        "{other:?}"
    );
    assert_eq!(held(), two + &line(22, "c"));
}
