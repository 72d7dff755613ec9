//! Achievements and their parts, as they were when the award was issued.

use super::profile;
use super::wire::{Achievement, Alignment, Association, Criteria, Extensions, ResultDescription, RubricCriterionLevel};
use super::write::{extend, extensions, finite, kind, uri};
use crate::models::issued::{
    IssuedAchievement, IssuedAlignment, IssuedAssociation, IssuedLevel, IssuedResultDescription,
};

/// What was awarded.
pub fn achievement(issued: &IssuedAchievement) -> Achievement {
    let IssuedAchievement {
        id,
        version,
        achievement_type,
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
        extensions: foreign,
    } = issued;
    let (endorsements, signed_endorsements) = super::endorsement::endorsements(endorsements);
    Achievement {
        id: id.clone(),
        r#type: kind("Achievement"),
        achievement_type: Some(achievement_type.to_string()),
        alignments: alignments.iter().map(alignment).collect(),
        associations: associations.iter().map(association).collect(),
        credits_available: finite(credits_available),
        description: description.clone(),
        endorsements,
        human_code: code.clone(),
        identifiers: identifiers.iter().map(profile::system_identifier).collect(),
        name: name.clone(),
        field_of_study: field_of_study.clone(),
        image: image.clone(),
        issuer: profile::organization(issuer),
        level: level.clone(),
        requirement: requirement(criteria, criteria_url),
        result_descriptions: result_descriptions.iter().map(result_description).collect(),
        signed_endorsements,
        specialization: specialization.clone(),
        tags: tags.clone(),
        extensions: own_members(extensions(foreign), title, *version),
    }
}

fn own_members(mut members: Extensions, title: &Option<String>, version: i32) -> Extensions {
    if let Some(title) = title {
        extend(&mut members, "title", title.as_str());
    }
    // Zero stands in documents that knew no versions.
    if version != 0 {
        // As text: the official schema of extensions takes a whole number for both of its kinds of number, and refuses it.
        extend(&mut members, "version", version.to_string());
    }
    members
}

fn requirement(narrative: &Option<String>, address: &Option<String>) -> Option<Criteria> {
    (narrative.is_some() || address.is_some()).then(|| Criteria {
        id: address.as_deref().map(uri),
        r#type: kind("Criteria"),
        narrative: narrative.clone(),
        ..Criteria::default()
    })
}

fn result_description(issued: &IssuedResultDescription) -> ResultDescription {
    let IssuedResultDescription {
        id,
        name,
        result_type,
        rubric,
        allowed_values,
        required_value,
        required_level,
        value_min,
        value_max,
        levels,
        alignments,
        extensions: foreign,
    } = issued;
    let mut written = ResultDescription {
        id: id.clone(),
        r#type: kind("ResultDescription"),
        alignments: alignments.iter().map(alignment).collect(),
        allowed_values: allowed_values.clone(),
        name: name.clone(),
        required_level: required_level.clone(),
        required_value: required_value.clone(),
        result_type: result_type.to_string(),
        rubric_criterion_levels: levels.iter().map(level).collect(),
        value_max: value_max.clone(),
        value_min: value_min.clone(),
        extensions: extensions(foreign),
    };
    if let Some(rubric) = rubric {
        extend(&mut written.extensions, "rubric", rubric.as_str());
    }
    written
}

fn level(issued: &IssuedLevel) -> RubricCriterionLevel {
    let IssuedLevel { id, name, description, level, points, alignments, extensions: foreign } = issued;
    RubricCriterionLevel {
        id: id.clone(),
        r#type: kind("RubricCriterionLevel"),
        alignments: alignments.iter().map(alignment).collect(),
        description: description.clone(),
        level: level.clone(),
        name: name.clone(),
        points: points.clone(),
        extensions: extensions(foreign),
    }
}

pub(super) fn alignment(issued: &IssuedAlignment) -> Alignment {
    let IssuedAlignment {
        id,
        target_name,
        target_url,
        target_code,
        target_description,
        target_framework,
        target_type,
        extensions: foreign,
    } = issued;
    Alignment {
        id: id.clone(),
        r#type: kind("Alignment"),
        target_code: target_code.clone(),
        target_description: target_description.clone(),
        target_name: target_name.clone(),
        target_framework: target_framework.clone(),
        target_type: target_type.clone(),
        target_url: uri(target_url),
        extensions: extensions(foreign),
    }
}

fn association(issued: &IssuedAssociation) -> Association {
    let IssuedAssociation { association_type, target_id, title, extensions: foreign } = issued;
    Association {
        association_type: association_type.to_string(),
        target_id: target_id.clone(),
        title: title.clone(),
        extensions: extensions(foreign),
    }
}
