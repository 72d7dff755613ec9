//! Making the rows of a batch, without a database.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Step;
use crate::{
    models::{
        Assertion, AwardResult, Credential, Level, Profile,
        credential_document::Document,
        issued::{Issued, IssuedResult},
        signed_form::SignedForm,
        status_list::Place,
    },
    registrar::{
        Portal, Refusal,
        demonstration::{self, Choice, Defined, fixed},
        issue,
        proof::Voice,
    },
    values::{CeDiD, Iri, Line},
};

/// What batches are made of.
pub struct Stock {
    /// Where assertions have their public ids.
    pub portal: Portal,
    /// What is awarded, with what is frozen of it.
    pub awards: Vec<(Defined, Issued)>,
    /// Who issues it, by public id.
    pub voices: BTreeMap<String, Voice>,
    /// The pages of what is awarded, by public id.
    pub pages: BTreeMap<String, String>,
}

/// Rows that are written together.
#[derive(Default)]
pub struct Batch {
    /// Learners.
    pub learners: Vec<Profile>,
    /// Their assertions.
    pub assertions: Vec<Assertion>,
    /// The results of these.
    pub results: Vec<AwardResult>,
    /// And their credentials, with what is frozen of each.
    pub credentials: Vec<(Credential, Issued)>,
    /// That, as it is stored.
    pub documents: Vec<Document>,
    /// These, signed.
    pub forms: Vec<SignedForm>,
    /// Where the status of each is told.
    pub places: Vec<Place>,
}

/// Makes the learners and awards of a step. Choices depend on the step alone, codes and ids on chance.
pub fn make(stock: &Stock, step: &Step) -> Result<Batch, Refusal> {
    let mut choice = Choice::new(step.learners.start as u64);
    let mut batch = Batch::default();
    for place in step.learners.clone() {
        batch.learners.push(fixed(demonstration::learner(place, &mut choice))?);
    }
    for nth in 0..step.awards.len() {
        // The awards are spread over the learners in their order.
        let Some(learner) = batch.learners.get(nth * step.learners.len() / step.awards.len()) else { break };
        let Some((defined, pattern)) = choice.of(&stock.awards) else { break };
        let conferred = conferral(&mut choice);
        let draft = demonstration::drafted(&stock.portal, learner, defined, conferred, &mut choice)?;
        let results = demonstration::results(defined, &draft.id, &mut choice)?;
        let frozen = frozen(&draft, learner, pattern, issued_results(defined, &results), conferred);
        let credential = issue::to_credential(&draft, &frozen);
        batch.assertions.push(issued(draft, learner, defined, &credential));
        batch.results.extend(results);
        batch.documents.push(Document::of_issued(&credential, &frozen)?);
        batch.credentials.push((credential, frozen));
    }
    Ok(batch)
}

/// One of fifteen ceremonies.
fn conferral(choice: &mut Choice) -> NaiveDate {
    let (month, day) = choice.of(&[(2, 20), (5, 8), (12, 18)]).copied().unwrap_or((5, 8));
    NaiveDate::from_ymd_opt(2021 + choice.below(5) as i32, month, day).unwrap_or_default()
}

/// What issuing the draft makes of it: the pattern with the award's own facts.
fn frozen(
    draft: &Assertion,
    learner: &Profile,
    pattern: &Issued,
    results: Vec<IssuedResult>,
    conferred: NaiveDate,
) -> Issued {
    let issued_on = demonstration::issued_after(conferred).issued_on;
    let mut assertion = issue::facts(draft, CeDiD::fresh(), issued_on);
    assertion.results = results;
    Issued {
        format: pattern.format,
        assertion,
        holder: learner.as_holder(),
        achievement: pattern.achievement.clone(),
        publisher: pattern.publisher.clone(),
        events: Vec::new(),
        received: None,
    }
}

/// The draft as it stands after it was issued.
fn issued(mut draft: Assertion, learner: &Profile, defined: &Defined, credential: &Credential) -> Assertion {
    draft.refold(learner, &defined.achievement, Some(&credential.cedid));
    draft.issued_at = Some(credential.issued_at);
    draft.updated_at = credential.issued_at;
    draft.revision += 1;
    draft
}

fn issued_results(defined: &Defined, results: &[AwardResult]) -> Vec<IssuedResult> {
    let level = |result: &AwardResult, levels: &[Level]| {
        let reached = levels.iter().find(|level| Some(&level.id) == result.achieved_level_id.as_ref());
        reached.map(|level| Iri::to_string(&level.iri))
    };
    results
        .iter()
        .zip(&defined.descriptions)
        .map(|(result, (described, levels))| IssuedResult {
            id: result.iri.to_string(),
            result_description: described.iri.to_string(),
            achieved_level: level(result, levels),
            value: result.value.as_ref().map(Line::to_string),
            status: result.status,
            alignments: result.alignments.get().clone(),
        })
        .collect()
}
