//! Signing in: staff with a password, learners with a mailed link that works once.
//!
//! Unknown account and wrong password are one answer that takes the same time. How often somebody may try is counted by
//! the way in (`web::limits`), for accounts that exist and for those that do not alike.

use chrono::TimeDelta;

use super::{
    Portal, Refusal,
    issue::{composed, line_of},
    password,
};
use crate::{
    clock,
    db::{Conn, Db},
    mail,
    models::{
        Actor, Profile, Staff,
        one_time_link::{self, SIGN_IN},
        outbox::{self, Mail},
        profile, setting, staff,
    },
    values::{Email, Id},
    words::Words,
};

/// Minutes a learner's link works.
pub const LINK_MINUTES: i64 = 30;
/// Most links a learner is sent in an hour.
const MOST_LINKS: i64 = 5;

/// How signing in with a password went.
#[derive(Debug)]
pub enum Attempt {
    /// Signed in.
    Welcome(Box<Staff>),
    /// Unknown account, wrong password, or account switched off: one answer.
    Wrong,
}

/// Tries a password.
pub async fn with_password(
    db: &Db,
    email: Option<Email>,
    password: String,
    request_id: Option<String>,
) -> Result<Attempt, Refusal> {
    let wanted = email.clone();
    let account = match wanted {
        Some(email) => db.read(move |conn| staff::by_email(conn, &email).map_err(Refusal::from)).await?,
        None => None,
    };
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let fits = password::fits(password, hash).await;
    let Some(account) = account else { return Ok(Attempt::Wrong) };
    if !fits || account.disabled_at.is_some() {
        return Ok(Attempt::Wrong);
    }
    let (id, by) = (account.id.clone(), Actor::staff(&account, request_id));
    db.write(move |conn| staff::signed_in(conn, &id, &by).map_err(Refusal::from)).await?;
    Ok(Attempt::Welcome(Box::new(account)))
}

/// Sends a learner a link, if the address is known. Whoever asks never learns whether it was. `next` is the page of ours
/// to which the link leads that learner, where that is not the record.
pub fn request_link(
    conn: &mut Conn,
    email: &Email,
    portal: &Portal,
    next: impl Fn(&Id<Profile>) -> Option<String>,
) -> Result<(), Refusal> {
    let Some(learner) = profile::person_by_email(conn, email)? else { return Ok(()) };
    let hour_ago = clock::now().naive_utc() - TimeDelta::hours(1);
    if outbox::written_since(conn, outbox::SIGN_IN, &learner.id, hour_ago)? >= MOST_LINKS {
        return Ok(());
    }
    let next = next(&learner.id).map(|page| format!("?next={page}")).unwrap_or_default();
    let link = format!("{}{next}", link_with(portal, outbox::PLACE_OF_SECRET));
    let institution = setting::get(conn, setting::INSTITUTION)?.unwrap_or_default();
    let letter = mail::SignInLink { name: learner.name.to_string(), institution, link, minutes: LINK_MINUTES as u32 };
    let letter = composed(mail::sign_in_link(&Words::default(), &letter))?;
    let address = learner.email.clone().unwrap_or_else(|| email.clone());
    let mut queued = Mail::new(outbox::SIGN_IN, address, line_of(learner.name.as_str()), letter);
    queued.learner_id = Some(learner.id.clone());
    queued.insert(conn)?;
    Ok(())
}

/// A link that signs the learner in once.
pub fn link_for(conn: &mut Conn, learner: &Id<Profile>, portal: &Portal) -> Result<String, Refusal> {
    link_lasting(conn, learner, portal, TimeDelta::minutes(LINK_MINUTES))
}

/// A link that signs the learner in once, for as long as the demonstration needs.
pub fn link_lasting(
    conn: &mut Conn,
    learner: &Id<Profile>,
    portal: &Portal,
    lasts: TimeDelta,
) -> Result<String, Refusal> {
    let secret = one_time_link::for_sign_in(conn, learner, lasts)?;
    Ok(link_with(portal, &secret))
}

fn link_with(portal: &Portal, secret: &str) -> String {
    format!("{}/sign-in/link/{secret}", portal.base_url)
}

/// The secret of a link that leaves by mail now.
pub(super) fn mailed_secret(conn: &mut Conn, learner: &Id<Profile>) -> Result<String, Refusal> {
    Ok(one_time_link::for_sign_in(conn, learner, TimeDelta::minutes(LINK_MINUTES))?)
}

/// Uses a link up; whom it signs in.
pub fn with_link(conn: &mut Conn, secret: &str) -> Result<Profile, Refusal> {
    let link = one_time_link::consume(conn, SIGN_IN, secret)?.ok_or(Refusal::NotFound)?;
    Ok(profile::find(conn, &link.learner_id.ok_or(Refusal::NotFound)?)?)
}
