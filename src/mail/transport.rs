//! Handing a message over: to a mail server, or into a folder as `.eml` files.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor, transport::smtp};

use super::Message;

/// How long one delivery may take, from the first sign of the connection to the last.
const PATIENCE: Duration = Duration::from_secs(30);

/// The way on which messages leave.
#[derive(Debug, Clone)]
pub struct Transport(Way);

#[derive(Debug, Clone)]
enum Way {
    Smtp { server: AsyncSmtpTransport<Tokio1Executor>, local: bool },
    Folder(PathBuf),
}

/// Why a setting does not say where mail goes. It repeats nothing of the setting, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongAddress {
    /// Neither of the known forms.
    #[error("must begin with smtp://, smtps:// or file:")]
    Unknown,
    /// A mail server that cannot be made out.
    #[error("must name a mail server, such as smtp://user:password@mail.example.edu:587?tls=required")]
    Server,
    /// No folder.
    #[error("must name a folder, such as file:/var/lib/testamur/mail")]
    Folder,
}

/// Why a message was not handed over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// It will fail again: the address is wrong, or the server refuses it for good.
    #[error("refused: {0}")]
    Permanent(String),
    /// It may work later: the server is away or busy, or does not accept our settings.
    #[error("not delivered: {0}")]
    Temporary(String),
}

impl DeliveryError {
    /// Whether trying again is useless.
    pub fn is_permanent(&self) -> bool {
        matches!(self, DeliveryError::Permanent(_))
    }
}

impl Transport {
    /// Reads `smtp://` and `smtps://` addresses (user, password, port, `?tls=required` or `?tls=opportunistic`; what is
    /// after the slash is our name for EHLO) and `file:DIR`.
    pub fn parse(address: &str) -> Result<Self, WrongAddress> {
        let address = address.trim();
        if let Some(folder) = address.strip_prefix("file:") {
            let folder = folder.strip_prefix("//").filter(|path| path.starts_with('/')).unwrap_or(folder);
            return if folder.is_empty() {
                Err(WrongAddress::Folder)
            } else {
                Ok(Self(Way::Folder(PathBuf::from(folder))))
            };
        }
        if !["smtp://", "smtps://"].iter().any(|scheme| address.starts_with(scheme)) {
            return Err(WrongAddress::Unknown);
        }
        let host = host(address).ok_or(WrongAddress::Server)?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(address)
            .map_err(|_| WrongAddress::Server)?
            .timeout(Some(PATIENCE))
            .build();
        Ok(Self(Way::Smtp { server, local: is_loopback(host) }))
    }

    /// Whether messages stay on this machine: a folder, or a server on a loopback address.
    pub fn is_local(&self) -> bool {
        match &self.0 {
            Way::Smtp { local, .. } => *local,
            Way::Folder(_) => true,
        }
    }

    /// Hands one message over. The same `message_id` (`ID@HOST`) and `date` at each attempt give the same bytes, so that
    /// a mail system can tell a repetition from a second message.
    pub async fn deliver(
        &self,
        from: &Mailbox,
        message: &Message,
        message_id: &str,
        date: DateTime<Utc>,
    ) -> Result<(), DeliveryError> {
        let plain_address = message.to.as_str().is_ascii();
        let message = built(from, message, message_id, date)?;
        match &self.0 {
            Way::Smtp { server, .. } => match tokio::time::timeout(PATIENCE, server.send(message)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(judged(&error, plain_address)),
                Err(_) => Err(DeliveryError::Temporary("the mail server did not answer in time".to_owned())),
            },
            Way::Folder(folder) => {
                let (folder, bytes) = (folder.clone(), message.formatted());
                let name = format!("{}-{}.eml", date.format("%Y%m%dT%H%M%SZ"), crate::clock::public_id());
                tokio::task::spawn_blocking(move || kept(&folder, &name, &bytes))
                    .await
                    .map_err(|error| DeliveryError::Temporary(error.to_string()))?
                    .map_err(|error| DeliveryError::Temporary(format!("the mail folder: {error}")))
            }
        }
    }
}

/// The host of an address. What two readers could take differently is refused.
fn host(address: &str) -> Option<&str> {
    if address.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return None;
    }
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let host = match place.strip_prefix('[') {
        Some(six) => six.split_once(']')?.0,
        None => place.split(':').next()?,
    };
    (!host.is_empty()).then_some(host)
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The message with its headers, as text and as HTML.
fn built(
    from: &Mailbox,
    message: &Message,
    message_id: &str,
    date: DateTime<Utc>,
) -> Result<lettre::Message, DeliveryError> {
    let wrong = |error: &dyn std::fmt::Display| DeliveryError::Permanent(error.to_string());
    let Message { to, to_name, subject, text, html } = message;
    let name = Some(one_line(to_name)).filter(|name| !name.is_empty());
    let to = Mailbox::new(name, to.as_str().parse().map_err(|error: lettre::address::AddressError| wrong(&error))?);
    let from = Mailbox::new(from.name.as_deref().map(one_line), from.email.clone());
    let id: String = message_id.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>')).collect();
    // Told apart from the text by a name that is the same at each attempt.
    let parts = MultiPart::alternative()
        .boundary(format!("testamur-{}", crate::clock::fingerprint(&id)))
        .singlepart(part(ContentType::TEXT_PLAIN, text))
        .singlepart(part(ContentType::TEXT_HTML, html));
    lettre::Message::builder()
        .from(from)
        .to(to)
        .subject(one_line(subject))
        .message_id(Some(format!("<{id}>")))
        .date(date.into())
        .header(AutoSubmitted)
        .multipart(parts)
        .map_err(|error| wrong(&error))
}

fn part(kind: ContentType, body: &str) -> SinglePart {
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(body.to_owned())
}

/// Nothing that ends a header line gets into one.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}'))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Tells other programs that no person wrote this, so that none answers (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// What a failure means for the message. A server that wants other credentials or is not in service refuses every
/// message alike: that is ours to repair, and no reason to give one up. An address outside ASCII fails before it is sent
/// where the server does not take such addresses.
fn judged(error: &smtp::Error, plain_address: bool) -> DeliveryError {
    let told = std::error::Error::source(error).map_or_else(|| error.to_string(), |why| format!("{error}: {why}"));
    let about_us = error.status().is_some_and(|code| matches!(u16::from(code), 421 | 521 | 530 | 534 | 535 | 538));
    let refused = error.is_permanent() && !about_us || error.is_client() && !plain_address;
    if refused { DeliveryError::Permanent(told) } else { DeliveryError::Temporary(told) }
}

/// Writes a message where only its owner reads it. It gets its name when it is whole.
fn kept(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let unfinished = folder.join(format!(".{name}.part"));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    file.write_all(bytes)?;
    std::fs::rename(unfinished, folder.join(name))
}
