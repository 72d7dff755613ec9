//! What a corrected award says for which its form has no field: an award that was brought in keeps what it was told as,
//! with what is corrected in its place.

use serde_json::Value;

use crate::{
    clr::v1,
    models::{
        issued::{Extensions, Issued, IssuedAssertion},
        published,
    },
};

/// What others said of the earlier award stays with it: they have not seen this one.
const OF_OTHERS: [&str; 2] = ["endorsements", "signedEndorsements"];

/// What the earlier award was told as, with what the new one says otherwise; nothing where it was made here.
///
/// `corrected` is what the new one is made of, with the ids that its results and its evidence had.
pub fn again(old: &Issued, new: &Issued, corrected: &IssuedAssertion) -> Option<Extensions> {
    let mut told = old.received.clone()?;
    OF_OTHERS.iter().for_each(|member| drop(told.remove(*member)));
    if told.get("licenseNumber").and_then(Value::as_str) == Some(old.assertion.cedid.to_string().as_str()) {
        told.remove("licenseNumber");
    }
    let standing = |of: &Issued| published::in_force(of.assertion.issued_on, None);
    let under_old_ids = Issued { assertion: corrected.clone(), ..new.clone() };
    let (before, now) = (v1::comparable(old, standing(old)), v1::comparable(&under_old_ids, standing(new)));
    let mut said = v1::edited(&told, &before, &now)?;
    said.insert("id".to_owned(), new.assertion.id.clone().into());
    let (was, is) = (ids(corrected), ids(&new.assertion));
    for member in ["results", "evidence"] {
        let pieces = said.get_mut(member).and_then(Value::as_array_mut).into_iter().flatten();
        for piece in pieces.filter_map(Value::as_object_mut) {
            let Some(id) = piece.get("id").and_then(Value::as_str) else { continue };
            if let Some(at) = was.iter().position(|known| *known == id) {
                piece.insert("id".to_owned(), is.get(at).copied().into());
            }
        }
    }
    Some(v1::taken::issued_on(said, &new.assertion.issued_on))
}

/// The ids of the results and of the evidence, in their order.
fn ids(of: &IssuedAssertion) -> Vec<&str> {
    of.results.iter().map(|one| &*one.id).chain(of.evidence.iter().map(|one| &*one.id)).collect()
}
