//! What was received, with what was changed here since. A draft that came from another system says more than the form
//! has fields for; whoever changes it changes what he sees, and the rest is said as it came.

use serde_json::{Map, Value};

use super::{assertion::assertions, taken};
use crate::models::{
    issued::{Extensions, Issued},
    record::{Award, Standing},
};

/// Members by which an element of a list is known again: the first that both have.
const NAMES: [&str; 3] = ["id", "resultDescription", "targetId"];
/// What an award gets when it is issued, whatever it was before.
const GIVEN: [&str; 3] = ["issuedOn", "testamur:cedid", "testamur:conferralDate"];

/// The award as CLR 1.0 has it, without what issuing gives it: to be told from the same award at another time.
pub fn comparable(issued: &Issued, standing: Standing) -> Extensions {
    let code = issued.assertion.cedid.to_string();
    let award = Award { issued: Issued { received: None, ..issued.clone() }, standing };
    let own = assertions(&award).into_iter().next().and_then(|own| serde_json::to_value(own).ok());
    let Some(Value::Object(own)) = own else { return Extensions::new() };
    let mut own = taken::received(&own);
    own.retain(|name, value| {
        let is_code = name == "licenseNumber" && value.as_str() == Some(code.as_str());
        !GIVEN.contains(&name.as_str()) && !is_code
    });
    own
}

/// What was told of an award, with every member that is another one now than it was `before`. `None` when it became
/// another achievement's award, of which nothing was told.
pub fn edited(told: &Extensions, before: &Extensions, now: &Extensions) -> Option<Extensions> {
    let achievement = |of: &Extensions| of.get("achievement").and_then(|one| one.get("id")).cloned();
    (achievement(before) == achievement(now)).then(|| members(told, before, now))
}

fn members(told: &Map<String, Value>, before: &Map<String, Value>, now: &Map<String, Value>) -> Map<String, Value> {
    let mut out = told.clone();
    for name in before.keys().chain(now.keys()) {
        match (told.get(name), before.get(name), now.get(name)) {
            (_, before, now) if before == now => {}
            (Some(told), before, Some(now)) => {
                drop(out.insert(name.clone(), value(told, before.unwrap_or(&Value::Null), now)));
            }
            (None, _, Some(now)) => drop(out.insert(name.clone(), now.clone())),
            (_, _, None) => drop(out.remove(name)),
        }
    }
    out
}

fn value(told: &Value, before: &Value, now: &Value) -> Value {
    if before == now {
        return told.clone();
    }
    match (told, before, now) {
        (Value::Object(told), Value::Object(before), Value::Object(now)) if same(before, now) != Some(false) => {
            Value::Object(members(told, before, now))
        }
        (Value::Array(told), before, Value::Array(now)) => {
            let before = before.as_array().map_or(&[][..], Vec::as_slice);
            let found = |list: &[Value], one: &Value| {
                let one = one.as_object()?;
                list.iter().find(|other| other.as_object().and_then(|other| same(one, other)) == Some(true)).cloned()
            };
            let element = |one: &Value| match (found(told, one), found(before, one)) {
                (Some(told), Some(before)) => value(&told, &before, one),
                // It came with the award, and was recorded after it.
                (Some(told), None) => told,
                (None, _) => one.clone(),
            };
            Value::Array(now.iter().map(element).collect())
        }
        _ => now.clone(),
    }
}

/// Whether two objects are the same thing; unknown where neither name is on both.
fn same(one: &Map<String, Value>, other: &Map<String, Value>) -> Option<bool> {
    NAMES.into_iter().find_map(|name| Some(one.get(name)? == other.get(name)?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(told: Value, before: Value, now: Value) -> Value {
        value(&told, &before, &now)
    }

    #[test]
    fn what_nobody_changed_is_said_as_it_came() {
        let told = json!({"id": "a", "expires": "2099-01-02T03:04:05Z", "x:y": [1, null], "role": "Diver"});
        let before = json!({"id": "a", "expires": "2099-01-02T23:59:59Z", "role": "Diver"});
        let now = json!({"id": "a", "expires": "2099-01-02T23:59:59Z", "term": "Spring"});
        let expected = json!({"id": "a", "expires": "2099-01-02T03:04:05Z", "x:y": [1, null], "term": "Spring"});
        assert_eq!(merged(told, before, now), expected);
    }

    #[test]
    fn elements_of_lists_are_known_again_by_their_ids() {
        let told =
            json!({"results": [{"resultDescription": "g", "value": "A", "x:scale": 4}, {"id": "2", "value": "B"}]});
        let before =
            json!({"results": [{"id": "1", "resultDescription": "g", "value": "A"}, {"id": "2", "value": "B"}]});
        let now = json!({"results": [{"id": "3", "value": "C"}, {"id": "1", "resultDescription": "g", "value": "A-"}]});
        let expected =
            json!({"results": [{"id": "3", "value": "C"}, {"resultDescription": "g", "value": "A-", "x:scale": 4}]});
        assert_eq!(merged(told, before, now), expected);
    }

    #[test]
    fn nothing_is_told_of_another_achievement() {
        let of = |id: &str| json!({"achievement": {"id": id}}).as_object().unwrap().clone();
        assert_eq!(edited(&of("a"), &of("a"), &of("b")), None);
        assert_eq!(edited(&of("a"), &of("a"), &of("a")), Some(of("a")));
    }
}
