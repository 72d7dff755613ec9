//! Achievements and their parts, as they were when the award was issued.

use super::wire::{Achievement, Alignment, Association, Criteria, ResultDescription, RubricCriterionLevel};
use super::{BADGES, CREDENTIALS, Signing, profile, terms};
use crate::clr::v1::write::uri;
use crate::models::issued::{
    IssuedAchievement, IssuedAlignment, IssuedAssociation, IssuedLevel, IssuedResultDescription,
};

/// An achievement as a document of its own.
pub fn document(issued: &IssuedAchievement, signing: &Signing) -> Vec<u8> {
    #[derive(serde::Serialize)]
    struct Document {
        #[serde(rename = "@context")]
        context: [&'static str; 2],
        #[serde(flatten)]
        achievement: Achievement,
    }
    let document = Document { context: [CREDENTIALS, BADGES], achievement: achievement(issued, signing) };
    // Maps of strings, lists and numbers: nothing that JSON could not write.
    serde_json::to_vec(&document).unwrap_or_default()
}

/// What was awarded.
pub fn achievement(issued: &IssuedAchievement, signing: &Signing) -> Achievement {
    let IssuedAchievement {
        id,
        version,
        achievement_type,
        name,
        title: _,
        code,
        description,
        criteria,
        criteria_url,
        credits_available,
        field_of_study,
        level: _,
        specialization,
        image,
        tags,
        identifiers,
        issuer,
        result_descriptions,
        alignments,
        associations: _,
        endorsements,
        extensions: _,
    } = issued;
    Achievement {
        id: signing.achievement_id(id),
        r#type: vec!["Achievement"],
        name: name.clone(),
        // The standard requires both; where the office wrote none, the name is all there is to say.
        description: description.clone().unwrap_or_else(|| name.clone()),
        criteria: Box::new(Criteria {
            id: criteria_url.as_deref().map(uri),
            r#type: vec!["Criteria"],
            narrative: criteria.clone().or_else(|| criteria_url.is_none().then(|| name.clone())),
        }),
        achievement_type: Some(terms::achievement_type(achievement_type.as_str())),
        creator: Some(profile::named(issuer, signing)),
        credits_available: terms::number(*credits_available),
        field_of_study: field_of_study.clone(),
        human_code: code.clone(),
        image: profile::image(image.as_deref()),
        specialization: specialization.clone(),
        tag: tags.clone(),
        version: (*version != 0).then(|| version.to_string()),
        other_identifier: identifiers.iter().map(profile::identifier).collect(),
        alignment: alignments.iter().map(alignment).collect(),
        result_description: result_descriptions.iter().map(result_description).collect(),
        endorsement: profile::said(endorsements, signing),
    }
}

fn result_description(issued: &IssuedResultDescription) -> ResultDescription {
    let IssuedResultDescription {
        id,
        name,
        result_type,
        rubric: _,
        allowed_values,
        required_value,
        required_level,
        value_min,
        value_max,
        levels,
        alignments,
        extensions: _,
    } = issued;
    ResultDescription {
        id: terms::id(id),
        r#type: vec!["ResultDescription"],
        name: name.clone(),
        result_type: result_type.to_string(),
        allowed_value: allowed_values.clone(),
        required_level: required_level.as_deref().map(terms::id),
        required_value: required_value.clone(),
        value_max: value_max.clone(),
        value_min: value_min.clone(),
        rubric_criterion_level: levels.iter().map(level).collect(),
        alignment: alignments.iter().map(alignment).collect(),
    }
}

fn level(issued: &IssuedLevel) -> RubricCriterionLevel {
    let IssuedLevel { id, name, description, level, points, alignments, extensions: _ } = issued;
    RubricCriterionLevel {
        id: terms::id(id),
        r#type: vec!["RubricCriterionLevel"],
        name: name.clone(),
        description: description.clone(),
        level: level.clone(),
        points: points.clone(),
        alignment: alignments.iter().map(alignment).collect(),
    }
}

/// Where it stands in a framework.
pub fn alignment(issued: &IssuedAlignment) -> Alignment {
    let IssuedAlignment {
        id: _,
        target_name,
        target_url,
        target_code,
        target_description,
        target_framework,
        target_type,
        extensions: _,
    } = issued;
    Alignment {
        r#type: vec!["Alignment"],
        target_name: target_name.clone(),
        target_url: uri(target_url),
        target_code: target_code.clone(),
        target_description: target_description.clone(),
        target_framework: target_framework.clone(),
        target_type: target_type.as_deref().and_then(terms::target_type),
    }
}

/// How an achievement belongs to others: CLR 2.0 has this in the record.
pub fn associations(issued: &IssuedAchievement, signing: &Signing) -> Vec<Association> {
    let tie = |one: &IssuedAssociation| {
        Some(Association {
            r#type: "Association".to_owned(),
            association_type: terms::association_type(one.association_type)?.to_owned(),
            source_id: signing.achievement_id(&issued.id),
            target_id: signing.achievement_id(&one.target_id),
        })
    };
    issued.associations.iter().filter_map(tie).collect()
}
