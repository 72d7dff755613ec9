//! Staff accounts: who may work here, in which role, for which office.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Profile,
    audit::{self, Actor, Facts},
};
use crate::{
    clock,
    db::{Conn, schema::staff},
    values::{Email, Id, Name, Role},
};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "staff";

/// A member of staff. Without a password hash the account waits for its owner to set one by the one-time link.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = staff, treat_none_as_default_value = false)]
pub struct Staff {
    /// Row id.
    pub id: Id<Staff>,
    /// E-mail address, which is also the account name.
    pub email: Email,
    /// The address as it is compared.
    pub email_folded: String,
    /// Name.
    pub name: Name,
    /// Role.
    pub role: Role,
    /// Office, for the roles that need one.
    pub office_id: Option<Id<Profile>>,
    /// PHC string of the password, once it is set.
    pub password_hash: Option<String>,
    /// Since when the account is switched off.
    pub disabled_at: Option<NaiveDateTime>,
    /// When it was made.
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

impl Staff {
    /// A new account without a password.
    pub fn new(email: Email, name: Name, role: Role, office_id: Option<Id<Profile>>) -> Self {
        let now = clock::now().naive_utc();
        Self {
            id: Id::fresh(),
            email_folded: email.folded(),
            email,
            name,
            role,
            office_id,
            password_hash: None,
            disabled_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    fn facts(&self) -> Facts {
        vec![
            ("E-mail address", self.email.to_string()),
            ("Name", self.name.to_string()),
            ("Role", self.role.to_string()),
        ]
    }

    /// Makes the account.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        diesel::insert_into(staff::table).values(self.clone()).execute(conn)?;
        let nothing = self.facts().into_iter().map(|(label, _)| (label, String::new())).collect();
        audit::write(conn, by, "created", (KIND, self.id.as_str()), audit::differences(&nothing, &self.facts()))
    }
}

/// One account.
pub fn find(conn: &mut Conn, id: &Id<Staff>) -> QueryResult<Staff> {
    staff::table.find(id).select(Staff::as_select()).first(conn)
}

/// The account of an e-mail address, in any spelling of capitals.
pub fn by_email(conn: &mut Conn, email: &Email) -> QueryResult<Option<Staff>> {
    staff::table.filter(staff::email_folded.eq(email.folded())).select(Staff::as_select()).first(conn).optional()
}

/// All accounts by name.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<Staff>> {
    staff::table.order((staff::name, staff::id)).select(Staff::as_select()).load(conn)
}

/// How many administrators can sign in: not switched off, and with a password of their own. `beside` is not counted.
pub fn active_administrators(conn: &mut Conn, beside: Option<&Id<Staff>>) -> QueryResult<i64> {
    let mut rows = staff::table
        .filter(staff::role.eq(Role::Administrator))
        .filter(staff::disabled_at.is_null())
        .filter(staff::password_hash.is_not_null())
        .into_boxed();
    if let Some(id) = beside {
        rows = rows.filter(staff::id.ne(id));
    }
    rows.count().get_result(conn)
}

/// Sets the password.
pub fn set_password(conn: &mut Conn, id: &Id<Staff>, hash: &str, by: &Actor) -> QueryResult<()> {
    let now = clock::now().naive_utc();
    diesel::update(staff::table.find(id))
        .set((staff::password_hash.eq(Some(hash)), staff::updated_at.eq(now)))
        .execute(conn)?;
    audit::write(conn, by, "set a password for", (KIND, id.as_str()), Vec::new())
}

/// Switches an account off or on again.
pub fn set_disabled(conn: &mut Conn, id: &Id<Staff>, disabled: bool, by: &Actor) -> QueryResult<()> {
    let now = clock::now().naive_utc();
    diesel::update(staff::table.find(id))
        .set((staff::disabled_at.eq(disabled.then_some(now)), staff::updated_at.eq(now)))
        .execute(conn)?;
    audit::write(conn, by, if disabled { "disabled" } else { "enabled" }, (KIND, id.as_str()), Vec::new())
}

/// Writes down that somebody signed in.
pub fn signed_in(conn: &mut Conn, id: &Id<Staff>, by: &Actor) -> QueryResult<()> {
    audit::write(conn, by, "signed in", (KIND, id.as_str()), Vec::new())
}
