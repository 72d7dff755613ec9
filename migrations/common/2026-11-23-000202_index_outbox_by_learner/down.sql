DROP INDEX outbox_by_learner;
