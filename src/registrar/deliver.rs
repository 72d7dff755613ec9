//! Delivering the mail of the outbox. Each mail is claimed in a transaction, handed over outside of it, and marked in
//! another one, so no transaction ever waits for a mail server. A program that dies in between delivers the mail once
//! more ten minutes later, under the same Message-ID.

use super::{Portal, Refusal, sign_in, staff_account};
use crate::{
    db::{Conn, Db},
    mail::{Mailbox, Message, Transport, WrongAddress},
    models::outbox::{self, Mail},
};

/// Mails taken in one look.
const AT_ONCE: i64 = 20;

/// How mail leaves, and who it is from.
#[derive(Debug, Clone)]
pub struct Post {
    transport: Transport,
    from: Mailbox,
    host: String,
}

/// What one look at the outbox came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Mails whose time had come.
    pub looked_at: usize,
    /// Mails that were handed over.
    pub sent: usize,
}

impl Post {
    /// From the settings. Without a sender's address mail comes from `no-reply@` the portal's host.
    pub fn new(smtp_url: &str, from: Option<&str>, portal: &Portal) -> Result<Self, WrongAddress> {
        let transport = Transport::parse(smtp_url)?;
        let host = host_of(&portal.base_url);
        let given = from.and_then(|from| from.parse::<Mailbox>().ok());
        let from = given.or_else(|| sender(&host)).ok_or(WrongAddress::Server)?;
        Ok(Self { transport, from, host })
    }

    /// Whether mail stays on this machine.
    pub fn is_local(&self) -> bool {
        self.transport.is_local()
    }
}

/// Delivers what is due, one after the other. Only a failing database is an error; a mail that is not taken is noted in
/// the outbox and tried again later.
pub async fn due(db: &Db, post: &Post) -> Result<Round, Refusal> {
    let waiting = db.read(|conn| outbox::due(conn, AT_ONCE).map_err(Refusal::from)).await?;
    let mut round = Round { looked_at: waiting.len(), sent: 0 };
    for mail in waiting {
        round.sent += usize::from(one(db, post, mail).await?);
    }
    Ok(round)
}

/// What claiming a mail came to.
enum Claimed {
    /// It can leave, with its link in it.
    Ready(Box<Mail>),
    /// Somebody else has it, or nobody may have it any more.
    Gone,
}

/// Claims a mail, and makes the link it carries. Each attempt makes its own: an earlier one may have arrived after all.
fn claim(conn: &mut Conn, mut mail: Mail) -> Result<Claimed, Refusal> {
    if !outbox::claim(conn, &mail)? {
        return Ok(Claimed::Gone);
    }
    let secret = match (mail.kind.as_str(), &mail.learner_id) {
        (outbox::SIGN_IN, Some(learner)) => Some(sign_in::mailed_secret(conn, learner)?),
        (outbox::SET_UP, _) => match staff_account::mailed_secret(conn, &mail.recipient)? {
            Some(secret) => Some(secret),
            None => {
                outbox::failed(conn, &mail, "the account is disabled or gone", true)?;
                return Ok(Claimed::Gone);
            }
        },
        _ => None,
    };
    if let Some(secret) = secret {
        mail.text_body = mail.text_body.replace(outbox::PLACE_OF_SECRET, &secret);
        mail.html_body = mail.html_body.replace(outbox::PLACE_OF_SECRET, &secret);
    }
    Ok(Claimed::Ready(Box::new(mail)))
}

/// Claims, delivers and marks one mail; whether it was handed over.
async fn one(db: &Db, post: &Post, mail: Mail) -> Result<bool, Refusal> {
    let claimed = mail.clone();
    let mail = match db.write(move |conn| claim(conn, claimed.clone())).await? {
        Claimed::Ready(mail) => *mail,
        Claimed::Gone => return Ok(false),
    };
    let message = Message {
        to: mail.recipient.clone(),
        to_name: mail.recipient_name.to_string(),
        subject: mail.subject.clone(),
        text: mail.text_body.clone(),
        html: mail.html_body.clone(),
    };
    let message_id = format!("{}@{}", mail.id, post.host);
    let outcome = post.transport.deliver(&post.from, &message, &message_id, mail.created_at.and_utc()).await;
    match &outcome {
        Ok(()) => tracing::info!(mail = %mail.id, kind = mail.kind, "mail was delivered"),
        Err(error) => tracing::warn!(mail = %mail.id, kind = mail.kind, %error, "mail was not delivered"),
    }
    let sent = outcome.is_ok();
    db.write(move |conn| {
        match &outcome {
            Ok(()) => outbox::sent(conn, &mail.id)?,
            Err(error) => outbox::failed(conn, &mail, &error.to_string(), error.is_permanent())?,
        }
        Ok::<_, Refusal>(())
    })
    .await?;
    Ok(sent)
}

/// The host of a base address, without its port.
fn host_of(base_url: &str) -> String {
    let authority = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let end = if authority.starts_with('[') { authority.find(']').map(|at| at + 1) } else { authority.find(':') };
    authority[..end.unwrap_or(authority.len())].to_owned()
}

/// An address of the host that nobody reads; of this machine where the host is only a number.
fn sender(host: &str) -> Option<Mailbox> {
    let named = host.contains(|c: char| c.is_alphabetic()) && !host.starts_with('[');
    format!("no-reply@{}", if named { host } else { "localhost" }).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{host_of, sender};

    #[test]
    fn mail_comes_from_the_host_of_the_portal() {
        for (base_url, host, from) in [
            ("https://clr.example.edu", "clr.example.edu", "no-reply@clr.example.edu"),
            ("http://127.0.0.1:8080", "127.0.0.1", "no-reply@localhost"),
            ("http://[::1]:8080", "[::1]", "no-reply@localhost"),
        ] {
            assert_eq!(host_of(base_url), host);
            assert_eq!(sender(host).unwrap().to_string(), from);
        }
    }
}
