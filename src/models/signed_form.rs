//! What was signed, byte for byte. A form of a document is signed once, stored, and served unchanged for ever; a form
//! that is there is never made again (a trigger of the database refuses to change it).

use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::{prelude::*, result::Error};

use super::{Assertion, Credential, Profile, SigningKey};
use crate::{
    clock,
    db::{
        Conn, insert_rows,
        schema::{credential, signed_form, signing_key},
    },
    values::{CeDiD, Id, Packed, Status},
};

/// A CLR 1.0 document as compact JWS.
pub const CLR1_JWS: &str = "clr1.jws";
/// What the code of a published record opens, as compact JWS: beside the record itself, which has the same id.
pub const CLR1_COVER_JWS: &str = "clr1.cover.jws";
/// An Open Badges 3.0 or CLR 2.0 credential with an embedded proof.
pub const DATA_INTEGRITY: &str = "vc.json";
/// An Open Badges 3.0 or CLR 2.0 credential as JWT.
pub const VC_JWT: &str = "vc.jwt";

/// A signed form of a document.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signed_form, treat_none_as_default_value = false)]
pub struct SignedForm {
    /// The public id of what was signed: of the assertion, the endorsement, the record.
    pub document_id: String,
    /// Which form.
    pub form: String,
    /// The credential it belongs to.
    pub credential_id: Option<Id<Credential>>,
    /// The key it was signed with.
    pub key_id: Id<SigningKey>,
    /// The bytes.
    pub content: Packed,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
    /// When.
    pub signed_at: NaiveDateTime,
}

impl SignedForm {
    /// A form signed now.
    pub fn new(
        (document_id, form): (&str, &str),
        credential_id: Option<&Id<Credential>>,
        key_id: &Id<SigningKey>,
        content: Vec<u8>,
    ) -> Self {
        Self {
            document_id: document_id.to_owned(),
            form: form.to_owned(),
            credential_id: credential_id.cloned(),
            key_id: key_id.clone(),
            sha256: clock::digest(&content),
            content: Packed::new(content),
            signed_at: clock::now().naive_utc(),
        }
    }
}

impl SignedForm {
    /// The bytes of a compact form.
    pub fn token(&self) -> QueryResult<String> {
        String::from_utf8(self.content.get().to_vec()).map_err(|error| Error::DeserializationError(error.into()))
    }
}

/// A form of a document, if it was signed.
pub fn find(conn: &mut Conn, document_id: &str, form: &str) -> QueryResult<Option<SignedForm>> {
    signed_form::table.find((document_id, form)).select(SignedForm::as_select()).first(conn).optional()
}

/// All forms of what belongs to a credential.
pub fn of(conn: &mut Conn, id: &Id<Credential>) -> QueryResult<Vec<SignedForm>> {
    signed_form::table
        .filter(signed_form::credential_id.eq(id))
        .order((signed_form::form, signed_form::document_id))
        .select(SignedForm::as_select())
        .load(conn)
}

/// Writes forms down. Fails where one is there already: look first, in the transaction of the change.
pub fn insert_all(conn: &mut Conn, forms: &[SignedForm]) -> QueryResult<()> {
    insert_rows!(conn, signed_form::table, forms)
}

/// Whether any award was issued before there were signatures, and not signed since.
pub fn is_any_award_unsigned(conn: &mut Conn) -> QueryResult<bool> {
    let signed = signed_form::table.filter(signed_form::credential_id.eq(credential::id.nullable()));
    let unsigned = credential::table
        .filter(credential::assertion_id.is_not_null())
        .filter(diesel::dsl::not(diesel::dsl::exists(signed)))
        .select(credential::id);
    Ok(unsigned.first::<String>(conn).optional()?.is_some())
}

/// How many forms each key signed.
pub fn counts(conn: &mut Conn) -> QueryResult<Vec<(Id<SigningKey>, i64)>> {
    signed_form::table.group_by(signed_form::key_id).select((signed_form::key_id, diesel::dsl::count_star())).load(conn)
}

/// What a key signed from an instant on.
#[diesel::dsl::auto_type]
fn signed_since(key: Id<SigningKey>, since: NaiveDateTime) -> _ {
    signed_form::table.filter(signed_form::key_id.eq(key)).filter(signed_form::signed_at.ge(since))
}

/// The credentials with a form among it.
#[diesel::dsl::auto_type]
fn of_signed_since(key: Id<SigningKey>, since: NaiveDateTime) -> _ {
    let signed: signed_since = signed_since(key, since);
    let signed = signed.filter(signed_form::credential_id.is_not_null());
    credential::table.filter(credential::id.eq_any(signed.select(signed_form::credential_id.assume_not_null())))
}

/// The awards in force among them.
#[diesel::dsl::auto_type]
fn awards_of_signed_since(key: Id<SigningKey>, since: NaiveDateTime) -> _ {
    let in_force: Status = Status::InForce;
    let signed: of_signed_since = of_signed_since(key, since);
    signed.filter(credential::assertion_id.is_not_null()).filter(credential::status.eq(in_force))
}

/// How many forms a key signed from an instant on.
pub fn count_since(conn: &mut Conn, key: &Id<SigningKey>, since: NaiveDateTime) -> QueryResult<i64> {
    signed_since(key.clone(), since).count().get_result(conn)
}

/// The credentials with a form that a key signed from an instant on, newest first.
pub fn credentials_since(
    conn: &mut Conn,
    key: &Id<SigningKey>,
    since: NaiveDateTime,
    most: i64,
) -> QueryResult<Vec<Credential>> {
    let credentials = of_signed_since(key.clone(), since).order(credential::id.desc()).limit(most);
    credentials.select(Credential::as_select()).load(conn)
}

/// The awards in force with a form that a key signed from an instant on, in the order of their issue.
pub fn awards_since(
    conn: &mut Conn,
    key: &Id<SigningKey>,
    since: NaiveDateTime,
    most: i64,
) -> QueryResult<Vec<Id<Assertion>>> {
    let awards = awards_of_signed_since(key.clone(), since).order(credential::id).limit(most);
    awards.select(credential::assertion_id.assume_not_null()).load(conn)
}

/// How many awards in force have a form that a key signed from an instant on.
pub fn count_awards_since(conn: &mut Conn, key: &Id<SigningKey>, since: NaiveDateTime) -> QueryResult<i64> {
    awards_of_signed_since(key.clone(), since).count().get_result(conn)
}

/// Forms of credentials that are not believed any more: their key was compromised before it signed.
#[diesel::dsl::auto_type]
fn not_believed() -> _ {
    signed_form::table
        .inner_join(credential::table.on(signed_form::credential_id.eq(credential::id.nullable())))
        .inner_join(signing_key::table.on(signed_form::key_id.eq(signing_key::id)))
        .filter(signed_form::signed_at.nullable().ge(signing_key::compromised_since))
}

/// Since when a signature under what a code opens is not believed any more.
pub fn not_believed_since(conn: &mut Conn, code: &CeDiD) -> QueryResult<Option<NaiveDateTime>> {
    let since = diesel::dsl::min(signing_key::compromised_since);
    not_believed().filter(credential::cedid.eq(code)).select(since).first(conn)
}

/// The codes of a learner's credentials with a signature that is not believed any more.
pub fn not_believed_of(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<HashSet<CeDiD>> {
    let codes = not_believed().filter(credential::learner_id.eq(learner)).select(credential::cedid).load(conn)?;
    Ok(codes.into_iter().collect())
}

/// Since when the proof of this document, or of one of these credentials in it, is not believed any more.
pub fn not_believed_within(
    conn: &mut Conn,
    document: &str,
    credentials: &[Id<Credential>],
) -> QueryResult<Option<NaiveDateTime>> {
    let since = diesel::dsl::min(signing_key::compromised_since);
    let of_whole: Option<NaiveDateTime> = signed_form::table
        .inner_join(signing_key::table.on(signed_form::key_id.eq(signing_key::id)))
        .filter(signed_form::document_id.eq(document))
        .filter(signed_form::signed_at.nullable().ge(signing_key::compromised_since))
        .select(since)
        .first(conn)?;
    let among = credential::id.eq_any(credentials).and(signed_form::form.eq(DATA_INTEGRITY));
    let of_parts: Option<NaiveDateTime> = not_believed().filter(among).select(since).first(conn)?;
    Ok(of_whole.into_iter().chain(of_parts).min())
}
