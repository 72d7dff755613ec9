-- How often a learner asked for a sign-in link is counted by the mails that were written.
CREATE INDEX outbox_by_learner ON outbox (learner_id, kind, created_at);
