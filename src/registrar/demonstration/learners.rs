//! Learners: as many as wanted, with names from all over the world, a student number and an address each.

use super::{
    Choice,
    names::{KNOWN, NAMES, Names, Order},
};
use crate::{
    models::Profile,
    values::{Code, Email, Invalid, Line, Name, ProfileKind, fold},
};

/// The domain of their addresses: reserved for examples, so no mail ever reaches anybody.
const DOMAIN: &str = "iu.example";
/// The first student number.
const FIRST_NUMBER: usize = 350_001;

/// The learner with a place in the list: the known ones first, then chosen names.
pub fn learner(place: usize, choice: &mut Choice) -> Result<Profile, Invalid> {
    match KNOWN.get(place) {
        Some((family, additional, given, order)) => person(place, [given, additional, family], *order),
        None => {
            let names = chosen(choice);
            let given = choice.of(names.given).copied().unwrap_or("Robin");
            let family = choice.of(names.family).copied().unwrap_or("Doe");
            person(place, [given, "", family], names.order)
        }
    }
}

/// One of the lists, by its weight.
fn chosen(choice: &mut Choice) -> &'static Names {
    let mut rest = choice.below(NAMES.iter().map(|names| names.weight).sum());
    let found = NAMES.iter().find(|names| {
        let here = rest < names.weight;
        rest = rest.saturating_sub(names.weight);
        here
    });
    found.unwrap_or(&NAMES[0])
}

fn person(place: usize, [given, additional, family]: [&str; 3], order: Order) -> Result<Profile, Invalid> {
    let whole = match order {
        Order::GivenFirst => format!("{given} {additional} {family}"),
        Order::FamilyFirst => format!("{family} {additional} {given}"),
        Order::Joined => format!("{family}{given}"),
    };
    let mut person = Profile::new(ProfileKind::Person, Name::parse(&whole)?);
    person.given_name = Some(Line::parse(given)?);
    person.additional_name = crate::values::optional(additional, Line::parse)?;
    person.family_name = Some(Line::parse(family)?);
    person.student_id = Some(Code::parse(&format!("{:010}", FIRST_NUMBER + place))?);
    person.email = Some(Email::parse(&address(place, given, family))?);
    person.refold();
    Ok(person)
}

/// `zoe.lukasiewicz@…` for the known ones, with a number for all others, so that no two are the same.
fn address(place: usize, given: &str, family: &str) -> String {
    let plain = |name: &str| fold(name).chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let (given, family) = (plain(given), plain(family));
    if given.is_empty() || family.is_empty() {
        format!("learner{}@{DOMAIN}", FIRST_NUMBER + place)
    } else if place < KNOWN.len() {
        format!("{given}.{family}@{DOMAIN}")
    } else {
        format!("{given}.{family}.{place}@{DOMAIN}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn five_hundred_learners_have_names_of_many_scripts_and_addresses_of_their_own() {
        let mut choice = Choice::new(1);
        let all: Vec<Profile> = (0..500).map(|place| learner(place, &mut choice).unwrap()).collect();
        let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        for wanted in ["Zoë Łukasiewicz", "Nguyễn Thị Ánh", "Ελένη Παπαδοπούλου", "محمد العربي", "李小龍"]
        {
            assert!(names.contains(&wanted), "{wanted}");
        }
        assert!(names.iter().collect::<BTreeSet<_>>().len() > 350);
        let addresses: BTreeSet<_> = all.iter().map(|one| one.email.clone()).collect();
        assert_eq!(addresses.len(), 500);
        assert!(all.iter().all(|one| one.student_id.as_ref().is_some_and(|id| id.as_str().starts_with("000"))));
    }
}
