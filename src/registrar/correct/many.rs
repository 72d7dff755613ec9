//! Many awards issued again in one transaction. The trail tells it of each, as of one, and the caller writes an entry for
//! all of them.

use sha2::{Digest, Sha256};

use super::{Correction, Earlier, Why, compose, earlier, noted, reissue, told};
use crate::{
    db::Conn,
    models::{Actor, Assertion, Credential, audit::Change},
    registrar::{Portal, Refusal},
    values::Id,
};

/// Awards reissued in one transaction, so that nobody else waits for long.
pub const BATCH: usize = 25;

/// What a batch came to.
pub struct Reissued {
    /// The new credentials.
    pub made: Vec<Credential>,
    /// The names that the earlier ones were issued under, each once.
    pub names: Vec<String>,
    /// For the audit entry: how many, and a digest of which code took the place of which.
    pub changes: Vec<Change>,
}

/// Issues awards again, each as `correction` says, which may refuse one.
pub fn reissue_all(
    conn: &mut Conn,
    awards: &[Id<Assertion>],
    (correction, why): (impl Fn(&Earlier) -> Result<Correction, Refusal>, &Why),
    portal: &Portal,
    by: &Actor,
) -> Result<Reissued, Refusal> {
    let (mut made, mut names, mut digest) = (Vec::new(), Vec::new(), Sha256::new());
    for id in awards {
        let earlier = earlier(conn, id, by)?;
        let (new, issued) = reissue(conn, &earlier, (&correction(&earlier)?, why), portal, by)?;
        let changes = [compose::differences(&earlier.issued, &issued), noted(why)].concat();
        told(conn, (&earlier.credential, &new), (why, changes), by)?;
        digest.update(format!("{} {}\n", earlier.credential.cedid, new.cedid));
        names.push(earlier.issued.holder.name);
        made.push(new);
    }
    names.sort();
    names.dedup();
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let mut changes = vec![
        Change { field: "Awards".to_owned(), before: None, after: Some(made.len().to_string()) },
        Change { field: "Digest of the codes".to_owned(), before: None, after: Some(digest) },
    ];
    changes.extend(noted(why));
    Ok(Reissued { made, names, changes })
}
