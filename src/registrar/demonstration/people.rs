//! The staff of the demonstration: one of each role, with a password that is made at each start.

use super::fixed;
use crate::{
    db::Conn,
    models::{Actor, Profile, Staff, staff},
    registrar::{Refusal, password},
    values::{Email, Name, Role},
};

/// Name and address of each, in the order of the roles.
const STAFF: [(Role, &str, &str); 5] = [
    (Role::Administrator, "Ada Administrator", "administrator@iu.example"),
    (Role::Registrar, "Rosa Registrar", "registrar@iu.example"),
    (Role::Issuer, "Ian Issuer", "issuer@iu.example"),
    (Role::Host, "Hana Host", "host@iu.example"),
    (Role::Auditor, "Otto Auditor", "auditor@iu.example"),
];

/// A password and its hash.
#[derive(Debug, Clone)]
pub struct Password {
    /// As it is typed.
    pub plain: String,
    /// As it is kept.
    hash: String,
}

/// A member of staff who can sign in.
#[derive(Debug, Clone)]
pub struct Member {
    /// Role.
    pub role: Role,
    /// Name of the office, for the roles that have one.
    pub office: Option<String>,
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
}

/// Makes and hashes a password for each, all at once.
pub async fn passwords() -> Result<Vec<Password>, Refusal> {
    let mut made = tokio::task::JoinSet::new();
    for _ in STAFF {
        made.spawn(async {
            let plain = password::random();
            password::hash(plain.clone()).await.map(|hash| Password { plain, hash })
        });
    }
    let made: Option<Vec<Password>> = made.join_all().await.into_iter().collect();
    made.ok_or_else(|| Refusal::Defect("a password could not be hashed".to_owned()))
}

/// Records the staff; issuer and host work for the offices given.
pub fn insert(
    conn: &mut Conn,
    passwords: &[Password],
    (issuer, host): (&Profile, &Profile),
    by: &Actor,
) -> Result<Vec<Member>, Refusal> {
    STAFF
        .iter()
        .zip(passwords)
        .map(|((role, name, email), password)| {
            let office = match role {
                Role::Issuer => Some(issuer),
                Role::Host => Some(host),
                _ => None,
            };
            let (email, name) = (fixed(Email::parse(email))?, fixed(Name::parse(name))?);
            let account = Staff::new(email, name, *role, office.map(|office| office.id.clone()));
            account.insert(conn, by)?;
            staff::set_password(conn, &account.id, &password.hash, by)?;
            Ok(Member {
                role: *role,
                office: office.map(|office| office.name.to_string()),
                email: account.email.to_string(),
                password: password.plain.clone(),
            })
        })
        .collect()
}
