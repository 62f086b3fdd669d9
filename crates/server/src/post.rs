//! Delivering what waits in the outbox: by mail, as a file in a folder, as lines of the file of heads.

use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use journal::{Channel, Deliver, Delivery, FileHash, Head, Message, Posted, Undelivered};
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Where messages go.
#[derive(Debug, Clone, Default)]
pub struct OutboxOptions {
    /// The file of daily heads, to which lines `YYYY-MM-DD NUMBER:HASH` are added.
    pub heads_file: Option<PathBuf>,
    /// A folder in which another system fetches messages, used when there is no mail server.
    pub folder: Option<PathBuf>,
    /// The mail server.
    pub mail: Option<MailOptions>,
    /// Addresses of whoever is told of the daily head and of what went wrong.
    pub receivers: Vec<String>,
}

/// How mail is sent.
#[derive(Clone)]
pub struct MailOptions {
    /// Name of the mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line to it is protected.
    pub tls: MailTls,
    /// Name and password to sign in there with.
    pub sign_in: Option<(String, String)>,
    /// Sender of our mails.
    pub from: String,
    /// How long a delivery may take: [`MAIL_PATIENCE`].
    pub patience: Duration,
}

/// How the line to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// TLS from the first byte (port 465).
    Tls,
    /// Plain until STARTTLS, which is insisted on (port 587).
    StartTls,
    /// Not at all: only for a server on the same machine.
    None,
}

impl std::fmt::Debug for MailOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the password.
        write!(f, "{}:{} from {}", self.host, self.port, self.from)
    }
}

/// How long a delivery to a mail server may take.
pub const MAIL_PATIENCE: Duration = Duration::from_secs(60);

/// Puts the heads of days that are over into the outbox, and delivers what is there, until told to stop.
pub async fn run_outbox(app: App, stop: CancellationToken) {
    let carrier = Carrier {
        options: app.options.outbox.clone(),
    };
    let clock = app.journal.clock();
    tokio::join!(
        export_heads(&app, stop.clone()),
        journal::deliver(app.outbox.clone(), clock, &carrier, stop)
    );
}

/// Looks once a minute whether a day has ended.
async fn export_heads(app: &App, stop: CancellationToken) {
    const LOOK: Duration = Duration::from_secs(60);
    while !stop.is_cancelled() {
        if let Err(error) = app.journal.export_heads().await {
            tracing::error!(%error, "exporting the journal's daily head");
        }
        tokio::select! { () = tokio::time::sleep(LOOK) => {}, () = stop.cancelled() => {} }
    }
}

/// Carries messages to where the options say.
pub struct Carrier {
    /// Where that is.
    pub options: OutboxOptions,
}

#[async_trait]
impl Deliver for Carrier {
    async fn deliver(&self, message: &Posted) -> Result<Delivery, Undelivered> {
        match message.channel {
            Channel::Role => Ok(self.pass_on(message)),
            Channel::Mail => self.mail(message).await,
            Channel::Folder => self.with_file(message, put_in_folder).await,
            Channel::Heads => self.with_file(message, add_heads).await,
        }
    }
}

impl Carrier {
    /// To every receiver by mail; without a mail server into the folder; without either it stays on the
    /// operator's page.
    fn pass_on(&self, message: &Posted) -> Delivery {
        let to = |channel: Channel, recipient: &str| Message {
            id: format!("{}/{recipient}", message.id),
            channel,
            recipient: recipient.to_owned(),
            subject: message.subject.clone(),
            body: message.body.clone(),
        };
        if self.options.mail.is_some() && !self.options.receivers.is_empty() {
            let mails = self.options.receivers.iter();
            return Delivery::PassedOn(mails.map(|r| to(Channel::Mail, r)).collect());
        }
        if self.options.folder.is_some() {
            return Delivery::PassedOn(vec![to(Channel::Folder, "folder")]);
        }
        Delivery::Arrived("no mail server is set up: to be read here".to_owned())
    }

    async fn mail(&self, message: &Posted) -> Result<Delivery, Undelivered> {
        let Some(options) = &self.options.mail else {
            return Err(Undelivered::Never("no mail server is set up".to_owned()));
        };
        let letter = letter(options, message).map_err(Undelivered::Never)?;
        let transport = transport(options).map_err(Undelivered::Never)?;
        // The library bounds the connecting only.
        let Ok(sent) = tokio::time::timeout(options.patience, transport.send(letter)).await else {
            let text = format!("{}:{}: no answer in time", options.host, options.port);
            return Err(Undelivered::Later(text));
        };
        match sent {
            Ok(answer) => {
                let said: Vec<&str> = answer.message().collect();
                Ok(Delivery::Arrived(format!(
                    "{}: {}",
                    options.host,
                    said.join(" ")
                )))
            }
            Err(error) => {
                let text = format!("{}:{}: {}", options.host, options.port, causes(&error));
                Err(if error.is_permanent() {
                    Undelivered::Never(text)
                } else {
                    Undelivered::Later(text)
                })
            }
        }
    }

    /// Runs what works on files on a thread where it may wait.
    async fn with_file(
        &self,
        message: &Posted,
        work: fn(&OutboxOptions, &Posted) -> Result<String, Undelivered>,
    ) -> Result<Delivery, Undelivered> {
        let (options, message) = (self.options.clone(), message.clone());
        let done = tokio::task::spawn_blocking(move || work(&options, &message)).await;
        let done = done.map_err(|error| Undelivered::Later(error.to_string()))?;
        done.map(Delivery::Arrived)
    }
}

fn letter(options: &MailOptions, message: &Posted) -> Result<lettre::Message, String> {
    let mailbox = |text: &str| -> Result<lettre::message::Mailbox, String> {
        text.parse().map_err(|error| format!("{text}: {error}"))
    };
    // The same for every try, so that receivers can drop a message that came twice.
    let id = FileHash::of(message.id.as_bytes());
    let domain = options.from.rsplit_once('@').map_or("dotpha", |(_, d)| d);
    lettre::Message::builder()
        .message_id(Some(format!(
            "<{}@{}>",
            id.as_str(),
            domain.trim_end_matches('>')
        )))
        .from(mailbox(&options.from)?)
        .to(mailbox(&message.recipient)?)
        .subject(message.subject.clone())
        .header(ContentType::TEXT_PLAIN)
        .body(message.body.clone())
        .map_err(|error| error.to_string())
}

fn transport(options: &MailOptions) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let secured = || {
        TlsParameters::new(options.host.clone())
            .map_err(|error| format!("{}: {error}", options.host))
    };
    let tls = match options.tls {
        MailTls::Tls => Tls::Wrapper(secured()?),
        MailTls::StartTls => Tls::Required(secured()?),
        MailTls::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&options.host)
        .port(options.port)
        .tls(tls)
        .timeout(Some(options.patience));
    if let Some((user, password)) = &options.sign_in {
        builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
    }
    Ok(builder.build())
}

/// An error with what it came from.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = inner.source();
    }
    text
}

fn later(path: &Path) -> impl Fn(std::io::Error) -> Undelivered + '_ {
    move |error| Undelivered::Later(format!("{}: {error}", path.display()))
}

/// Writes the message beside its place, then moves it there: whoever fetches sees it whole or not at all.
/// The name is made from the id, so that the same message again replaces itself.
fn put_in_folder(options: &OutboxOptions, message: &Posted) -> Result<String, Undelivered> {
    let Some(folder) = &options.folder else {
        return Err(Undelivered::Never("no folder is set up".to_owned()));
    };
    let later = later(folder);
    std::fs::create_dir_all(folder).map_err(&later)?;
    let name = FileHash::of(message.id.as_bytes());
    let unfinished = folder.join(format!(".{}", name.as_str()));
    let place = folder.join(format!("{}.txt", name.as_str()));
    let mut file = std::fs::File::create(&unfinished).map_err(&later)?;
    write!(file, "{}\n\n{}", message.subject, message.body).map_err(&later)?;
    file.sync_all().map_err(&later)?;
    std::fs::rename(&unfinished, &place).map_err(&later)?;
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(&later)?;
    Ok(place.display().to_string())
}

/// Adds the lines that the file does not hold. A line of the same day with another head is an alarm: the
/// journal was rewritten, or an older one was put in its place.
fn add_heads(options: &OutboxOptions, message: &Posted) -> Result<String, Undelivered> {
    let Some(path) = &options.heads_file else {
        return Err(Undelivered::Never("no file of heads is set up".to_owned()));
    };
    let later = later(path);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(&later)?;
    }
    let mut file = std::fs::File::options()
        .read(true)
        .append(true)
        .create(true)
        .open(path)
        .map_err(&later)?;
    // Two processes may hold a message of two days' heads at once when a clock is wrong.
    file.lock().map_err(&later)?;
    let mut text = String::new();
    file.rewind().map_err(&later)?;
    file.read_to_string(&mut text).map_err(&later)?;
    let mut added = String::new();
    // A last line without an end: closed when it is whole, cut off when a power cut left half of it.
    let whole = text.rfind('\n').map_or(0, |at| at + 1);
    if text[whole..]
        .split_once(' ')
        .is_some_and(|(_, head)| head.parse::<Head>().is_ok())
    {
        added.push('\n');
    } else if whole < text.len() {
        text.truncate(whole);
        file.set_len(whole as u64).map_err(&later)?;
    }
    for line in message.body.lines() {
        let day = line.split(' ').next().unwrap_or(line);
        let mut known = text.lines().filter(|l| l.split(' ').next() == Some(day));
        if let Some(other) = known.next() {
            if other == line {
                continue;
            }
            return Err(Undelivered::Never(format!(
                "{}: holds «{other}», the journal says «{line}»: the journal is not the one whose heads \
                 stand there, or it was altered; run dotpha verify --heads",
                path.display()
            )));
        }
        added.push_str(line);
        added.push('\n');
    }
    file.write_all(added.as_bytes()).map_err(&later)?;
    file.sync_all().map_err(&later)?;
    Ok(path.display().to_string())
}
