//! A key was in somebody else's hands: the awards whose signatures are not believed any more are issued again, under the
//! key that signs now. They say the same as before; each earlier code leads to the new one.

use super::{BATCH, Correction, Earlier, Why, many::reissue_all};
use crate::{
    db::Db,
    models::{
        Actor, SigningKey, audit, signed_form,
        signing_key::{self, KIND},
    },
    registrar::{Portal, Refusal},
    values::Id,
};

/// What whoever types the earlier code is told, unless it is worded otherwise.
pub const SIGNED_ANEW: &str = "It was signed again, with another key";

/// Issues awards of a compromised key again, in batches, each whole, and no more than `most`. Returns how many. What is
/// suspended waits for the end of its suspension.
pub async fn sign_anew(
    db: &Db,
    portal: &Portal,
    (key, most): (&Id<SigningKey>, usize),
    why: &Why,
    by: &Actor,
) -> Result<usize, Refusal> {
    let mut done = 0;
    while done < most {
        let (portal, key, why, by) = (portal.clone(), key.clone(), why.clone(), by.clone());
        let batch = BATCH.min(most - done);
        let made = db
            .write(move |conn| {
                let since = signing_key::find(conn, &key)?.compromised_since;
                let since = since.ok_or_else(|| Refusal::conflict("What this key signed is believed"))?;
                let awards = signed_form::awards_since(conn, &key, since, batch as i64)?;
                if awards.is_empty() {
                    return Ok(0);
                }
                let correction = |earlier: &Earlier| Ok(Correction::of_nothing(&earlier.issued));
                let reissued = reissue_all(conn, &awards, (correction, &why), &portal, &by)?;
                audit::write(conn, &by, "reissued awards of", (KIND, key.as_str()), reissued.changes)?;
                Ok::<_, Refusal>(reissued.made.len())
            })
            .await?;
        if made == 0 {
            break;
        }
        done += made;
    }
    Ok(done)
}
