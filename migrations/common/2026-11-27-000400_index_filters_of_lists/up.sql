-- A list that is narrowed goes on from page to page by an index too: each filter stands before each order of its list.
-- How an award or a record stands is its credential's to say; it is copied here by triggers, so that an index can begin
-- with it. 'draft' and 'foreign' have no credential; 'expired' is told by the clock, from the last instant.
ALTER TABLE assertion ADD COLUMN standing TEXT NOT NULL DEFAULT 'draft';
ALTER TABLE assertion ADD COLUMN valid_until TIMESTAMP;
UPDATE assertion SET standing = 'foreign' WHERE origin = 'foreign';
UPDATE assertion SET
    standing = (SELECT status FROM credential WHERE assertion_id = assertion.id),
    valid_until = (SELECT expires_at FROM credential WHERE assertion_id = assertion.id)
  WHERE id IN (SELECT assertion_id FROM credential);
CREATE INDEX assertion_by_standing ON assertion (standing, conferral_date, id, valid_until);
CREATE INDEX assertion_by_standing_and_learner ON assertion (standing, learner_sort, id, valid_until);
CREATE INDEX assertion_by_standing_and_achievement ON assertion (standing, achievement_sort, id, valid_until);
CREATE INDEX assertion_by_standing_and_end ON assertion (standing, valid_until, id);
-- Where two filters are set, the second one is told by the index of the first.
DROP INDEX assertion_by_term;
CREATE INDEX assertion_by_term ON assertion (term, conferral_date, id, standing, valid_until);
CREATE INDEX assertion_by_term_and_learner ON assertion (term, learner_sort, id, standing, valid_until);
CREATE INDEX assertion_by_term_and_achievement ON assertion (term, achievement_sort, id, standing, valid_until);
DROP INDEX assertion_by_achievement;
CREATE INDEX assertion_by_achievement ON assertion (achievement_id, conferral_date, id, standing, valid_until);
CREATE INDEX assertion_by_achievement_and_learner ON assertion (achievement_id, learner_sort, id, standing, valid_until);
CREATE INDEX assertion_by_achievement_and_name ON assertion (achievement_id, achievement_sort, id, standing, valid_until);

ALTER TABLE clr ADD COLUMN standing TEXT NOT NULL DEFAULT 'draft';
UPDATE clr SET standing = 'foreign' WHERE origin = 'foreign';
UPDATE clr SET standing = (SELECT status FROM credential WHERE clr_id = clr.id)
  WHERE id IN (SELECT clr_id FROM credential);
CREATE INDEX clr_by_standing ON clr (standing, updated_at, id);
CREATE INDEX clr_by_standing_and_learner ON clr (standing, learner_sort, id);

-- Most achievements of a large portal belong to events, and are passed over by what the index itself says.
DROP INDEX achievement_by_name;
DROP INDEX achievement_by_updated;
CREATE INDEX achievement_by_name ON achievement (sort_name, id, achievement_type, retired_at);
CREATE INDEX achievement_by_updated ON achievement (updated_at, id, achievement_type, retired_at);
CREATE INDEX achievement_by_type ON achievement (achievement_type, sort_name, id);
CREATE INDEX achievement_by_type_and_update ON achievement (achievement_type, updated_at, id);
CREATE INDEX achievement_by_issuer_and_update ON achievement (issuer_id, updated_at, id);
CREATE INDEX achievement_retired_by_name ON achievement (sort_name, id) WHERE retired_at IS NOT NULL;
CREATE INDEX achievement_retired_by_update ON achievement (updated_at, id) WHERE retired_at IS NOT NULL;

CREATE INDEX alignment_of_achievements ON alignment (sort_name, id) WHERE achievement_id IS NOT NULL;
CREATE INDEX alignment_of_achievements_by_update ON alignment (updated_at, id) WHERE achievement_id IS NOT NULL;
CREATE INDEX alignment_of_descriptions ON alignment (sort_name, id) WHERE result_description_id IS NOT NULL;
CREATE INDEX alignment_of_descriptions_by_update ON alignment (updated_at, id) WHERE result_description_id IS NOT NULL;
CREATE INDEX alignment_of_levels ON alignment (sort_name, id) WHERE rubric_criterion_level_id IS NOT NULL;
CREATE INDEX alignment_of_levels_by_update ON alignment (updated_at, id) WHERE rubric_criterion_level_id IS NOT NULL;
CREATE INDEX alignment_by_type ON alignment (target_type, sort_name, id);
CREATE INDEX alignment_by_type_and_update ON alignment (target_type, updated_at, id);

CREATE INDEX association_by_type ON association (association_type, sort_name, id);
CREATE INDEX association_by_type_and_update ON association (association_type, updated_at, id);
CREATE INDEX association_of_achievement_by_name ON association (achievement_id, sort_name, id);
CREATE INDEX association_of_achievement_by_update ON association (achievement_id, updated_at, id);

CREATE INDEX result_description_by_type ON result_description (result_type, sort_name, id);
CREATE INDEX result_description_by_type_and_update ON result_description (result_type, updated_at, id);
CREATE INDEX result_description_of_achievement_by_name ON result_description (achievement_id, sort_name, id);
CREATE INDEX result_description_of_achievement_by_update ON result_description (achievement_id, updated_at, id);

CREATE INDEX endorsement_of_profiles ON endorsement (issuer_sort, id) WHERE profile_id IS NOT NULL;
CREATE INDEX endorsement_of_profiles_by_update ON endorsement (updated_at, id) WHERE profile_id IS NOT NULL;
CREATE INDEX endorsement_of_achievements ON endorsement (issuer_sort, id) WHERE achievement_id IS NOT NULL;
CREATE INDEX endorsement_of_achievements_by_update ON endorsement (updated_at, id) WHERE achievement_id IS NOT NULL;
CREATE INDEX endorsement_of_assertions ON endorsement (issuer_sort, id) WHERE assertion_id IS NOT NULL;
CREATE INDEX endorsement_of_assertions_by_update ON endorsement (updated_at, id) WHERE assertion_id IS NOT NULL;
CREATE INDEX endorsement_of_clrs ON endorsement (issuer_sort, id) WHERE clr_id IS NOT NULL;
CREATE INDEX endorsement_of_clrs_by_update ON endorsement (updated_at, id) WHERE clr_id IS NOT NULL;
CREATE INDEX endorsement_revoked ON endorsement (issuer_sort, id) WHERE revoked_at IS NOT NULL;
CREATE INDEX endorsement_revoked_by_update ON endorsement (updated_at, id) WHERE revoked_at IS NOT NULL;

CREATE INDEX result_by_status ON result (status, created_at, id);
CREATE INDEX hold_by_kind ON hold (kind, placed_at, id);
