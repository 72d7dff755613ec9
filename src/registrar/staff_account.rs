//! Staff accounts: adding, setting up, switching off.

use chrono::TimeDelta;

use super::{
    Portal, Refusal,
    issue::{composed, line_of},
};
use crate::{
    db::Conn,
    mail,
    models::{
        Actor, Profile, Staff, audit,
        one_time_link::{self, SET_UP},
        outbox::{self, Mail},
        session, setting, staff,
    },
    values::{Email, Id, Name, Role},
    words::Words,
};

/// Hours a set-up link works.
pub const SET_UP_HOURS: i64 = 72;

/// A new account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Account name and address.
    pub email: Email,
    /// Name.
    pub name: Name,
    /// Role.
    pub role: Role,
    /// Office, for the roles that need one.
    pub office: Option<Id<Profile>>,
    /// Whether the link is sent by mail as well.
    pub notify: bool,
}

/// Adds an account and returns the address of its set-up page. There is never a default password.
pub fn add(conn: &mut Conn, new: &NewAccount, portal: &Portal, by: &Actor) -> Result<(Staff, String), Refusal> {
    if staff::by_email(conn, &new.email)?.is_some() {
        return Err(Refusal::conflict(format!("There is already an account for {}", new.email)));
    }
    if new.role.needs_office() && new.office.is_none() {
        return Err(Refusal::conflict(format!("Name the office that the {} works for", new.role)));
    }
    let account = Staff::new(new.email.clone(), new.name.clone(), new.role, new.office.clone());
    account.insert(conn, by)?;
    let link = set_up_link(conn, &account, portal)?;
    if new.notify {
        let institution = setting::get(conn, setting::INSTITUTION)?.unwrap_or_default();
        let letter = mail::StaffSetUp {
            name: account.name.to_string(),
            institution,
            role: account.role.to_string(),
            link: link_with(portal, outbox::PLACE_OF_SECRET),
            hours: SET_UP_HOURS as u32,
        };
        let letter = composed(mail::staff_set_up(&Words::default(), &letter))?;
        let queued = Mail::new(outbox::SET_UP, account.email.clone(), line_of(account.name.as_str()), letter);
        queued.insert(conn)?;
    }
    Ok((account, link))
}

/// A fresh set-up link for an account; earlier ones stop working.
pub fn set_up_link(conn: &mut Conn, account: &Staff, portal: &Portal) -> Result<String, Refusal> {
    let secret = one_time_link::for_set_up(conn, &account.id, TimeDelta::hours(SET_UP_HOURS))?;
    Ok(link_with(portal, &secret))
}

fn link_with(portal: &Portal, secret: &str) -> String {
    format!("{}/set-up/{secret}", portal.base_url)
}

/// The secret of a set-up link that leaves by mail now; none when the account was disabled meanwhile.
pub(super) fn mailed_secret(conn: &mut Conn, address: &Email) -> Result<Option<String>, Refusal> {
    let account = staff::by_email(conn, address)?.filter(|account| account.disabled_at.is_none());
    let lasts = TimeDelta::hours(SET_UP_HOURS);
    Ok(account.map(|account| one_time_link::for_mailed_set_up(conn, &account.id, lasts)).transpose()?)
}

/// A fresh link for an account that lost its own, or whose owner forgot the password; the old password works until the
/// new one is set.
pub fn renew_link(conn: &mut Conn, id: &Id<Staff>, portal: &Portal, by: &Actor) -> Result<(Staff, String), Refusal> {
    let account = staff::find(conn, id)?;
    if account.disabled_at.is_some() {
        return Err(Refusal::conflict("This account is disabled; enable it first"));
    }
    let link = set_up_link(conn, &account, portal)?;
    audit::write(conn, by, "made a set-up link for", (staff::KIND, id.as_str()), Vec::new())?;
    Ok((account, link))
}

/// Whose account a set-up link sets up, while it works.
pub fn behind_link(conn: &mut Conn, secret: &str) -> Result<Staff, Refusal> {
    let link = one_time_link::usable(conn, SET_UP, secret)?.ok_or(Refusal::NotFound)?;
    let account = staff::find(conn, &link.staff_id.ok_or(Refusal::NotFound)?)?;
    if account.disabled_at.is_none() { Ok(account) } else { Err(Refusal::NotFound) }
}

/// Sets the password and uses the link up. All sessions and other links of the account end.
pub fn set_up(conn: &mut Conn, secret: &str, hash: &str) -> Result<Staff, Refusal> {
    let link = one_time_link::consume(conn, SET_UP, secret)?.ok_or(Refusal::NotFound)?;
    let account = staff::find(conn, &link.staff_id.ok_or(Refusal::NotFound)?)?;
    if account.disabled_at.is_some() {
        return Err(Refusal::NotFound);
    }
    session::delete_of_staff(conn, &account.id)?;
    one_time_link::delete_of_staff(conn, &account.id)?;
    staff::set_password(conn, &account.id, hash, &Actor::staff(&account, None))?;
    Ok(account)
}

/// Switches an account off: its sessions end at once. The last administrator stays.
pub fn disable(conn: &mut Conn, account: &Staff, by: &Actor) -> Result<(), Refusal> {
    // Of two administrators who switch each other off at once, the second one sees what the first one did.
    audit::take_turn(conn)?;
    let is_administrator = account.role == Role::Administrator && account.disabled_at.is_none();
    if is_administrator && staff::active_administrators(conn, Some(&account.id))? == 0 {
        return Err(Refusal::conflict("This is the last administrator; add another one first"));
    }
    session::delete_of_staff(conn, &account.id)?;
    one_time_link::delete_of_staff(conn, &account.id)?;
    staff::set_disabled(conn, &account.id, true, by)?;
    Ok(())
}
