//! Generated awards and records, rich in optional members and in scripts, for the tests of this room.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::json;

use crate::models::issued::*;
use crate::models::published::Cover;
use crate::models::record::{Award, Learner, Publication, Record, Standing};
use crate::values::{
    AchievementType, Address, AssociationType, CeDiD, IdentifierType, ResultStatus, ResultType, Status,
    SystemIdentifier,
};

/// What must never stand in a document that a CeDiD alone opens.
pub const PRIVATE: [&str; 9] = [
    "private.learner@example.edu",
    "+1 555 0199",
    "https://private.example.org/me",
    "S-00112233",
    "SRC-99887766",
    "1999-12-31",
    "77 Hidden Lane",
    "Secretville",
    "ZZ-90210",
];

fn text() -> impl Strategy<Value = String> + Clone {
    select(vec![
        "Zoë Łukasiewicz",
        "李小龍",
        "Нина Ананьева",
        "نور الهدى",
        "Ελένη",
        "👩🏽‍🎓 summa cum laude",
        "<b>&amp;</b> \"quoted\" \\ back",
        "two\nlines\tand a tab",
        "O’Brien, Sex, Drugs, and Rock'n'Roll",
        "plain",
    ])
    .prop_map(str::to_owned)
}

fn maybe() -> impl Strategy<Value = Option<String>> {
    option::of(text())
}

fn id() -> impl Strategy<Value = String> {
    (any::<u128>(), 0..3u8).prop_map(|(bits, form)| {
        let uuid = uuid::Uuid::from_u128(bits);
        match form {
            0 => format!("urn:uuid:{uuid}"),
            1 => format!("https://clr.example.edu/ims/clr/v1p0/assertions/{uuid}"),
            _ => format!("did:web:clr.example.edu:issuers:{uuid}"),
        }
    })
}

fn address_of_web() -> impl Strategy<Value = String> {
    select(vec!["https://registrar.indiana.edu/", "https://例え.example/ü?q=ß%20%#a#b", "http://localhost:8080/x y"])
        .prop_map(str::to_owned)
}

fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (946_684_800i64..4_102_444_800, 0..1_000_000i64)
        .prop_map(|(seconds, micros)| DateTime::from_timestamp(seconds, 0).unwrap() + TimeDelta::microseconds(micros))
}

fn date() -> impl Strategy<Value = NaiveDate> {
    instant().prop_map(|at| at.date_naive())
}

fn cedid() -> impl Strategy<Value = CeDiD> {
    "[0-9A-Z]{12}".prop_map(|code| CeDiD::parse(&code).unwrap())
}

fn foreign() -> impl Strategy<Value = Extensions> {
    select(vec![json!({}), json!({"ndt:Info": {"a": [1, null, "x"]}, "hsx:b": true, "bare": 1, "a:b:c": 2})])
        .prop_map(|members| members.as_object().unwrap().clone())
}

fn address() -> impl Strategy<Value = Address> {
    [maybe(), maybe(), maybe(), maybe(), maybe(), maybe()].prop_map(
        |[street, post_office_box, locality, region, postal_code, country]| Address {
            street,
            post_office_box,
            locality,
            region,
            postal_code,
            country,
        },
    )
}

fn identifiers() -> impl Strategy<Value = Vec<SystemIdentifier>> {
    let types = select(vec!["LisSourcedId", "OneRosterSourcedId", "ext:NcesSchoolId"]);
    let one = (types, text()).prop_map(|(of, identifier)| SystemIdentifier {
        identifier_type: IdentifierType::parse(of).unwrap(),
        identifier,
    });
    vec(one, 0..3)
}

fn organization() -> impl Strategy<Value = Organization> {
    let texts = [maybe(), maybe(), maybe(), maybe(), maybe()];
    let one = (id(), text(), option::of(address_of_web()), texts, address(), identifiers(), foreign()).prop_map(
        |(id, name, url, [telephone, email, description, image, official], address, identifiers, extensions)| {
            Organization {
                id,
                name,
                url,
                telephone,
                email,
                description,
                image,
                official,
                address,
                identifiers,
                extensions,
                parent: None,
                endorsements: Vec::new(),
            }
        },
    );
    one.prop_recursive(2, 3, 1, |parent| {
        (parent.clone(), parent).prop_map(|(child, parent)| Organization { parent: Some(Box::new(parent)), ..child })
    })
}

fn holder() -> impl Strategy<Value = Holder> {
    (id(), text(), maybe(), maybe(), maybe()).prop_map(|(id, name, given_name, additional_name, family_name)| Holder {
        id,
        name,
        given_name,
        additional_name,
        family_name,
    })
}

fn alignment() -> impl Strategy<Value = IssuedAlignment> {
    let target_type = option::of(select(vec!["CFItem", "CFRubricCriterionLevel", "CTDL", "ext:Own"]));
    (option::of(id()), text(), address_of_web(), [maybe(), maybe(), maybe()], target_type, foreign()).prop_map(
        |(
            id,
            target_name,
            target_url,
            [target_code, target_description, target_framework],
            target_type,
            extensions,
        )| IssuedAlignment {
            id,
            target_name,
            target_url,
            target_code,
            target_description,
            target_framework,
            target_type: target_type.map(str::to_owned),
            extensions,
        },
    )
}

fn level() -> impl Strategy<Value = IssuedLevel> {
    (id(), text(), maybe(), maybe(), maybe(), vec(alignment(), 0..2), foreign()).prop_map(
        |(id, name, description, level, points, alignments, extensions)| IssuedLevel {
            id,
            name,
            description,
            level,
            points,
            alignments,
            extensions,
        },
    )
}

fn result_type() -> impl Strategy<Value = ResultType> {
    select([ResultType::STANDARD, &["ext:Rank"]].concat()).prop_map(|term| ResultType::parse(term).unwrap())
}

/// What values a description takes: any, one of a list, or a number within bounds. The required one is among them.
fn values() -> impl Strategy<Value = (Vec<String>, [Option<String>; 3])> {
    prop_oneof![
        maybe().prop_map(|required| (Vec::new(), [required, None, None])),
        vec(text(), 1..3).prop_map(|allowed| (allowed.clone(), [allowed.first().cloned(), None, None])),
        (-9..9i32, 0..9i32).prop_map(|(least, more)| {
            let number = |number: i32| Some(format!("{number}.5"));
            (Vec::new(), [number(least + more), number(least), number(least + more)])
        }),
    ]
}

fn result_description() -> impl Strategy<Value = IssuedResultDescription> {
    let parts = (vec(level(), 0..3), vec(alignment(), 0..2), foreign());
    (id(), text(), result_type(), values(), maybe(), any::<bool>(), parts).prop_map(
        |(id, name, result_type, (allowed_values, bounds), rubric, has_points, parts)| {
            let (mut levels, alignments, extensions) = parts;
            let [required_value, value_min, value_max] = bounds;
            for (place, level) in levels.iter_mut().enumerate() {
                level.points = has_points.then(|| place.to_string());
            }
            IssuedResultDescription {
                id,
                name,
                result_type,
                rubric,
                allowed_values,
                required_value,
                required_level: levels.first().map(|level| level.id.clone()),
                value_min,
                value_max,
                levels,
                alignments,
                extensions,
            }
        },
    )
}

fn association() -> impl Strategy<Value = IssuedAssociation> {
    (select(AssociationType::ALL), id(), text(), foreign()).prop_map(
        |(association_type, target_id, title, extensions)| IssuedAssociation {
            association_type,
            target_id,
            title,
            extensions,
        },
    )
}

fn achievement() -> impl Strategy<Value = IssuedAchievement> {
    let types = select([AchievementType::STANDARD, &["ext:Transcript"]].concat());
    let named = (id(), 0..4i32, types, text(), option::of(0.0..500f64), option::of(address_of_web()));
    let texts = [maybe(), maybe(), maybe(), maybe(), maybe(), maybe(), maybe(), maybe()];
    let parts =
        (vec(result_description(), 0..3), vec(alignment(), 0..2), vec(association(), 0..2), vec(endorsement(), 0..2));
    (named, texts, vec(text(), 0..3), identifiers(), endorsed_organization(), parts, foreign()).prop_map(
        |(
            named,
            texts,
            tags,
            identifiers,
            issuer,
            (result_descriptions, alignments, associations, mut endorsements),
            extensions,
        )| {
            let (id, version, achievement_type, name, credits_available, criteria_url) = named;
            let [title, code, description, criteria, field_of_study, level, specialization, image] = texts;
            stand_on(&mut endorsements, &id);
            IssuedAchievement {
                id,
                version,
                achievement_type: AchievementType::parse(achievement_type).unwrap(),
                name,
                title,
                code,
                description,
                criteria,
                criteria_url,
                credits_available,
                field_of_study,
                level,
                specialization,
                image,
                tags,
                identifiers,
                issuer,
                result_descriptions,
                alignments,
                associations,
                endorsements,
                extensions,
            }
        },
    )
}

fn endorsed_organization() -> impl Strategy<Value = Organization> {
    (organization(), vec(endorsement(), 0..2)).prop_map(|(one, mut endorsements)| {
        stand_on(&mut endorsements, &one.id);
        Organization { endorsements, ..one }
    })
}

/// An endorsement endorses what it stands on.
fn stand_on(endorsements: &mut [IssuedEndorsement], id: &str) {
    endorsements.iter_mut().for_each(|one| id.clone_into(&mut one.endorsed));
}

fn endorsement() -> impl Strategy<Value = IssuedEndorsement> {
    let endorser = (id(), text(), maybe(), option::of(address_of_web()), address()).prop_map(
        |(id, name, given_name, url, address)| Endorser { id, name, given_name, url, address, ..Endorser::default() },
    );
    (any::<u128>(), id(), maybe(), instant(), endorser, foreign(), maybe()).prop_map(
        |(number, endorsed, comment, issued_on, endorser, extensions, revoked)| IssuedEndorsement {
            id: format!("https://clr.example.edu/ims/clr/v1p0/endorsements/{}", uuid::Uuid::from_u128(number)),
            endorsed,
            comment,
            issued_on,
            endorser,
            signed: None,
            extensions,
            revoked,
        },
    )
}

fn evidence() -> impl Strategy<Value = IssuedEvidence> {
    let artifact = (maybe(), maybe(), option::of(address_of_web()))
        .prop_map(|(name, description, url)| IssuedArtifact { name, description, url });
    (id(), text(), maybe(), maybe(), maybe(), maybe(), vec(artifact, 0..3)).prop_map(
        |(id, name, audience, description, genre, narrative, artifacts)| IssuedEvidence {
            id,
            name,
            audience,
            description,
            genre,
            narrative,
            artifacts,
        },
    )
}

/// One result for each description, with its lowest level where it has one and a status where it is a Status.
fn results_of(achievement: &IssuedAchievement, value: &Option<String>) -> Vec<IssuedResult> {
    let result = |(place, description): (usize, &IssuedResultDescription)| IssuedResult {
        id: format!("https://clr.example.edu/results/{place}"),
        result_description: description.id.clone(),
        achieved_level: description.levels.first().map(|level| level.id.clone()),
        value: description.required_value.clone().or_else(|| value.clone()),
        status: (description.result_type.as_str() == "Status").then_some(ResultStatus::Completed),
        alignments: description.alignments.clone(),
    };
    achievement.result_descriptions.iter().enumerate().map(result).collect()
}

fn assertion() -> impl Strategy<Value = IssuedAssertion> {
    let dated = (id(), cedid(), instant(), date(), option::of(instant()), option::of(date()), option::of(date()));
    let texts = [maybe(), maybe(), maybe(), maybe(), maybe()];
    let evidence = (vec(evidence(), 0..3), vec(endorsement(), 0..2));
    let rest = (option::of(0.0..500f64), option::of(organization()), evidence, foreign());
    (dated, texts, rest).prop_map(
        |(dated, texts, (credits_earned, source, (evidence, mut endorsements), extensions))| {
            let (id, cedid, issued_on, conferral_date, expires, activity_start, activity_end) = dated;
            let [license_number, narrative, role, term, image] = texts;
            stand_on(&mut endorsements, &id);
            IssuedAssertion {
                id,
                cedid,
                issued_on,
                conferral_date,
                expires,
                activity_start,
                activity_end,
                credits_earned,
                license_number,
                narrative,
                role,
                term,
                image,
                source,
                results: Vec::new(),
                evidence,
                endorsements,
                extensions,
            }
        },
    )
}

fn event() -> impl Strategy<Value = IssuedEvent> {
    (id(), achievement(), vec(text(), 0..3), option::of(instant()), option::of(instant()), maybe()).prop_map(
        |(id, achievement, areas, starts_at, ends_at, place)| IssuedEvent {
            id,
            achievement: IssuedAchievement { achievement_type: AchievementType::event(), ..achievement },
            areas,
            starts_at,
            ends_at,
            place,
        },
    )
}

/// Any issued award, in any standing.
pub fn award() -> impl Strategy<Value = Award> {
    let statuses = select(vec![Status::InForce, Status::Suspended, Status::Revoked, Status::Replaced]);
    let standing = (statuses, option::of(instant()), maybe(), option::of(cedid()), option::of(cedid()));
    let issued = (assertion(), maybe(), holder(), achievement(), organization(), vec(event(), 0..4));
    (issued, standing).prop_map(|(issued, (status, since, reason, replaced_by, replaces))| {
        let (mut assertion, value, holder, achievement, publisher, events) = issued;
        assertion.results = results_of(&achievement, &value);
        let reading = status.at(assertion.issued_on, assertion.expires);
        Award {
            issued: Issued { format: FORMAT, assertion, holder, achievement, publisher, events, received: None },
            standing: Standing { status, reading, since, reason, replaced_by, newest_is_revoked: false, replaces },
        }
    })
}

/// As what a record was published, in any standing.
fn publication() -> impl Strategy<Value = Publication> {
    let statuses = select(vec![Status::InForce, Status::Suspended, Status::Revoked]);
    (cedid(), 1..99i32, statuses, option::of(instant()), maybe(), option::of(instant())).prop_map(
        |(cedid, number, status, since, reason, newer)| {
            let reading = status.at(DateTime::default(), None);
            let standing = Standing {
                status,
                reading,
                since,
                reason,
                replaced_by: None,
                newest_is_revoked: false,
                replaces: None,
            };
            Publication { cedid, number, standing, newer }
        },
    )
}

/// Any record of one learner, with everything in [`PRIVATE`] about her, published or not. Its pathway has what was
/// awarded, as it was issued, and further achievements that belong to it.
pub fn record() -> impl Strategy<Value = Record> {
    let whole = (id(), holder(), organization(), vec(award(), 0..4), instant(), any::<bool>());
    let published = (option::of(publication()), maybe(), vec(achievement(), 0..3), vec(id(), 0..3));
    (whole, published).prop_map(|(whole, (publication, name, further, withdrawn))| {
        let (id, holder, publisher, mut awards, as_of, partial) = whole;
        for award in &mut awards {
            award.issued.holder = holder.clone();
        }
        let mut pathway: Vec<IssuedAchievement> = awards.iter().map(|award| award.issued.achievement.clone()).collect();
        for mut one in further {
            if let Some(last) = pathway.last() {
                let (target_id, title) = (last.id.clone(), last.name.clone());
                one.associations.push(IssuedAssociation {
                    association_type: AssociationType::IsParentOf,
                    target_id,
                    title,
                    extensions: Extensions::new(),
                });
            }
            pathway.push(one);
        }
        if publication.is_none() {
            pathway.clear();
        }
        Record {
            endorsements: Vec::new(),
            id,
            learner: learner(holder),
            publisher,
            awards,
            as_of,
            partial,
            name: name.filter(|_| publication.is_some()),
            pathway,
            withdrawn: if publication.is_some() { withdrawn } else { Vec::new() },
            taken_back: Vec::new(),
            publication,
        }
    })
}

/// What the code of a record opens, had it been published as this.
pub fn cover(record: &Record) -> Option<Cover> {
    let one = record.publication.as_ref()?;
    Some(Cover {
        id: record.id.clone(),
        cedid: one.cedid.clone(),
        holder: record.learner.holder.clone(),
        publisher: record.publisher.clone(),
        number: one.number,
        awards: record.awards.len(),
        published_on: record.as_of,
        standing: one.standing.clone(),
        newer: one.newer,
    })
}

/// A learner of whom everything is known.
pub fn learner(holder: Holder) -> Learner {
    let [email, telephone, url, student_id, sourced_id, _, street, locality, postal_code] =
        PRIVATE.map(|text| Some(text.to_owned()));
    Learner {
        holder,
        email,
        telephone,
        url,
        student_id,
        sourced_id,
        birth_date: NaiveDate::from_ymd_opt(1999, 12, 31),
        address: Address { street, locality, postal_code, ..Address::default() },
        identifiers: Vec::new(),
        extensions: Extensions::new(),
    }
}
