-- Records of other systems use one scale under several criteria: a level's public id is unique within its description
-- only, and a description's within its achievement.
ALTER TABLE result_description DROP CONSTRAINT result_description_iri_key;
ALTER TABLE rubric_criterion_level DROP CONSTRAINT rubric_criterion_level_iri_key;
CREATE UNIQUE INDEX result_description_by_iri ON result_description (achievement_id, iri);
CREATE UNIQUE INDEX rubric_criterion_level_by_iri ON rubric_criterion_level (result_description_id, iri);
