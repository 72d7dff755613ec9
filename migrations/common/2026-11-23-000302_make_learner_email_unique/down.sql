DROP INDEX profile_by_learner_email;
