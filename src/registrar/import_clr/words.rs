//! Endorsements on their way in: what others say of a profile, an achievement, an assertion or a record.

use super::{
    Refusal,
    bring::Bringing,
    contents::{Contents, Target, Word},
    plan::digest,
    rows,
};
use crate::{
    clock,
    clr::v1::taken,
    models::{
        Clr, Profile,
        import::{
            known,
            records::{self, Endorsed, Received},
        },
        profile,
    },
    values::Origin,
};

impl Bringing<'_> {
    pub(super) fn endorsement(
        &mut self,
        word: &Word,
        (record, position): (&Clr, i32),
        contents: &Contents,
    ) -> Result<(), Refusal> {
        let iri = rows::iri(&word.told.id);
        if known::is_taken(self.conn, known::Part::Endorsement, iri.as_str())? {
            return Ok(());
        }
        let Some(endorsed) = self.endorsed(&word.target, record)? else { return Ok(()) };
        let issuer =
            if word.told.issuer.id.is_empty() { return Ok(()) } else { self.endorser(&word.told.issuer.id, contents)? };
        let reason = word.told.revocation_reason.clone();
        let told = Received {
            iri,
            origin: issuer.origin,
            endorsed,
            issued_on: taken::instant(Some(&word.told.issued_on)).unwrap_or_else(clock::now).naive_utc(),
            comment: word
                .told
                .claim
                .endorsement_comment
                .as_deref()
                .and_then(|text| crate::values::Prose::parse(text).ok()),
            revoked: (word.told.revoked == Some(true)).then_some(reason),
            signed: word.signed.clone(),
            extensions: word.told.extensions.clone(),
            position,
            now: clock::now().naive_utc(),
            issuer,
        };
        let id = records::insert_endorsement(self.conn, &told)?;
        self.made("endorsement", &id, digest(&word.told), (1, None));
        Ok(())
    }

    /// Who endorses speaks for themselves: their profile stays foreign, also in a record of ours.
    fn endorser(&mut self, id: &str, contents: &Contents) -> Result<Profile, Refusal> {
        let own = std::mem::replace(&mut self.origin, Origin::Foreign);
        let made = self.party(contents, id);
        self.origin = own;
        made
    }

    fn endorsed(&mut self, target: &Target, record: &Clr) -> Result<Option<Endorsed>, Refusal> {
        Ok(match target {
            Target::Clr => Some(Endorsed::Clr(record.id.clone())),
            Target::Profile(id) => profile::by_iri(self.conn, &rows::iri(id))?.map(|one| Endorsed::Profile(one.id)),
            Target::Achievement(id) => {
                known::achievement(self.conn, &rows::iri(id))?.map(|one| Endorsed::Achievement(one.id))
            }
            Target::Assertion(id) => {
                known::assertion(self.conn, &rows::iri(id))?.map(|one| Endorsed::Assertion(one.id))
            }
        })
    }
}
