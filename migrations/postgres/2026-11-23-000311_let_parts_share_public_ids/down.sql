DROP INDEX rubric_criterion_level_by_iri;
DROP INDEX result_description_by_iri;
ALTER TABLE rubric_criterion_level ADD CONSTRAINT rubric_criterion_level_iri_key UNIQUE (iri);
ALTER TABLE result_description ADD CONSTRAINT result_description_iri_key UNIQUE (iri);
